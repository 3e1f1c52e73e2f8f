import { sql, type Transaction } from 'kysely';
import { v7 as uuid } from 'uuid';
import type { RecordKind } from '../rules/records.ts';
import type { Db } from './database.ts';
import type { Tables } from './schema.ts';
import { toJson } from './json.ts';

export type Queryable = Db | Transaction<Tables>;
export type { RecordKind };

/** A record as an activity needs it to call its vendor. */
export interface KnownRecord {
  id: string;
  connectionId: string;
  customerId: string;
  kind: RecordKind;
  vendorId: string;
  /** Of an item: the vendor's id of the contact, member or referral that it is of, where that is known. */
  parentId: string | null;
  linked: boolean;
  gone: boolean;
  missingSince: Date | null;
}

const COLUMNS = [
  'id',
  'connection_id',
  'customer_id',
  'kind',
  'vendor_id',
  'parent_id',
  'linked_at',
  'gone_at',
  'missing_since',
] as const;

interface RecordRow {
  id: string;
  connection_id: string;
  customer_id: string;
  kind: string;
  vendor_id: string;
  parent_id: string | null;
  linked_at: Date | null;
  gone_at: Date | null;
  missing_since: Date | null;
}

function toRecord(row: RecordRow): KnownRecord {
  return {
    id: row.id,
    connectionId: row.connection_id,
    customerId: row.customer_id,
    kind: row.kind as RecordKind,
    vendorId: row.vendor_id,
    parentId: row.parent_id,
    linked: row.linked_at !== null,
    gone: row.gone_at !== null,
    missingSince: row.missing_since,
  };
}

/** The distinct records of these kinds that a story's rows speak of. */
export async function recordsOfRows(
  db: Db,
  rowIds: readonly string[],
  ...kinds: readonly RecordKind[]
): Promise<KnownRecord[]> {
  const rows = await db
    .selectFrom('records')
    .select(COLUMNS)
    .where('kind', 'in', kinds)
    .where('id', 'in', (query) =>
      query
        .selectFrom('inbox')
        .select('record_id')
        .where('id', 'in', [...rowIds])
        .$castTo<{ record_id: string }>(),
    )
    .orderBy('created_at')
    .execute();
  return rows.map(toRecord);
}

/** The customer's records of these kinds, gone ones too. */
export async function recordsOfCustomer(
  db: Queryable,
  customerId: string,
  ...kinds: readonly RecordKind[]
): Promise<KnownRecord[]> {
  const rows = await db
    .selectFrom('records')
    .select(COLUMNS)
    .where('customer_id', '=', customerId)
    .where('kind', 'in', kinds)
    .orderBy('created_at')
    .execute();
  return rows.map(toRecord);
}

export async function recordById(db: Queryable, id: string): Promise<KnownRecord | undefined> {
  const row = await db.selectFrom('records').select(COLUMNS).where('id', '=', id).executeTakeFirst();
  return row && toRecord(row);
}

/** The contact of a customer, linked or only queued; never a gone one. */
export async function contactOf(db: Queryable, customerId: string): Promise<KnownRecord | undefined> {
  const row = await db
    .selectFrom('records')
    .select(COLUMNS)
    .where('customer_id', '=', customerId)
    .where('kind', '=', 'contact')
    .where('gone_at', 'is', null)
    .executeTakeFirst();
  return row && toRecord(row);
}

/** The record of a vendor's id, if it is known. */
export async function recordOf(
  db: Queryable,
  connectionId: string,
  kind: RecordKind,
  vendorId: string,
): Promise<KnownRecord | undefined> {
  const row = await db
    .selectFrom('records')
    .select(COLUMNS)
    .where('connection_id', '=', connectionId)
    .where('kind', '=', kind)
    .where('vendor_id', '=', vendorId)
    .executeTakeFirst();
  return row && toRecord(row);
}

export interface Snapshot {
  data: Record<string, unknown>;
  readAt: Date;
}

