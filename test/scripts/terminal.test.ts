import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { table } from '../../scripts/support/table.ts';
import { LiveTerminal } from '../../scripts/support/terminal.ts';

function output(isTTY: boolean) {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 20 }) as unknown as NodeJS.WriteStream;
  return { stream, text: () => String(stream.read() ?? '') };
}

describe('the live line', () => {
  it('is changed in place on a terminal, cut to its width, and stays below what is said', () => {
    const { stream, text } = output(true);
    const terminal = new LiveTerminal(stream);
    terminal.live('events: 1 received and more');
    terminal.say('hello');
    terminal.live('events: 2');
    terminal.endLive();
    const clear = '\r\x1b[2K';
    assert.equal(text(), `${clear}events: 1 received ${clear}hello\nevents: 1 received ${clear}events: 2\n`);
  });

  it('is a line now and then elsewhere, only when it changed, and the last one always', () => {
    const { stream, text } = output(false);
    const terminal = new LiveTerminal(stream, 60_000);
    for (const line of ['events: 1', 'events: 1', 'events: 2', 'events: 3']) terminal.live(line);
    terminal.endLive();
    terminal.endLive();
    assert.equal(text(), 'events: 1\nevents: 3\n');
  });
});

describe('a table', () => {
  it('has columns as wide as what people see in their widest cell', () => {
    const lines = table(
      ['a', 'b'],
      [
        ['✓é', 'x'],
        ['long', 'y'],
      ],
    ).split('\n');
    assert.deepEqual(lines, ['a     b', '────  ─', '✓é    x', 'long  y']);
  });
});
