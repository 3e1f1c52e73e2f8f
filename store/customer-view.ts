import { sql } from 'kysely';
import { loadRules } from './connection-state.ts';
import type { Db } from './database.ts';

/** A record as last read; `data` holds personal data. */
export interface SeenRecord {
  id: string;
  kind: string;
  vendorId: string;
  parentId: string | null;
  ours: boolean;
  linkedAt: Date | null;
  goneAt: Date | null;
  createdAt: Date;
  data: Record<string, unknown> | null;
  readAt: Date | null;
  /** Events about it wait for their pass. */
  waits: boolean;
  /** Of a member or referral: how the newest decision about it ended. */
  ended: 'done' | 'held' | null;
  sentence: string | null;
  /** What the decision that linked it said. */
  linkedBy: string | null;
}

/** One side of a synced field: as last read, as both were last in agreement, about to be written, not taken. */
export interface FieldSideView {
  value: unknown;
  baseline: unknown;
  pending: unknown;
  refused: unknown;
}

export interface FieldView {
  field: string;
  ghl: FieldSideView;
  rr: FieldSideView;
}

/** All that is known of a customer's records, oldest first, and by record the synced fields of its links. */
export interface CustomerView {
  records: SeenRecord[];
  fields: Map<string, FieldView[]>;
  defaultProgramId: string | null;
}

export async function loadCustomerView(db: Db, customerId: string): Promise<CustomerView> {
  const [records, rules, baselines, program] = await Promise.all([
    loadSeenRecords(db, customerId),
    loadRules(db, customerId),
    db
      .selectFrom('baselines as b')
      .innerJoin('records as r', 'r.id', 'b.record_id')
      .select(['b.record_id', 'b.side', 'b.field', 'b.value', 'b.pending', 'b.refused'])
      .where('r.customer_id', '=', customerId)
      .where('b.side', '!=', 'record')
      .execute(),
    db
      .selectFrom('programs as p')
      .innerJoin('customers as c', 'c.connection_id', 'p.connection_id')
      .select('p.vendor_id')
      .where('c.id', '=', customerId)
      .where('p.is_default', '=', true)
      .executeTakeFirst(),
  ]);
  const contact = records.find(({ kind, goneAt }) => kind === 'contact' && goneAt === null);
  const fields = new Map<string, FieldView[]>();
  for (const { id, kind, data } of records) {
    if (kind !== 'member' && kind !== 'referral') continue;
    const side = (name: 'ghl' | 'rr', field: string, value: unknown): FieldSideView => {
      const known = baselines.find((row) => row.record_id === id && row.side === name && row.field === field);
      const { value: baseline = null, pending = null, refused = null } = known ?? {};
      return { value: value ?? null, baseline, pending, refused };
    };
    fields.set(
      id,
      rules.fields[kind].map(({ field, rr }) => ({
        field,
        ghl: side('ghl', field, contact?.data?.[field]),
        rr: side('rr', field, data?.[rr]),
      })),
    );
  }
  return { records, fields, defaultProgramId: program?.vendor_id ?? null };
}

async function loadSeenRecords(db: Db, customerId: string): Promise<SeenRecord[]> {
  const { rows } = await sql<SeenRecord>`
    select r.id, r.kind, r.vendor_id as "vendorId", r.parent_id as "parentId", r.ours, r.linked_at as "linkedAt",
      r.gone_at as "goneAt", r.created_at as "createdAt", s.data, s.read_at as "readAt",
      last.ends as ended, last.sentence, linking.sentence as "linkedBy",
      exists (select from inbox i where i.record_id = r.id and i.status in ('stored', 'running')) as waits
    from records r left join snapshots s on s.record_id = r.id
    left join lateral (
      select ends, sentence from plans p
      where p.focus = r.id and p.status = 'closed' and r.kind in ('member', 'referral')
      order by p.created_at desc limit 1
    ) last on true
    left join lateral (
      select sentence from plans p where p.focus = r.id and p.links and p.status = 'closed' and r.linked_at is not null
      order by p.created_at desc limit 1
    ) linking on true
    where r.customer_id = ${customerId} and r.forgotten_at is null
    order by r.created_at, r.id`.execute(db);
  return rows;
}
