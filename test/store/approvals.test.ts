import assert from 'node:assert/strict';
import { v7 as uuid } from 'uuid';
import { decideApproval, listApprovals } from '../../store/approval-decisions.ts';
import { closeHeldRows, loadDecided, loadOpenApprovals, storeApprovals, supersede } from '../../store/approvals.ts';
import type { Database } from '../../store/database.ts';
import { addRow } from '../support/customers.ts';
import { addConnection, onBothDatabases } from '../support/databases.ts';
import { type Held, hold, proposal, statusStep } from './held-plan.ts';
import { Planning, step } from './planning.ts';

onBothDatabases('approvals', (openTestDatabase) => {
  let database: Database;
  let planning: Planning;

  before(async () => {
    ({ database } = await openTestDatabase());
    await addConnection(database);
    planning = new Planning(database);
  });

  const approval = (id: string) =>
    database.db.selectFrom('approvals').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const planStatus = async ({ planId }: Held) =>
    (await database.db.selectFrom('plans').select('status').where('id', '=', planId).executeTakeFirstOrThrow()).status;
  const decide = (id: string, choice: Parameters<typeof decideApproval>[2], by = 'admin') =>
    decideApproval(database.db, id, choice, by);
  /** The rows that decisions about this approval made. */
  const decisionRows = (approvalId: string) =>
    database.db.selectFrom('inbox').selectAll().where('cause', '=', approvalId).execute();

  it('gives a newer approval of the same record the place of the open one, and gives up what waited for that', async () => {
    const first = await hold(planning);
    const newer = { ...first, rowId: await addRow(database, first.recordId, 'referral') };
    const { approvalId } = await hold(planning, newer, { approval: { sentence: 'Qualified: set it?' } });
    assert.notEqual(approvalId, first.approvalId);
    assert.deepEqual([(await approval(first.approvalId)).outcome, await planStatus(first)], ['superseded', 'given-up']);
    const row = await planning.row(first);
    assert.equal(row.status, 'done');
    assert.match(String(row.sentence), /A newer approval took its place: Qualified: set it\?/);
    assert.equal((await planning.row(newer)).status, 'held');
    assert.deepEqual(
      (await loadOpenApprovals(database.db, [first.recordId])).map(({ id }) => id),
      [approvalId],
    );
  });

  it('supersedes only what is open', async () => {
    const held = await hold(planning);
    await decide(held.approvalId, { approve: true });
    await database.db.transaction().execute((tx) => supersede(tx, [{ approvalId: held.approvalId, sentence: 'Late' }]));
    assert.equal((await approval(held.approvalId)).outcome, 'approved');
    assert.equal((await planning.row(held)).status, 'held');
  });

  it('leaves a row held that waits for another approval too', async () => {
    const held = await hold(planning);
    const other = await planning.customer();
    const plan = { planId: held.planId, connectionId: 'default', trigger: 'opportunity' };
    const draft = proposal(other);
    await database.db.transaction().execute((tx) => storeApprovals(tx, plan, held.planId, [draft]));
    const close = () =>
      database.db.transaction().execute((tx) => closeHeldRows(tx, held.approvalId, 'done', 'Set to approved.'));
    await close();
    assert.equal((await planning.row(held)).status, 'held');
    const [second] = await loadOpenApprovals(database.db, [other.recordId]);
    await decide(String(second?.id), { approve: false });
    await close();
    assert.deepEqual(
      [(await planning.row(held)).status, (await planning.row(held)).sentence],
      ['done', 'Set to approved.'],
    );
  });

  it('keeps the rows of a plan that only asked', async () => {
    const customer = await planning.customer();
    const { planId } = await planning.store(customer, { ends: 'held' });
    await database.db.updateTable('inbox').set({ status: 'held' }).where('id', '=', customer.rowId).execute();
    const plan = { planId, connectionId: 'default', trigger: 'referral' };
    await database.db.transaction().execute((tx) => storeApprovals(tx, plan, null, [proposal(customer)]));
    const [open] = await loadOpenApprovals(database.db, [customer.recordId]);
    await database.db.transaction().execute((tx) => closeHeldRows(tx, String(open?.id), 'done', 'Linked.'));
    assert.equal((await planning.row(customer)).status, 'done');
  });

  it('has the pass of the record carry a decision out, and tells it what waited', async () => {
    const held = await hold(planning);
    assert.deepEqual(await decide(held.approvalId, { approve: true }, 'jane'), { outcome: 'approved' });
    const [row] = await decisionRows(held.approvalId);
    assert.deepEqual(
      [row?.source, row?.event, row?.trigger, row?.record_kind, row?.status],
      ['rockbridge', 'ApprovalDecided', 'approval', 'referral', 'stored'],
    );
    const decided = await loadDecided(database.db, [String(row?.id)]);
    assert.deepEqual(
      [decided?.approved, decided?.decidedBy, decided?.recordId, decided?.proposal['status']],
      [true, 'jane', held.recordId, 'approved'],
    );
    const { claims: _, ...planned } = statusStep(held);
    assert.deepEqual(decided?.steps, [{ ...planned, claims: [] }]);
  });

  it('tells what waited with the answers of the steps that were done before', async () => {
    const steps = (customer: Parameters<typeof statusStep>[0]) => [
      step(customer, 'task'),
      statusStep(customer, { input: { referral: { note: 'Task {{steps.task.id}}' } } }),
      step(customer, 'note', { after: ['status', 'task'], input: { body: '{{steps.status.id}}' } }),
    ];
    const held = await hold(planning, undefined, { steps });
    await planning.finish({ planId: held.planId, steps: [] }, 0, { id: 'task-9' });
    await decide(held.approvalId, { approve: true });
    const [row] = await decisionRows(held.approvalId);
    const decided = await loadDecided(database.db, [String(row?.id)]);
    assert.deepEqual(
      decided?.steps.map(({ name, after, input }) => [name, after, input]),
      [
        ['status', [], { referral: { note: 'Task task-9' } }],
        ['note', ['status'], { body: '{{steps.status.id}}' }],
      ],
    );
  });

  it('takes the newest decision where rows of several are open', async () => {
    const first = await hold(planning);
    await decide(first.approvalId, { approve: true });
    const second = await hold(planning, { ...first, rowId: await addRow(database, first.recordId, 'referral') });
    await decide(second.approvalId, { approve: false });
    const rows = [...(await decisionRows(first.approvalId)), ...(await decisionRows(second.approvalId))];
    const decided = await loadDecided(
      database.db,
      rows.map(({ id }) => id),
    );
    assert.deepEqual([decided?.id, decided?.approved], [second.approvalId, false]);
  });

  it('is decided once', async () => {
    const held = await hold(planning);
    const answers = await Promise.all([
      decide(held.approvalId, { approve: true }, 'jane'),
      decide(held.approvalId, { approve: false }, 'john'),
    ]);
    const won = answers.find(({ outcome }) => outcome !== 'decided');
    const lost = answers.find(({ outcome }) => outcome === 'decided');
    const { outcome, decided_by } = await approval(held.approvalId);
    assert.equal(won?.outcome, outcome);
    assert.deepEqual(lost, { outcome: 'decided', as: outcome, by: decided_by });
    assert.equal((await decisionRows(held.approvalId)).length, 1);
  });

  it('approves an ambiguous one only with one of its candidates, about the chosen referral', async () => {
    const candidates = [
      { referralId: 'r-1', sentence: 'Referral of May' },
      { referralId: 'r-2', sentence: 'Referral of June' },
    ];
    const held = await hold(planning, undefined, { approval: { kind: 'ambiguous', candidates } });
    for (const choice of [{}, { referralId: 'r-3' }, { contactId: 'r-1' }, { referralId: 'r-1', contactId: 'c' }]) {
      assert.deepEqual(await decide(held.approvalId, { approve: true, ...choice }), {
        outcome: 'no such choice',
        candidates,
      });
    }
    assert.deepEqual(await decide(held.approvalId, { approve: true, referralId: 'r-2' }), { outcome: 'approved' });
    const [row] = await decisionRows(held.approvalId);
    assert.deepEqual([row?.record_kind, row?.vendor_id], ['referral', 'r-2']);
    assert.equal((await loadDecided(database.db, [String(row?.id)]))?.referralId, 'r-2');
  });

  it('denies an ambiguous one without a choice, and lets nothing be chosen where there is no choice', async () => {
    const candidates = [{ contactId: 'c-1', sentence: 'Jane' }];
    const ambiguous = await hold(planning, undefined, { approval: { kind: 'ambiguous', candidates } });
    assert.deepEqual(await decide(ambiguous.approvalId, { approve: false, contactId: 'c-9' }), { outcome: 'denied' });
    assert.equal((await approval(ambiguous.approvalId)).contact_id, null);
    const status = await hold(planning);
    assert.equal((await decide(status.approvalId, { approve: true, contactId: 'c-1' })).outcome, 'no such choice');
    assert.equal((await decide(uuid(), { approve: true })).outcome, 'unknown');
  });

  it('lists the open ones oldest first, and with all of them the decided ones too', async () => {
    await database.db.deleteFrom('approvals').execute();
    const held = [await hold(planning), await hold(planning), await hold(planning)];
    await decide(String(held[1]?.approvalId), { approve: true });
    const ids = async (all: boolean) => (await listApprovals(database.db, all)).map(({ id }) => id);
    const [first, second, third] = held.map(({ approvalId }) => approvalId);
    assert.deepEqual(await ids(false), [first, third]);
    assert.deepEqual(await ids(true), [first, third, second]);
  });
});
