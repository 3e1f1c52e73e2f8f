import assert from 'node:assert/strict';
import { defaultRules } from '../../../rules/rule-sets/default-rules.ts';
import type { PlanDraft } from '../../../rules/plan.ts';
import type { Data, ItemState, LinkState } from '../../../rules/records.ts';
import type { CustomerState } from '../../../rules/state.ts';
import { contact, customer, linked, member, planOf, referral, stepOf } from '../customers.ts';
import { item, seen } from '../items.ts';

const known = seen({ status: 'pending', amount: '50', description: 'Gift card' });

function plan(one: ItemState, links: readonly LinkState[] = [linked(member())], more: Partial<CustomerState> = {}) {
  const own = links.some((link) => link.linked) ? { contact: contact() } : {};
  return planOf(customer(links, { ...own, items: [one], focus: 'reward', trigger: 'reward', ...more }));
}

function bodyOf(made: PlanDraft, name: string): unknown {
  return String(stepOf(made, name).input['body']).split('\n\n')[0];
}

describe('a reward', () => {
  for (const [promise, one, name, body] of [
    [
      'that is new leaves a note with amount and currency',
      item('reward'),
      'reward-note',
      '2026-03-06 reward of 50.00 USD in Customer Referrals: Gift card',
    ],
    [
      'of another amount leaves a note with both',
      item('reward', { amount: 75.5 }, { seen: known }),
      'reward-change-note',
      '2026-03-06 reward of 75.50 USD in Customer Referrals: the amount was 50 before',
    ],
    [
      'that was deleted leaves a note',
      item('reward', {}, { gone: true, seen: known }),
      'reward-deleted-note',
      '2026-03-06 reward of 50.00 USD in Customer Referrals was deleted in Referral Rock',
    ],
    [
      'that was issued leaves a note',
      item('reward', { status: 'Issued' }, { seen: known }),
      'issued-note',
      '2026-03-06 reward of 50.00 USD in Customer Referrals was issued',
    ],
  ] as const satisfies [string, ItemState, string, string][]) {
    it(promise, () => assert.equal(bodyOf(plan(one), name), body));
  }

  it('that was issued tags the contact, and moves no money', () => {
    const made = plan(item('reward', { status: 'Issued' }, { seen: known }));
    assert.deepEqual(
      made.steps.map(({ operation }) => operation),
      ['ghl.contact.add-tags', 'ghl.note.create'],
    );
    assert.deepEqual(stepOf(made, 'tags').input, { contactId: 'c1', tags: ['rr-reward-issued'] });
  });

  it('that counts in the sum of its member has that read anew, and no other has', () => {
    const issued = { ...known, value: { ...known.value, status: 'issued' } };
    const found = (one: ItemState, more?: Partial<CustomerState>): string[] =>
      plan(one, undefined, more).findings.map(({ trigger, vendorId }) => `${trigger} ${vendorId}`);
    for (const [one, expected] of [
      [item('reward', { status: 'Issued' }), ['member m1']],
      [item('reward', { status: 'Issued' }, { seen: known }), ['member m1']],
      [item('reward', { status: 'Issued', amount: 60 }, { seen: issued }), ['member m1']],
      [item('reward', { status: 'Issued' }, { seen: issued, gone: true }), ['member m1']],
      [item('reward', { status: 'Issued' }, { seen: issued }), []],
      [item('reward', { amount: 60 }, { seen: known }), []],
      [item('reward', {}, { seen: known, gone: true }), []],
      [item('reward'), []],
    ] as const satisfies [ItemState, string[]][])
      assert.deepEqual(found(one), expected);
    const sync = { ...defaultRules.sync, memberFields: 'off' } as const;
    assert.deepEqual(found(item('reward', { status: 'Issued' }), { rules: { ...defaultRules, sync } }), []);
  });

  it('is linked back to in its note', () => {
    const step = stepOf(plan(item('reward')), 'reward-note');
    assert.match(String(step.input['body']), new RegExp(`Referral Rock reward reward1 · ${step.reference}$`, 'u'));
  });

  it('with another description alone leads to nothing', () => {
    const made = plan(item('reward', { description: 'Card' }, { seen: known }));
    assert.deepEqual([made.steps, made.sentences], [[], ['nothing to do: no rule acts on this']]);
  });

  it('leads to nothing the second time', () => {
    const { highlights } = plan(item('reward'));
    const noted = { value: { ...highlights[0]?.value } as Data, version: 1 };
    const made = plan(item('reward', {}, { seen: noted }));
    assert.deepEqual([made.steps, made.facts], [[], []]);
  });

  it('gets a task to hand it over, with a reference of its own, only where that rule is on', () => {
    const isTask = ({ operation }: { operation: string }): boolean => operation === 'ghl.task.create';
    assert.ok(!plan(item('reward')).steps.some(isTask));
    const actions = defaultRules.actions.map((action) => ({ ...action, mode: 'live' as const }));
    const made = plan(item('reward'), undefined, { rules: { ...defaultRules, actions } });
    assert.deepEqual(
      made.steps.filter(isTask).map(({ input }) => input['title']),
      ['Hand over the reward of 50.00 USD to Jane Doe'],
    );
  });

  for (const [what, links, more] of [
    ['nobody is known', [], {}],
    ['the member has no contact yet', [member()], {}],
    ['the contact is not known to be the member', [member()], { contact: contact() }],
  ] as const) {
    it(`waits where ${what}: it is not taken note of, so that nothing of it is lost`, () => {
      const made = plan(item('reward'), links, more);
      assert.deepEqual([made.steps, made.facts, made.highlights], [[], [], []]);
      assert.match(made.sentences.join(), /^the reward waits: no contact is known/u);
    });
  }

  it('that waited acts when its member or referral gets its contact', () => {
    const waiting = item('reward', {}, { parentId: 'r1' });
    const others = [item('reward', {}, { recordId: 'known', vendorId: 'reward2', seen: known, parentId: 'r1' })];
    const made = planOf(customer([referral()], { items: [waiting, ...others] }));
    assert.deepEqual(made.findings, [{ trigger: 'reward', kind: 'reward', vendorId: 'reward1' }]);
    assert.deepEqual(planOf(customer([linked(referral())], { items: [waiting] })).findings, []);
  });
});
