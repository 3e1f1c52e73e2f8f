import assert from 'node:assert/strict';
import { checkRuleFile } from '../../rules/rule-sets/check-rule-file.ts';
import { defaultRules } from '../../rules/rule-sets/default-rules.ts';
import type { Rules } from '../../rules/rule-set.ts';
import { knownOperations } from '../../bridge/api/known-operations.ts';
import { placeName } from '../../rules/rule-sets/rule-file.ts';

/** What is wrong with a file, as a person reads it: place and reason. */
export function problemsOf(file: unknown, base: Rules = defaultRules): string[] {
  return checkRuleFile(file, base, knownOperations).problems.map(
    ({ path, message }) => `${placeName(path)} ${message}`,
  );
}

/** Asserts that exactly this is wrong, at this place. */
export function assertWrong(file: unknown, reason: RegExp): void {
  const problems = problemsOf(file);
  assert.equal(problems.length, 1, problems.join('\n'));
  assert.match(String(problems[0]), reason);
}

/** A whole action of a user, with what is changed in it. */
export function callBack(more: object = {}, step: object = {}): object {
  return {
    id: 'call-back',
    title: 'Call back',
    when: 'referral.added',
    do: [
      {
        name: 'call',
        operation: 'ghl.task.create',
        input: { contactId: '{{ contact.id }}', title: 'Call', dueDate: '{{ now }}', completed: false },
        sentence: 'made a task',
        ...step,
      },
    ],
    ...more,
  };
}
