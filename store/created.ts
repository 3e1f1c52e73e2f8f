import { sql, type Transaction } from 'kysely';
import { fulfilClaims } from './claims.ts';
import { enterRecord, type HeldRecord, holdRecord } from './items.ts';
import { toJson } from './json.ts';
import { moveRecord } from './moves.ts';
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
  const contact = await holdRecord(tx, made.connectionId, { kind: 'contact', vendorId: contactId });
  const owner = contact?.customerId ?? made.customerId;
  const record = await enter(tx, { ...made, customerId: owner });
  if (record.customerId !== owner) await moveRecord(tx, record.id, owner);
  await tx.updateTable('records').set({ ours: true, parent_id: contactId }).where('id', '=', record.id).execute();
  return record.id;
}

/**
 * Stores a member that a customer's contact became, linked to it, so that its own webhook finds it so; one that another customer
 * has linked meanwhile stays there. Answers the record's id.
 */
export async function storeCreatedMember(tx: Tx, made: Made, ours: boolean): Promise<string> {
  const record = await enter(tx, made);
  const isElsewhere = record.customerId !== made.customerId;
  if (isElsewhere && record.linked) return record.id;
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

/** What the two sides of a field began with. */
export interface Began {
  field: string;
  ghl: unknown;
  rr: unknown;
}

/** Baselines of a record that we made; one that has some keeps them. */
export async function storeBeginning(tx: Tx, recordId: string, began: readonly Began[]): Promise<void> {
  if (began.length === 0) return;
  const row = (side: 'ghl' | 'rr', field: string, value: unknown) => ({
    record_id: recordId,
    side,
    field,
    value: toJson(value),
    pending: toJson(null),
    refused: toJson(null),
  });
  await tx
    .insertInto('baselines')
    .values(began.flatMap(({ field, ghl, rr }) => [row('ghl', field, ghl), row('rr', field, rr)]))
    .onConflict((conflict) => conflict.columns(['record_id', 'side', 'field']).doNothing())
    .execute();
}

async function enter(tx: Tx, { connectionId, customerId, kind, vendorId }: Made): Promise<HeldRecord> {
  const record = await enterRecord(tx, connectionId, customerId, { kind, vendorId });
  if (!record) throw new Error(`The ${kind} ${vendorId} could not be entered`);
  return record;
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
