import { type Selectable, sql, type Updateable } from 'kysely';
import { validate as isUuid } from 'uuid';
import type { Database, Db } from './database.ts';
import type { NewEvent } from './inbox.ts';
import type { EventStatus, Inbox, Plans, Steps, StoredError } from './schema.ts';

/** An event as lists show it. `recordId` is the vendor's id of the record it speaks of. */
export interface EventLine {
  id: string;
  /** The position in the list, newest highest. */
  seq: string;
  eventId: string | null;
  source: string;
  event: string;
  connectionId: string | null;
  trigger: string | null;
  recordId: string | null;
  status: EventStatus;
  sentence: string | null;
  workflowId: string | null;
  runId: string | null;
  receivedAt: Date;
}

export interface EventFilter {
  status?: EventStatus | undefined;
  source?: string | undefined;
  trigger?: string | undefined;
  connectionId?: string | undefined;
}

/** An event with all that is known of it; the payload and the steps hold personal data. */
export interface EventDetail extends EventLine {
  closedAt: Date | null;
  contentType: string | null;
  body: Uint8Array | null;
  error: StoredError | null;
  plan: PlanDetail | null;
}

type PlanDetail = Pick<Selectable<Plans>, 'id' | 'trigger' | 'mode' | 'status' | 'sentences'> & {
  /** Each step's `changes` hold the values before and after. */
  steps: (Pick<
    Selectable<Steps>,
    'n' | 'name' | 'operation' | 'summary' | 'sentence' | 'status' | 'changes' | 'error'
  > & { doneAt: Date | null })[];
};

/** Where an event belongs, as the bridge reads it. */
export type EventReading = Pick<
  NewEvent,
  'connectionId' | 'trigger' | 'recordKind' | 'vendorId' | 'parentKind' | 'parentId' | 'emailKey'
>;

/** Where an event stood when it could not be changed as asked; `changed` if it was. */
export type Changed = { changed: true } | { changed: false; status: EventStatus; placeable: boolean };

export interface EventsStore {
  /** Newest first, from below `before` (a `seq`) on; `total` counts all that match the filter. */
  list(filter: EventFilter, limit: number, before: string | undefined): Promise<{ events: EventLine[]; total: number }>;
  /** By our id or the vendor's; undefined: there is none. */
  get(id: string): Promise<EventDetail | undefined>;
  /**
   * Reopens a failed or ignored event for a fresh pass, by what is read in it today if `reading` is given; undefined: there is
   * none.
   */
  retry(id: string, reading?: EventReading): Promise<Changed | undefined>;
  /** Closes an event that is open, held or failed, for good; undefined: there is none. */
  ignore(id: string, sentence: string): Promise<Changed | undefined>;
}

const RETRYABLE: readonly EventStatus[] = ['failed', 'held', 'ignored'];
const IGNORABLE: readonly EventStatus[] = ['stored', 'held', 'failed'];

const REOPENED = { status: 'stored', sentence: null, error: null, rung_at: null, closed_at: null } as const;

export function createEventsStore({ db }: Pick<Database, 'db'>): EventsStore {
  return {
    list: (filter, limit, before) => list(db, filter, limit, before),
    get: (id) => get(db, id),
    retry: (id, reading) => change(db, id, RETRYABLE, { ...REOPENED, ...(reading && columnsOf(reading)) }),
    ignore: (id, sentence) => change(db, id, IGNORABLE, { status: 'ignored', sentence, closed_at: new Date() }),
  };
}

/** Rows that the pass has not taken yet show where their customer's workflow runs. */
function lines(db: Db) {
  return db
    .selectFrom('inbox as i')
    .leftJoin('records as r', 'r.id', 'i.record_id')
    .leftJoin('customers as c', (join) => join.onRef('c.id', '=', 'r.customer_id').on('i.rung_at', 'is not', null))
    .select((eb) => [
      'i.id',
      sql<string>`i.seq::text`.as('seq'),
      'i.event_id as eventId',
      'i.source',
      'i.event',
      'i.connection_id as connectionId',
      'i.trigger',
      'i.vendor_id as recordId',
      'i.status',
      'i.sentence',
      eb.fn.coalesce('i.workflow_id', 'c.workflow_id').as('workflowId'),
      eb.fn.coalesce('i.run_id', 'c.run_id').as('runId'),
      'i.received_at as receivedAt',
    ]);
}

