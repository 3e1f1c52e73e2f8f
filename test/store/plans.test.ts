import assert from 'node:assert/strict';
import { type Decision, NOTHING, type PlanDraft } from '../../rules/plan.ts';
import { closePlan } from '../../store/close.ts';
import type { Database } from '../../store/database.ts';
import { storeDecision } from '../../store/decisions.ts';
import { moveRecord } from '../../store/moves.ts';
import { planOfPass, unfinishedPlan } from '../../store/plans.ts';
import { clearSent, markSent } from '../../store/steps.ts';
import { line as aLine } from '../rules/customers.ts';
import { addCustomer, addRow } from '../support/customers.ts';
import { addConnection, onBothDatabases } from '../support/databases.ts';
import { Planning, step } from './planning.ts';

onBothDatabases('plans', (open) => {
  let database: Database;
  let planning: Planning;

  before(async () => {
    ({ database } = await open());
    await addConnection(database);
    planning = new Planning(database);
  });

  const claims = async (): Promise<string[]> =>
    (await database.db.selectFrom('claims').select('key').execute()).map(({ key }) => key);

  describe('that are stored', () => {
    it('are found by their pass, and once more by whoever asks for it again', async () => {
      const customer = await planning.customer();
      const plan = await planning.store(customer, { steps: [step(customer, 'task')] }, { passKey: 'the-pass' });
      assert.deepEqual(await planOfPass(database.db, 'the-pass'), plan);
      assert.deepEqual(await planning.store(customer, {}, { passKey: 'the-pass' }), plan);
      assert.equal(await planOfPass(database.db, 'another'), undefined);
    });

    it('are one for each customer: another pass is given the unfinished one', async () => {
      const customer = await planning.customer();
      const plan = await planning.store(customer, { steps: [step(customer, 'task')] });
      assert.deepEqual(await unfinishedPlan(database.db, customer.customerId), plan);
      assert.deepEqual(await planning.store(customer, { steps: [step(customer, 'note')] }), plan);
    });

    it('stay one when two passes store at the same moment', async () => {
      const customer = await planning.customer();
      const attempts = await Promise.allSettled([
        planning.store(customer, { steps: [step(customer, 'task')] }),
        planning.store(customer, { steps: [step(customer, 'task')] }),
      ]);
      assert.ok(attempts.some(({ status }) => status === 'fulfilled'));
      const unfinished = await database.db
        .selectFrom('plans')
        .select('id')
        .where('customer_id', '=', customer.customerId)
        .where('status', '=', 'open')
        .execute();
      assert.equal(unfinished.length, 1);
    });

    it('number their steps and know which need which, by name or by the answer that they mention', async () => {
      const customer = await planning.customer();
      const { steps } = await planning.store(customer, {
        steps: [
          step(customer, 'contact'),
          step(customer, 'task', { input: { contactId: '{{steps.contact.id}}' } }),
          step(customer, 'referral', { after: ['task', 'no-such-step'] }),
        ],
      });
      assert.deepEqual(
        steps.map(({ n, after }) => [n, after]),
        [
          [0, []],
          [1, [0]],
          [2, [1]],
        ],
      );
    });

    it('keep which rule wants each step, and who lets it pass', async () => {
      const customer = await planning.customer();
      const steps = [step(customer, 'status', { rule: 'won|0', allowedBy: 'rule:won' })];
      const { planId } = await planning.store(customer, { steps });
      const stored = await database.db
        .selectFrom('steps')
        .select(['rule', 'allowed_by'])
        .where('plan_id', '=', planId)
        .execute();
      assert.deepEqual(stored, [{ rule: 'won|0', allowed_by: 'rule:won' }]);
    });

    it('keep a fact that a rule cannot act on yet, unspent', async () => {
      const customer = await planning.customer();
      const plan = await planning.store(customer, { waiting: [customer.fact] });
      await closePlan(database.db, plan.planId);
      assert.equal(await planning.spentBy(customer), null);
    });
  });

  describe('of a connection that observes', () => {
    it('are the intent alone: nothing is claimed, moved or asked, and each write is named', async () => {
      const customer = await planning.customer();
      const { recordId } = customer;
      const claim = { kind: 'email', value: recordId } as const;
      const line = { ...aLine(`rb:${recordId}`), recordId, step: null, itemStep: null };
      const plan = await planning.store(
        customer,
        {
          facts: [customer.fact],
          steps: [
            step(customer, 'contact', { claims: [claim], summary: 'create contact: email' }),
            step(customer, 'status', { mode: 'hold', summary: 'set status' }),
          ],
          merges: [{ recordId, field: 'email', ghl: 'a', rr: 'b' }],
          lines: [line],
          approvals: [
            {
              kind: 'status',
              recordId,
              proposal: {},
              pays: [],
              candidates: [],
              steps: ['status'],
              sentence: 'approve?',
            },
            {
              kind: 'ambiguous',
              recordId,
              proposal: {},
              pays: [],
              candidates: [],
              steps: [],
              sentence: 'which?',
            },
          ],
        },
        { mode: 'observe' },
      );
      assert.deepEqual(plan.steps, []);
      await closePlan(database.db, plan.planId);
      assert.equal(await planning.spentBy(customer), undefined);
      assert.ok(!(await claims()).includes(`email:${recordId}`));
      const { status, sentence } = await planning.row(customer);
      assert.deepEqual(
        [status, sentence],
        ['done', 'Would create contact: email; would ask for approval: set status.'],
      );
      const [link] = (await planning.state(customer)).links;
      assert.deepEqual([link?.baselines, link?.seen, link?.lines], [{}, undefined, []]);
      for (const table of ['approvals', 'inbox'] as const) {
        const rows = await database.db.selectFrom(table).selectAll().where('record_id', '=', recordId).execute();
        assert.equal(rows.length, table === 'inbox' ? 1 : 0, table);
      }
    });

    it('take note of what they first see, and of nothing that comes after', async () => {
      const customer = await planning.customer();
      const { recordId } = customer;
      const see = async (status: string, link: PlanDraft['link'] = null): Promise<unknown> => {
        const draft = { link, highlights: [{ recordId, value: { status } }] };
        await closePlan(database.db, (await planning.store(customer, draft, { mode: 'observe' })).planId);
        return (await planning.state(customer)).links[0]?.seen?.value;
      };
      assert.equal(await see('created', { step: 'contact' }), undefined);
      assert.deepEqual(await see('pending'), { status: 'pending' });
      assert.deepEqual(await see('qualified'), { status: 'pending' });
    });

    it('let be decided what was found for another customer', async () => {
      const customer = await planning.customer();
      const findings = [{ trigger: 'member', kind: 'member', vendorId: customer.recordId } as const];
      await closePlan(database.db, (await planning.store(customer, { findings }, { mode: 'observe' })).planId);
      const rows = await database.db
        .selectFrom('inbox')
        .select('event')
        .where('vendor_id', '=', customer.recordId)
        .execute();
      assert.deepEqual(rows, [{ event: 'Finding' }]);
    });
  });

  describe('of which a rule only watches', () => {
    it('carry its steps out as little as those that need them, say what they would do, and spend the fact', async () => {
      const customer = await planning.customer();
      const plan = await planning.store(customer, {
        facts: [customer.fact],
        steps: [
          step(customer, 'task', { mode: 'observe', summary: 'create task', claims: [{ kind: 'field', value: 'f' }] }),
          step(customer, 'tell', { after: ['task'], summary: 'tell' }),
          step(customer, 'note'),
        ],
      });
      assert.deepEqual(
        plan.steps.map(({ n }) => n),
        [2],
      );
      assert.ok(!(await claims()).includes('field:f'));
      await planning.finish(plan, 2);
      await closePlan(database.db, plan.planId);
      const { status, sentence } = await planning.row(customer);
      assert.deepEqual([status, sentence], ['done', 'Would create task; would tell; created the note.']);
      assert.equal(await planning.spentBy(customer), plan.planId);
    });

    it('let it act on the same fact once it is switched on', async () => {
      const customer = await planning.customer();
      const watching = await planning.store(customer, { steps: [step(customer, 'task', { mode: 'observe' })] });
      await closePlan(database.db, watching.planId);
      const next = { ...customer, rowId: await addRow(database, customer.recordId, 'referral') };
      const plan = await planning.store(next, { steps: [step(customer, 'task')] });
      assert.deepEqual(
        plan.steps.map(({ done }) => done),
        [false],
      );
    });
  });

  describe('that come late, when their record has moved', () => {
    it('are not stored, and move nothing', async () => {
      const customer = await planning.customer();
      const { customerId: to } = await addCustomer(database);
      const state = await planning.state(customer);
      await database.db.transaction().execute((tx) => moveRecord(tx, customer.recordId, to));
      const frame = planning.frame(customer);
      const moved: Decision = { outcome: 'moved', to: 'new', sentence: '' };
      assert.equal(await storeDecision(database.db, frame, state, moved), undefined);
      assert.equal(await storeDecision(database.db, frame, state, { outcome: 'act', plan: NOTHING }), undefined);
      const { customer_id } = await database.db
        .selectFrom('records')
        .select('customer_id')
        .where('id', '=', customer.recordId)
        .executeTakeFirstOrThrow();
      assert.equal(customer_id, to);
    });

    it('are given up at their closing: no fact is spent, the rows are the other customer’s', async () => {
      const customer = await planning.customer();
      const plan = await planning.store(customer, { facts: [customer.fact], steps: [step(customer, 'task')] });
      await planning.finish(plan, 0);
      const { customerId: to } = await addCustomer(database);
      await database.db.transaction().execute((tx) => moveRecord(tx, customer.recordId, to));
      assert.equal((await planning.step(plan, 0)).planOpen, false);
      await closePlan(database.db, plan.planId);
      assert.equal(await planning.spentBy(customer), null);
      assert.equal((await planning.row(customer)).status, 'stored');
      assert.equal(await unfinishedPlan(database.db, customer.customerId), undefined);
    });
  });

  describe('that are given up', () => {
    it('leave what they did, and what they sent, to the next plan, and the rest undone', async () => {
      const customer = await planning.customer();
      const draft = { facts: [customer.fact], steps: ['tags', 'task', 'note'].map((name) => step(customer, name)) };
      const first = await planning.store(customer, draft);
      await planning.finish(first, 0, { id: 'made' });
      assert.ok(await markSent(database.db, await planning.step(first, 1)));
      const second = await planning.store(customer, draft, { insteadOf: first.planId });
      const [tags, task, note] = await Promise.all(second.steps.map(({ n }) => planning.step(second, n)));
      assert.deepEqual([tags?.status, task?.status, note?.status], ['done', 'sent', 'planned']);
      assert.ok(task?.sentAt && !note?.sentAt);
      assert.deepEqual(
        second.steps.map(({ done }) => done),
        [true, false, false],
      );
    });

    it('leave it also to a plan that comes later, whatever is planned in between', async () => {
      const customer = await planning.customer();
      const draft = { facts: [customer.fact], steps: [step(customer, 'task')] };
      const first = await planning.store(customer, draft);
      await planning.finish(first, 0, { id: 'task-1' });
      await planning.giveUp(first);
      await planning.giveUp(await planning.store(customer, { steps: [step(customer, 'note')] }));
      const third = await planning.store(customer, draft);
      assert.equal(third.steps[0]?.done, true);
    });

    it('are answered with what they did, for the steps that need it', async () => {
      const customer = await planning.customer();
      const needs = step(customer, 'note', { input: { contactId: '{{steps.task.id}}' } });
      const draft = { facts: [customer.fact], steps: [step(customer, 'task'), needs] };
      const first = await planning.store(customer, draft);
      await planning.finish(first, 0, { id: 'task-1' });
      const second = await planning.store(customer, draft, { insteadOf: first.planId });
      assert.deepEqual((await planning.step(second, 1)).answers, { task: { id: 'task-1' } });
    });

    it('free the claims of what they did not do', async () => {
      const customer = await planning.customer();
      const claim = { kind: 'email', value: customer.recordId } as const;
      const plan = await planning.store(customer, { steps: [step(customer, 'contact', { claims: [claim] })] });
      assert.ok((await claims()).includes(`email:${customer.recordId}`));
      await planning.giveUp(plan);
      assert.ok(!(await claims()).includes(`email:${customer.recordId}`));
      await planning.giveUp(plan);
    });
  });

  describe('of which a create is sent', () => {
    it('let one of two attempts send it, and again whoever has found nothing of it', async () => {
      const customer = await planning.customer();
      const plan = await planning.store(customer, { steps: [step(customer, 'task')] });
      const attempt = await planning.step(plan, 0);
      assert.deepEqual([await markSent(database.db, attempt), await markSent(database.db, attempt)], [true, false]);
      const later = await planning.step(plan, 0);
      assert.ok(later.sentAt);
      assert.equal(await markSent(database.db, later), true);
    });

    it('forget that it was sent when the vendor surely did not take it', async () => {
      const customer = await planning.customer();
      const plan = await planning.store(customer, { steps: [step(customer, 'task')] });
      const attempt = await planning.step(plan, 0);
      await markSent(database.db, attempt);
      await clearSent(database.db, attempt.id);
      const { status, sentAt } = await planning.step(plan, 0);
      assert.deepEqual([status, sentAt], ['planned', null]);
    });

    it('do not send what is done', async () => {
      const customer = await planning.customer();
      const plan = await planning.store(customer, { steps: [step(customer, 'task')] });
      const attempt = await planning.step(plan, 0);
      await planning.finish(plan, 0);
      assert.equal(await markSent(database.db, attempt), false);
    });
  });
});
