import type { DecidedApproval, OpenApproval } from '../rules/state.ts';
import type { Db } from './database.ts';

/** The approvals about these records that nobody has decided yet. */
export async function loadOpenApprovals(db: Db, recordIds: readonly string[]): Promise<OpenApproval[]> {
  if (recordIds.length === 0) return [];
  const rows = await db
    .selectFrom('approvals')
    .select(['id', 'kind', 'record_id', 'proposal'])
    .where('record_id', 'in', [...recordIds])
    .where('outcome', 'is', null)
    .execute();
  return rows.map(({ id, kind, record_id, proposal }) => ({ id, kind, recordId: record_id, proposal }));
}

/** The decision that these rows stand for. */
export async function loadDecided(_db: Db, _rowIds: readonly string[]): Promise<DecidedApproval | undefined> {
  return undefined;
}
