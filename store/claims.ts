import type { Transaction } from 'kysely';
import { sql } from 'kysely';
import type { Queryable } from './records.ts';
import type { Tables } from './schema.ts';

/**
 * Claims what a customer is to make or do, all or none, in sorted order. Claiming again as the same customer succeeds. A claim is
 * taken over whose contact was read and no longer has the key, or whose contact or member is gone, or whose custom field the
 * location no longer has; and one on a referral's status, which is its customer's whoever claimed it. Answers the key that
 * another holds.
 */
export async function claim(
  tx: Transaction<Tables>,
  connectionId: string,
  customerId: string,
  keys: readonly string[],
): Promise<string | undefined> {
  const made: string[] = [];
  for (const key of keys.toSorted()) {
    const claimed = await claimOne(tx, connectionId, customerId, key);
    if (claimed === 'made') made.push(key);
    if (claimed !== 'refused') continue;
    // None: what was claimed before it is given back.
    if (made.length > 0) {
      await tx.deleteFrom('claims').where('connection_id', '=', connectionId).where('key', 'in', made).execute();
    }
    return key;
  }
  return undefined;
}

async function claimOne(
  tx: Transaction<Tables>,
  connectionId: string,
  customerId: string,
  key: string,
): Promise<'made' | 'held' | 'refused'> {
  const { rows } = await sql<{ customer_id: string; made: boolean }>`
    insert into claims (connection_id, key, customer_id) values (${connectionId}, ${key}, ${customerId})
    on conflict (connection_id, key) do update set (customer_id, vendor_id, created_at) = (
      select case when lost or claims.key like 'status:%' then excluded.customer_id else claims.customer_id end,
        case when lost then null else claims.vendor_id end,
        case when lost then now() else claims.created_at end
      from (select claims.vendor_id is not null and case
        when claims.key like 'status:%' then false
        when claims.key like 'field:%' then not exists (
          select 1 from names
          where names.connection_id = claims.connection_id and kind = 'customField' and names.vendor_id = claims.vendor_id
        )
        else exists (
          select 1 from records
          where records.connection_id = claims.connection_id and records.vendor_id = claims.vendor_id
            and kind = case when claims.key like 'member:%' then 'member' else 'contact' end
            and (gone_at is not null or (claims.key like 'email:%' and email_key is distinct from substr(claims.key, 7)))
        )
      end as lost) as held
    )
    returning customer_id, xmax = 0 as made`.execute(tx);
  const [row] = rows;
  if (row?.customer_id !== customerId) return 'refused';
  return row.made ? 'made' : 'held';
}

/** So soon a customer looks again that lost its claim to what is made already: nobody would ring it. */
const LOOK_AGAIN = sql<Date>`now() + interval '500 milliseconds'`;

/** A claim of another customer; `vendorId`: what its holder has made or matched, if it has. */
export interface HeldClaim {
  key: string;
  vendorId: string | null;
}

/** The claims among these keys that other customers hold, in sorted order. */
export async function heldByOthers(
  tx: Queryable,
  connectionId: string,
  customerId: string,
  keys: readonly string[],
): Promise<HeldClaim[]> {
  if (keys.length === 0) return [];
  const rows = await tx
    .selectFrom('claims')
    .select(['key', 'vendor_id'])
    .where('connection_id', '=', connectionId)
    .where('customer_id', '!=', customerId)
    .where('key', 'in', [...keys])
    .orderBy('key')
    .execute();
  return rows.map(({ key, vendor_id }) => ({ key, vendorId: vendor_id }));
}

/** Those of these keys that are fulfilled: what they are about was made or done. */
export async function fulfilledAmong(tx: Queryable, connectionId: string, keys: readonly string[]): Promise<string[]> {
  if (keys.length === 0) return [];
  const rows = await tx
    .selectFrom('claims')
    .select('key')
    .where('connection_id', '=', connectionId)
    .where('key', 'in', [...keys])
    .where('vendor_id', 'is not', null)
    .execute();
  return rows.map(({ key }) => key);
}

/** Notes that a customer waits for the end of the claim's holder, who rings it then; if that is made by now, it looks again. */
export async function waitForClaim(
  tx: Transaction<Tables>,
  customerId: string,
  { key, vendorId }: HeldClaim,
): Promise<void> {
  await tx
    .updateTable('customers')
    .set(vendorId === null ? { waiting_for: key } : { waiting_for: null, ring_again_at: LOOK_AGAIN })
    .where('id', '=', customerId)
    .execute();
}

/** A contact that no longer has the key of its claim holds it no more. */
export async function freeLostClaim(
  db: Queryable,
  connectionId: string,
  key: string,
  contactId: string,
): Promise<void> {
  await db
    .deleteFrom('claims')
    .where('connection_id', '=', connectionId)
    .where('key', '=', key)
    .where('vendor_id', '=', contactId)
    .execute();
}

/** A contact that is there holds its key: nobody else makes another one for that person. */
export async function holdClaim(
  db: Queryable,
  connectionId: string,
  customerId: string,
  key: string,
  contactId: string,
): Promise<void> {
  await sql`
    insert into claims (connection_id, key, customer_id, vendor_id) values (${connectionId}, ${key}, ${customerId}, ${contactId})
    on conflict (connection_id, key) do update set vendor_id = excluded.vendor_id
      where claims.customer_id = excluded.customer_id and claims.vendor_id is null`.execute(db);
}

/** The contact that holds one of these keys, if it is known. */
export async function contactsHolding(db: Queryable, connectionId: string, keys: readonly string[]): Promise<string[]> {
  if (keys.length === 0) return [];
  const rows = await db
    .selectFrom('claims')
    .select('vendor_id')
    .where('connection_id', '=', connectionId)
    .where('key', 'in', [...keys])
    .where('vendor_id', 'is not', null)
    .execute();
  return rows.flatMap(({ vendor_id }) => vendor_id ?? []);
}

/** What the winner claimed is made or done: it is named in its claims, and whoever waited for one is rung. */
export async function fulfilClaims(
  tx: Queryable,
  connectionId: string,
  customerId: string,
  keys: readonly string[],
  vendorId: string,
): Promise<void> {
  if (keys.length === 0) return;
  await tx
    .updateTable('claims')
    .set({ vendor_id: vendorId })
    .where('connection_id', '=', connectionId)
    .where('customer_id', '=', customerId)
    .where('key', 'in', [...keys])
    .execute();
  await ringWaiters(tx, connectionId, keys);
}

/** The winner failed for good: its claims are free, and whoever waited for one is rung. */
export async function freeClaims(
  tx: Queryable,
  connectionId: string,
  customerId: string,
  keys: readonly string[],
): Promise<void> {
  if (keys.length === 0) return;
  await tx
    .deleteFrom('claims')
    .where('connection_id', '=', connectionId)
    .where('customer_id', '=', customerId)
    .where('key', 'in', [...keys])
    .where('vendor_id', 'is', null)
    .execute();
  await ringWaiters(tx, connectionId, keys);
}

async function ringWaiters(tx: Queryable, connectionId: string, keys: readonly string[]): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('customers')
    .set({ waiting_for: null, ring_again_at: sql<Date>`now()` })
    .where('connection_id', '=', connectionId)
    .where('waiting_for', 'in', [...keys])
    .executeTakeFirst();
  if (numUpdatedRows > 0n) await notify(tx);
}

/** Tells every relay, at commit, that there may be somebody to ring. */
export async function notify(tx: Queryable): Promise<void> {
  await sql`select pg_notify('rockbridge', '')`.execute(tx);
}
