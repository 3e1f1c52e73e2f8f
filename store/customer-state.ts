import type {
  CandidateState,
  ContactHighlights,
  ContactState,
  CustomerState,
  Fact,
  FactKind,
  FieldBaseline,
  ItemKind,
  ItemState,
  Line,
  LinkHighlights,
  LinkKind,
  LinkState,
  Seen,
  SideBaseline,
} from '../rules/state.ts';
import { loadDecided, loadOpenApprovals } from './approvals.ts';
import { loadConnectionState, loadRules } from './connection-state.ts';
import type { Db } from './database.ts';
import type { EventStatus } from './schema.ts';
import { loadUndo } from './undo.ts';

/** What a plan is about: the record whose rows it closes, and the story that is told of it. */
export interface Focus {
  customerId: string;
  recordId: string;
  trigger: string;
  rowIds: readonly string[];
}

/** All that a plan is made from, as the store has it now. */
export async function loadCustomerState(db: Db, focus: Focus, now: Date): Promise<CustomerState> {
  const { customerId, trigger } = focus;
  const [connection, rules, records] = await Promise.all([
    loadConnectionState(db, customerId),
    loadRules(db, customerId),
    loadRecords(db, customerId),
  ]);
  const ids = records.map(({ id }) => id);
  const linkIds = records.filter(({ kind }) => kind === 'referral').map(({ id }) => id);
  const [baselines, candidates, lines, facts, referrers, approvals, decided, undo] = await Promise.all([
    db.selectFrom('baselines').selectAll().where('record_id', 'in', ids).execute(),
    loadCandidates(db, customerId, focus.recordId),
    loadLines(db, linkIds),
    loadFacts(db, focus.recordId),
    loadReferringContacts(db, connection.id, records),
    loadOpenApprovals(db, ids),
    trigger === 'approval' ? loadDecided(db, focus.rowIds) : undefined,
    trigger === 'undo' ? loadUndo(db, focus.rowIds) : undefined,
  ]);
  const seenOf = <Value>(recordId: string): Seen<Value> | undefined => {
    const seen = baselines.find(
      (row) => row.record_id === recordId && row.side === 'record' && row.field === 'highlights',
    );
    return seen && { value: seen.value as unknown as Value, version: seen.version };
  };
  const contactRow = records.find(({ kind, gone_at, data }) => kind === 'contact' && gone_at === null && data !== null);
  const contact: ContactState | undefined = contactRow && {
    recordId: contactRow.id,
    contactId: contactRow.vendor_id,
    data: contactRow.data ?? {},
    seen: seenOf<ContactHighlights>(contactRow.id),
  };
  const links = records
    .filter(({ kind }) => kind === 'referral' || kind === 'member')
    .map((row): LinkState => ({
      recordId: row.id,
      kind: row.kind as LinkKind,
      vendorId: row.vendor_id,
      data: row.data ?? {},
      gone: row.gone_at !== null,
      linked: row.linked_at !== null,
      baselines: fieldBaselines(baselines.filter(({ record_id }) => record_id === row.id)),
      seen: seenOf<LinkHighlights>(row.id),
      candidates: candidates.filter(({ recordId }) => recordId === row.id).map(({ candidate }) => candidate),
      referringContactId: referrers.get(row.id),
      lines: lines.filter(({ record_id }) => record_id === row.id).map(toLine),
    }));
  const items = records
    .filter(({ kind }) => kind !== 'contact' && kind !== 'referral' && kind !== 'member')
    .map((row): ItemState => ({
      recordId: row.id,
      kind: row.kind as ItemKind,
      vendorId: row.vendor_id,
      parentId: row.parent_id,
      data: row.data ?? {},
      gone: row.gone_at !== null,
      ours: row.ours,
      seen: seenOf(row.id),
    }));
  const contactGone =
    contact === undefined && records.some(({ kind, gone_at }) => kind === 'contact' && gone_at !== null);
  return {
    customerId,
    connection,
    rules,
    now: now.toISOString(),
    trigger,
    focus: focus.recordId,
    contact,
    contactGone,
    links,
    items,
    facts,
    approvals,
    decided,
    undo,
  };
}

function loadRecords(db: Db, customerId: string) {
  return db
    .selectFrom('records')
    .leftJoin('snapshots', 'snapshots.record_id', 'records.id')
    .select(['records.id', 'kind', 'vendor_id', 'parent_id', 'ours', 'linked_at', 'gone_at', 'snapshots.data'])
    .where('customer_id', '=', customerId)
    .orderBy('records.created_at')
    .execute();
}

/** Of the focus record; of every link, when the focus is a contact that may be gone. */
async function loadCandidates(
  db: Db,
  customerId: string,
  focus: string,
): Promise<{ recordId: string; candidate: CandidateState }[]> {
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
    .select([
      'candidates.record_id',
      'candidates.contact_id',
      'candidates.data',
      'snapshots.data as newer',
      'blocks',
      'contact.customer_id',
    ])
    .where((where) =>
      where.or([
        where('candidates.record_id', '=', focus),
        where.and([
          where('link.customer_id', '=', customerId),
          where.exists(
            where
              .selectFrom('records as own')
              .select('own.id')
              .where('own.id', '=', focus)
              .where('own.kind', '=', 'contact'),
          ),
        ]),
      ]),
    )
    .execute();
  return rows.map(({ record_id, contact_id, data, newer, blocks, customer_id }) => ({
    recordId: record_id,
    candidate: {
      contactId: contact_id,
      data: newer ?? data,
      blocks,
      owner:
        customer_id === null
          ? { kind: 'none' }
          : customer_id === customerId
            ? { kind: 'this' }
            : { kind: 'other', customerId: customer_id },
    },
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

function loadLines(db: Db, referralIds: readonly string[]) {
  if (referralIds.length === 0) return Promise.resolve([]);
  return db
    .selectFrom('lines')
    .selectAll()
    .where('record_id', 'in', [...referralIds])
    .orderBy('seq')
    .execute();
}

function toLine(row: Awaited<ReturnType<typeof loadLines>>[number]): Line {
  return {
    reference: row.reference,
    kind: row.kind as Line['kind'],
    text: row.text,
    dueDate: row.due_date,
    done: row.done,
    itemId: row.item_id,
    source: row.source,
    typed: row.typed,
    vanished: row.vanished,
    removed: row.removed_at !== null,
  };
}