async function list(
  db: Db,
  filter: EventFilter,
  limit: number,
  before: string | undefined,
): Promise<{ events: EventLine[]; total: number }> {
  const wanted = Object.entries({
    'i.status': filter.status,
    'i.source': filter.source,
    'i.trigger': filter.trigger,
    'i.connection_id': filter.connectionId,
  }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const condition =
    wanted.length > 0
      ? sql<boolean>`${sql.join(
          wanted.map(([column, value]) => sql`${sql.ref(column)} = ${value}`),
          sql` and `,
        )}`
      : sql<boolean>`true`;
  let page = lines(db).where(condition).orderBy('i.seq', 'desc').limit(limit);
  if (before !== undefined) page = page.where(sql<boolean>`i.seq < ${before}::bigint`);
  const events = await page.execute();
  const { total } = await db
    .selectFrom('inbox as i')
    .select(sql<number>`count(*)::int`.as('total'))
    .where(condition)
    .executeTakeFirstOrThrow();
  return { events, total };
}

async function get(db: Db, id: string): Promise<EventDetail | undefined> {
  const event = await lines(db)
    .select(['i.closed_at as closedAt', 'i.content_type as contentType', 'i.body', 'i.error', 'i.plan_id as planId'])
    .where(isNamed(id))
    .orderBy('i.seq')
    .executeTakeFirst();
  if (!event) return undefined;
  const { planId, ...detail } = event;
  return { ...detail, plan: planId ? await planOf(db, planId) : null };
}

async function planOf(db: Db, planId: string): Promise<PlanDetail | null> {
  const found = await db
    .selectFrom('plans')
    .select(['id', 'trigger', 'mode', 'status', 'sentences', 'focus', 'pass_key'])
    .where('id', '=', planId)
    .executeTakeFirst();
  if (!found) return null;
  const { pass_key, focus, ...plan } = found;
  const steps = await db
    .selectFrom('steps')
    .select(['n', 'name', 'operation', 'summary', 'sentence', 'status', 'changes', 'error', 'done_at as doneAt'])
    .where((where) =>
      where.or([
        where('plan_id', '=', planId),
        // What waits for a person has left it as a plan of its own.
        where.and([waitingPlans(focus, pass_key), where('status', '!=', 'done')]),
      ]),
    )
    .orderBy(sql`plan_id <> ${planId}`)
    .orderBy('n')
    .execute();
  return { ...plan, steps };
}

/** The plans of what this one held; they are about the same record, by which they are found. An array, so that an index finds their steps. */
function waitingPlans(focus: string, passKey: string) {
  return sql<boolean>`plan_id = any(array(
    select id from plans where focus = ${focus} and status = 'held' and pass_key like ${`${passKey}/held-%`}))`;
}

function columnsOf(reading: EventReading): Updateable<Inbox> {
  return {
    connection_id: reading.connectionId ?? null,
    trigger: reading.trigger ?? null,
    record_kind: reading.recordKind ?? null,
    vendor_id: reading.vendorId ?? null,
    parent_kind: reading.parentKind ?? null,
    parent_id: reading.parentId ?? null,
    email_key: reading.emailKey ?? null,
  };
}

/** One statement decides and changes, so that two callers, or a pass that takes the row meanwhile, cannot both win. */
async function change(
  db: Db,
  id: string,
  from: readonly EventStatus[],
  values: Updateable<Inbox>,
): Promise<Changed | undefined> {
  const found = await db.selectFrom('inbox as i').selectAll().where(isNamed(id)).orderBy('i.seq').executeTakeFirst();
  if (!found) return undefined;
  const row = { ...found, ...values };
  const placeable =
    row.record_id !== null || (row.connection_id !== null && row.record_kind !== null && row.vendor_id !== null);
  const refused: Changed = { changed: false, status: found.status, placeable };
  if (values.status === 'stored' && !placeable) return refused;
  const changed = await db
    .updateTable('inbox')
    .set(values)
    .where('id', '=', found.id)
    .where('status', 'in', from)
    .returning(['id', sql`pg_notify('rockbridge', '')`.as('rung')])
    .executeTakeFirst();
  return changed ? { changed: true } : refused;
}

/** By our id, or by GHL's `webhookId`: both are UUIDs. */
function isNamed(id: string) {
  const byVendor = sql<boolean>`(i.source = 'ghl' and i.event_id = ${id})`;
  return isUuid(id) ? sql<boolean>`(i.id = ${id}::uuid or ${byVendor})` : byVendor;
}
