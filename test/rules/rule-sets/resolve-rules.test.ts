import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { checkRuleFile } from '../../../rules/rule-sets/check-rule-file.ts';
import { defaultRules } from '../../../rules/rule-sets/default-rules.ts';
import { diffRules } from '../../../rules/rule-sets/diff-rules.ts';
import { fileOf, resolveRules, withFile } from '../../../rules/rule-sets/resolve-rules.ts';
import type { RuleFile } from '../../../rules/rule-sets/rule-file.ts';
import { knownOperations } from '../../../bridge/api/known-operations.ts';
import { callBack } from '../rule-sets.ts';

/** Any right rule file: each part may be left out. */
const mode = fc.constantFrom('live', 'observe', 'off');
const some = <T extends object>(model: { [Name in keyof T]: fc.Arbitrary<T[Name]> }) =>
  fc.record<T, never>(model, { requiredKeys: [] });
const mapping = some({
  direction: fc.constantFrom('both', 'ghl->rr', 'rr->ghl', 'off'),
  policy: fc.constantFrom('ghl wins', 'rr wins', 'hold'),
  propagateEmpty: fc.boolean(),
});
const anyFile = some({
  sync: some({ fields: mode, tags: mode, tasks: mode, contactDeletes: mode }),
  settings: some({
    notes: fc.constantFrom('all', 'marked', 'off'),
    taskDueHour: fc.integer({ min: 0, max: 23 }),
    propagateEmpty: fc.boolean(),
  }),
  fields: some({
    referral: some({ email: mapping, phone: mapping, city: mapping.map((entry) => ({ ...entry, rr: 'city' })) }),
    member: some({ state: mapping, country: mapping }),
  }),
  values: some({
    opportunityStatus: some({
      won: fc.constantFrom('qualified', null),
      lost: fc.constant(null),
      open: fc.constant('pending'),
    }),
    mine: fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.constantFrom('a', 'b'), { noNullPrototype: true }),
  }),
  actions: fc
    .subarray([...defaultRules.actions.map(({ id }) => id), 'call-back'])
    .chain((ids) =>
      fc.tuple(
        ...ids.map((id) => mode.map((one) => (id === 'call-back' ? callBack({ mode: one }) : { id, mode: one }))),
      ),
    ),
});

describe('the rules of a connection', () => {
  it('come back the same from the file that tells them whole, whatever was changed', () => {
    fc.assert(
      fc.property(anyFile, anyFile, (body, overrides) => {
        const set = resolveRules('agency', body, {});
        assert.deepEqual(checkRuleFile(body, defaultRules, knownOperations).problems, []);
        const rules = resolveRules('agency', body, overrides);
        const whole = fileOf(rules);
        assert.deepEqual(checkRuleFile(whole, defaultRules, knownOperations).problems, []);
        assert.deepEqual(resolveRules('agency', whole, {}), rules);
        // Said twice is said once.
        assert.deepEqual(withFile(rules, overrides as RuleFile), rules);
        assert.equal(diffRules(set, rules).length === 0, isDeepStrictEqual(set, rules));
      }),
      { numRuns: 300 },
    );
  });

  it('are the built-in ones when nobody has changed anything', () => {
    assert.deepEqual(resolveRules('default', undefined, {}), defaultRules);
  });

  it('are what the set says and the built-in rules for what it leaves out', () => {
    const rules = resolveRules('agency', { sync: { tags: 'off' }, settings: { notes: 'marked' } }, {});
    assert.deepEqual(rules, {
      ...defaultRules,
      name: 'agency',
      sync: { ...defaultRules.sync, tags: 'off' },
      settings: { ...defaultRules.settings, notes: 'marked' },
    });
  });

  it('follow the overrides of the connection before the set', () => {
    const set = { sync: { tags: 'off', tasks: 'off' }, values: { opportunityStatus: { won: 'qualified' } } };
    const rules = resolveRules('agency', set, {
      sync: { tags: 'observe' },
      values: { opportunityStatus: { Open: 'pending' } },
    });
    assert.deepEqual([rules.sync.tags, rules.sync.tasks], ['observe', 'off']);
    assert.deepEqual(rules.values['opportunityStatus'], { won: 'qualified', lost: 'denied', open: 'pending' });
  });

  it('keep no entry of a value map that was taken away', () => {
    const rules = resolveRules('agency', { values: { opportunityStatus: { lost: null } } }, {});
    assert.deepEqual(rules.values['opportunityStatus'], { won: 'approved' });
  });

  it('keep what an action says besides the mode that switches it', () => {
    const { actions } = resolveRules('agency', { actions: [{ id: 'onboarding-task', mode: 'off' }] }, {});
    const expected = defaultRules.actions.map((action) =>
      action.id === 'onboarding-task' ? { ...action, mode: 'off' as const } : action,
    );
    assert.deepEqual(actions, expected);
  });

  it('have the actions of a user after the default ones, live unless they say otherwise', () => {
    const { actions } = resolveRules('agency', { actions: [callBack()] }, {});
    assert.deepEqual(actions.slice(0, -1), defaultRules.actions);
    assert.deepEqual(actions.at(-1), { ...callBack(), mode: 'live' });
  });

  it('leave out an override of an action that the set no longer has', () => {
    const { actions } = resolveRules('agency', {}, { actions: [{ id: 'call-back', mode: 'off' }] });
    assert.deepEqual(actions, defaultRules.actions);
  });

  it('have no mapping of a field that is off, and a new one both ways, won by GHL', () => {
    const referral = { phone: { direction: 'off' }, city: { rr: 'city' }, email: { policy: 'rr wins' } };
    const { fields } = resolveRules('agency', { fields: { referral } }, {});
    assert.deepEqual(
      fields.referral.map(({ field, rr, direction, policy }) => [field, rr, direction, policy].join(' ')),
      [
        'firstName firstName both ghl wins',
        'lastName lastName both ghl wins',
        'email email both rr wins',
        'companyName companyName ghl->rr ghl wins',
        'city city both ghl wins',
      ],
    );
    assert.deepEqual(fields.member, defaultRules.fields.member);
  });

  it('come back the same from the file that tells them whole', () => {
    const body = {
      sync: { notes: 'observe' },
      settings: { propagateEmpty: true },
      fields: { member: { state: { direction: 'off' }, email: { policy: 'hold' } } },
      values: { opportunityStatus: { lost: null }, mine: { a: 'b' } },
      actions: [
        { id: 'status-tag', mode: 'off' },
        callBack({ if: { all: [{ field: 'fact.kind', is: 'equals', value: 'x' }] } }),
      ],
    };
    const rules = resolveRules('agency', body, {});
    const whole = fileOf(rules);
    assert.deepEqual(checkRuleFile(whole, defaultRules, knownOperations).problems, []);
    assert.deepEqual(resolveRules('agency', whole, {}), rules);
  });
});
