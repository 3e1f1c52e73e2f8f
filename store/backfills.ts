import { type Selectable, sql } from 'kysely';
import type { Db } from './database.ts';
import { notify } from './claims.ts';
import { toJson } from './json.ts';
import { newId } from './records.ts';
import type { Backfills, BackfillStage, BackfillStatus } from './schema.ts';

export type Backfill = Selectable<Backfills>;

/** Begins a backfill, or answers the one that is going on. */
export async function beginBackfill({ db }: { db: Db }, connectionId: string, by: string): Promise<Backfill> {
  const begun = await db
    .insertInto('backfills')
    .values({ id: newId(), connection_id: connectionId, created_by: by })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  return begun ?? ((await newestBackfill({ db }, connectionId)) as Backfill);
}

/** The newest backfill of a connection, whatever became of it. */
export function newestBackfill({ db }: { db: Db }, connectionId: string): Promise<Backfill | undefined> {
  return db
    .selectFrom('backfills')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** From which states a person may bring a backfill into another. */
const FROM: Readonly<Record<'running' | 'paused' | 'cancelled', readonly BackfillStatus[]>> = {
  paused: ['running'],
  running: ['paused', 'failed'],
  cancelled: ['running', 'paused'],
};

/** Pauses, resumes or cancels the newest backfill; undefined: it is in no state for that, or there is none. */
export async function turnBackfill(
  { db }: { db: Db },
  connectionId: string,
  to: keyof typeof FROM,
): Promise<Backfill | undefined> {
  const newest = await newestBackfill({ db }, connectionId);
  if (!newest) return undefined;
  return db
    .updateTable('backfills')
    .set({ status: to, reason: null, ended_at: to === 'cancelled' ? sql<Date>`now()` : null })
    .where('id', '=', newest.id)
    .where('status', 'in', [...FROM[to]])
    .returningAll()
    .executeTakeFirst();
}

/** What of a backfill is still open, and whether an event that is none of its waits, of the last minute. */
export async function backfillLoad(db: Db, { id, connection_id }: Backfill): Promise<{ open: number; live: boolean }> {
  const { rows } = await sql<{ open: number; live: boolean }>`select
    (select count(*)::int from inbox where cause = ${id} and status in ('stored', 'running')) as open,
    exists (select from inbox where connection_id = ${connection_id} and status in ('stored', 'running')
      and event not in ('Backfill', 'Finding') and received_at > now() - interval '1 minute') as live`.execute(db);
  return rows[0] ?? { open: 0, live: false };
}

/** How many rows of a backfill are open now. */
export async function openOfBackfill({ db }: { db: Db }, id: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from inbox where cause = ${id} and status in ('stored', 'running')`.execute(db);
  return rows[0]?.n ?? 0;
}

/** Ends a backfill that is going on. */
export async function endBackfill(db: Db, id: string, status: 'done' | 'failed', reason: string | null): Promise<void> {
  await db
    .updateTable('backfills')
    .set({ status, reason, ended_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('status', '=', 'running')
    .execute();
}

/** A record that a backfill has a pass made of. */
export interface BackfillEntry {
  readonly kind: 'member' | 'referral' | 'contact';
  readonly vendorId: string;
  readonly emailKey: string | null;
}

/**
 * Enters a row for each of these records and moves the backfill on, in one transaction: a page that is read again enters nothing
 * twice. A record with a row of the same kind that nobody has taken yet gets no other.
 */
export async function enterBackfill(
  db: Db,
  from: Backfill,
  entries: readonly BackfillEntry[],
  next: { stage: BackfillStage; cursor: object | null; totals?: Record<string, number> },
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const progress = { ...from.progress, ...next.totals };
    for (const { kind } of entries) progress[`${kind}s`] = (progress[`${kind}s`] ?? 0) + 1;
    const moved = await tx
      .updateTable('backfills')
      .set({ stage: next.stage, cursor: next.cursor && toJson(next.cursor), progress: toJson(progress) })
      .where('id', '=', from.id)
      .where('status', '=', 'running')
      .where('stage', '=', from.stage)
      .where(sql<boolean>`cursor is not distinct from ${from.cursor && toJson(from.cursor)}::jsonb`)
      .executeTakeFirst();
    if (moved.numUpdatedRows === 0n || entries.length === 0) return;
    const rows = entries.map((entry) => ({ ...entry, id: newId() }));
    await sql`
      insert into inbox (id, source, event, trigger, connection_id, record_kind, vendor_id, email_key, cause, status)
      select (e ->> 'id')::uuid, 'rockbridge', 'Backfill', e ->> 'kind', ${from.connection_id}, e ->> 'kind', e ->> 'vendorId',
        e ->> 'emailKey', ${from.id}, 'stored'
      from jsonb_array_elements(${toJson(rows)}::jsonb) with ordinality as each (e, n)
      where not exists (select from inbox i where i.connection_id = ${from.connection_id} and i.status = 'stored'
        and i.trigger = e ->> 'kind' and i.record_kind = e ->> 'kind' and i.vendor_id = e ->> 'vendorId')
      order by n`.execute(tx);
    await notify(tx);
  });
}

/** A page of the contacts that have a member or referral linked, by the id of their records. */
export async function linkedContactsAfter(
  db: Db,
  connectionId: string,
  after: string | undefined,
  limit: number,
): Promise<{ id: string; vendorId: string; emailKey: string | null }[]> {
  const { rows } = await sql<{ id: string; vendorId: string; emailKey: string | null }>`
    select c.id, c.vendor_id as "vendorId", c.email_key as "emailKey" from records c
    where c.connection_id = ${connectionId} and c.kind = 'contact' and c.gone_at is null and c.forgotten_at is null
      and (${after ?? null}::uuid is null or c.id > ${after ?? null}::uuid)
      and exists (select from records l where l.customer_id = c.customer_id and l.kind in ('member', 'referral')
        and l.linked_at is not null and l.gone_at is null)
    order by c.id limit ${limit}`.execute(db);
  return rows;
}
