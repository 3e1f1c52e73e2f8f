import { sql, type Transaction } from 'kysely';
import { fulfilClaims } from './claims.ts';
import { moveRecord } from './moves.ts';
import { newId } from './records.ts';
import { type DueStep, finishStep, type StepAnswer } from './steps.ts';
import type { Tables } from './schema.ts';

/** A transaction of the store. */
export type Tx = Transaction<Tables>;

/** Ends a step as done; its claims name what holds them from now on, and whoever waited for one is rung. */
export async function endStep(tx: Tx, step: DueStep, answer: StepAnswer, holder: string | undefined): Promise<void> {
  await finishStep(tx, step.id, answer);
  if (holder !== undefined) await fulfilClaims(tx, step.connectionId, step.customerId, step.claims, holder);
}

/** What a create of ours has made, and of whom. */
export interface Made {
  connectionId: string;
  customerId: string;
  kind: 'task' | 'note' | 'member';
  vendorId: string;
}

/**
 * Stores a task or note that we made under the customer of its contact, also when its own webhook was quicker and queued it
 * elsewhere: its rows come along. Answers the record's id.
 */
export async function storeCreatedItem(tx: Tx, made: Made, contactId: string): Promise<string> {
  const contact = await tx
    .selectFrom('records')
    .select('customer_id')
    .where('connection_id', '=', made.connectionId)
    .where('kind', '=', 'contact')
    .where('vendor_id', '=', contactId)
    .executeTakeFirst();
  const owner = contact?.customer_id ?? made.customerId;
  const record = await enter(tx, { ...made, customerId: owner });
  if (record.customer_id !== owner) await moveRecord(tx, record.id, owner);
  await tx.updateTable('records').set({ ours: true, parent_id: contactId }).where('id', '=', record.id).execute();
  return record.id;
}

/**
 * Stores a member that a customer's contact became, linked to it, so that its own webhook finds it so; one that another customer
 * has linked meanwhile stays there. Answers the record's id.
 */
export async function storeCreatedMember(tx: Tx, made: Made, ours: boolean): Promise<string> {
  const record = await enter(tx, made);
  const isElsewhere = record.customer_id !== made.customerId;
  if (isElsewhere && record.linked_at !== null) return record.id;
  if (isElsewhere) await moveRecord(tx, record.id, made.customerId);
  await tx.deleteFrom('candidates').where('record_id', '=', record.id).execute();
  if (ours) await tx.updateTable('records').set({ ours: true }).where('id', '=', record.id).execute();
  await tx
    .updateTable('records')
    .set({ linked_at: sql<Date>`now()` })
    .where('customer_id', '=', made.customerId)
    .where('linked_at', 'is', null)
    .where((where) =>
      where.or([where('id', '=', record.id), where.and([where('kind', '=', 'contact'), where('gone_at', 'is', null)])]),
    )
    .execute();
  return record.id;
}

/** The record as it stands, locked; made if it is new. */
async function enter(
  tx: Tx,
  { connectionId, customerId, kind, vendorId }: Made,
): Promise<{ id: string; customer_id: string; linked_at: Date | null }> {
  await tx
    .insertInto('records')
    .values({ id: newId(), connection_id: connectionId, customer_id: customerId, kind, vendor_id: vendorId })
    .onConflict((conflict) => conflict.columns(['connection_id', 'kind', 'vendor_id']).doNothing())
    .execute();
  return tx
    .selectFrom('records')
    .select(['id', 'customer_id', 'linked_at'])
    .where('connection_id', '=', connectionId)
    .where('kind', '=', kind)
    .where('vendor_id', '=', vendorId)
    .forUpdate()
    .executeTakeFirstOrThrow();
}

/** Keeps what a location calls a custom field that we made: `contact.referral_code`. */
export async function storeCreatedField(tx: Tx, connectionId: string, id: string, key: string): Promise<void> {
  const values = { name: key, read_at: sql<Date>`now()` };
  await tx
    .insertInto('names')
    .values({ connection_id: connectionId, kind: 'customField', vendor_id: id, ...values })
    .onConflict((conflict) => conflict.columns(['connection_id', 'kind', 'vendor_id']).doUpdateSet(values))
    .execute();
}

/** Lines that stand in a note already get the record that was made for them. */
export async function attachLines(tx: Tx, references: readonly string[], recordId: string): Promise<void> {
  if (references.length === 0) return;
  await tx
    .updateTable('lines')
    .set({ item_id: recordId })
    .where('reference', 'in', [...references])
    .where('item_id', 'is', null)
    .execute();
}

/** No more members are made for a connection until a person resumes it. */
export async function stopMembers(tx: Tx, connectionId: string, reason: string): Promise<void> {
  await tx
    .updateTable('connections')
    .set({ members_stopped_at: sql<Date>`now()`, members_stopped_reason: reason })
    .where('id', '=', connectionId)
    .where('members_stopped_at', 'is', null)
    .execute();
}
