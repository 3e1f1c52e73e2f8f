import type {
  CandidateState,
  ConnectionState,
  ContactState,
  CustomerState,
  Fact,
  FactKind,
  FieldBaseline,
  Highlights,
  Line,
  LinkKind,
  LinkState,
  SideBaseline,
} from '../rules/state.ts';
import type { Db } from './database.ts';
import type { EventStatus } from './schema.ts';

/** All that a plan is made from, as the store has it now; `focus` is the record whose rows the plan closes. */
export async function loadCustomerState(db: Db, customerId: string, focus: string, now: Date): Promise<CustomerState> {
  const [connection, records] = await Promise.all([loadConnection(db, customerId), loadRecords(db, customerId)]);
  const ids = records.map(({ id }) => id);
  const linkIds = records.filter(({ kind }) => kind !== 'contact').map(({ id }) => id);
  const [baselines, candidates, lines, facts, referrers] = await Promise.all([
    db.selectFrom('baselines').selectAll().where('record_id', 'in', ids).execute(),
    loadCandidates(db, customerId, focus),
    linkIds.length === 0
      ? []
      : db
          .selectFrom('lines')
          .selectAll()
          .where('record_id', 'in', linkIds)
          .where('removed_at', 'is', null)
          .orderBy('seq')
          .execute(),
    loadFacts(db, focus),
    loadReferringContacts(db, connection.id, records),
  ]);
  const contactRow = records.find(({ kind, gone_at, data }) => kind === 'contact' && gone_at === null && data !== null);
  const contact: ContactState | undefined = contactRow && {
    recordId: contactRow.id,
    contactId: contactRow.vendor_id,
    data: contactRow.data ?? {},
  };
  const links = records
    .filter(({ kind }) => kind === 'referral' || kind === 'member')
    .map((row): LinkState => {
      const own = baselines.filter(({ record_id }) => record_id === row.id);
      const seen = own.find(({ side, field }) => side === 'record' && field === 'highlights');
      return {
        recordId: row.id,
        kind: row.kind as LinkKind,
        vendorId: row.vendor_id,
        data: row.data ?? {},
        gone: row.gone_at !== null,
        linked: row.linked_at !== null,
        baselines: fieldBaselines(own),
        seen: seen && { highlights: seen.value as unknown as Highlights, version: seen.version },
        candidates: row.id === focus ? candidates : [],
        referringContactId: referrers.get(row.id),
        lines: lines.filter(({ record_id }) => record_id === row.id).map(toLine),
      };
    });
  const contactGone =
    contact === undefined && records.some(({ kind, gone_at }) => kind === 'contact' && gone_at !== null);
  return { customerId, connection, now: now.toISOString(), focus, contact, contactGone, links, facts };
}

/** What an activity needs of a customer's connection. */
export type ConnectionFacts = Pick<ConnectionState, 'id' | 'mode' | 'country' | 'locationId'>;

export function connectionOfCustomer(db: Db, customerId: string): Promise<ConnectionFacts> {
  return loadConnection(db, customerId);
}

async function loadConnection(db: Db, customerId: string): Promise<ConnectionState> {
  const row = await db
    .selectFrom('connections')
    .innerJoin('customers', 'customers.connection_id', 'connections.id')
    .select((select) => [
      'connections.id',
      'mode',
      'since',
      'time_zone',
      'country',
      'ghl_location_id',
      select
        .selectFrom('programs')
        .whereRef('programs.connection_id', '=', 'connections.id')
        .select((count) => count.fn.countAll<string>().as('n'))
        .as('programs'),
    ])
    .where('customers.id', '=', customerId)
    .executeTakeFirstOrThrow();
  return {
    id: row.id,
    mode: row.mode,
    since: row.since.toISOString(),
    timeZone: row.time_zone,
    country: row.country,
    locationId: row.ghl_location_id,
    programCount: Number(row.programs),
  };
}

function loadRecords(db: Db, customerId: string) {
  return db
    .selectFrom('records')
    .leftJoin('snapshots', 'snapshots.record_id', 'records.id')
    .select(['records.id', 'kind', 'vendor_id', 'linked_at', 'gone_at', 'snapshots.data'])
    .where('customer_id', '=', customerId)
    .where('kind', 'in', ['contact', 'referral', 'member'])
    .orderBy('records.created_at')
    .execute();
}

