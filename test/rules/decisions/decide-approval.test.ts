import assert from 'node:assert/strict';
import { defaultRules } from '../../../rules/rule-sets/default-rules.ts';
import type { PlanDraft, StepDraft } from '../../../rules/plan.ts';
import type { LinkState } from '../../../rules/records.ts';
import type { CustomerState, DecidedApproval } from '../../../rules/state.ts';
import { candidate, contact, customer, linked, namesOf, planOf, referral, stepOf } from '../customers.ts';
import { decide } from '../../../rules/decide.ts';
import { item, seen } from '../items.ts';

const won = item('opportunity', { status: 'won' }, { seen: seen({ status: 'open', stage: 'stage1' }) });
const pending = linked(referral());
const second = linked(referral({ id: 'r2' }), { recordId: 'second', vendorId: 'r2' });

function story(links: readonly LinkState[], more: Partial<CustomerState> = {}): CustomerState {
  return customer(links, { contact: contact(), items: [won], focus: 'opportunity', trigger: 'opportunity', ...more });
}

/** What a plan asked, as a person decided it and the store gives it back. */
function decided(plan: PlanDraft, more: Partial<DecidedApproval> = {}): DecidedApproval {
  const [approval] = plan.approvals;
  assert.ok(approval);
  const steps = plan.steps.filter(({ mode }) => mode === 'hold').map((step): StepDraft => ({ ...step, claims: [] }));
  const { kind, recordId, proposal } = approval;
  const answer = { approved: true, decidedBy: 'Ann', contactId: null, referralId: null };
  return { id: 'a1', kind, recordId, proposal, steps, ...answer, ...more };
}

function decideOn(links: readonly LinkState[], one: DecidedApproval, more: Partial<CustomerState> = {}): PlanDraft {
  return planOf(story(links, { trigger: 'approval', focus: links[0]?.recordId ?? 'gone', decided: one, ...more }));
}

const asked = planOf(story([pending]));

describe('a status that a person approved', () => {
  it('is set once, let pass by the approval, from what the referral is now', () => {
    const plan = decideOn([linked(referral({ status: 'PENDING' }))], decided(asked));
    const step = stepOf(plan, 'status');
    assert.deepEqual(namesOf(plan), ['status']);
    assert.deepEqual([step.mode, step.allowedBy], ['live', 'approval:a1']);
    assert.deepEqual(step.changes, [{ field: 'status', before: 'PENDING', after: 'approved' }]);
    assert.deepEqual(step.claims, [{ kind: 'status', value: 'r1 approved' }]);
    assert.deepEqual([plan.ends, plan.approvals, plan.superseded], ['done', [], []]);
    assert.match(plan.sentences.join(), /Ann/u);
  });

  it('is told in GHL also where no webhook comes back', () => {
    assert.deepEqual(decideOn([pending], decided(asked)).findings, [
      { trigger: 'referral', kind: 'referral', vendorId: 'r1' },
    ]);
  });

  for (const [what, link] of [
    ['has another status now', linked(referral({ status: 'Denied' }))],
    ['has the status already', linked(referral({ status: 'Approved' }))],
    ['was deleted', { ...pending, gone: true }],
  ] as const) {
    it(`is not set where the referral ${what}: the approval is superseded`, () => {
      const plan = decideOn([link], decided(asked));
      assert.deepEqual(plan.steps, []);
      assert.deepEqual(
        plan.superseded.map(({ approvalId }) => approvalId),
        ['a1'],
      );
      assert.match(plan.sentences.join(), /^superseded: /u);
    });
  }

  it('takes along the steps that waited with it', () => {
    const after: StepDraft = { ...stepOf(asked, 'status'), name: 'tell', operation: 'ghl.note.create', mode: 'live' };
    const one = decided(asked);
    const plan = decideOn([pending], { ...one, steps: [...one.steps, { ...after, after: ['status'] }] });
    assert.deepEqual(
      plan.steps.map(({ name, mode, allowedBy }) => [name, mode, allowedBy]),
      [
        ['status', 'live', 'approval:a1'],
        ['tell', 'live', null],
      ],
    );
  });
});

describe('what waited for a person', () => {
  const one = decided(asked);
  const tell = (contactId: string): StepDraft => ({
    ...stepOf(asked, 'status'),
    name: 'tell',
    operation: 'ghl.note.create',
    input: { contactId, body: 'approved' },
    after: ['status'],
  });
  const planWith = (step: StepDraft): PlanDraft => decideOn([pending], { ...one, steps: [...one.steps, step] });

  it('is written to the contact that it was meant for', () => {
    assert.deepEqual(namesOf(planWith(tell(contact().contactId))), ['status', 'tell']);
  });

  it('is written to nobody once its record has become another contact’s: the approval is superseded', () => {
    const plan = planWith(tell('somebodyElse'));
    assert.deepEqual([plan.steps, plan.superseded.length], [[], 1]);
    assert.match(plan.sentences.join(), /no longer of the same contact/u);
  });
});

describe('a status that a person denied', () => {
  it('is not set, and says who', () => {
    const plan = decideOn([pending], decided(asked, { approved: false }));
    assert.deepEqual([plan.steps, plan.findings], [[], []]);
    assert.deepEqual(plan.sentences, ['Ann denied it: nothing was written']);
  });
});

