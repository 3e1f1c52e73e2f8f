import assert from 'node:assert/strict';
import type { ApprovalDraft, StepDraft } from '../../rules/plan.ts';
import { loadDecided } from '../../store/approvals.ts';
import { decideApproval } from '../../store/approval-decisions.ts';
import { closePlan } from '../../store/close.ts';
import type { Database } from '../../store/database.ts';
import { createEventsStore } from '../../store/events.ts';
import { moveRecord } from '../../store/moves.ts';
import { planOfPass, unfinishedPlan } from '../../store/plans.ts';
import { loadDecisions } from '../../store/timeline.ts';
import { noteStepError } from '../../store/steps.ts';
import { noteUnclear } from '../../store/unclear.ts';
import { line as aLine } from '../rules/customers.ts';
import { addCustomer, addRow } from '../support/customers.ts';
import { addConnection, onBothDatabases } from '../support/databases.ts';
import { type Planned, Planning, step } from './planning.ts';

onBothDatabases('what waits for a person', (open) => {
  let database: Database;
  let planning: Planning;

  before(async () => {
    ({ database } = await open());
    await addConnection(database);
    planning = new Planning(database);
  });

  const asks = (customer: Planned, steps: string[], more: Partial<ApprovalDraft> = {}): ApprovalDraft => ({
    kind: 'status',
    recordId: customer.recordId,
    proposal: { status: 'approved', from: 'pending' },
    pays: [],
    candidates: [],
    steps,
    sentence: 'approve the referral?',
    ...more,
  });
  const holds = (customer: Planned, name: string, more: Partial<StepDraft> = {}): StepDraft =>
    step(customer, name, { mode: 'hold', summary: name, ...more });

  const approvalsOf = ({ recordId }: Planned) =>
    database.db
      .selectFrom('approvals')
      .select(['id', 'plan_id', 'outcome'])
      .where('record_id', '=', recordId)
      .orderBy('created_at')
      .execute();
  const planOf = (id: string | null | undefined) =>
    database.db.selectFrom('plans').selectAll().where('id', '=', String(id)).executeTakeFirstOrThrow();
  const stepsOf = (id: string | null | undefined) =>
    database.db
      .selectFrom('steps')
      .select(['n', 'name', 'status', 'depends_on', 'key'])
      .where('plan_id', '=', String(id))
      .orderBy('n')
      .execute();

  /** A plan of one done step, a held one that needs it, and one that needs the held one; closed. */
  async function held(): Promise<{ customer: Planned; planId: string; approvalId: string; heldPlanId: string }> {
    const customer = await planning.customer();
    const plan = await planning.store(customer, {
      facts: [customer.fact],
      steps: [
        step(customer, 'task'),
        step(customer, 'field'),
        holds(customer, 'status', { input: { note: '{{steps.field.id}}' } }),
        step(customer, 'tell', { after: ['status'], summary: 'tell' }),
      ],
      approvals: [asks(customer, ['status'])],
    });
    assert.deepEqual(
      plan.steps.map(({ n }) => n),
      [0, 1, 3],
      'what is held is not carried out',
    );
    await planning.finish(plan, 0);
    await planning.finish(plan, 1, { id: 'field-1' });
    await closePlan(database.db, plan.planId);
    const [approval] = await approvalsOf(customer);
    assert.ok(approval?.plan_id);
    return { customer, planId: plan.planId, approvalId: approval.id, heldPlanId: approval.plan_id };
  }

  it('leaves the plan as one of its own, with what needs it and the answers that it needs', async () => {
    const { customer, planId, heldPlanId } = await held();
    assert.notEqual(heldPlanId, planId);
    assert.deepEqual(
      (await stepsOf(planId)).map(({ name, status }) => [name, status]),
      [
        ['task', 'done'],
        ['field', 'done'],
      ],
    );
    const waiting = await stepsOf(heldPlanId);
    assert.deepEqual(
      waiting.map(({ n, name, status, depends_on }) => [n, name, status, depends_on]),
      [
        [0, 'field', 'done', []],
        [1, 'status', 'held', [0]],
        [2, 'tell', 'planned', [1]],
      ],
    );
    const { status, row_ids, sentences } = await planOf(heldPlanId);
    assert.deepEqual([status, row_ids, sentences], ['held', [customer.rowId], ['approve the referral?']]);
    const row = await planning.row(customer);
    assert.deepEqual([row.status, row.plan_id], ['held', planId]);
    assert.match(
      String(row.sentence),
      /^Waits for a person’s approval: approve the referral\?; created the task; .*waits for approval: tell\.$/,
    );
  });

  it('is shown with the event that it comes from', async () => {
    const { customer } = await held();
    const shown = (await createEventsStore(database).get(customer.rowId))?.plan?.steps;
    assert.deepEqual(
      shown?.map(({ name, status }) => [name, status]),
      [
        ['task', 'done'],
        ['field', 'done'],
        ['status', 'held'],
        ['tell', 'planned'],
      ],
    );
  });

  it('asks one thing of a record at a time: the last, whatever was asked with it', async () => {
    const customer = await planning.customer();
    const plan = await planning.store(customer, {
      steps: [holds(customer, 'status')],
      approvals: [asks(customer, [], { kind: 'ambiguous' }), asks(customer, ['status'])],
    });
    await closePlan(database.db, plan.planId);
    const outcomes = (await approvalsOf(customer)).map(({ outcome }) => outcome);
    assert.deepEqual(new Set(outcomes), new Set([null, 'superseded']));
    assert.deepEqual([(await planning.row(customer)).status, (await planOf(plan.planId)).status], ['held', 'closed']);
  });

  it('is no open plan, and its fact fires nothing more', async () => {
    const { customer, heldPlanId } = await held();
    assert.equal(await unfinishedPlan(database.db, customer.customerId), undefined);
    assert.equal(await planning.spentBy(customer), heldPlanId);
  });

  it('asks nothing when a step that it needs failed, and leaves its fact to the retry', async () => {
    const customer = await planning.customer();
    const plan = await planning.store(customer, {
      facts: [customer.fact],
      steps: [step(customer, 'task'), holds(customer, 'status', { after: ['task'] })],
      approvals: [asks(customer, ['status'])],
    });
    await noteStepError(database.db, await planning.step(plan, 0), { type: 'Invalid', message: 'no' }, true);
    await closePlan(database.db, plan.planId);
    assert.deepEqual(await approvalsOf(customer), []);
    assert.deepEqual([(await planning.row(customer)).status, await planning.spentBy(customer)], ['failed', null]);
  });

  it('is asked of a person also where no step waits', async () => {
    const customer = await planning.customer();
    const plan = await planning.store(customer, { approvals: [asks(customer, [], { kind: 'ambiguous' })] });
    await closePlan(database.db, plan.planId);
    const [approval] = await approvalsOf(customer);
    assert.deepEqual([approval?.plan_id, (await planning.row(customer)).status], [plan.planId, 'held']);
  });

  it('waits apart for each approval, and together where a step needs both', async () => {
    const customer = await planning.customer();
    const other = await planning.customer();
    const more = await planning.customer();
    const plan = await planning.store(customer, {
      steps: [
        holds(customer, 'one'),
        holds(customer, 'two'),
        holds(customer, 'three'),
        step(customer, 'both', { after: ['one', 'three'] }),
      ],
      approvals: [asks(customer, ['one']), asks(other, ['two']), asks(more, ['three'])],
    });
    await closePlan(database.db, plan.planId);
    const plans = await Promise.all([customer, other, more].map(async (one) => (await approvalsOf(one))[0]?.plan_id));
    assert.equal(plans[0], plans[2]);
    const namesIn = async (id: string | null | undefined) => (await stepsOf(id)).map(({ name }) => name);
    assert.deepEqual(await Promise.all(plans.slice(0, 2).map(namesIn)), [['one', 'three', 'both'], ['two']]);
  });

  it('is given up when a newer approval of the same record takes its place', async () => {
    const { customer, approvalId, heldPlanId } = await held();
    const rowId = await addRow(database, customer.recordId, 'referral');
    const next = { ...customer, rowId };
    const plan = await planning.store(next, {
      steps: [holds(customer, 'denied', { factKey: null })],
      approvals: [asks(customer, ['denied'])],
    });
    await closePlan(database.db, plan.planId);
    assert.equal((await planOf(heldPlanId)).status, 'given-up');
    const [older, newer] = await approvalsOf(customer);
    assert.deepEqual([older?.id, older?.outcome, newer?.outcome], [approvalId, 'superseded', null]);
    assert.deepEqual([(await planning.row(customer)).status, (await planning.row(next)).status], ['done', 'held']);
    assert.equal(await planning.spentBy(customer), heldPlanId, 'what happened stays told');
  });

  it('is given up when a plan says that it was overtaken', async () => {
    const { customer, approvalId, heldPlanId } = await held();
    const next = { ...customer, rowId: await addRow(database, customer.recordId, 'referral') };
    const superseded = [{ approvalId, sentence: 'Superseded: the referral is denied now.' }];
    await closePlan(database.db, (await planning.store(next, { superseded })).planId);
    assert.equal((await planOf(heldPlanId)).status, 'given-up');
    const { status, sentence } = await planning.row(customer);
    assert.deepEqual([status, sentence], ['done', 'Superseded: the referral is denied now.']);
  });

  /** A person decides; the steps that waited, as the pass of the decision is given them. */
  async function decide(
    customer: Planned,
    approvalId: string,
    approve: boolean,
  ): Promise<{ decision: Planned; steps: StepDraft[] }> {
    await decideApproval(database.db, approvalId, { approve }, 'Ann');
    const rowId = await database.db
      .updateTable('inbox')
      .set({ status: 'running', record_id: customer.recordId })
      .where('cause', '=', approvalId)
      .returning('id')
      .executeTakeFirstOrThrow();
    const decided = await loadDecided(database.db, [rowId.id]);
    assert.ok(decided);
    const steps = decided.steps.map((one): StepDraft => ({
      ...one,
      mode: 'live',
      allowedBy: `approval:${approvalId}`,
    }));
    return { decision: { ...customer, rowId: rowId.id }, steps };
  }

  it('is carried out by the plan of the decision, whose end is that of the rows that waited', async () => {
    const { customer, planId: askedBy, approvalId, heldPlanId } = await held();
    const { decision, steps } = await decide(customer, approvalId, true);
    assert.deepEqual(
      steps.map(({ name, input, after }) => [name, input, after]),
      [
        ['status', { note: 'field-1' }, []],
        ['tell', { contactId: 'c1' }, ['status']],
      ],
    );
    const plan = await planning.store(decision, { steps }, { trigger: 'approval' });
    assert.deepEqual(
      plan.steps.map(({ n, after }) => [n, after]),
      [
        [0, []],
        [1, [0]],
      ],
    );
    await planning.finish(plan, 0);
    await planning.finish(plan, 1);
    await closePlan(database.db, plan.planId);
    const rows = [await planning.row(customer), await planning.row(decision)];
    assert.deepEqual(
      rows.map(({ status, sentence }) => [status, sentence]),
      Array.from({ length: 2 }, () => ['done', 'Created the status; created the tell.']),
    );
    assert.deepEqual([(await planOf(heldPlanId)).status, await planning.spentBy(customer)], ['closed', heldPlanId]);
    const told = (await loadDecisions(database.db, customer.customerId, 9)).map(({ planId }) => planId);
    assert.deepEqual(told, [plan.planId, askedBy], 'each decision is told of once');
  });

  it('ends with nothing done when it is denied', async () => {
    const { customer, approvalId, heldPlanId } = await held();
    const { decision } = await decide(customer, approvalId, false);
    const plan = await planning.store(decision, { sentences: ['denied by Ann'] }, { trigger: 'approval' });
    await closePlan(database.db, plan.planId);
    const { status, sentence } = await planning.row(customer);
    assert.deepEqual([status, sentence], ['done', 'Denied by Ann.']);
    assert.equal((await planOf(heldPlanId)).status, 'given-up');
  });

  it('goes on waiting when its decision could not be carried out, until the retry of that does it', async () => {
    const { customer, approvalId, heldPlanId } = await held();
    const { decision, steps } = await decide(customer, approvalId, true);
    const failing = await planning.store(decision, { steps }, { trigger: 'approval' });
    await noteStepError(database.db, await planning.step(failing, 0), { type: 'Invalid', message: 'no' }, true);
    await closePlan(database.db, failing.planId);
    const [row, own] = [await planning.row(customer), await planning.row(decision)];
    assert.deepEqual([row.status, own.status, (await planOf(heldPlanId)).status], ['held', 'failed', 'held']);
    assert.match(String(row.sentence), /could not status: no.*Retry the event of the decision/i);
    await database.db.updateTable('inbox').set({ status: 'running' }).where('id', '=', decision.rowId).execute();
    const again = (await loadDecided(database.db, [decision.rowId]))?.steps;
    assert.equal(again?.length, 2);
    const plan = await planning.store(decision, { steps }, { trigger: 'approval' });
    await planning.finish(plan, 0);
    await planning.finish(plan, 1);
    await closePlan(database.db, plan.planId);
    assert.deepEqual([(await planning.row(customer)).status, (await planOf(heldPlanId)).status], ['done', 'closed']);
  });

  it('goes with its record to another customer, with lines and facts, and is carried out there', async () => {
    const { customer, approvalId } = await held();
    const waiting = { ...customer.fact, key: `${customer.recordId}|referral.changed|1` };
    const next = { ...customer, rowId: await addRow(database, customer.recordId, 'referral') };
    const line = { ...aLine(`rb:${customer.recordId}`), recordId: customer.recordId, step: null, itemStep: null };
    const plan = await planning.store(next, { waiting: [waiting], lines: [line] });
    await closePlan(database.db, plan.planId);
    const { customerId } = await addCustomer(database);
    await database.db.transaction().execute((tx) => moveRecord(tx, customer.recordId, customerId));
    const moved = { ...customer, customerId };
    const state = await planning.state(moved);
    assert.deepEqual(
      [state.links[0]?.lines.length, state.facts.map(({ key }) => key), state.approvals.map(({ id }) => id)],
      [1, [waiting.key], [approvalId]],
    );
    const { decision, steps } = await decide(moved, approvalId, true);
    const deciding = await planning.store(decision, { steps }, { trigger: 'approval' });
    for (const { n } of deciding.steps) await planning.finish(deciding, n);
    await closePlan(database.db, deciding.planId);
    assert.equal((await planning.row(customer)).sentence, 'Created the status; created the tell.');
  });

  it('is not done by a connection that only watches: the decision waits', async () => {
    const { customer, approvalId, heldPlanId } = await held();
    const { decision, steps } = await decide(customer, approvalId, true);
    const plan = await planning.store(decision, { steps }, { trigger: 'approval', mode: 'observe' });
    assert.deepEqual(plan.steps, []);
    await closePlan(database.db, plan.planId);
    const { status, sentence } = await planning.row(decision);
    assert.deepEqual([status, sentence], ['held', 'Would status; would tell.']);
    assert.deepEqual([(await planning.row(customer)).status, (await planOf(heldPlanId)).status], ['held', 'held']);
  });

  it('is overtaken when a later decision about the same record is carried out', async () => {
    const { customer, approvalId } = await held();
    const { decision: first } = await decide(customer, approvalId, true);
    const later = { ...customer, rowId: await addRow(database, customer.recordId, 'referral') };
    const asking = await planning.store(later, {
      steps: [holds(customer, 'denied', { factKey: null })],
      approvals: [asks(customer, ['denied'])],
    });
    await closePlan(database.db, asking.planId);
    const newer = (await approvalsOf(customer)).at(-1);
    const { decision, steps } = await decide(customer, String(newer?.id), true);
    const plan = await planning.store(
      decision,
      { steps },
      { trigger: 'approval', rowIds: [first.rowId, decision.rowId] },
    );
    await planning.finish(plan, 0);
    await closePlan(database.db, plan.planId);
    assert.equal((await planning.row(later)).sentence, 'Created the denied.');
    assert.equal((await planning.row(customer)).sentence, 'Nothing was done: a later decision took its place.');
    assert.deepEqual([(await planning.row(first)).status, (await planning.row(decision)).status], ['done', 'done']);
  });

  describe('because it may have paid', () => {
    const MESSAGE = { type: 'MayHavePaid', message: 'it may have paid: look in Referral Rock' } as const;

    it('ends its rows held, keeps key, mark and claim, and is told of by the retry alone', async () => {
      const customer = await planning.customer();
      const claims = [{ kind: 'status', value: `${customer.recordId} approved` }] as const;
      const draft = { facts: [customer.fact], steps: [step(customer, 'status', { claims, summary: 'set status' })] };
      const plan = await planning.store(customer, draft);
      const due = await planning.step(plan, 0);
      await database.db.updateTable('steps').set({ sent_at: new Date() }).where('id', '=', due.id).execute();
      await noteUnclear(database.db, due.id, MESSAGE);
      await closePlan(database.db, plan.planId);
      const { status, sentence, error } = await planning.row(customer);
      assert.deepEqual([status, error?.type], ['held', 'MayHavePaid']);
      assert.equal(sentence, 'Set status: it may have paid: look in Referral Rock.');
      assert.ok((await stepsOf(plan.planId))[0]?.key);
      const claimed = await database.db
        .selectFrom('claims')
        .select('key')
        .where('customer_id', '=', customer.customerId)
        .execute();
      assert.equal(claimed.length, 1);
      assert.deepEqual((await planning.state(customer)).facts, [], 'another event does not try it again');
      await database.db.updateTable('inbox').set({ status: 'stored' }).where('id', '=', customer.rowId).execute();
      assert.equal((await planning.state(customer)).facts.length, 1);
      const again = await planning.store(customer, draft);
      const retried = await planning.step(again, 0);
      assert.deepEqual([retried.status, retried.sentAt !== null], ['sent', true]);
    });

    it('says so, too, of what was sent and not answered within its day', async () => {
      const customer = await planning.customer();
      const claims = [{ kind: 'status', value: `${customer.recordId} approved` }] as const;
      const money = step(customer, 'status', { claims, summary: 'set status', allowedBy: 'rule:won' });
      const plan = await planning.store(customer, { facts: [customer.fact], steps: [money] });
      const { id } = await planning.step(plan, 0);
      const cut = JSON.stringify({ type: 'Unavailable', message: 'cut' });
      await database.db
        .updateTable('steps')
        .set({ status: 'sent', sent_at: new Date(), error: cut })
        .where('id', '=', id)
        .execute();
      await closePlan(database.db, plan.planId);
      const { status, error } = await planning.row(customer);
      assert.deepEqual([status, error?.type], ['held', 'MayHavePaid']);
      const held = await database.db
        .selectFrom('claims')
        .select('key')
        .where('customer_id', '=', customer.customerId)
        .execute();
      assert.equal(held.length, 1);
    });

    it('is held, not sent, when the retry must be approved again', async () => {
      const customer = await planning.customer();
      const plan = await planning.store(customer, { facts: [customer.fact], steps: [step(customer, 'status')] });
      const due = await planning.step(plan, 0);
      await database.db.updateTable('steps').set({ sent_at: new Date() }).where('id', '=', due.id).execute();
      await noteUnclear(database.db, due.id, MESSAGE);
      await closePlan(database.db, plan.planId);
      await database.db.updateTable('inbox').set({ status: 'stored' }).where('id', '=', customer.rowId).execute();
      const draft = {
        facts: [customer.fact],
        steps: [holds(customer, 'status')],
        approvals: [asks(customer, ['status'])],
      };
      const again = await planning.store(customer, draft, { passKey: `${plan.planId}-again` });
      assert.deepEqual(again.steps, []);
      assert.deepEqual(await planOfPass(database.db, `${plan.planId}-again`), again);
      const retried = await planning.step(again, 0);
      assert.deepEqual([retried.status, retried.sentAt !== null], ['held', true]);
    });
  });
});
