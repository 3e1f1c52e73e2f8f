import assert from 'node:assert/strict';
import type { StepDraft } from '../../rules/plan.ts';
import { addMember, find, refer, somebody } from '../support/people.ts';
import { draft, stepIn, stepOf } from './drafting.ts';
import { failureOf, type Job, Workbench } from './workbench.ts';

describe('apply, of tasks, notes and tags', () => {
  let bench: Workbench;
  let contactId: string;
  let job: Job;
  /** The onboarding task, its record entered. */
  let task: { id: string; recordId: string };

  before(async () => {
    bench = await Workbench.open();
    const member = await addMember(bench);
    const person = somebody();
    const { id } = await refer(bench, member, person);
    await bench.tell('referral', id);
    contactId = find(bench, person).contacts[0]?.id ?? assert.fail();
    const [made] = find(bench, person).tasks;
    assert.ok(made);
    const { id: recordId } = await recordOf('task', made.id);
    task = { id: made.id, recordId };
    job = await bench.take('referral', id);
  });
  afterEach(() => bench.control('DELETE', 'faults'));
  after(() => bench.close());

  const strike = (fault: object) => bench.control('POST', 'faults', { faults: [{ times: 1, ...fault }] });

  function recordOf(kind: string, vendorId: string) {
    const { db } = bench.database;
    const found = db.selectFrom('records').select('id').where('kind', '=', kind).where('vendor_id', '=', vendorId);
    return found.executeTakeFirstOrThrow();
  }

  async function carryOut(step: StepDraft, attempt = 1) {
    const plan = await draft(bench, job, [step]);
    try {
      return { plan, result: await bench.apply(plan, step.operation, attempt) };
    } finally {
      await bench.call('local', 'close', { planId: plan.planId });
      await bench.database.db.updateTable('inbox').set({ status: 'running' }).where('id', 'in', job.rowIds).execute();
    }
  }

  const completing = (before: boolean): StepDraft =>
    stepOf(
      'ghl.task.update',
      { contactId, taskId: task.id, completed: true },
      { recordId: task.recordId, changes: [{ field: 'completed', before, after: true }] },
    );

  it('reads a task by its contact before an update that is tried again, and keeps what became of it', async () => {
    const { plan, result } = await carryOut(completing(false), 2);
    assert.equal(result, 'done');
    assert.equal(bench.sandbox.ghl.tasks.get(task.id)?.completed, true);
    assert.deepEqual((await stepIn(bench, plan)).answer?.['taken'], { completed: true });
    const writes = await bench.writesDuring(async () =>
      assert.equal((await carryOut(completing(false), 2)).result, 'done'),
    );
    assert.deepEqual(writes, []);
  });

  it('writes nothing to a task that somebody has moved meanwhile', async () => {
    const step = stepOf(
      'ghl.task.update',
      { contactId, taskId: task.id, dueDate: '2027-01-05T17:00:00.000Z' },
      {
        recordId: task.recordId,
        changes: [{ field: 'dueDate', before: '2026-01-01T17:00:00Z', after: '2027-01-05T17:00:00.000Z' }],
      },
    );
    const writes = await bench.writesDuring(async () => assert.equal((await carryOut(step, 2)).result, 'stale'));
    assert.deepEqual(writes, []);
  });

  const gone = 'AbCdEfGhIjKlMnOpQrSt';
  const removals: [operation: string, input: () => StepDraft['input']][] = [
    ['ghl.task.delete', () => ({ contactId, taskId: gone })],
    ['ghl.note.delete', () => ({ contactId, noteId: gone })],
    ['ghl.contact.remove-tags', () => ({ contactId: gone, tags: ['rr-member'] })],
    ['ghl.task.delete', () => ({ contactId: gone, taskId: gone })],
  ];
  for (const [operation, input] of removals) {
    it(`has done ${operation} when there is nothing to be removed`, async () => {
      assert.equal((await carryOut(stepOf(operation, input()))).result, 'done');
    });
  }

  it('removes a task that is there, and does not look for it afterwards', async () => {
    const step = stepOf('ghl.task.delete', { contactId, taskId: task.id }, { recordId: task.recordId });
    await strike({ vendor: 'ghl', method: 'GET', kind: 'status', status: 500 });
    assert.equal((await carryOut(step)).result, 'done');
    assert.equal(bench.sandbox.ghl.tasks.get(task.id), undefined);
  });

  it('fails when there is nothing to be changed', async () => {
    const step = stepOf('ghl.contact.add-tags', { contactId: gone, tags: ['rr-member'] });
    assert.equal((await failureOf(carryOut(step))).type, 'NotFound');
  });
});
