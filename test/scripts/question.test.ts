import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { isYes } from '../../scripts/support/question.ts';

/** What is typed at a terminal, or comes from elsewhere and ends. */
function answered(typed: string, isTTY: boolean): Promise<boolean> {
  const [input, output] = [new PassThrough(), Object.assign(new PassThrough(), { isTTY, columns: 80 })];
  output.once('data', () => (isTTY ? input.write(typed) : input.end(typed)));
  return isYes('Do it? [y/N] ', input, output);
}

describe('a question at the terminal', () => {
  const answers: [string, string, boolean][] = [
    ['y', 'y\r', true],
    ['Yes', ' Yes \r', true],
    ['another word', 'yess\r', false],
    ['nothing', '\r', false],
    ['Ctrl-C', '\u0003', false],
    ['Ctrl-D', '\u0004', false],
  ];
  for (const [what, typed, wanted] of answers) {
    it(`takes ${what} for ${wanted ? 'yes' : 'no'}`, async () => {
      assert.equal(await answered(typed, true), wanted);
    });
  }

  it('takes the end of the input for no', async () => {
    assert.equal(await answered('', false), false);
  });
});
