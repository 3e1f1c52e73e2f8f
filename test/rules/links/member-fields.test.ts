import assert from 'node:assert/strict';
import { defaultRules } from '../../../rules/rule-sets/default-rules.ts';
import { memberFieldChanges, primaryMember } from '../../../rules/links/member-fields.ts';
import { updateContact } from '../../../rules/links/steps.ts';
import type { Data, LinkState } from '../../../rules/records.ts';
import type { CustomerState } from '../../../rules/state.ts';
import { operations } from '../../../vendors/operations.ts';
import { connection, contact, customer, linked, member, program } from '../customers.ts';

const NAMES = ['referral_code', 'referral_link', 'referrals_total', 'referrals_approved', 'rewards_issued_amount'];
const ids = Object.fromEntries(NAMES.map((name) => [`f-${name}`, `contact.${name}`]));
const mine = { programId: 'p Customer Referrals', referralCode: 'A1', referralUrl: 'https://rr.example/A1' };
const counts = { referrals: 3, referralsApproved: 1, rewardsIssuedAmount: 50.5 };

const ofMember = (data: Data = {}, more: Partial<LinkState> = {}): LinkState =>
  linked(member({ ...mine, ...counts, ...data }), { baselines: {}, ...more });

function stateOf(members: readonly LinkState[], custom: Data = {}, more: Partial<CustomerState> = {}): CustomerState {
  const customFields = Object.entries(custom).map(([name, value]) => ({ id: `f-${name}`, value }));
  return customer(members, {
    connection: { ...connection, names: { ...connection.names, customField: ids } },
    contact: contact({ customFields }),
    ...more,
  });
}

const written = (state: CustomerState, members = state.links): Data =>
  Object.fromEntries(memberFieldChanges(state, members).changes.map(({ label = '', after }) => [label, after]));
const all = {
  referral_code: 'A1',
  referral_link: 'https://rr.example/A1',
  referrals_total: 3,
  referrals_approved: 1,
  rewards_issued_amount: 50.5,
};

describe("a member's code, link and sums on its contact", () => {
  it('are written where they differ, and only there', () => {
    assert.deepEqual(written(stateOf([ofMember()])), all);
    assert.deepEqual(written(stateOf([ofMember()], { ...all, referrals_total: 2 })), { referrals_total: 3 });
  });

  it('are written to the contact that a member gets in place of another, whatever that one had', () => {
    const known = (value: unknown) => ({ ghl: { value }, rr: { value } });
    const baselines = Object.fromEntries(Object.entries(all).map(([name, value]) => [name, known(value)]));
    assert.deepEqual(written(stateOf([ofMember({}, { baselines })])), {}, 'somebody has emptied them');
    assert.deepEqual(written(stateOf([ofMember({}, { baselines, linked: false })])), all);
  });

  it('are the same in whatever form GHL gives numbers back', () => {
    assert.deepEqual(
      written(stateOf([ofMember()], { ...all, rewards_issued_amount: '50.50', referrals_total: '3' })),
      {},
    );
  });

  it('are summed over all members of the contact, those that are gone left out', () => {
    const other = ofMember({ programId: 'p Other', referrals: 4, referralsApproved: 0, rewardsIssuedAmount: 0.1 });
    const gone = { ...other, gone: true };
    const { referrals_total, rewards_issued_amount } = written(stateOf([ofMember(), other, gone]));
    assert.deepEqual([referrals_total, rewards_issued_amount], [7, 50.6]);
  });

  it('are left out as far as Referral Rock does not tell them', () => {
    const silent = ofMember({ referralUrl: null, referrals: null, referralsApproved: undefined });
    assert.deepEqual(Object.keys(written(stateOf([silent]))), ['referral_code', 'rewards_issued_amount']);
  });

  it('leave what a person wrote over them, until they change', () => {
    const baselines = { referral_code: { ghl: { value: 'A1' }, rr: { value: 'A1' } } };
    const state = stateOf([ofMember({}, { baselines })], { ...all, referral_code: 'mine' });
    assert.deepEqual(written(state), {});
    assert.deepEqual(
      written(stateOf([ofMember({ referralCode: 'B2' }, { baselines })], { ...all, referral_code: 'mine' })),
      {
        referral_code: 'B2',
      },
    );
  });

  it('are not repeated where GHL did not take them', () => {
    const baselines = { referrals_total: { ghl: { value: null, refused: '3' }, rr: { value: 3 } } };
    assert.deepEqual(written(stateOf([ofMember({}, { baselines })], { ...all, referrals_total: undefined })), {});
  });

  it('are only taken note of at the first match of a member from before the start', () => {
    const old = { ...ofMember({ createDt: '2025-06-01T00:00:00Z' }), linked: false };
    const { changes, steps, merges } = memberFieldChanges(stateOf([old]), [old]);
    assert.deepEqual([changes, steps], [[], []]);
    assert.deepEqual(
      merges.map(({ field, rr }) => [field, rr]),
      Object.entries(all),
    );
  });

  it('are nought when the last member is gone; code and link stay', () => {
    const state = stateOf([{ ...ofMember(), gone: true }], all);
    assert.deepEqual(written(state), { referrals_total: 0, referrals_approved: 0, rewards_issued_amount: 0 });
  });

  it('are emptied, too, where the rules let emptiness travel', () => {
    const settings = { ...defaultRules.settings, propagateEmpty: true };
    const state = stateOf([{ ...ofMember(), gone: true }], all, { rules: { ...defaultRules, settings } });
    assert.deepEqual([written(state)['referral_code'], written(state)['referral_link']], ['', '']);
  });

  it('make no field for a contact that has no member', () => {
    const state = customer([], { contact: contact() });
    assert.deepEqual(memberFieldChanges(state, []), { changes: [], steps: [], merges: [] });
  });

  it('are only looked at where the rule watches, and not even that where it is off', () => {
    const rules = (mode: 'observe' | 'off') => ({
      ...defaultRules,
      sync: { ...defaultRules.sync, memberFields: mode },
    });
    const watched = memberFieldChanges(stateOf([ofMember()], {}, { rules: rules('observe') }), [ofMember()]);
    assert.deepEqual(new Set(watched.changes.map(({ mode }) => mode)), new Set(['observe']));
    assert.deepEqual(watched.merges, []);
    assert.deepEqual(written(stateOf([ofMember()], {}, { rules: rules('off') })), {});
  });
});

