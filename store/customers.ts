import { sql } from 'kysely';
import type { Db } from './database.ts';
import { addOwnRow } from './own-rows.ts';

/** A customer as lists show it: the contact as last read, with how many are linked to it. */
export interface CustomerLine {
  /** The place in the list, for the next page. */
  place: string;
  contactId: string;
  connectionId: string;
  name: string | null;
  email: string | null;
  phone: string | null;
  members: number;
  referrals: number;
  since: Date;
}

/** A customer by its contact, gone or there. */
export interface FoundCustomer {
  customerId: string;
  connectionId: string;
  contactId: string;
  recordId: string;
  isGone: boolean;
  isForgotten: boolean;
}

/**
 * Customers that have a contact, newest first, from below `before` (a `place`) on. `query` is looked for in names, addresses and
 * phone numbers as last read, and in ids as a whole.
 */
export async function listCustomers(
  db: Db,
  query: string | undefined,
  limit: number,
  before: string | undefined,
): Promise<CustomerLine[]> {
  const pattern = `%${(query ?? '').replaceAll(/[\\%_]/g, '\\$&')}%`;
  const wanted =
    query === undefined
      ? sql`true`
      : sql`(r.vendor_id = ${query} or lower(concat_ws(' ', s.data->>'firstName', s.data->>'lastName')) like lower(${pattern})
          or lower(s.data->>'email') like lower(${pattern}) or s.data->>'phone' like ${pattern}
          or exists (select from records k where k.customer_id = r.customer_id and k.vendor_id = ${query}))`;
  const [time, id] = before?.split('_') ?? [];
  const below = time && id ? sql`(r.created_at, r.id) < (${time}::timestamptz, ${id}::uuid)` : sql`true`;
  const { rows } = await sql<CustomerLine>`
    select to_char(r.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '_' || r.id as place,
      r.vendor_id as "contactId", r.connection_id as "connectionId",
      nullif(concat_ws(' ', s.data->>'firstName', s.data->>'lastName'), '') as name,
      s.data->>'email' as email, s.data->>'phone' as phone, r.created_at as since,
      (select count(*)::int from records m where m.customer_id = r.customer_id and m.kind = 'member'
        and m.linked_at is not null and m.gone_at is null) as members,
      (select count(*)::int from records m where m.customer_id = r.customer_id and m.kind = 'referral'
        and m.linked_at is not null and m.gone_at is null) as referrals
    from records r left join snapshots s on s.record_id = r.id
    where r.kind = 'contact' and r.gone_at is null and r.forgotten_at is null and ${wanted} and ${below}
    order by r.created_at desc, r.id desc limit ${limit}`.execute(db);
  return rows;
}

/** The customer of a contact, by GHL's id; undefined: no such contact was ever seen. */
export async function findCustomer(db: Db, contactId: string): Promise<FoundCustomer | undefined> {
  const row = await db
    .selectFrom('records')
    .select(['id', 'customer_id', 'connection_id', 'vendor_id', 'gone_at', 'forgotten_at'])
    .where('kind', '=', 'contact')
    .where('vendor_id', '=', contactId)
    .where('connection_id', 'in', (query) => query.selectFrom('connections').select('id'))
    .executeTakeFirst();
  return (
    row && {
      customerId: row.customer_id,
      connectionId: row.connection_id,
      contactId: row.vendor_id,
      recordId: row.id,
      isGone: row.gone_at !== null,
      isForgotten: row.forgotten_at !== null,
    }
  );
}

/**
 * Somebody looks at a customer: its contact is read anew, and what follows from that is done, at most once a minute. True if this
 * look has asked for it.
 */
export async function openCustomer(db: Db, customer: FoundCustomer): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('customers')
      .set({ opened_at: sql<Date>`now()` })
      .where('id', '=', customer.customerId)
      .where(sql<boolean>`(opened_at is null or opened_at < now() - interval '1 minute')`)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return false;
    await addOwnRow(tx, {
      connectionId: customer.connectionId,
      event: 'Opened',
      trigger: 'contact',
      kind: 'contact',
      vendorId: customer.contactId,
    });
    return true;
  });
}

/** Whether a look at this contact still waits for its pass. */
export async function isOpening(db: Db, { recordId, connectionId, contactId }: FoundCustomer): Promise<boolean> {
  const { rows } = await sql`
    select from inbox where source = 'rockbridge' and event = 'Opened' and status in ('stored', 'running')
      and (record_id = ${recordId} or record_id is null and connection_id = ${connectionId} and vendor_id = ${contactId})
    limit 1`.execute(db);
  return rows.length > 0;
}