export async function snapshotOf(db: Queryable, recordId: string): Promise<Snapshot | undefined> {
  const row = await db
    .selectFrom('snapshots')
    .select(['data', 'read_at'])
    .where('record_id', '=', recordId)
    .executeTakeFirst();
  return row && { data: row.data, readAt: row.read_at };
}

/**
 * Keeps what a vendor returned as the record's present state, with the key of its e-mail for placing later events. What was
 * read earlier never takes the place of what was read later.
 */
export async function saveSnapshot(
  db: Queryable,
  recordId: string,
  data: Record<string, unknown>,
  emailKey: string | null,
  readAt: Date = new Date(),
): Promise<void> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('snapshots')
    .values({ record_id: recordId, version: 1, data: toJson(data), read_at: readAt })
    .onConflict((conflict) =>
      conflict
        .column('record_id')
        .doUpdateSet({ version: sql<number>`snapshots.version + 1`, data: toJson(data), read_at: readAt })
        .where('snapshots.read_at', '<=', readAt),
    )
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows === 0n) return;
  await db
    .updateTable('records')
    .set({ email_key: emailKey, missing_since: null, gone_at: null })
    .where('id', '=', recordId)
    .where((where) =>
      where.or([
        where('email_key', 'is distinct from', emailKey),
        where('missing_since', 'is not', null),
        where('gone_at', 'is not', null),
      ]),
    )
    .execute();
}

/** Notes that a vendor does not know the record; `gone` once that has been so for `goneAfterMs`, and until it is read again. */
export async function noteMissing(
  db: Queryable,
  recordId: string,
  goneAfterMs: number,
): Promise<{ gone: boolean; waitMs: number }> {
  const row = await db
    .updateTable('records')
    .set({ missing_since: sql<Date>`coalesce(missing_since, now())` })
    .where('id', '=', recordId)
    .returning(['gone_at', sql<number>`(extract(epoch from now() - missing_since) * 1000)::float8`.as('missing_ms')])
    .executeTakeFirstOrThrow();
  if (row.gone_at !== null) return { gone: true, waitMs: 0 };
  const waitMs = goneAfterMs - row.missing_ms;
  if (waitMs > 0) return { gone: false, waitMs };
  await db
    .updateTable('records')
    .set({ gone_at: sql<Date>`now()` })
    .where('id', '=', recordId)
    .execute();
  return { gone: true, waitMs: 0 };
}

/** Replaces the contacts that the matching rule may choose from for an unlinked record. */
export async function saveCandidates(
  db: Db,
  recordId: string,
  contacts: readonly { id: string; data: Record<string, unknown> }[],
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await tx.deleteFrom('candidates').where('record_id', '=', recordId).execute();
    if (contacts.length === 0) return;
    await tx
      .insertInto('candidates')
      .values(
        contacts.map(({ id, data }) => ({
          record_id: recordId,
          contact_id: id,
          data: toJson(data),
          read_at: new Date(),
        })),
      )
      .execute();
  });
}

export function newId(): string {
  return uuid();
}

/**
 * Adds a contact that the matching rule of a record is to decide on: one that was made for it, or (`blocks`) one that a vendor would
 * not make another one beside.
 */
export async function saveCandidate(
  db: Queryable,
  recordId: string,
  contactId: string,
  data: Record<string, unknown>,
  blocks: boolean,
): Promise<void> {
  const values = { data: toJson(data), blocks, read_at: new Date() };
  await db
    .insertInto('candidates')
    .values({ record_id: recordId, contact_id: contactId, ...values })
    .onConflict((conflict) => conflict.columns(['record_id', 'contact_id']).doUpdateSet(values))
    .execute();
}

/** A contact that was read as a candidate for a record, and when. */
export async function candidateOf(db: Queryable, recordId: string, contactId: string): Promise<Snapshot | undefined> {
  const row = await db
    .selectFrom('candidates')
    .select(['data', 'read_at'])
    .where('record_id', '=', recordId)
    .where('contact_id', '=', contactId)
    .executeTakeFirst();
  return row && { data: row.data, readAt: row.read_at };
}
