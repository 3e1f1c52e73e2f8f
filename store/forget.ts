import { sql, type Transaction } from 'kysely';
import { freeClaims } from './claims.ts';
import type { FoundCustomer } from './customers.ts';
import type { Db } from './database.ts';
import { addOwnRow } from './own-rows.ts';
import { giveUpPlan } from './plans.ts';
import type { Tables } from './schema.ts';

type Tx = Transaction<Tables>;

/** How much was erased. */
export interface Forgotten {
  records: number;
  events: number;
  decisions: number;
}

const SENTENCE = 'Forgotten at a person’s request.';

/**
 * Erases all that is known of a customer, in one transaction: what was read, agreed on, planned, written, asked and received. Ids
 * stay, so that what still comes about its records is recognised and put aside; its open plan is given up. What a pass that is under
 * way writes after this is erased by the next one (`eraseAgain`), for which this leaves a row.
 */
export async function forgetCustomer(
  db: Db,
  { customerId, connectionId, contactId }: FoundCustomer,
): Promise<Forgotten> {
  return db.transaction().execute(async (tx) => {
    const forgotten = await erase(tx, customerId);
    // After its rows, as the relay does that claims them.
    await tx
      .updateTable('customers')
      .set({ forgotten_at: sql<Date>`now()`, waiting_for: null })
      .where('id', '=', customerId)
      .execute();
    const about = { trigger: 'contact', kind: 'contact', vendorId: contactId } as const;
    await addOwnRow(tx, { connectionId, event: 'Forgotten', ...about });
    return forgotten;
  });
}

/** Erases what has come to a forgotten customer since, and closes its rows. */
export async function eraseAgain(db: Db, customerId: string): Promise<void> {
  await db.transaction().execute((tx) => erase(tx, customerId));
}

async function erase(tx: Tx, customerId: string): Promise<Forgotten> {
  const records = await tx
    .selectFrom('records')
    .select(['id', 'connection_id', 'kind', 'vendor_id', 'email_key'])
    .where('customer_id', '=', customerId)
    .orderBy('id')
    .forUpdate()
    .execute();
  const ids = records.map(({ id }) => id);
  const decisions = await erasePlans(tx, ids);
  await eraseKnowledge(tx, ids);
  await eraseApprovals(tx, ids, records);
  const events = await eraseEvents(tx, ids, records);
  await eraseClaims(tx, customerId, records);
  await tx
    .updateTable('records')
    .set({
      // The name of an address is made of it.
      vendor_id: sql<string>`case when kind = 'address' then id::text else vendor_id end`,
      email_key: null,
      linked_at: null,
      gone_at: sql<Date>`coalesce(gone_at, now())`,
      forgotten_at: sql<Date>`coalesce(forgotten_at, now())`,
    })
    .where('id', 'in', ids)
    .execute();
  return { records: ids.length, events, decisions };
}

/** Plans keep what they were about and which operations they were made of. */
async function erasePlans(tx: Tx, ids: readonly string[]): Promise<number> {
  const plans = await tx.selectFrom('plans').select(['id', 'status']).where('focus', 'in', ids).forUpdate().execute();
  for (const { id, status } of plans) if (status === 'open' || status === 'held') await giveUpPlan(tx, id);
  const planIds = plans.map(({ id }) => id);
  await sql`
    update plans set sentence = ${SENTENCE}, sentences = '[]', merges = '[]', highlights = '[]', lines = '[]', findings = '[]',
      approvals = '[]', superseded = '[]', runs = '[]'
    where id = any(${planIds}::uuid[])`.execute(tx);
  await sql`
    update steps set input = '{}', changes = '[]', claims = '[]', answer = null, error = null, sentence = ''
    where plan_id = any(${planIds}::uuid[]) or record_id = any(${ids}::uuid[])`.execute(tx);
  return plans.length;
}

