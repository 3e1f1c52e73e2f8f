import type { Db } from './database.ts';
import { enterRecord } from './items.ts';
import { moveRecord } from './moves.ts';
import { type KnownRecord, recordById } from './records.ts';

/** The customer whose contact has the address of this key: this one if it does, else any; undefined: nobody's. */
export async function ownerOfAddress(
  db: Db,
  connectionId: string,
  key: string,
  customerId: string,
): Promise<string | undefined> {
  const rows = await db
    .selectFrom('records')
    .select('customer_id')
    .where('connection_id', '=', connectionId)
    .where('email_key', '=', key)
    .where('kind', '=', 'contact')
    .where('gone_at', 'is', null)
    .orderBy('created_at')
    .execute();
  const owners = rows.map(({ customer_id }) => customer_id);
  return owners.includes(customerId) ? customerId : owners[0];
}

/** The record of an address, made if it is missing, as a customer's: it is brought there from wherever it was. */
export async function takeAddress(
  db: Db,
  connectionId: string,
  key: string,
  customerId: string,
): Promise<KnownRecord | undefined> {
  return db.transaction().execute(async (tx) => {
    const record = await enterRecord(tx, connectionId, customerId, { kind: 'address', vendorId: key });
    if (!record) return undefined;
    if (record.customerId !== customerId) await moveRecord(tx, record.id, customerId);
    return recordById(tx, record.id);
  });
}

/** What the customer's contacts, members and referrals were last read to be: their e-mails are among it. */
export async function peopleOf(db: Db, customerId: string): Promise<Record<string, unknown>[]> {
  const rows = await db
    .selectFrom('records')
    .innerJoin('snapshots', 'snapshots.record_id', 'records.id')
    .select('snapshots.data')
    .where('customer_id', '=', customerId)
    .where('kind', 'in', ['contact', 'member', 'referral'])
    .execute();
  return rows.map(({ data }) => data);
}
