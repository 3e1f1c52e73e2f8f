import type { CustomerState } from '../rules/state.ts';
import type { Fact, FactKind } from '../rules/records.ts';
import { loadCustomerState } from './customer-state.ts';
import type { Db } from './database.ts';

/** A past event with its customer as that is now, and the facts that it told. */
export interface PastEvent {
  connectionId: string;
  state: CustomerState;
  facts: Fact[];
}

/** Undefined: the event has no record of ours. */
export async function loadPastEvent(db: Db, eventId: string, now: Date): Promise<PastEvent | undefined> {
  const row = await db
    .selectFrom('inbox')
    .innerJoin('records', 'records.id', 'inbox.record_id')
    .leftJoin('plans', 'plans.id', 'inbox.plan_id')
    .select(['inbox.record_id', 'inbox.trigger', 'records.customer_id', 'records.connection_id', 'plans.fact_keys'])
    .where('inbox.id', '=', eventId)
    .executeTakeFirst();
  if (!row || row.record_id === null) return undefined;
  const focus = { customerId: row.customer_id, recordId: row.record_id, trigger: row.trigger ?? '', rowIds: [eventId] };
  return {
    connectionId: row.connection_id,
    state: await loadCustomerState(db, focus, now),
    facts: await factsOf(db, row.fact_keys ?? []),
  };
}

async function factsOf(db: Db, keys: readonly string[]): Promise<Fact[]> {
  if (keys.length === 0) return [];
  const rows = await db
    .selectFrom('facts')
    .selectAll()
    .where('key', 'in', [...keys])
    .orderBy('created_at')
    .execute();
  return rows.map(({ key, record_id, kind, version, data }) => ({
    key,
    recordId: record_id,
    kind: kind as FactKind,
    version,
    data,
  }));
}
