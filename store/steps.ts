import { sql, type Transaction } from 'kysely';
import type { Change, MergeDraft } from '../rules/plan.ts';
import { freeClaims } from './claims.ts';
import type { Db } from './database.ts';
import { type KnownRecord, recordById, type Snapshot, snapshotOf } from './records.ts';
import type { StepStatus, StoredError, Tables } from './schema.ts';
import { toJson } from './json.ts';

/** The answer of a step as it is kept: what later steps may name, and what a written record then was. */
export interface StepAnswer extends Record<string, unknown> {
  id?: string;
  record?: Record<string, unknown>;
  /** By field: what the vendor took of our values, the baseline of the side that was written. */
  taken?: Record<string, unknown>;
  /** Fields that the vendor did not take. */
  refused?: string[];
  /** Of a create: the record that stands for what was made. */
  recordId?: string;
}

/** A step with all that carrying it out needs. */
export interface DueStep {
  id: string;
  planId: string;
  n: number;
  name: string;
  operation: string;
  status: StepStatus;
  /** Not given up, and its record has not moved to another customer. */
  planOpen: boolean;
  connectionId: string;
  customerId: string;
  /** The run that the plan was made in. */
  runId: string;
  focus: string;
  factKey: string | null;
  rule: string;
  /** Of a step of effect `money`: who lets it pass, `rule:<id>` or `approval:<id>`. */
  allowedBy: string | null;
  input: Record<string, unknown>;
  /** Keyed: no address stands in them. */
  claims: string[];
  changes: Change[];
  reference: string | null;
  sentAt: Date | null;
  /** Answers of the plan's done steps, by name: the record's own fields, too. */
  answers: Record<string, Record<string, unknown>>;
  /** The record that an update writes to, and what the plan was made from. */
  record: KnownRecord | undefined;
  snapshot: Snapshot | undefined;
  merges: MergeDraft[];
  /** References of the lines whose task, note or appointment this step makes. */
  lines: string[];
}

export async function loadStep(db: Db, planId: string, n: number): Promise<DueStep> {
  const row = await db
    .selectFrom('steps')
    .innerJoin('plans', 'plans.id', 'steps.plan_id')
    .innerJoin('records as focus', 'focus.id', 'plans.focus')
    .selectAll('steps')
    .select([
      'focus.customer_id as focus_customer',
      'plans.connection_id',
      'plans.customer_id',
      'plans.focus',
      'plans.lines',
      'plans.merges',
      'plans.run_id',
      'plans.status as plan_status',
    ])
    .where('plan_id', '=', planId)
    .where('n', '=', n)
    .executeTakeFirstOrThrow();
  const record = row.record_id === null ? undefined : await recordById(db, row.record_id);
  return {
    id: row.id,
    planId,
    n,
    name: row.name,
    operation: row.operation,
    status: row.status,
    planOpen: row.plan_status === 'open' && row.focus_customer === row.customer_id,
    connectionId: row.connection_id,
    customerId: row.customer_id,
    runId: row.run_id,
    focus: row.focus,
    factKey: row.fact_key,
    rule: row.rule,
    allowedBy: row.allowed_by,
    input: row.input,
    claims: row.claims,
    changes: row.changes,
    reference: row.reference,
    sentAt: row.sent_at,
    answers: await answersOf(db, planId, row.depends_on),
    record,
    snapshot: record && (await snapshotOf(db, record.id)),
    merges: row.merges.filter(({ written }) => written?.step === row.name),
    lines: row.lines.filter(({ itemStep }) => itemStep === row.name).map(({ reference }) => reference),
  };
}

/** What the done ones of these steps answered, by name. */
async function answersOf(db: Db, planId: string, numbers: readonly number[]): Promise<DueStep['answers']> {
  if (numbers.length === 0) return {};
  const done = await db
    .selectFrom('steps')
    .select(['name', 'answer'])
    .where('plan_id', '=', planId)
    .where('n', 'in', [...numbers])
    .where('status', '=', 'done')
    .execute();
  return Object.fromEntries(
    done.map(({ name, answer }) => [name, { ...(answer?.['record'] as object | undefined), ...answer }]),
  );
}

/**
 * Marks a create as sent, right before its request leaves: from now on an attempt that finds the mark looks before it calls. False
 * if another attempt has sent it since this one read the step (`sentAt`, as it was then).
 */
export async function markSent(db: Db, { id, sentAt }: Pick<DueStep, 'id' | 'sentAt'>): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('steps')
    // As fine as a JavaScript date, which it is compared with.
    .set({ status: 'sent', sent_at: sql<Date>`date_trunc('milliseconds', clock_timestamp())` })
    .where('id', '=', id)
    .where('status', 'in', ['planned', 'sent'])
    .where('sent_at', 'is not distinct from', sentAt)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** The request surely left nothing behind (429, no connection, a refusal): the step may be sent again at once. */
export async function clearSent(db: Db, stepId: string): Promise<void> {
  await db
    .updateTable('steps')
    .set({ status: 'planned', sent_at: null })
    .where('id', '=', stepId)
    .where('status', '=', 'sent')
    .execute();
}

/** Writes down what a step is about to write, so that its coming back as a webhook is no change of somebody else's. */
export async function markPending(db: Db, merges: readonly MergeDraft[]): Promise<void> {
  if (merges.length === 0) return;
  await db
    .insertInto('baselines')
    .values(
      merges.map(({ recordId, field, written, ghl, rr }) => ({
        record_id: recordId,
        side: written?.side ?? 'ghl',
        field,
        value: toJson(written?.side === 'rr' ? rr : ghl),
        pending: toJson(written?.value ?? null),
        refused: toJson(null),
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['record_id', 'side', 'field']).doUpdateSet({ pending: sql`excluded.pending` as never }),
    )
    .execute();
}

export async function finishStep(tx: Db | Transaction<Tables>, stepId: string, answer: StepAnswer): Promise<void> {
  await tx
    .updateTable('steps')
    .set({ status: 'done', answer: toJson(answer), error: null, done_at: sql<Date>`now()` })
    .where('id', '=', stepId)
    .execute();
}

/** The step was not carried out because its plan is outdated. One that was sent before keeps its mark: it passes to the next plan. */
export async function markStale(db: Db, stepId: string): Promise<void> {
  await db.updateTable('steps').set({ status: 'stale' }).where('id', '=', stepId).execute();
}

/** Keeps the vendor's words of a failed attempt; for good: the step is failed, what it claimed is free for others. */
export async function noteStepError(db: Db, step: DueStep, error: StoredError, forGood: boolean): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await tx
      .updateTable('steps')
      .set({ error: toJson(error), ...(forGood ? { status: 'failed' as const } : {}) })
      .where('id', '=', step.id)
      .execute();
    if (forGood) await freeClaims(tx, step.connectionId, step.customerId, step.claims);
  });
}
