import assert from 'node:assert/strict';
import { v7 as uuid } from 'uuid';
import type { LineDraft } from '../../rules/plan.ts';
import { closePlan } from '../../store/close.ts';
import type { Database } from '../../store/database.ts';
import { line } from '../rules/customers.ts';
import { addRow, newVendorId } from '../support/customers.ts';
import { addConnection, onBothDatabases } from '../support/databases.ts';
import { type Planned, Planning, step } from './planning.ts';

onBothDatabases('a closing plan', (open) => {
  let database: Database;
  let planning: Planning;

  before(async () => {
    ({ database } = await open());
    await addConnection(database);
    planning = new Planning(database);
  });

  /** Closes a plan of this draft whose steps of these names are done. */
  async function closes(
    customer: Planned,
    draft: Parameters<Planning['store']>[1],
    done: Record<string, Record<string, unknown>> = {},
  ): Promise<void> {
    const plan = await planning.store(customer, draft);
    for (const [n, { name }] of (draft.steps ?? []).entries())
      if (done[name]) await planning.finish(plan, n, done[name]);
    await closePlan(database.db, plan.planId);
  }
  const linkOf = async (customer: Planned) => (await planning.state(customer)).links[0];

  describe('takes note', () => {
    it('of several records, and counts a version only where something changed', async () => {
      const customer = await planning.customer();
      const other = await planning.customer();
      const note = (value: object) => ({
        highlights: [customer, other].map(({ recordId }) => ({ recordId, value: { ...value, of: recordId } })),
      });
      const again = async (): Promise<Planned> => ({
        ...customer,
        rowId: await addRow(database, customer.recordId, 'referral'),
      });
      await closes(customer, note({ status: 'pending' }));
      await closes(await again(), note({ status: 'pending' }));
      assert.equal((await linkOf(customer))?.seen?.version, 1);
      await closes(await again(), note({ status: 'approved' }));
      assert.deepEqual((await linkOf(other))?.seen, {
        value: { status: 'approved', of: other.recordId },
        version: 2,
      });
    });

    it('of what a step was to write only if that was done', async () => {
      const customer = await planning.customer();
      const { recordId } = customer;
      const draft = {
        steps: [step(customer, 'unsubscribe', { factKey: null })],
        highlights: [{ recordId, value: { byUs: true }, step: 'unsubscribe' }],
      };
      await closes(customer, draft);
      assert.equal((await linkOf(customer))?.seen, undefined);
      const next = { ...customer, rowId: await addRow(database, recordId, 'referral') };
      await closes(next, draft, { unsubscribe: {} });
      assert.deepEqual((await linkOf(customer))?.seen?.value, { byUs: true });
    });
  });

  describe('keeps lines', () => {
    const drafted = ({ recordId }: Planned, more: Partial<LineDraft> = {}): LineDraft => ({
      ...line(`rb:${recordId}`),
      recordId,
      step: null,
      itemStep: null,
      ...more,
    });

    it('as they were agreed on, in their order, and in place of what they were', async () => {
      const customer = await planning.customer();
      const second = { ...drafted(customer), reference: `rb:2${customer.recordId}`, typed: true, vanished: 1 };
      await closes(customer, { lines: [drafted(customer), second] });
      const next = { ...customer, rowId: await addRow(database, customer.recordId, 'referral') };
      const changed = drafted(customer, { text: 'Call again', done: true, dueDate: '2026-12-01', source: 'Call' });
      await closes(next, { lines: [changed] });
      const { recordId: _, step: __, itemStep: ___, ...first } = changed;
      const { recordId: _a, step: _b, itemStep: _c, ...other } = second;
      assert.deepEqual((await linkOf(customer))?.lines, [first, other]);
    });

    it('only of steps that were done', async () => {
      const customer = await planning.customer();
      await closes(customer, {
        steps: [step(customer, 'referral', { factKey: null })],
        lines: [drafted(customer, { step: 'referral' })],
      });
      assert.deepEqual((await linkOf(customer))?.lines, []);
    });

    it('with the record of the task that a step has made, which no later plan forgets', async () => {
      const customer = await planning.customer();
      const taskId = newVendorId('task');
      const itemId = uuid();
      const record = { connection_id: 'default', customer_id: customer.customerId, kind: 'task', vendor_id: taskId };
      await database.db
        .insertInto('records')
        .values({ id: itemId, ...record })
        .execute();
      await closes(
        customer,
        { steps: [step(customer, 'task')], lines: [drafted(customer, { step: 'task', itemStep: 'task' })] },
        { task: { id: taskId } },
      );
      assert.equal((await linkOf(customer))?.lines[0]?.itemId, itemId);
      const next = { ...customer, rowId: await addRow(database, customer.recordId, 'referral') };
      await closes(next, { lines: [drafted(customer)] });
      assert.equal((await linkOf(customer))?.lines[0]?.itemId, itemId);
    });

    it('that are removed as known, and brings one back that comes back', async () => {
      const customer = await planning.customer();
      await closes(customer, { lines: [drafted(customer, { removed: true })] });
      assert.equal((await linkOf(customer))?.lines[0]?.removed, true);
      const next = { ...customer, rowId: await addRow(database, customer.recordId, 'referral') };
      await closes(next, { lines: [drafted(customer)] });
      assert.equal((await linkOf(customer))?.lines[0]?.removed, false);
    });
  });

  describe("finds something for another customer's record", () => {
    const rowsOf = (vendorId: string) =>
      database.db
        .selectFrom('inbox')
        .select(['source', 'event', 'trigger', 'record_kind', 'status'])
        .where('vendor_id', '=', vendorId)
        .execute();

    it('as one row of ours, however often, until that is taken', async () => {
      const customer = await planning.customer();
      const vendorId = newVendorId('member');
      const finding = { trigger: 'member', kind: 'member', vendorId } as const;
      const again = async (): Promise<Planned> => ({
        ...customer,
        rowId: await addRow(database, customer.recordId, 'referral'),
      });
      await closes(customer, { findings: [finding, finding] });
      await closes(await again(), { findings: [finding] });
      const row = { source: 'rockbridge', event: 'Finding', trigger: 'member', record_kind: 'member' };
      assert.deepEqual(await rowsOf(vendorId), [{ ...row, status: 'stored' }]);
      await database.db.updateTable('inbox').set({ status: 'running' }).where('vendor_id', '=', vendorId).execute();
      await closes(await again(), { findings: [finding] });
      assert.equal((await rowsOf(vendorId)).length, 2);
    });

    it('not when it is given up', async () => {
      const customer = await planning.customer();
      const vendorId = newVendorId('member');
      const plan = await planning.store(customer, { findings: [{ trigger: 'member', kind: 'member', vendorId }] });
      await planning.giveUp(plan);
      await closePlan(database.db, plan.planId);
      assert.deepEqual(await rowsOf(vendorId), []);
    });
  });
});
