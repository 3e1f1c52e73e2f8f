import type { Transaction } from 'kysely';
import type { Finding } from '../rules/plan.ts';
import { addOwnRow } from './own-rows.ts';
import type { Tables } from './schema.ts';

/**
 * What was found for other customers' records becomes a row of each, unless such a row of ours waits to be taken: one that runs already
 * may have read the record before.
 */
export async function storeFindings(
  tx: Transaction<Tables>,
  connectionId: string,
  findings: readonly Finding[],
): Promise<void> {
  const distinct = new Map(findings.map((one) => [`${one.trigger} ${one.kind} ${one.vendorId}`, one]));
  for (const { trigger, kind, vendorId } of distinct.values()) {
    const waiting = await tx
      .selectFrom('inbox')
      .select('id')
      .where('connection_id', '=', connectionId)
      .where('source', '=', 'rockbridge')
      .where('trigger', '=', trigger)
      .where('record_kind', '=', kind)
      .where('vendor_id', '=', vendorId)
      .where('status', '=', 'stored')
      .limit(1)
      .executeTakeFirst();
    if (!waiting) await addOwnRow(tx, { connectionId, event: 'Finding', trigger, kind, vendorId });
  }
}
