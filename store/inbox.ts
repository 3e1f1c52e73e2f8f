import { type Insertable, sql } from 'kysely';
import { v7 as uuid } from 'uuid';
import type { RecordKind } from '../rules/records.ts';
import { createBatcher, type Outcome } from './batch.ts';
import type { Database, Db } from './database.ts';
import type { Inbox as InboxTable, Source } from './schema.ts';

/** An event as it arrived: `body` is the raw bytes; `ignored` rows carry the reason as their sentence. */
export interface NewEvent {
  source: Source;
  event: string;
  /** The vendor's delivery id; unique per source. RR sends none. */
  eventId?: string | undefined;
  connectionId?: string | undefined;
  trigger?: string | undefined;
  recordKind?: string | undefined;
  vendorId?: string | undefined;
  /** The kind of the record that the event's record is of: with its parent's customer it is placed. */
  parentKind?: RecordKind | undefined;
  parentId?: string | undefined;
  emailKey?: string | undefined;
  body: Uint8Array;
  contentType: string;
  status: 'stored' | 'ignored';
  sentence?: string | undefined;
}

export type Added = 'stored' | 'duplicate';

export interface InboxStore {
  /** Resolves once the row is committed (or was there already); rejects when it could not be written. */
  add(event: NewEvent): Promise<Added>;
}

type Row = Insertable<InboxTable> & { id: string };

const ROWS_PER_INSERT = 200;
const ROWS_WAITING = 10_000;
/** A database that hangs must not hold a vendor's delivery for ever: the vendor sends it again. */
const INSERT_TIMEOUT_MS = 10_000;

/** The inbox's front door: concurrent events become one insert, and each commit rings `pg_notify('rockbridge', '')`. */
export function createInbox({ db }: Pick<Database, 'db'>): InboxStore {
  const insertInTime = (rows: Row[]): Promise<Set<string>> => withDeadline(insert(db, rows));
  const add = createBatcher((rows: Row[]) => insertBatch(rows, insertInTime), {
    size: ROWS_PER_INSERT,
    waiting: ROWS_WAITING,
  });
  return { add: (event) => add(rowOf(event)) };
}

async function insertBatch(rows: Row[], insertRows: (rows: Row[]) => Promise<Set<string>>): Promise<Outcome<Added>[]> {
  try {
    const stored = await insertRows(rows);
    return rows.map(({ id }) => ({ value: stored.has(id) ? 'stored' : 'duplicate' }));
  } catch (error) {
    if (rows.length === 1 && isAboutTheRow(error)) return [{ failure: error }];
    return insertOneByOne(rows, insertRows);
  }
}

/** One bad row must not fail its neighbours; a database that is gone fails them all at once. */
async function insertOneByOne(
  rows: Row[],
  insertRows: (rows: Row[]) => Promise<Set<string>>,
): Promise<Outcome<Added>[]> {
  const outcomes: Outcome<Added>[] = [];
  for (const row of rows) {
    try {
      const stored = await insertRows([row]);
      outcomes.push({ value: stored.has(row.id) ? 'stored' : 'duplicate' });
    } catch (error) {
      outcomes.push({ failure: error });
      if (!isAboutTheRow(error)) break;
    }
  }
  const last = outcomes.at(-1);
  return rows.map((_, index) => outcomes[index] ?? last ?? { failure: new Error('No row was tried.') });
}

/** SQLSTATE classes 22 (data), 23 (integrity) and 54 (limits) speak of the row; anything else of the database. */
function isAboutTheRow(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^(22|23|54)/.test(code);
}

async function insert(db: Db, rows: Row[]): Promise<Set<string>> {
  const stored = await db
    .insertInto('inbox')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .returning(['id', sql`pg_notify('rockbridge', '')`.as('rung')])
    .execute();
  return new Set(stored.map(({ id }) => id));
}

async function withDeadline<T>(work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`The database did not answer within ${INSERT_TIMEOUT_MS} ms.`)),
    INSERT_TIMEOUT_MS,
  );
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

function rowOf(event: NewEvent): Row {
  return {
    id: uuid(),
    source: event.source,
    event: event.event,
    event_id: event.eventId ?? null,
    connection_id: event.connectionId ?? null,
    trigger: event.trigger ?? null,
    record_kind: event.recordKind ?? null,
    vendor_id: event.vendorId ?? null,
    parent_kind: event.parentKind ?? null,
    parent_id: event.parentId ?? null,
    email_key: event.emailKey ?? null,
    body: event.body,
    content_type: event.contentType,
    status: event.status,
    sentence: event.sentence ?? null,
    closed_at: event.status === 'ignored' ? new Date() : null,
  };
}