describe('custom fields that the location does not have', () => {
  const state = customer([ofMember()], { contact: contact({ firstName: 'Jane' }) });
  const { changes, steps, merges } = memberFieldChanges(state, state.links);

  it('are made, each once for the location, under the names that give their keys', () => {
    assert.deepEqual(
      steps.map(({ name, input, claims }) => [name, input['name'], input['dataType'], claims[0]?.value]),
      [
        ['field-referral_code', 'Referral code', 'TEXT', 'contact.referral_code'],
        ['field-referral_link', 'Referral link', 'TEXT', 'contact.referral_link'],
        ['field-referrals_total', 'Referrals total', 'NUMERICAL', 'contact.referrals_total'],
        ['field-referrals_approved', 'Referrals approved', 'NUMERICAL', 'contact.referrals_approved'],
        ['field-rewards_issued_amount', 'Rewards issued amount', 'MONETORY', 'contact.rewards_issued_amount'],
      ],
    );
    for (const { input } of steps) operations.get('ghl.custom-field.create')?.input.parse(input);
  });

  it('are written by a step of their own: names and addresses do not wait for them', () => {
    const [now, then, ...more] = updateContact({ contactId: 'c1' }, [
      { field: 'city', before: '', after: 'Ulm' },
      ...changes,
    ]);
    assert.deepEqual([now?.name, then?.name, more], ['contact', 'contact-then', []]);
    assert.deepEqual(now?.input, { contactId: 'c1', city: 'Ulm' });
    const custom = then?.input['customFields'] as object[] | undefined;
    assert.deepEqual(custom?.[0], { id: '{{steps.field-referral_code.id}}', field_value: 'A1' });
    assert.equal(then?.summary, `update contact: ${NAMES.join(', ')}`);
    assert.deepEqual(new Set(merges.map(({ written: by }) => by?.step)), new Set(['contact-then']));
  });
});

describe('the primary member of a contact', () => {
  const other = { programId: 'p Other' };
  const of = (name: string, data: Data): LinkState => ({ ...ofMember(data), vendorId: name });
  const cases: [promise: string, members: LinkState[], expected: string][] = [
    ['is that of the default program', [of('old', { ...other, createDt: '2020-01-01' }), of('default', {})], 'default'],
    [
      'is the oldest where none is of the default program',
      [
        of('young', { ...other, createDt: '2026-02-01' }),
        of('old', { ...other, createDt: '2026-01-15' }),
        of('undated', { ...other, createDt: '' }),
      ],
      'old',
    ],
    ['is none that is disabled while there is another', [of('off', { disabledFlag: true }), of('on', other)], 'on'],
    ['is a disabled one rather than none', [of('off', { disabledFlag: true })], 'off'],
  ];
  for (const [promise, members, expected] of cases) {
    it(promise, () => {
      const programs = [program(), program('Other', false)];
      const state = customer(members, { connection: { ...connection, programs } });
      assert.equal(primaryMember(state, members)?.vendorId, expected);
      assert.equal(primaryMember(state, members.toReversed())?.vendorId, expected);
    });
  }
});
