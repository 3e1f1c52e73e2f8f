import assert from 'node:assert/strict';
import fc from 'fast-check';
import { sentenceOf, type StepOutcome } from '../../rules/sentence.ts';

function step(status: string, error?: string): StepOutcome {
  return { status, summary: 'update contact: phone', sentence: 'updated the contact: phone', error };
}

const cases: [promise: string, reasons: string[], steps: StepOutcome[], expected: string][] = [
  ['says that there was nothing to do', [], [], 'Nothing to do.'],
  ['says why nothing was done', ['it was created before 2026-01-01'], [], 'It was created before 2026-01-01.'],
  ['says what was done', [], [step('done')], 'Updated the contact: phone.'],
  [
    'says what would be done, as a step that is only watched has it',
    [],
    [{ ...step('observed'), sentence: 'would update contact: phone' }],
    'Would update contact: phone.',
  ],
  ['says what waits', [], [step('held')], 'Waits for approval: update contact: phone.'],
  [
    'says of what may have been done what a person must look for',
    [],
    [step('unclear', 'it may have paid: look in Referral Rock.')],
    'Update contact: phone: it may have paid: look in Referral Rock.',
  ],
  [
    'says what failed, in the words of the vendor',
    [],
    [step('failed', 'Invalid number.')],
    'Could not update contact: phone: Invalid number.',
  ],
  ['says that nobody answered', [], [step('failed')], 'Could not update contact: phone: no answer within a day.'],
  ['says what was left out', [], [step('skipped')], 'Left out, because an earlier step failed: update contact: phone.'],
  [
    'tells why before what, in order',
    ['matched its contact by e-mail'],
    [step('done'), step('failed', 'No such number. '), { ...step('done'), sentence: 'left a note' }],
    'Matched its contact by e-mail; updated the contact: phone; could not update contact: phone: No such number; left a note.',
  ],
];

describe('the sentence of a decision', () => {
  for (const [promise, reasons, steps, expected] of cases) {
    it(promise, () => assert.equal(sentenceOf(reasons, steps), expected));
  }

  it('is one: it begins in upper case and has one full stop, at its end', () => {
    const words = fc.stringMatching(/^[a-z][a-z ]*[.\s]*$/);
    const steps = fc.array(
      fc.record({ status: fc.constantFrom('done', 'failed', 'skipped', 'observed', 'held', 'unclear'), error: words }),
    );
    fc.assert(
      fc.property(fc.array(words), steps, (reasons, outcomes) => {
        const sentence = sentenceOf(
          reasons,
          outcomes.map(({ status, error }) => step(status, error)),
        );
        assert.match(sentence, /^[A-Z](?:[^.]*[^.\s])?\.$/);
      }),
    );
  });
});
