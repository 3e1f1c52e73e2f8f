import assert from 'node:assert/strict';
import { MONEY_OPERATIONS, overtaken, paysOf, statusClaims, whyNotStatus } from '../../../rules/actions/money.ts';
import type { OpenApproval, ProgramState, RewardRule } from '../../../rules/state.ts';
import { operations } from '../../../vendors/operations.ts';
import { linked, program, referral } from '../customers.ts';

const target = (from: string, status: string, data: object = {}) => ({
  referral: linked(referral({ status: from, programId: 'p Customer Referrals', ...data })),
  status,
  amount: undefined,
});

describe('what may pay', () => {
  it('is every operation of effect money in the catalog, and no other', () => {
    const money = [...operations.values()].filter(({ effect }) => effect === 'money').map(({ id }) => id);
    assert.deepEqual([...MONEY_OPERATIONS].toSorted(), money.toSorted());
  });
});

describe('a status', () => {
  for (const [from, to, data, why] of [
    ['Pending', 'approved', {}, undefined],
    ['Pending', 'denied', {}, undefined],
    ['Denied', 'pending', {}, undefined],
    ['Denied', 'qualified', {}, undefined],
    ['Denied', 'qualified', { qualifiedDate: '2026-03-02' }, /denied after it was qualified/u],
    ['Denied', 'approved', { qualifiedDate: '2026-03-02' }, undefined],
    ['APPROVED', 'approved', {}, /approved already/u],
    ['Approved', 'denied', {}, /final/u],
    ['Qualified', 'qualified', {}, /qualified already/u],
  ] as const) {
    it(`${why ? 'is not' : 'may be'} set from ${from} to ${to}${'qualifiedDate' in data ? ' of one qualified before' : ''}`, () => {
      const reason = whyNotStatus(target(from, to, data));
      if (why) assert.match(String(reason), why);
      else assert.equal(reason, undefined);
    });
  }

  it('is not set for a referral that is gone', () => {
    const gone = target('Pending', 'approved');
    assert.match(String(whyNotStatus({ ...gone, referral: { ...gone.referral, gone: true } })), /no longer exists/u);
  });

  it('is claimed once where it may pay', () => {
    const claims = (to: string): string[] => statusClaims(target('Pending', to)).map(({ value }) => value);
    assert.deepEqual(claims('approved'), ['r1 approved']);
    assert.deepEqual(claims('qualified'), ['r1 qualified']);
    assert.deepEqual([claims('denied'), claims('pending')], [[], []]);
  });
});

describe('what a status may pay', () => {
  const rule = (description: string, status: string, more: Partial<RewardRule> = {}): RewardRule => ({
    description,
    status,
    isEnabled: true,
    amount: '$50.00',
    ...more,
  });
  const programs = (...rewardRules: RewardRule[]): ProgramState[] => [{ ...program(), rewardRules }];
  const rules = programs(
    rule('On approval', 'approved'),
    rule('On qualifying', 'qualified', { amount: '' }),
    rule('On anything', '', { amount: '$1.00' }),
    rule('Switched off', 'approved', { isEnabled: false }),
  );

  for (const [promise, given, sentences] of [
    [
      'is said of each rule that it fires, or may fire on the way',
      target('Pending', 'approved'),
      [
        'Reward rule “On approval” pays $50.00',
        'Reward rule “On qualifying” may pay a reward',
        'Reward rule “On anything” may pay $1.00',
      ],
    ],
    [
      'is not said again of a status that the referral has had',
      target('Qualified', 'approved', { qualifiedDate: '2026-03-02' }),
      ['Reward rule “On approval” pays $50.00', 'Reward rule “On anything” may pay $1.00'],
    ],
    ['is nothing where it is denied', target('Pending', 'denied'), []],
  ] as const) {
    it(promise, () => assert.deepEqual(paysOf(rules, given), sentences));
  }

  it('is that of the program of the referral, or nothing where that is not known', () => {
    const two = [program('Partners'), ...rules];
    assert.equal(paysOf(two, target('Pending', 'approved')).length, 3);
    assert.deepEqual(paysOf(two, target('Pending', 'approved', { programId: 'p Other' })), []);
  });
});

describe('a proposal that waits', () => {
  const approval = (more: Partial<OpenApproval> = {}): OpenApproval => ({
    id: 'a1',
    kind: 'status',
    recordId: 'referral',
    proposal: { status: 'approved', from: 'pending' },
    ...more,
  });

  for (const [what, one, status, isOvertaken] of [
    ['the status that it was made from', approval(), 'Pending', false],
    ['another one', approval(), 'Denied', true],
    ['the one that it proposes', approval(), 'Approved', true],
    ['another one, where it is about another record', approval({ recordId: 'other' }), 'Denied', false],
    ['another one, where it is no proposal of a status', approval({ kind: 'conflict' }), 'Denied', false],
  ] as const) {
    it(`is ${isOvertaken ? '' : 'not '}overtaken when the referral has ${what}`, () => {
      const found = overtaken([one], linked(referral({ status })));
      assert.deepEqual(
        found.map(({ approvalId }) => approvalId),
        isOvertaken ? ['a1'] : [],
      );
    });
  }
});
