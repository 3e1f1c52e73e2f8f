import { sql } from 'kysely';
import { freeClaims } from './claims.ts';
import type { Db } from './database.ts';
import type { Queryable } from './records.ts';
import type { StepStatus } from './schema.ts';

/** A stored plan as the pass carries it out: without the steps that wait for a person, and those of rules that only watch. */
export interface StoredPlan {
  planId: string;
  steps: { n: number; operation: string; queue: string; after: number[]; summary: string; done: boolean }[];
}

/** A step as the database has it, as far as a pass needs it. */
export interface StepRow {
  n: number;
  operation: string;
  queue: string;
  depends_on: number[];
  summary: string;
  status: StepStatus;
}

/** The plan of this pass, if it was stored before. */
export async function planOfPass(db: Queryable, passKey: string): Promise<StoredPlan | undefined> {
  const row = await db.selectFrom('plans').select('id').where('pass_key', '=', passKey).executeTakeFirst();
  return row && loadPlan(db, row.id);
}

/** The customer's unfinished plan, if a run left one. */
export async function unfinishedPlan(db: Queryable, customerId: string): Promise<StoredPlan | undefined> {
  const row = await db
    .selectFrom('plans')
    .select('id')
    .where('customer_id', '=', customerId)
    .where('status', '=', 'open')
    .executeTakeFirst();
  return row && loadPlan(db, row.id);
}

/** What stands in a pass's way: its own plan, stored before; else the unfinished one that a run of the customer left. */
export async function planInTheWay(
  db: Queryable,
  passKey: string,
  customerId: string,
): Promise<StoredPlan | undefined> {
  const rows = await db
    .selectFrom('plans')
    .select(['id', 'pass_key'])
    .where((where) =>
      where.or([
        where('pass_key', '=', passKey),
        where.and([where('customer_id', '=', customerId), where('status', '=', 'open')]),
      ]),
    )
    .execute();
  const row = rows.find(({ pass_key }) => pass_key === passKey) ?? rows[0];
  return row && loadPlan(db, row.id);
}

async function loadPlan(db: Queryable, planId: string): Promise<StoredPlan> {
  const steps = await db
    .selectFrom('steps')
    .select(['n', 'operation', 'queue', 'depends_on', 'summary', 'status'])
    .where('plan_id', '=', planId)
    .orderBy('n')
    .execute();
  return toStoredPlan(planId, steps);
}

/** A plan as the pass carries it out; a step that needs one which is left out is skipped there. */
export function toStoredPlan(planId: string, steps: readonly StepRow[]): StoredPlan {
  return {
    planId,
    steps: steps
      .filter(({ status }) => status !== 'observed' && status !== 'held')
      .map(({ n, operation, queue, depends_on, summary, status }) => ({
        n,
        operation,
        queue,
        after: depends_on,
        summary,
        done: status === 'done',
      })),
  };
}

/** Gives a plan up: it spends no fact and closes no row; what its steps did stays done, what they did not do is free for the next plan. */
export async function giveUpPlan(tx: Queryable, planId: string): Promise<void> {
  const plan = await tx
    .updateTable('plans')
    .set({ status: 'given-up', closed_at: sql<Date>`now()` })
    .where('id', '=', planId)
    .where('status', 'in', ['open', 'held'])
    .returning(['connection_id', 'customer_id'])
    .executeTakeFirst();
  if (!plan) return;
  const undone = await tx
    .updateTable('steps')
    .set({ key: null })
    .where('plan_id', '=', planId)
    .where('status', '!=', 'done')
    .where('sent_at', 'is', null)
    .returning('claims')
    .execute();
  await freeClaims(
    tx,
    plan.connection_id,
    plan.customer_id,
    undone.flatMap(({ claims }) => claims),
  );
}

/** Gives the customer's open plan up, if there is one. */
export async function giveUpOpenPlan(db: Db, customerId: string): Promise<void> {
  const open = await db
    .selectFrom('plans')
    .select('id')
    .where('customer_id', '=', customerId)
    .where('status', '=', 'open')
    .executeTakeFirst();
  if (open) await db.transaction().execute((tx) => giveUpPlan(tx, open.id));
}
