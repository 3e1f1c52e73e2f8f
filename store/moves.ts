import { sql, type Transaction } from 'kysely';
import { notify } from './claims.ts';
import { newId } from './records.ts';
import type { Tables } from './schema.ts';

/**
 * Moves a record to another customer, or to a new one: its baselines, facts, lines and rows point to the record and come along.
 * Its open rows are rung anew under the customer it now belongs to.
 */
export async function moveRecord(tx: Transaction<Tables>, recordId: string, to: string | 'new'): Promise<void> {
  const record = await tx
    .selectFrom('records')
    .select('connection_id')
    .where('id', '=', recordId)
    .executeTakeFirstOrThrow();
  const customerId = to === 'new' ? newId() : to;
  if (to === 'new')
    await tx.insertInto('customers').values({ id: customerId, connection_id: record.connection_id }).execute();
  await tx
    .updateTable('records')
    .set({ customer_id: customerId, linked_at: null })
    .where('id', '=', recordId)
    .execute();
  await tx.deleteFrom('candidates').where('record_id', '=', recordId).execute();
  await tx
    .updateTable('inbox')
    .set({ status: 'stored', rung_at: null, workflow_id: null, run_id: null })
    .where('record_id', '=', recordId)
    .where('status', 'in', ['stored', 'running'])
    .execute();
  await notify(tx);
}

/** Whether a record is still a customer's; it stays so until the transaction ends. */
export async function belongsTo(tx: Transaction<Tables>, recordId: string, customerId: string): Promise<boolean> {
  const record = await tx
    .selectFrom('records')
    .select('customer_id')
    .where('id', '=', recordId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return record.customer_id === customerId;
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
    .onConflict((conflict) => conflict.columns(['connection_id', 'kind', 'vendor_id']).doNothing())
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
  const { numUpdatedRows } = await tx
    .updateTable('records')
    .set({ customer_id: customerId, ours: true })
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
            .where('linked.kind', '!=', 'contact')
            .where('linked.linked_at', 'is not', null),
        ),
      ),
    )
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await sql`
    update inbox set status = 'stored', rung_at = null, workflow_id = null, run_id = null
    from records where records.id = inbox.record_id and records.connection_id = ${contactRecordOf.connectionId}
      and records.kind = 'contact' and records.vendor_id = ${contactRecordOf.contactId}
      and inbox.status in ('stored', 'running')`.execute(tx);
  await notify(tx);
  return true;
}
