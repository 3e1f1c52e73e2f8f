import { v7 as uuid } from 'uuid';
import type { Database } from '../../store/database.ts';
import type { RecordKind } from '../../store/records.ts';

export interface StoredCustomer {
  customerId: string;
  /** The id of each record, by the vendor's id. */
  records: Record<string, string>;
}

interface RecordValues {
  linked?: boolean;
  emailKey?: string;
  /** As last read: with this e-mail key. */
  data?: Record<string, unknown>;
}

let made = 0;

/** A vendor's id that no other test has. */
export function newVendorId(kind: RecordKind): string {
  return `${kind}${++made}`;
}

/** A customer of the connection `default` with the given records, by the vendors' ids. */
export async function addCustomer(
  { db }: Database,
  records: Record<string, RecordValues & { kind: RecordKind }> = {},
): Promise<StoredCustomer> {
  const customerId = uuid();
  await db.insertInto('customers').values({ id: customerId, connection_id: 'default' }).execute();
  const ids: Record<string, string> = {};
  for (const [vendorId, { kind, linked, emailKey, data }] of Object.entries(records)) {
    const id = uuid();
    ids[vendorId] = id;
    await db
      .insertInto('records')
      .values({
        id,
        connection_id: 'default',
        customer_id: customerId,
        kind,
        vendor_id: vendorId,
        email_key: emailKey ?? null,
        linked_at: linked ? new Date() : null,
      })
      .execute();
    if (data)
      await db
        .insertInto('snapshots')
        .values({ record_id: id, version: 1, data: JSON.stringify(data), read_at: new Date() })
        .execute();
  }
  return { customerId, records: ids };
}

/** An event about a record: stored, rung and taken. Answers its id. */
export async function addRow({ db }: Database, recordId: string, trigger: RecordKind): Promise<string> {
  const id = uuid();
  await db
    .insertInto('inbox')
    .values({
      id,
      source: trigger === 'contact' ? 'ghl' : 'referral-rock',
      event: 'Event',
      trigger,
      connection_id: 'default',
      record_kind: trigger,
      record_id: recordId,
      status: 'running',
      rung_at: new Date(),
      run_id: 'run-1',
      workflow_id: 'workflow-1',
    })
    .execute();
  return id;
}
