import assert from 'node:assert/strict';
import { unresolvedNames } from '../../../rules/rule-sets/names-used.ts';
import { resolveRules } from '../../../rules/rule-sets/resolve-rules.ts';
import type { Names } from '../../../rules/state.ts';
import { callBack } from '../rule-sets.ts';

const names: Names = {
  customField: {},
  stage: {},
  pipeline: {},
  user: { u1: 'Jane Doe', u2: 'Max', u3: 'Max' },
  calendar: {},
};

function unresolved(template: string, mode = 'live'): string[] {
  const rules = resolveRules('default', { actions: [callBack({ mode }, { input: { to: template } })] }, {});
  return unresolvedNames(rules, names, { p1: 'Customer Referrals' });
}

describe('the names that rules use', () => {
  for (const template of [
    `{{ 'Jane Doe' | user }}`,
    `{{ "jane doe" | user }}`,
    `{{ 'u1' | user }}`,
    `{{ 'customer referrals' | program }}`,
  ])
    it(`are found: ${template}`, () => assert.deepEqual(unresolved(template), []));

  for (const [template, sentence] of [
    [`{{ 'Jim' | user }}`, 'actions.call-back: there is no user "Jim" (there are Jane Doe, Max, Max)'],
    [`{{ 'Max' | user }}`, 'actions.call-back: 2 are called user "Max"'],
    [`{{ 'Won' | stage }}`, 'actions.call-back: there is no pipeline stage "Won" (none was read yet)'],
    [`{{ 'Other' | program }}`, 'actions.call-back: there is no program "Other" (there are Customer Referrals)'],
  ] as const)
    it(`are told when a connection does not have them, or has them twice: ${template}`, () =>
      assert.deepEqual(unresolved(template), [sentence]));

  it('are not looked for on behalf of an action that is off', () => {
    assert.deepEqual(unresolved(`{{ 'Jim' | user }}`, 'off'), []);
  });
});