describe('a referral that a person chose', () => {
  const which = planOf(story([pending, second]));
  const chosen = decided(which, { referralId: 'r2' });

  it('gets what the rule could not tell whom to give, and no other does', () => {
    const plan = decideOn([pending, second], chosen);
    assert.deepEqual(
      plan.steps.map(({ recordId, mode, allowedBy, changes }) => [recordId, mode, allowedBy, changes[0]?.after]),
      [['second', 'live', 'approval:a1', 'approved']],
    );
    assert.deepEqual([plan.facts, plan.waiting, plan.approvals], [[], [], []]);
    assert.deepEqual(plan.findings, [{ trigger: 'referral', kind: 'referral', vendorId: 'r2' }]);
  });

  for (const [what, links, more, sentence] of [
    [
      'it is approved by now',
      [pending, linked(referral({ status: 'Approved' }), { recordId: 'second', vendorId: 'r2' })],
      {},
      /approved already/u,
    ],
    ['it is another customer’s by now', [pending], {}, /not this contact's any more/u],
    ['the rule is off by now', [pending, second], { rules: { ...defaultRules, actions: [] } }, /switched off/u],
  ] as const) {
    it(`gets nothing where ${what}`, () => {
      const plan = decideOn(links, chosen, more);
      assert.deepEqual([plan.steps, plan.approvals], [[], []]);
      assert.match(plan.sentences.join(), sentence);
    });
  }
});

describe('a contact that a person chose', () => {
  const jane = candidate('c2', { firstName: 'Jane', lastName: 'Doe', email: 'jane@example.com' });
  const janet = candidate('c3', { firstName: 'Janet', lastName: 'Doe', email: 'jane@example.com' });
  const torn = referral({}, { candidates: [jane, janet] });
  const which = planOf(customer([torn]));
  const chosen = decided(which, { contactId: 'c3' });
  const choose = (more: Partial<CustomerState> = {}, link: LinkState = torn) =>
    decide(customer([link], { trigger: 'approval', decided: chosen, ...more }));

  it('was asked for with all that it may be', () => {
    assert.equal(which.ends, 'held');
    assert.deepEqual(which.approvals[0]?.candidates, [
      { contactId: 'c2', sentence: 'contact c2: Jane Doe, jane@example.com' },
      { contactId: 'c3', sentence: 'contact c3: Janet Doe, jane@example.com' },
    ]);
    assert.deepEqual([which.steps, which.facts], [[], []]);
  });

  it('is asked for once', () => {
    const [asking] = which.approvals;
    assert.ok(asking);
    const again = planOf(customer([torn], { approvals: [{ id: 'a1', ...asking }] }));
    assert.deepEqual([again.ends, again.approvals], ['done', []]);
    assert.match(again.sentences.join(), /^nothing to do: a person has yet to say/u);
  });

  it('becomes the contact of the record, which is then kept as any other', () => {
    const decision = choose();
    assert.ok(decision.outcome === 'act');
    assert.deepEqual(decision.plan.link, { contactId: 'c3', data: janet.data });
    assert.ok(namesOf(decision.plan).includes('onboarding-task'));
    assert.match(decision.plan.sentences.join(), /linked to contact c3, as Ann chose/u);
  });

  it('who is another customer’s takes the record along', () => {
    const owner = { kind: 'other', customerId: 'customer2' } as const;
    const decision = choose({}, { ...torn, candidates: [jane, { ...janet, owner }] });
    assert.deepEqual([decision.outcome, decision.outcome === 'moved' && decision.to], ['moved', 'customer2']);
  });

  it('takes the place of a linked contact that is gone, with the tags of the record, and no second task or note', () => {
    const decision = choose({ contact: undefined }, linked(torn));
    assert.ok(decision.outcome === 'act');
    const { facts, highlights, steps } = decision.plan;
    assert.deepEqual(
      facts.map(({ key, data }) => [key, data['again']]),
      [['referral|referral.added|1|c3', 'yes']],
    );
    const made = steps.filter(({ operation }) => operation !== 'ghl.contact.update' && !operation.endsWith('.update'));
    assert.deepEqual(
      made.map(({ operation, input }) => [operation, input['contactId'], (input['tags'] as string[])[0]]),
      [['ghl.contact.add-tags', 'c3', 'rr-referral']],
    );
    const waiting = choose({ contact: undefined, facts }, linked(torn));
    assert.ok(waiting.outcome === 'act');
    assert.deepEqual([waiting.plan.facts, waiting.plan.highlights], [facts, highlights], 'told once');
  });

  it('takes the place of a linked contact that is gone, and is matched as for the first time', () => {
    const left = linked(torn, { seen: undefined });
    const decision = choose({ contact: undefined }, left);
    assert.ok(decision.outcome === 'act');
    assert.deepEqual(decision.plan.link, { contactId: 'c3', data: janet.data });
    assert.deepEqual(
      stepOf(decision.plan, 'contact').changes.map(({ field }) => field),
      ['phone'],
      'what is empty in GHL, and not the name',
    );
  });

  it('that is gone by now is said to be', () => {
    const decision = choose({}, { ...torn, candidates: [jane] });
    assert.ok(decision.outcome === 'act');
    assert.deepEqual([decision.plan.ends, decision.plan.steps], ['held', []]);
  });
});
