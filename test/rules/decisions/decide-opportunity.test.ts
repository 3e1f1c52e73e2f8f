import assert from 'node:assert/strict';
import { defaultRules } from '../../../rules/rule-sets/default-rules.ts';
import type { Action } from '../../../rules/rule-set.ts';
import type { PlanDraft } from '../../../rules/plan.ts';
import type { Data, ItemState, LinkState } from '../../../rules/records.ts';
import type { CustomerState, OpenApproval } from '../../../rules/state.ts';
import { connection, contact, customer, linked, planOf, program, referral, stepOf } from '../customers.ts';
import { item, seen } from '../items.ts';

const was = seen({ status: 'open', stage: 'stage1' });
const won = (more: Partial<ItemState> = {}): ItemState =>
  item('opportunity', { status: 'won' }, { seen: was, ...more });
const inStage = (id: string): ItemState => item('opportunity', { pipelineStageId: id }, { seen: was });
const programs = [
  {
    ...program(),
    rewardRules: [{ description: 'Gift', isEnabled: true, status: 'approved', amount: '$50.00' }],
  },
];
const names = { ...connection.names, stage: { stage1: 'New', stage2: 'Qualified' } };
const pending = linked(referral({ programId: 'p Customer Referrals' }));
const second = linked(referral({ id: 'r2', status: 'Qualified', displayName: 'Jane Doe' }), {
  recordId: 'second',
  vendorId: 'r2',
});

function state(opportunity: ItemState, links: readonly LinkState[] = [pending], more: Partial<CustomerState> = {}) {
  return customer(links, {
    connection: { ...connection, programs, names },
    contact: contact(),
    items: [opportunity],
    focus: 'opportunity',
    trigger: 'opportunity',
    ...more,
  });
}

function changed(rule: string, change: (action: Action) => Action): Pick<CustomerState, 'rules'> {
  const actions = defaultRules.actions.map((action) => (action.id === rule ? change(action) : action));
  return { rules: { ...defaultRules, actions } };
}

const allowing = changed('opportunity-status', (action) => ({
  ...action,
  do: action.do.map((step) => ({ ...step, money: 'allow' })),
}));

const open = (proposal: Data, more: Partial<OpenApproval> = {}): OpenApproval => ({
  id: 'a1',
  kind: 'status',
  recordId: 'referral',
  proposal,
  ...more,
});
const same = {
  status: 'approved',
  from: 'pending',
  referralId: 'r1',
  rule: 'opportunity-status',
  cause: 'opportunity',
};

function nothingWritten({ steps, approvals }: PlanDraft): void {
  assert.deepEqual([steps, approvals], [[], []]);
}

