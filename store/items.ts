import type { Transaction } from 'kysely';
import type { RecordKind } from '../rules/records.ts';
import { moveRecord } from './moves.ts';
import { type KnownRecord, newId } from './records.ts';
import type { Tables } from './schema.ts';

type Tx = Transaction<Tables>;

/** A record by its vendor's name. */
export interface RecordName {
  kind: RecordKind;
  vendorId: string;
}

/** A record's row, locked until the transaction ends. */
export interface HeldRecord {
  id: string;
  customerId: string;
  linked: boolean;
}

/** The record of a vendor's id, kept where it is until the transaction ends. */
export async function holdRecord(tx: Tx, connectionId: string, { kind, vendorId }: RecordName) {
  const row = await tx
    .selectFrom('records')
    .select(['id', 'customer_id', 'linked_at'])
    .where('connection_id', '=', connectionId)
    .where('kind', '=', kind)
    .where('vendor_id', '=', vendorId)
    .forUpdate()
    .executeTakeFirst();
  return row && ({ id: row.id, customerId: row.customer_id, linked: row.linked_at !== null } satisfies HeldRecord);
}

/** Enters a record under a customer, unless somebody has entered it meanwhile; answers where it is. */
export async function enterRecord(
  tx: Tx,
  connectionId: string,
  customerId: string,
  { kind, vendorId }: RecordName,
): Promise<HeldRecord | undefined> {
  await tx
    .insertInto('records')
    .values({ id: newId(), connection_id: connectionId, customer_id: customerId, kind, vendor_id: vendorId })
    // Also when the customer has got another contact meanwhile.
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return holdRecord(tx, connectionId, { kind, vendorId });
}

/**
 * Brings an item to the customer of its parent, rows too. A parent that nobody knows is entered with it: under the item's customer
 * if that may be its person, else both under a new one.
 */
export async function settleItem(tx: Tx, item: KnownRecord, parent: RecordName): Promise<void> {
  const known = await holdRecord(tx, item.connectionId, parent);
  const owner = known?.customerId ?? (await enterParent(tx, item, parent));
  const { customer_id: present } = await tx
    .updateTable('records')
    .set({ parent_id: parent.vendorId })
    .where('id', '=', item.id)
    .returning('customer_id')
    .executeTakeFirstOrThrow();
  if (present !== owner) await moveRecord(tx, item.id, owner);
}

async function enterParent(tx: Tx, item: KnownRecord, parent: RecordName): Promise<string> {
  const { connectionId, customerId } = item;
  if (await hasRoom(tx, customerId, parent.kind)) {
    const entered = await enterRecord(tx, connectionId, customerId, parent);
    if (entered) return entered.customerId;
  }
  const id = newId();
  await tx.insertInto('customers').values({ id, connection_id: connectionId }).execute();
  const entered = await enterRecord(tx, connectionId, id, parent);
  return entered?.customerId ?? id;
}

/** A customer is one person: it has room for a contact while it has none; for a member or referral while it is nobody yet. */
async function hasRoom(tx: Tx, customerId: string, kind: RecordKind): Promise<boolean> {
  const kinds: RecordKind[] = kind === 'contact' ? ['contact'] : ['contact', 'member', 'referral'];
  const other = await tx
    .selectFrom('records')
    .select('id')
    .where('customer_id', '=', customerId)
    .where('kind', 'in', kinds)
    .where('gone_at', 'is', null)
    .executeTakeFirst();
  return other === undefined;
}
