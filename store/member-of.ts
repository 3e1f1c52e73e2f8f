import { sql } from 'kysely';
import type { Db } from './database.ts';
import { enterRecord } from './items.ts';
import { moveRecord } from './moves.ts';
import { contactOf, type KnownRecord, recordsOfCustomer, saveSnapshot } from './records.ts';

/** Whether a live member of the default program is linked to the customer's contact. */
export async function isMemberOfDefault(db: Db, customerId: string): Promise<boolean> {
  const row = await db
    .selectFrom('records')
    .innerJoin('snapshots', 'snapshots.record_id', 'records.id')
    .innerJoin('programs', (join) =>
      join
        .onRef('programs.connection_id', '=', 'records.connection_id')
        .on(sql<boolean>`programs.vendor_id = snapshots.data ->> 'programId'`)
        .on('programs.is_default', '=', true),
    )
    .select('records.id')
    .where('records.customer_id', '=', customerId)
    .where('records.kind', '=', 'member')
    .where('records.linked_at', 'is not', null)
    .where('records.gone_at', 'is', null)
    .executeTakeFirst();
  return row !== undefined;
}

/** The customer's members and referrals that are linked and not gone. */
export async function liveLinksOf(db: Db, customerId: string): Promise<KnownRecord[]> {
  const records = await recordsOfCustomer(db, customerId, 'member', 'referral');
  return records.filter(({ linked, gone }) => linked && !gone);
}

/** The default program of a connection, by its vendor's id. */
export async function defaultProgramOf(db: Db, connectionId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('programs')
    .select('vendor_id')
    .where('connection_id', '=', connectionId)
    .where('is_default', '=', true)
    .executeTakeFirst();
  return row?.vendor_id;
}

/** Makes a member that was found the customer's, with what was read of it, unless it is linked to another customer's contact. */
export async function takeMember(
  db: Db,
  owner: { connectionId: string; customerId: string },
  member: { vendorId: string; data: Record<string, unknown>; emailKey: string | null },
): Promise<void> {
  const { connectionId, customerId } = owner;
  await db.transaction().execute(async (tx) => {
    const record = await enterRecord(tx, connectionId, customerId, { kind: 'member', vendorId: member.vendorId });
    if (!record) return;
    if (record.customerId !== customerId) {
      if (record.linked && (await contactOf(tx, record.customerId))) return;
      await moveRecord(tx, record.id, customerId);
    }
    await saveSnapshot(tx, record.id, member.data, member.emailKey);
  });
}
