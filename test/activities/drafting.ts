import assert from 'node:assert/strict';
import { NOTHING, PLAIN_STEP, type PlanDraft, type StepDraft } from '../../rules/plan.ts';
import { loadCustomerState } from '../../store/customer-state.ts';
import { storeDecision } from '../../store/decisions.ts';
import type { Planned, PlannedStep } from '../../workflows/support/contract.ts';
import { type Job, RUN, type Workbench } from './workbench.ts';

let drafted = 0;

/** A plan of these steps, stored for a job as its pass would store it. */
export async function draft(bench: Workbench, job: Job, steps: StepDraft[], more: Partial<PlanDraft> = {}) {
  const { db } = bench.database;
  const { customerId, rowIds, trigger } = job;
  const recordId = await recordOfRows(bench, rowIds);
  const state = await loadCustomerState(db, { customerId, recordId, trigger, rowIds }, new Date());
  const frame = {
    customerId,
    passKey: `drafted-${++drafted}`,
    trigger,
    rowIds,
    runId: RUN,
    insteadOf: undefined,
    emailKeyOf: () => null,
    claimKeyOf: ({ kind, value }: { kind: string; value: string }) => `${kind}:${value}`,
  };
  const stored = await storeDecision(db, frame, state, { outcome: 'act', plan: { ...NOTHING, steps, ...more } });
  assert.ok(stored);
  return { outcome: 'act', planId: stored.planId, steps: stored.steps as PlannedStep[] } satisfies Planned;
}

/** A step of this operation, on a fact of its own. */
export function stepOf(operation: string, input: StepDraft['input'], more: Partial<StepDraft> = {}): StepDraft {
  drafted += 1;
  return {
    ...PLAIN_STEP,
    name: operation.split('.')[1] ?? '',
    operation,
    queue: operation.startsWith('ghl.') ? 'ghl' : 'referral-rock',
    factKey: `fact-${drafted}`,
    rule: 'a-rule|0',
    input,
    summary: operation,
    sentence: operation,
    ...more,
  };
}

export async function recordOfRows({ database }: Workbench, rowIds: readonly string[]): Promise<string> {
  const { record_id: recordId } = await database.db
    .selectFrom('inbox')
    .select('record_id')
    .where('id', 'in', [...rowIds])
    .executeTakeFirstOrThrow();
  assert.ok(recordId);
  return recordId;
}

/** How a step of a plan stands in the store. */
export function stepIn({ database }: Workbench, { planId }: Planned, n = 0) {
  return database.db
    .selectFrom('steps')
    .selectAll()
    .where('plan_id', '=', planId)
    .where('n', '=', n)
    .executeTakeFirstOrThrow();
}

/** Ends a plan, and has its rows tried again as a person's retry does. */
export async function retried(bench: Workbench, job: Job, plan: Planned): Promise<void> {
  await bench.call('local', 'close', { planId: plan.planId });
  const reopened = { status: 'running', sentence: null, error: null, closed_at: null } as const;
  await bench.database.db.updateTable('inbox').set(reopened).where('id', 'in', job.rowIds).execute();
}
