import assert from 'node:assert/strict';
import { defaultRules } from '../../../rules/rule-sets/default-rules.ts';
import { diffRules } from '../../../rules/rule-sets/diff-rules.ts';
import { resolveRules } from '../../../rules/rule-sets/resolve-rules.ts';
import { callBack } from '../rule-sets.ts';

const changed = (body: object): string[] =>
  diffRules(defaultRules, resolveRules('default', body, {})).map(({ place, kind, before, after }) =>
    [kind, place, ...[before, after].filter((value) => typeof value === 'string')].join(' '),
  );

describe('the difference of two rule sets', () => {
  const cases: [string, object, string[]][] = [
    ['nothing', {}, []],
    ['nothing, said again', { sync: { tags: 'live' }, fields: { member: { email: { policy: 'ghl wins' } } } }, []],
    ['a switch', { sync: { tags: 'off' } }, ['changed sync.tags live off']],
    ['a setting', { settings: { notes: 'off' } }, ['changed settings.notes all off']],
    [
      'a winner',
      { fields: { member: { email: { policy: 'rr wins' } } } },
      ['changed fields.member.email.policy ghl wins rr wins'],
    ],
    ['a field more', { fields: { referral: { city: { rr: 'city' } } } }, ['added fields.referral.city']],
    ['a field less', { fields: { referral: { phone: { direction: 'off' } } } }, ['removed fields.referral.phone']],
    [
      'value maps',
      { values: { opportunityStatus: { won: 'qualified', lost: null, open: 'pending' } } },
      [
        'changed values.opportunityStatus.won approved qualified',
        'removed values.opportunityStatus.lost denied',
        'added values.opportunityStatus.open pending',
      ],
    ],
    [
      'an action switched off',
      { actions: [{ id: 'onboarding-task', mode: 'off' }] },
      ['changed actions.onboarding-task.mode live off'],
    ],
    ['an action more', { actions: [callBack()] }, ['added actions.call-back']],
  ];
  for (const [what, body, changes] of cases) it(`tells ${what}`, () => assert.deepEqual(changed(body), changes));

  it('tells one text of one step', () => {
    const [action] = [callBack() as { do: object[] }];
    const before = resolveRules('default', { actions: [action] }, {});
    const after = resolveRules('default', { actions: [callBack({}, { sentence: 'made another' })] }, {});
    assert.deepEqual(diffRules(before, after), [
      { place: 'actions.call-back.do.call.sentence', kind: 'changed', before: 'made a task', after: 'made another' },
    ]);
    assert.deepEqual(
      diffRules(after, defaultRules).map(({ kind, place }) => `${kind} ${place}`),
      ['removed actions.call-back'],
    );
  });
});
