import assert from 'node:assert/strict';
import { closePlan } from '../../store/close.ts';
import type { Database } from '../../store/database.ts';
import { markStale, noteStepError } from '../../store/steps.ts';
import { addRow } from '../support/customers.ts';
import { addConnection, onBothDatabases } from '../support/databases.ts';
import { Planning, step } from './planning.ts';

onBothDatabases('closing a plan', (open) => {
  let database: Database;
  let planning: Planning;

  before(async () => {
    ({ database } = await open());
    await addConnection(database);
    planning = new Planning(database);
  });

  it('spends its facts and ends its rows with a sentence, once', async () => {
    const customer = await planning.customer();
    const plan = await planning.store(customer, { facts: [customer.fact], steps: [step(customer, 'task')] });
    await planning.finish(plan, 0);
    assert.deepEqual(await closePlan(database.db, plan.planId), { open: false });
    assert.equal(await planning.spentBy(customer), plan.planId);
    const { status, sentence, plan_id } = await planning.row(customer);
    assert.deepEqual([status, sentence, plan_id], ['done', 'Created the task.', plan.planId]);
    await addRow(database, customer.recordId, 'referral');
    assert.deepEqual(await closePlan(database.db, plan.planId), { open: true });
  });

  it('gives it up when a step was stale: the rows stay open', async () => {
    const customer = await planning.customer();
    const plan = await planning.store(customer, { facts: [customer.fact], steps: [step(customer, 'task')] });
    await markStale(database.db, (await planning.step(plan, 0)).id);
    assert.deepEqual(await closePlan(database.db, plan.planId), { open: true });
    assert.deepEqual([await planning.spentBy(customer), (await planning.row(customer)).status], [null, 'running']);
  });

  it("fails its rows with a failed step's words; what depended on that was left out, the rest counts", async () => {
    const customer = await planning.customer();
    const plan = await planning.store(customer, {
      facts: [customer.fact],
      steps: [
        step(customer, 'task'),
        step(customer, 'note', { after: ['task'] }),
        step(customer, 'tags', { factKey: null }),
      ],
    });
    const error = { type: 'Invalid', message: 'not like this', status: 422 };
    await noteStepError(database.db, await planning.step(plan, 0), error, true);
    await planning.finish(plan, 2);
    await closePlan(database.db, plan.planId);
    const { status, sentence, error: kept } = await planning.row(customer);
    assert.equal(status, 'failed');
    assert.match(String(sentence), /could not .*not like this.*left out.*created the tags/i);
    assert.deepEqual(kept, error);
    assert.equal(await planning.spentBy(customer), null);
  });

  it("leaves a failed step's fact to the retry of its row: no other event tries it again", async () => {
    const customer = await planning.customer();
    const plan = await planning.store(customer, { facts: [customer.fact], steps: [step(customer, 'task')] });
    const error = { type: 'Invalid', message: 'no' };
    await noteStepError(database.db, await planning.step(plan, 0), error, true);
    await closePlan(database.db, plan.planId);
    const facts = async (): Promise<number> => (await planning.state(customer)).facts.length;
    await addRow(database, customer.recordId, 'referral');
    assert.equal(await facts(), 0);
    const reopen = (status: 'stored' | 'ignored') =>
      database.db.updateTable('inbox').set({ status }).where('id', '=', customer.rowId).execute();
    // Of several rows that it closed, each may be retried alone.
    const sibling = await addRow(database, customer.recordId, 'referral');
    await database.db
      .updateTable('inbox')
      .set({ status: 'failed', plan_id: plan.planId })
      .where('id', '=', sibling)
      .execute();
    await reopen('stored');
    assert.equal(await facts(), 1);
    await reopen('ignored');
    assert.equal(await facts(), 0);
  });

  it('moves baselines to what each side last returned, and keeps what was refused', async () => {
    const customer = await planning.customer();
    const merge = (field: string) => ({
      recordId: customer.recordId,
      field,
      ghl: `ghl-${field}`,
      rr: `rr-${field}`,
      written: { side: 'rr', step: 'referral', as: field, value: `ghl-${field}` } as const,
    });
    const seen = { recordId: customer.recordId, field: 'city', ghl: 'Waco', rr: 'Waco' };
    const plan = await planning.store(customer, {
      steps: [step(customer, 'referral', { factKey: null })],
      merges: [merge('email'), merge('phone'), seen],
    });
    await planning.finish(plan, 0, {
      record: { email: 'ghl-email', phone: 'rr-phone' },
      taken: { email: 'ghl-email', phone: 'rr-phone' },
      refused: ['phone'],
    });
    await closePlan(database.db, plan.planId);
    const [link] = (await planning.state(customer)).links;
    assert.deepEqual(link?.baselines, {
      city: { ghl: { value: 'Waco' }, rr: { value: 'Waco' } },
      email: { ghl: { value: 'ghl-email' }, rr: { value: 'ghl-email' } },
      phone: { ghl: { value: 'ghl-phone' }, rr: { value: 'rr-phone', refused: 'ghl-phone' } },
    });
  });

  it('moves no baseline of a write that did not happen', async () => {
    const customer = await planning.customer();
    const written = { side: 'rr', step: 'referral', as: 'email', value: 'new' } as const;
    const plan = await planning.store(customer, {
      steps: [step(customer, 'referral', { factKey: null })],
      merges: [{ recordId: customer.recordId, field: 'email', ghl: 'new', rr: 'old', written }],
    });
    await closePlan(database.db, plan.planId);
    const [link] = (await planning.state(customer)).links;
    assert.deepEqual(link?.baselines, {});
    assert.equal((await planning.row(customer)).status, 'failed');
  });

  it('frees the claims of a create that did not come about in its day, and of what was left out with it', async () => {
    const customer = await planning.customer();
    const claim = (value: string) => ({ claims: [{ kind: 'email', value: `${customer.recordId}-${value}` } as const] });
    const plan = await planning.store(customer, {
      steps: [step(customer, 'contact', claim('a')), step(customer, 'member', { ...claim('b'), after: ['contact'] })],
    });
    const claims = async (): Promise<number> =>
      (await database.db.selectFrom('claims').select('key').where('customer_id', '=', customer.customerId).execute())
        .length;
    assert.equal(await claims(), 2);
    await closePlan(database.db, plan.planId);
    assert.equal(await claims(), 0);
  });
});
