import { type Selectable, sql, type Transaction } from 'kysely';
import { notify } from './claims.ts';
import { newId } from './records.ts';
import type { Records, Tables } from './schema.ts';

/** What is of a contact, and of a member or referral: it is its person's wherever that one goes. */
const ITEMS_OF: Readonly<Record<string, readonly string[]>> = {
  contact: ['task', 'note', 'appointment', 'opportunity'],
  member: ['reward'],
  referral: ['reward'],
};

/**
 * Moves a record to another customer, or to a new one: its baselines, facts, lines and rows point to the record and come along, and
 * so do the items that are of it. Their open rows are rung anew under the customer they now belong to.
 */
export async function moveRecord(tx: Transaction<Tables>, recordId: string, to: string | 'new'): Promise<void> {
  const record = await tx
    .selectFrom('records')
    .selectAll()
    .where('id', '=', recordId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const customerId = to === 'new' ? newId() : to;
  if (to === 'new')
    await tx.insertInto('customers').values({ id: customerId, connection_id: record.connection_id }).execute();
  await tx.updateTable('records').set({ linked_at: null }).where('id', '=', recordId).execute();
  await tx.deleteFrom('candidates').where('record_id', '=', recordId).execute();
  await bring(tx, record, customerId);
}

/** Gives a record to a customer with what is of it, and has their open rows rung there. */
async function bring(tx: Transaction<Tables>, record: Selectable<Records>, customerId: string): Promise<void> {
  const { id, connection_id, customer_id: from, kind, vendor_id, email_key } = record;
  const moved = await tx
    .updateTable('records')
    .set({ customer_id: customerId })
    .where((where) =>
      where.or([
        where('id', '=', id),
        where.and([
          where('connection_id', '=', connection_id),
          where('customer_id', '=', from),
          where('kind', 'in', [...(ITEMS_OF[kind] ?? []), 'none']),
          where('parent_id', '=', vendor_id),
        ]),
        // A contact takes its address along.
        where.and([
          where('connection_id', '=', connection_id),
          where('customer_id', '=', from),
          where('kind', '=', kind === 'contact' ? 'address' : 'none'),
          where('vendor_id', '=', email_key ?? ''),
        ]),
      ]),
    )
    .returning('id')
    .execute();
  await tx
    .updateTable('inbox')
    .set({ status: 'stored', rung_at: null, workflow_id: null, run_id: null })
    .where(
      'record_id',
      'in',
      moved.map((one) => one.id),
    )
    .where('status', 'in', ['stored', 'running'])
    .execute();
  await notify(tx);
}

/** Whether a record is still a customer's, and was not forgotten; it stays so until the transaction ends. */
export async function belongsTo(tx: Transaction<Tables>, recordId: string, customerId: string): Promise<boolean> {
  const record = await tx
    .selectFrom('records')
    .select(['customer_id', 'forgotten_at'])
    .where('id', '=', recordId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return record.customer_id === customerId && record.forgotten_at === null;
}

/**
 * Makes a contact that was read the contact of a customer. Answers the other customer whose contact it already is, if
 * somebody was quicker.
 */
export async function adoptContact(
  tx: Transaction<Tables>,
  connectionId: string,
  customerId: string,
  contactId: string,
  ours: boolean,
): Promise<{ recordId: string } | { ownedBy: string }> {
  await makeRoom(tx, customerId, contactId);
  await tx
    .insertInto('records')
    .values({
      id: newId(),
      connection_id: connectionId,
      customer_id: customerId,
      kind: 'contact',
      vendor_id: contactId,
      ours,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['connection_id', 'kind', 'vendor_id'])
        // One that was forgotten is nobody's: whom it is matched with now, it is known by from now on.
        .doUpdateSet({ customer_id: customerId, ours, forgotten_at: null, gone_at: null })
        .where('records.forgotten_at', 'is not', null),
    )
    .execute();
  const row = await tx
    .selectFrom('records')
    .select(['id', 'customer_id'])
    .where('connection_id', '=', connectionId)
    .where('kind', '=', 'contact')
    .where('vendor_id', '=', contactId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (row.customer_id === customerId) return { recordId: row.id };
  return { ownedBy: row.customer_id };
}

/** A customer has one contact: another one that was only queued with it becomes a customer of its own. */
async function makeRoom(tx: Transaction<Tables>, customerId: string, contactId: string): Promise<void> {
  const queued = await tx
    .selectFrom('records')
    .select('id')
    .where('customer_id', '=', customerId)
    .where('kind', '=', 'contact')
    .where('vendor_id', '!=', contactId)
    .where('gone_at', 'is', null)
    .where('linked_at', 'is', null)
    .executeTakeFirst();
  if (queued) await moveRecord(tx, queued.id, 'new');
}

/**
 * Takes a contact that we made away from a customer that was only its place in the queue (its webhook was quicker than our
 * answer), rows too. False if that customer has linked records: the contact is really its own.
 */
export async function takeOverContact(
  tx: Transaction<Tables>,
  contactRecordOf: { connectionId: string; contactId: string },
  customerId: string,
): Promise<boolean> {
  const record = await tx
    .selectFrom('records')
    .selectAll()
    .where('connection_id', '=', contactRecordOf.connectionId)
    .where('kind', '=', 'contact')
    .where('vendor_id', '=', contactRecordOf.contactId)
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom('records as linked')
            .select(sql<number>`1`.as('one'))
            .whereRef('linked.customer_id', '=', 'records.customer_id')
            .where('linked.kind', 'in', ['member', 'referral'])
            .where('linked.linked_at', 'is not', null),
        ),
      ),
    )
    .forUpdate()
    .executeTakeFirst();
  if (!record) return false;
  await tx.updateTable('records').set({ ours: true }).where('id', '=', record.id).execute();
  await bring(tx, record, customerId);
  return true;
}