async function loadCandidates(db: Db, customerId: string, focus: string): Promise<CandidateState[]> {
  const rows = await db
    .selectFrom('candidates')
    .innerJoin('records as link', 'link.id', 'candidates.record_id')
    .leftJoin('records as contact', (join) =>
      join
        .onRef('contact.connection_id', '=', 'link.connection_id')
        .onRef('contact.vendor_id', '=', 'candidates.contact_id')
        .on('contact.kind', '=', 'contact'),
    )
    .leftJoin('snapshots', (join) =>
      // A re-read of the contact after it was found is the newer truth.
      join.onRef('snapshots.record_id', '=', 'contact.id').onRef('snapshots.read_at', '>', 'candidates.read_at'),
    )
    .select(['candidates.contact_id', 'candidates.data', 'snapshots.data as newer', 'blocks', 'contact.customer_id'])
    .where('candidates.record_id', '=', focus)
    .execute();
  return rows.map(({ contact_id, data, newer, blocks, customer_id }) => ({
    contactId: contact_id,
    data: newer ?? data,
    blocks,
    owner:
      customer_id === null
        ? { kind: 'none' }
        : customer_id === customerId
          ? { kind: 'this' }
          : { kind: 'other', customerId: customer_id },
  }));
}

/** Unspent ones; a fact of which an action failed for good waits for the retry of its row, and goes with a row that is ignored. */
async function loadFacts(db: Db, recordId: string): Promise<Fact[]> {
  const rows = await db
    .selectFrom('facts')
    .selectAll()
    .where('record_id', '=', recordId)
    .where('spent_by', 'is', null)
    .where((where) => {
      const failedIn = (statuses: EventStatus[]) =>
        where.exists(
          where
            .selectFrom('inbox')
            .innerJoin('steps', 'steps.plan_id', 'inbox.plan_id')
            .select('inbox.id')
            .where('inbox.record_id', '=', recordId)
            .where('inbox.status', 'in', statuses)
            .whereRef('steps.fact_key', '=', 'facts.key')
            .where('steps.status', '=', 'failed')
            // Without a contact no action was tried.
            .where('steps.name', '!=', 'contact'),
        );
      return where.not(where.and([failedIn(['failed', 'ignored']), where.not(failedIn(['stored', 'running']))]));
    })
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

/** Of each referral: the contact of the member who made it, by the member's record. */
async function loadReferringContacts(
  db: Db,
  connectionId: string,
  records: Awaited<ReturnType<typeof loadRecords>>,
): Promise<Map<string, string>> {
  const referrals = records.filter(({ kind }) => kind === 'referral');
  const memberIds = referrals.map(({ data }) => String(data?.['referringMemberId'] ?? '')).filter((id) => id !== '');
  if (memberIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('records as member')
    .innerJoin('records as contact', (join) =>
      join.onRef('contact.customer_id', '=', 'member.customer_id').on('contact.kind', '=', 'contact'),
    )
    .select(['member.vendor_id as member_id', 'contact.vendor_id as contact_id'])
    .where('member.connection_id', '=', connectionId)
    .where('member.kind', '=', 'member')
    .where('member.linked_at', 'is not', null)
    .where('member.vendor_id', 'in', memberIds)
    .execute();
  const contacts = new Map(rows.map(({ member_id, contact_id }) => [member_id, contact_id]));
  return new Map(
    referrals.flatMap(({ id, data }) => {
      const contactId = contacts.get(String(data?.['referringMemberId'] ?? ''));
      return contactId === undefined ? [] : [[id, contactId] as const];
    }),
  );
}

interface BaselineRow {
  side: 'ghl' | 'rr' | 'record';
  field: string;
  value: unknown;
  pending: unknown;
  refused: unknown;
}

function fieldBaselines(rows: readonly BaselineRow[]): Record<string, FieldBaseline> {
  const fields: Record<string, { ghl?: SideBaseline; rr?: SideBaseline }> = {};
  for (const { side, field, value, pending, refused } of rows) {
    if (side === 'record') continue;
    const texts = {
      ...(typeof pending === 'string' ? { pending } : {}),
      ...(typeof refused === 'string' ? { refused } : {}),
    };
    fields[field] = { ...fields[field], [side]: { value: value ?? null, ...texts } };
  }
  return fields;
}

function toLine(row: { reference: string; text: string; due_date: string | null; done: boolean }): Line {
  return { reference: row.reference, kind: 'task', text: row.text, dueDate: row.due_date, done: row.done };
}
