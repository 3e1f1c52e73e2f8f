import assert from 'node:assert/strict';
import type { PlanDraft } from '../../../rules/plan.ts';
import type { ContactState, LinkState } from '../../../rules/records.ts';
import type { CustomerState } from '../../../rules/state.ts';
import { contactWith, noteOn, rulesWith } from '../contact-story.ts';
import { candidate, customer, linked, member, planOf, referral } from '../customers.ts';
import { item, seen } from '../items.ts';

const jane = { email: 'jane@example.com', firstName: 'Jane', lastName: 'Doe' };
const deleted = { value: { tags: [], emailDnd: false, deleted: true as const }, version: 2 };
const elsewhere = (link: LinkState): LinkState => linked(link, { candidates: [candidate('c2', jane)] });

function gone(
  links: readonly LinkState[],
  more: Partial<CustomerState> = {},
  was: ContactState = contactWith({}),
): PlanDraft {
  const state = customer(links, {
    focus: 'contact',
    trigger: 'contact',
    contact: undefined,
    goneContact: was,
  });
  return planOf({ ...state, ...more });
}

describe('a contact that was deleted', () => {
  it('leaves Referral Rock as it is, and says so', () => {
    const plan = gone([linked(referral())]);
    assert.deepEqual([plan.steps, plan.approvals, plan.ends], [[], [], 'done']);
    assert.deepEqual(plan.sentences, [
      'the contact no longer exists in GHL; nothing was written',
      '1 linked records are left as they are in Referral Rock',
    ]);
  });

  it('has each link proposed to move where its person lives on', () => {
    const plan = gone([elsewhere(referral()), elsewhere(member()), linked(referral(), { recordId: 'other' })]);
    assert.deepEqual(
      plan.approvals.map(({ kind, recordId, proposal, candidates }) => [
        kind,
        recordId,
        proposal,
        candidates[0]?.contactId,
      ]),
      [
        ['ambiguous', 'referral', { move: true, from: 'c1' }, 'c2'],
        ['ambiguous', 'member', { move: true, from: 'c1' }, 'c2'],
      ],
    );
    assert.equal(plan.ends, 'held');
    assert.match(plan.sentences.join(), /held: a person is asked whether 2 linked records move/);
  });

  it('moves nothing to a relative, to itself, or of a link that is gone', () => {
    const relative = candidate('c2', {
      firstName: 'Jon',
      lastName: 'Doe',
      phone: '+15125550101',
      email: 'jon@example.com',
    });
    const mother = referral({}, { referringContactId: 'c2' });
    assert.deepEqual(gone([linked(mother, { candidates: [relative] })]).approvals, []);
    assert.deepEqual(gone([linked(referral(), { candidates: [candidate('c1', jane)] })]).approvals, []);
    assert.deepEqual(gone([{ ...elsewhere(referral()), gone: true }]).approvals, []);
    assert.deepEqual(gone([{ ...elsewhere(referral()), linked: false }]).approvals, []);
  });

  it('is a fact, once', () => {
    const rules = rulesWith({ actions: [{ ...noteOn('contact.deleted') }] });
    const plan = gone([elsewhere(referral())], { rules });
    assert.deepEqual(
      plan.facts.map(({ key }) => key),
      ['contact|contact.deleted|1'],
    );
    assert.deepEqual(plan.highlights, [{ recordId: 'contact', value: deleted.value }]);
    const again = gone([elsewhere(referral())], { rules }, { ...contactWith({}), seen: deleted });
    assert.deepEqual([again.facts, again.approvals, again.highlights], [[], [], []]);
  });

  it('asks nobody where the connection only observes, and says what it would ask', () => {
    const { connection } = customer([]);
    const watched = gone([elsewhere(referral())], { connection: { ...connection, mode: 'observe' } });
    assert.deepEqual([watched.approvals, watched.ends], [[], 'done']);
    assert.match(watched.sentences.join(), /would ask whether 1 linked records move/);
  });

  it('is only said where the rule watches or is off', () => {
    const watched = gone([elsewhere(referral())], { rules: rulesWith({ sync: { contactDeletes: 'observe' } }) });
    assert.deepEqual([watched.approvals, watched.highlights, watched.ends], [[], [], 'done']);
    assert.match(watched.sentences.join(), /would ask whether 1 linked records move/);
    assert.deepEqual(
      gone([elsewhere(referral())], { rules: rulesWith({ sync: { contactDeletes: 'off' } }) }).approvals,
      [],
    );
  });
});

describe('a contact that is there again', () => {
  const back = { ...contactWith({ tags: ['vip'] }), seen: deleted };
  const asked = { id: 'a1', kind: 'ambiguous' as const, recordId: 'referral', proposal: { move: true, from: 'c1' } };

  it('keeps its links, follows as before, and is asked about no more', () => {
    const link = linked(referral({ lastName: 'Smith' }));
    const state = customer([link], { focus: 'contact', trigger: 'contact', contact: back, approvals: [asked] });
    const plan = planOf(state);
    assert.ok(plan.steps.some(({ name }) => name === 'contact'));
    assert.deepEqual(
      plan.superseded.map(({ approvalId }) => approvalId),
      ['a1'],
    );
    assert.deepEqual(plan.highlights, [{ recordId: 'contact', value: { tags: ['vip'], emailDnd: false } }]);
  });

  it('is told what happened to its links meanwhile: it was taken note of by nobody', () => {
    const missed = linked(referral({ status: 'Approved' }));
    for (const link of [missed, { ...missed, gone: true }])
      assert.deepEqual(planOf(customer([link], { contact: undefined })).highlights, []);
    const told = (own: ContactState) =>
      planOf(
        customer([missed, linked(member())], {
          focus: 'contact',
          trigger: 'contact',
          contact: own,
          items: [item('reward'), item('reward', {}, { recordId: 'known', vendorId: 'r2', seen: seen({}) })],
        }),
      ).findings;
    assert.deepEqual(told(back), [
      { trigger: 'referral', kind: 'referral', vendorId: 'r1' },
      { trigger: 'member', kind: 'member', vendorId: 'm1' },
      { trigger: 'reward', kind: 'reward', vendorId: 'reward1' },
    ]);
    assert.deepEqual(told(contactWith({ tags: ['vip'] })), []);
  });

  it('leaves approvals of other kinds alone', () => {
    const approvals = [
      { ...asked, kind: 'status' as const },
      { ...asked, id: 'a2', proposal: { status: 'approved' } },
    ];
    const state = customer([linked(referral())], { focus: 'contact', trigger: 'contact', contact: back, approvals });
    assert.deepEqual(planOf(state).superseded, []);
  });
});