/** Keys of facts and references of lines stay: what was done is not done again, what was ours is known as such. */
async function eraseKnowledge(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.deleteFrom('snapshots').where('record_id', 'in', ids).execute();
  await tx.deleteFrom('baselines').where('record_id', 'in', ids).execute();
  await tx.deleteFrom('automation_runs').where('record_id', 'in', ids).execute();
  await tx.updateTable('facts').set({ data: '{}' }).where('record_id', 'in', ids).execute();
  await tx
    .updateTable('lines')
    .set({ text: '', source: '', due_date: null, removed_at: sql<Date>`coalesce(removed_at, now())` })
    .where((where) => where.or([where('record_id', 'in', ids), where('item_id', 'in', ids)]))
    .execute();
}

interface Named {
  connection_id: string;
  kind: string;
  vendor_id: string;
  email_key: string | null;
}

function contactsAmong(records: readonly Named[]): string[] {
  return records.filter(({ kind }) => kind === 'contact').map(({ vendor_id }) => vendor_id);
}

/** What a person was asked; also where the contact was one to choose from for somebody else's record. */
async function eraseApprovals(tx: Tx, ids: readonly string[], records: readonly Named[]): Promise<void> {
  const contacts = contactsAmong(records);
  await sql`
    update approvals set proposal = '{}', pays = '[]', candidates = '[]', sentence = ${SENTENCE},
      outcome = coalesce(outcome, 'superseded'), decided_at = coalesce(decided_at, now())
    where record_id = any(${ids}::uuid[]) and kind <> 'brake'`.execute(tx);
  await sql`
    update approvals set candidates = (
      select coalesce(jsonb_agg(one), '[]') from jsonb_array_elements(candidates) one
      where coalesce(one->>'contactId', '') <> all(${contacts}::text[])
    ) where exists (
      select from jsonb_array_elements(candidates) one where one->>'contactId' = any(${contacts}::text[])
    )`.execute(tx);
  await sql`
    delete from candidates using records
    where records.id = candidates.record_id
      and (records.id = any(${ids}::uuid[]) or records.connection_id = ${records[0]?.connection_id ?? ''} and candidates.contact_id = any(${contacts}::text[]))`.execute(
    tx,
  );
}

/** Events keep where they belong; those that are not placed and speak of the same records, of something of theirs or of the address go as well. */
async function eraseEvents(tx: Tx, ids: readonly string[], records: readonly Named[]): Promise<number> {
  const keys = records.flatMap(({ email_key, kind, vendor_id }) => [
    ...(email_key === null ? [] : [email_key]),
    ...(kind === 'address' ? [vendor_id] : []),
  ]);
  const named = sql`select connection_id, kind, vendor_id from records where id = any(${ids}::uuid[])`;
  const { numAffectedRows } = await sql`
    update inbox set body = null, email_key = null, error = null, sentence = ${SENTENCE},
      vendor_id = case when record_kind = 'address' then null else vendor_id end,
      status = case when status = 'done' then 'done' else 'ignored' end, closed_at = coalesce(closed_at, now())
    where record_id = any(${ids}::uuid[])
      or record_id is null and (
        connection_id = ${records[0]?.connection_id ?? ''} and email_key = any(${keys}::text[])
        or (connection_id, record_kind, vendor_id) in (${named}) or (connection_id, parent_kind, parent_id) in (${named}))`.execute(
    tx,
  );
  return Number(numAffectedRows ?? 0);
}

/** The keys are made of addresses; whoever waited for one is rung. */
async function eraseClaims(tx: Tx, customerId: string, records: readonly Named[]): Promise<void> {
  const connectionId = records[0]?.connection_id ?? '';
  const { rows } = await sql<{ key: string }>`
    delete from claims
    where connection_id = ${connectionId} and (customer_id = ${customerId} or vendor_id = any(${contactsAmong(records)}::text[]))
    returning key`.execute(tx);
  await freeClaims(
    tx,
    connectionId,
    customerId,
    rows.map(({ key }) => key),
  );
}
