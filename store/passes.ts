import { sql } from 'kysely';
import type { Db } from './database.ts';
import { eraseAgain } from './forget.ts';
import type { Queryable } from './records.ts';
import type { StoredError } from './schema.ts';
import { toJson } from './json.ts';

/** Open rows of a customer that speak of one record and are one trigger's, oldest first. */
export interface OpenRows {
  trigger: string;
  rowIds: string[];
}

/**
 * Takes the customer's open rows for a run: they show as running and link to it. Taking again gives the same rows. What came about a
 * forgotten customer is put aside.
 */
export async function takeRows(db: Db, customerId: string, runId: string): Promise<OpenRows[]> {
  const { rows } = await sql<{ id: string; trigger: string; record_id: string; seq: string; forgotten: boolean }>`
    update inbox set status = 'running', run_id = ${runId}, workflow_id = 'customer/' || inbox.connection_id || '/' || ${customerId}::text
    from records join customers on customers.id = records.customer_id
    where records.id = inbox.record_id and records.customer_id = ${customerId}
      and inbox.status in ('stored', 'running') and inbox.trigger is not null
    returning inbox.id, inbox.trigger, inbox.record_id, inbox.seq, customers.forgotten_at is not null as forgotten`.execute(
    db,
  );
  if (rows[0]?.forgotten) {
    await eraseAgain(db, customerId);
    return [];
  }
  const ordered = rows.toSorted((a, b) => Number(BigInt(a.seq) - BigInt(b.seq)));
  const stories = Map.groupBy(ordered, ({ trigger, record_id }) => `${trigger} ${record_id}`);
  return [...stories.values()].map((story) => ({
    trigger: story[0]?.trigger ?? '',
    rowIds: story.map(({ id }) => id),
  }));
}

/** Whether the customer has open rows that a new pass would take. */
export async function hasOpenRows(db: Queryable, customerId: string): Promise<boolean> {
  const row = await db
    .selectFrom('inbox')
    .innerJoin('records', 'records.id', 'inbox.record_id')
    .select('inbox.id')
    .where('records.customer_id', '=', customerId)
    .where('inbox.status', 'in', ['stored', 'running'])
    .where('inbox.trigger', 'is not', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Parks open rows as failed with what a person is to read; the error keeps the vendor's own words. */
export async function failRows(
  db: Queryable,
  rowIds: readonly string[],
  sentence: string,
  error: StoredError,
): Promise<void> {
  await db
    .updateTable('inbox')
    .set({
      status: 'failed',
      sentence,
      error: sql<string>`coalesce(error, ${toJson(error)}::jsonb)` as never,
      closed_at: sql<Date>`now()`,
    })
    .where('id', 'in', [...rowIds])
    .where('status', 'in', ['stored', 'running'])
    .execute();
}

/** Leaves rows open for a later ring, with the reason that a person reads meanwhile. */
export async function postponeRows(db: Queryable, rowIds: readonly string[], sentence: string): Promise<void> {
  await db
    .updateTable('inbox')
    .set({ status: 'stored', sentence })
    .where('id', 'in', [...rowIds])
    .where('status', 'in', ['stored', 'running'])
    .execute();
}

/** Keeps the vendor's words of a failed read on the rows that wanted it; the rows stay open. */
export async function noteRowError(db: Db, rowIds: readonly string[], error: StoredError): Promise<void> {
  await db
    .updateTable('inbox')
    .set({ error: toJson(error) })
    .where('id', 'in', [...rowIds])
    .where('status', 'in', ['stored', 'running'])
    .execute();
}

/**
 * The record that a plan of these rows is about, with those of the rows that speak of it: the first whose rows are open and that
 * is still this customer's. Other records' rows stay open for a pass of their own.
 */
export async function focusOf(
  db: Db,
  customerId: string,
  rowIds: readonly string[],
): Promise<{ recordId: string; rowIds: string[] } | undefined> {
  const rows = await db
    .selectFrom('inbox')
    .innerJoin('records', 'records.id', 'inbox.record_id')
    .select(['inbox.id', 'records.id as record_id'])
    .where('inbox.id', 'in', [...rowIds])
    .where('records.customer_id', '=', customerId)
    .where('inbox.status', 'in', ['stored', 'running'])
    .orderBy('inbox.seq')
    .execute();
  const recordId = rows[0]?.record_id;
  return recordId === undefined
    ? undefined
    : { recordId, rowIds: rows.filter(({ record_id }) => record_id === recordId).map(({ id }) => id) };
}