describe('an opportunity that was won', () => {
  it('holds the approval of the referral for a person, who is told what it may pay', () => {
    const plan = planOf(state(won()));
    const step = stepOf(plan, 'status');
    assert.equal(plan.steps.length, 1);
    assert.deepEqual([step.mode, step.allowedBy, step.recordId], ['hold', null, 'referral']);
    assert.deepEqual(step.input, { query: { primaryInfo: { referralId: 'r1' } }, referral: { status: 'approved' } });
    assert.deepEqual(step.changes, [{ field: 'status', before: 'Pending', after: 'approved' }]);
    assert.deepEqual(step.claims, [{ kind: 'status', value: 'r1 approved' }]);
    const [approval, ...more] = plan.approvals;
    assert.deepEqual(more, []);
    assert.deepEqual(approval?.proposal, same);
    assert.deepEqual([approval?.kind, approval?.recordId, approval?.steps], ['status', 'referral', ['status']]);
    assert.deepEqual(approval?.pays, ['Reward rule “Gift” pays $50.00']);
  });

  it('lets it pass by itself where the rule allows it', () => {
    const plan = planOf(
      state(won(), [pending], { ...allowing, approvals: [open({ status: 'denied', from: 'pending' })] }),
    );
    const step = stepOf(plan, 'status');
    assert.deepEqual([step.mode, step.allowedBy], ['live', 'rule:opportunity-status']);
    assert.deepEqual(plan.approvals, []);
    assert.deepEqual(
      plan.superseded.map(({ approvalId }) => approvalId),
      ['a1'],
    );
  });

  it('only says so where the rule watches', () => {
    const plan = planOf(
      state(
        won(),
        [pending],
        changed('opportunity-status', (one) => ({ ...one, mode: 'observe' })),
      ),
    );
    assert.equal(stepOf(plan, 'status').mode, 'observe');
    assert.deepEqual(plan.approvals, []);
  });

  it('proposes nothing where the rule is off', () => {
    nothingWritten(
      planOf(
        state(
          won(),
          [pending],
          changed('opportunity-status', (one) => ({ ...one, mode: 'off' })),
        ),
      ),
    );
  });

  for (const [what, links] of [
    ['no referral', []],
    ['only a referral that is approved', [linked(referral({ status: 'Approved' }))]],
    ['only a referral that is denied', [linked(referral({ status: 'denied' }))]],
    ['only a referral that is not linked to it', [referral()]],
    ['only a referral that was deleted', [{ ...pending, gone: true }]],
  ] as const) {
    it(`proposes nothing to a contact with ${what}, and says so`, () => {
      const plan = planOf(state(won(), links));
      nothingWritten(plan);
      assert.match(plan.sentences.join(), /no referral that is neither approved nor denied/u);
    });
  }

  it('asks which of several open referrals is meant', () => {
    const plan = planOf(state(won(), [pending, second, linked(referral({ status: 'denied' }), { recordId: 'third' })]));
    assert.deepEqual(plan.steps, []);
    const [approval, ...more] = plan.approvals;
    assert.deepEqual(more, []);
    assert.deepEqual([approval?.kind, approval?.recordId], ['ambiguous', 'opportunity']);
    assert.deepEqual(
      approval?.candidates.map(({ referralId }) => referralId),
      ['r1', 'r2'],
    );
    assert.match(
      String(approval?.candidates[1]?.sentence),
      /^Jane Doe in Customer Referrals, qualified, referred by Mary/u,
    );
    assert.equal(approval?.proposal['status'], 'approved');
    assert.deepEqual(approval?.pays, ['Reward rule “Gift” pays $50.00']);
    assert.equal(plan.facts.length, 1);
  });

  it('asks once: the same proposal again asks nothing new', () => {
    const again = planOf(state(won(), [pending], { approvals: [open(same)] }));
    nothingWritten(again);
    assert.match(again.sentences.join(), /waits for a person's approval/u);
    const [asked] = planOf(state(won(), [pending, second])).approvals;
    assert.ok(asked);
    const which = open(asked.proposal, { kind: 'ambiguous', recordId: 'opportunity' });
    nothingWritten(planOf(state(won(), [pending, second], { approvals: [which] })));
  });

  it('asks anew where what waits proposes something else, or was made from another status', () => {
    for (const other of [
      { ...same, status: 'denied' },
      { ...same, from: 'qualified' },
    ])
      assert.equal(planOf(state(won(), [pending], { approvals: [open(other)] })).approvals.length, 1);
  });

  it('has the last word over the stage that it reached at the same time', () => {
    const both = item('opportunity', { status: 'won', pipelineStageId: 'stage2' }, { seen: was });
    const plan = planOf(state(both));
    assert.deepEqual(
      [plan.steps.map(({ changes }) => changes[0]?.after), plan.approvals.map(({ proposal }) => proposal['status'])],
      [['approved'], ['approved']],
    );
  });

  it('is taken note of, and leads to nothing the second time', () => {
    const { highlights, facts } = planOf(state(won()));
    assert.equal(facts.length, 1);
    const [noted] = highlights;
    const plan = planOf(state(won({ seen: { value: { ...noted?.value }, version: 2 } })));
    nothingWritten(plan);
    assert.deepEqual(
      [plan.facts, plan.sentences],
      [[], ['nothing to do: neither its status nor its stage has changed']],
    );
  });
});

describe('another opportunity', () => {
  it('that was lost proposes to deny the referral, which pays nothing and needs no claim', () => {
    const plan = planOf(state(item('opportunity', { status: 'lost' }, { seen: was })));
    assert.deepEqual(stepOf(plan, 'status').changes, [{ field: 'status', before: 'Pending', after: 'denied' }]);
    assert.deepEqual([stepOf(plan, 'status').claims, plan.approvals[0]?.pays], [[], []]);
  });

  it('in a stage that the rules have a word for proposes its status, whatever its letter case', () => {
    const plan = planOf(state(inStage('stage2')));
    assert.equal(plan.approvals[0]?.proposal['status'], 'qualified');
  });

  it('in another stage proposes nothing, and leaves what waits', () => {
    const plan = planOf(
      state(inStage('stage3'), [pending], { approvals: [open({ ...same, rule: 'opportunity-stage' })] }),
    );
    nothingWritten(plan);
    assert.deepEqual(plan.superseded, []);
  });

  it('that was won and is open again takes its proposal back', () => {
    const opened = item('opportunity', {}, { seen: seen({ status: 'won', stage: 'stage1' }) });
    const plan = planOf(state(opened, [pending], { approvals: [open(same)] }));
    nothingWritten(plan);
    assert.match(plan.superseded.map(({ sentence }) => sentence).join(), /the opportunity is open now/u);
  });

  it('that was lost takes back what was proposed when it was won, whichever record that was about', () => {
    const lost = item('opportunity', { status: 'lost' }, { seen: seen({ status: 'won', stage: 'stage1' }) });
    const which = open(same, { kind: 'ambiguous', recordId: 'opportunity' });
    const other = open({ ...same, cause: 'another opportunity' }, { id: 'a2', recordId: 'another' });
    for (const [links, stale, asked] of [
      [[pending], which, 'referral'],
      [[pending, second], open(same), 'opportunity'],
    ] as const) {
      const plan = planOf(state(lost, links, { approvals: [stale, other] }));
      assert.deepEqual(
        plan.approvals.map(({ recordId, proposal }) => [recordId, proposal['status']]),
        [[asked, 'denied']],
      );
      assert.deepEqual(
        plan.superseded.map(({ approvalId }) => approvalId),
        ['a1'],
      );
    }
  });

  it('whose new status the referral has already takes its proposal back', () => {
    const words = { ...defaultRules.values, opportunityStatus: { open: 'pending', won: 'approved' } };
    const opened = item('opportunity', {}, { seen: seen({ status: 'won', stage: 'stage1' }) });
    const plan = planOf(
      state(opened, [pending], { approvals: [open(same)], rules: { ...defaultRules, values: words } }),
    );
    nothingWritten(plan);
    assert.equal(plan.superseded.length, 1);
  });

  it('that was deleted takes its proposal back', () => {
    const plan = planOf(state(won({ gone: true }), [pending], { approvals: [open(same), open({}, { id: 'a2' })] }));
    nothingWritten(plan);
    assert.deepEqual(
      plan.superseded.map(({ approvalId }) => approvalId),
      ['a1'],
    );
  });

  it('never proposes to qualify a referral that was denied after it was qualified', () => {
    const denied = linked(referral({ status: 'Denied', qualifiedDate: '2026-03-02' }));
    nothingWritten(planOf(state(inStage('stage2'), [denied])));
  });
});
