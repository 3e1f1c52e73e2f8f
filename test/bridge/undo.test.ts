import assert from 'node:assert/strict';
import { v7 as uuid } from 'uuid';
import type { StepDraft } from '../../rules/plan.ts';
import { closePlan } from '../../store/close.ts';
import type { Database } from '../../store/database.ts';
import { loadUndo } from '../../store/undo.ts';
import { type Planned, Planning, step } from '../store/planning.ts';
import { addConnection, onBothDatabases } from '../support/databases.ts';
import { ADMIN_TOKEN, type BridgeUnderTest, startBridge } from './bridge-under-test.ts';

onBothDatabases('undo by API', (openTestDatabase) => {
  let database: Database;
  let bridge: BridgeUnderTest;
  let planning: Planning;

  before(async () => {
    ({ database } = await openTestDatabase());
    await addConnection(database);
    bridge = startBridge(database);
    planning = new Planning(database);
  });
  after(() => bridge.server.close());

  const undo = (id: string) => bridge.post(`/api/events/${id}/undo`, '', { authorization: `Bearer ${ADMIN_TOKEN}` });
  const asked = (planId: string) => database.db.selectFrom('inbox').selectAll().where('cause', '=', planId).execute();

  /** A closed plan whose steps are all done. */
  async function decided(steps: (customer: Planned) => StepDraft[]): Promise<Planned & { planId: string }> {
    const customer = await planning.customer();
    const drafts = steps(customer);
    const plan = await planning.store(customer, { facts: [customer.fact], steps: drafts });
    for (const n of drafts.keys()) await planning.finish(plan, n, { id: `made-${n}` });
    await closePlan(database.db, plan.planId);
    return { ...customer, planId: plan.planId };
  }

  it('has the pass of the record’s customer take it back, and tells it all that was done', async () => {
    const { rowId, planId, recordId } = await decided((customer) => [
      step(customer, 'task', { input: { contactId: 'c1', title: 'Call' } }),
      step(customer, 'note', { input: { body: 'Task {{steps.task.id}}' } }),
    ]);
    const nudged = bridge.nudges();
    const answer = await undo(rowId);
    assert.equal(answer.status, 202);
    assert.equal(bridge.nudges(), nudged + 1);
    const [row] = await asked(planId);
    const { vendor_id: vendorId } = await database.db
      .selectFrom('records')
      .select('vendor_id')
      .where('id', '=', recordId)
      .executeTakeFirstOrThrow();
    assert.deepEqual(
      [row?.source, row?.event, row?.trigger, row?.record_kind, row?.vendor_id, row?.status],
      ['rockbridge', 'UndoAsked', 'undo', 'referral', vendorId, 'stored'],
    );
    assert.equal(answer.body['eventId'], row?.id);
    const found = await loadUndo(database.db, [String(row?.id)]);
    assert.equal(found?.planId, planId);
    assert.deepEqual(
      found?.steps.map(({ name, input, answer: { id } }) => [name, input, id]),
      [
        ['task', { contactId: 'c1', title: 'Call' }, 'made-0'],
        ['note', { body: 'Task made-0' }, 'made-1'],
      ],
    );
  });

  it('tells also what a plan did that was given up before, once', async () => {
    const customer = await planning.customer();
    const first = await planning.store(customer, {
      facts: [customer.fact],
      steps: [step(customer, 'task'), step(customer, 'update', { factKey: null })],
    });
    await planning.finish(first, 0, { id: 'task-1' });
    await planning.finish(first, 1, { id: 'update-1' });
    const second = await planning.store(
      customer,
      { steps: [step(customer, 'task'), step(customer, 'note')] },
      { insteadOf: first.planId },
    );
    await planning.finish(second, 1, { id: 'note-1' });
    await closePlan(database.db, second.planId);
    await undo(customer.rowId);
    const [row] = await asked(second.planId);
    const found = await loadUndo(database.db, [String(row?.id)]);
    assert.deepEqual(
      found?.steps.map(({ answer: { id } }) => id),
      ['update-1', 'task-1', 'note-1'],
    );
    assert.equal(new Set(found?.steps.map(({ name }) => name)).size, 3);
  });

  it('gives each step the baselines of what it wrote', async () => {
    const customer = await planning.customer();
    const { recordId } = customer;
    const written = (name: string) => ({ side: 'rr', step: name, as: 'email', value: 'a@example.com' }) as const;
    const merges = ['one', 'other'].map((name) => ({
      recordId,
      field: `email of ${name}`,
      ghl: 'a@example.com',
      rr: '',
      written: written(name),
    }));
    const plan = await planning.store(customer, { steps: [step(customer, 'one')], merges });
    await planning.finish(plan, 0, { record: { email: 'a@example.com' } });
    await closePlan(database.db, plan.planId);
    await undo(customer.rowId);
    const [row] = await asked(plan.planId);
    const found = await loadUndo(database.db, [String(row?.id)]);
    assert.deepEqual(found?.steps[0]?.merges, [merges[0]]);
  });

  it('is asked for once, also by two at a time; one that failed can be asked for again', async () => {
    const { rowId, planId } = await decided((customer) => [step(customer, 'task')]);
    const statuses = (await Promise.all([undo(rowId), undo(rowId)])).map(({ status }) => status);
    assert.deepEqual(
      statuses.toSorted((one, other) => one - other),
      [202, 409],
    );
    const again = await undo(rowId);
    assert.match(String(again.body['error']), /asked for already/);
    await database.db.updateTable('inbox').set({ status: 'failed' }).where('cause', '=', planId).execute();
    assert.equal((await undo(rowId)).status, 202);
    assert.equal((await asked(planId)).length, 2);
  });

  it('refuses what wrote nothing', async () => {
    const nothing = await decided(() => []);
    const failed = await planning.customer();
    for (const rowId of [nothing.rowId, failed.rowId]) {
      const answer = await undo(rowId);
      assert.equal(answer.status, 409);
      assert.match(String(answer.body['error']), /Nothing was written/);
    }
  });

  it('refuses what only moved money, and asks nothing', async () => {
    const money = (customer: Planned) =>
      step(customer, 'status', { operation: 'referral-rock.referral.set-status', queue: 'referral-rock' });
    const { rowId, planId } = await decided((customer) => [money(customer)]);
    const answer = await undo(rowId);
    assert.equal(answer.status, 409);
    assert.match(String(answer.body['error']), /money is not taken back/);
    assert.deepEqual(await asked(planId), []);
    const mixed = await decided((customer) => [money(customer), step(customer, 'task')]);
    assert.equal((await undo(mixed.rowId)).status, 202);
  });

  it('refuses while the connection only observes', async () => {
    const { rowId } = await decided((customer) => [step(customer, 'task')]);
    await database.db.updateTable('connections').set({ mode: 'observe' }).execute();
    const answer = await undo(rowId);
    await database.db.updateTable('connections').set({ mode: 'live' }).execute();
    assert.equal(answer.status, 409);
    assert.match(String(answer.body['error']), /only observes/);
  });

  it('answers 404 to an event that is not there, 401 without the token', async () => {
    assert.equal((await undo(uuid())).status, 404);
    assert.equal((await undo('none')).status, 404);
    const { rowId } = await decided((customer) => [step(customer, 'task')]);
    assert.equal((await bridge.post(`/api/events/${rowId}/undo`, '')).status, 401);
  });
});
