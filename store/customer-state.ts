import type {
  ContactHighlights,
  ContactState,
  FieldBaseline,
  ItemKind,
  ItemState,
  Line,
  LinkHighlights,
  LinkKind,
  LinkState,
  Seen,
  SideBaseline,
} from '../rules/records.ts';
import type { CustomerState } from '../rules/state.ts';
import { loadDecided, loadOpenApprovals } from './approvals.ts';
import { loadConnection } from './connection-state.ts';
import { loadCandidates, loadFacts, loadLines, loadRecords, loadReferringContacts } from './customer-reads.ts';
import type { Db } from './database.ts';
import { loadDueRun, loadOpenRuns, loadOwnWrites } from './runs.ts';
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
  const [{ connection, rules }, records] = await Promise.all([
    loadConnection(db, customerId),
    loadRecords(db, customerId),
  ]);
  const ids = records.map(({ id }) => id);
  const referralIds = records.filter(({ kind }) => kind === 'referral').map(({ id }) => id);
  const [baselines, candidates, lines, referrers, facts, approvals, decided, undo, run, runs, writes] =
    await Promise.all([
      db.selectFrom('baselines').selectAll().where('record_id', 'in', ids).execute(),
      loadCandidates(db, customerId, unsettled(records, focus.recordId)),
      loadLines(db, referralIds),
      loadReferringContacts(db, connection.id, records),
      loadFacts(db, focus.recordId),
      loadOpenApprovals(db, ids),
      trigger === 'approval' ? loadDecided(db, focus.rowIds) : undefined,
      trigger === 'undo' ? loadUndo(db, focus.rowIds) : undefined,
      trigger === 'automation' ? loadDueRun(db, focus.rowIds) : undefined,
      loadOpenRuns(db, ids),
      loadOwnWrites(db, customerId),
    ]);
  const known: Known = { baselines, candidates, lines, referrers };
  const frame = { customerId, connection, rules, now: now.toISOString(), trigger, focus: focus.recordId };
  return { ...frame, ...peopleOf(records, known), facts, approvals, decided, undo, run, runs, writes };
}

/** What is known of a customer's records besides what was read of them. */
interface Known {
  baselines: readonly (BaselineRow & { record_id: string; version: number })[];
  candidates: Awaited<ReturnType<typeof loadCandidates>>;
  lines: Awaited<ReturnType<typeof loadLines>>;
  referrers: Awaited<ReturnType<typeof loadReferringContacts>>;
}

type RecordRow = Awaited<ReturnType<typeof loadRecords>>[number];

/** The contact, or what it last was; the members and referrals; all else. */
function peopleOf(
  records: readonly RecordRow[],
  known: Known,
): Pick<CustomerState, 'contact' | 'goneContact' | 'links' | 'items'> {
  const contacts = records.filter(({ kind }) => kind === 'contact');
  const contact = contacts.find(({ gone_at, data }) => gone_at === null && data !== null);
  const gone = contact ? undefined : contacts.findLast(({ gone_at }) => gone_at !== null);
  return {
    contact: contact && toContact(contact, known),
    ...(gone ? { goneContact: toContact(gone, known) } : {}),
    links: records.filter(isLink).map((row) => toLink(row, known)),
    items: records.filter((row) => row.kind !== 'contact' && !isLink(row)).map((row) => toItem(row, known)),
  };
}

function isLink({ kind }: RecordRow): boolean {
  return kind === 'referral' || kind === 'member';
}

/** Whose person may have to be found: the focus, or every link if that is the contact itself, which may be gone. */
function unsettled(records: readonly RecordRow[], focus: string): string[] {
  const isContact = records.some(({ id, kind }) => id === focus && kind === 'contact');
  return isContact ? records.filter(isLink).map(({ id }) => id) : [focus];
}

function toContact(row: RecordRow, known: Known): ContactState {
  return {
    recordId: row.id,
    contactId: row.vendor_id,
    data: row.data ?? {},
    ours: row.ours,
    seen: seenOf<ContactHighlights>(row.id, known),
    emailKey: row.email_key,
  };
}

function toLink(row: RecordRow, known: Known): LinkState {
  return {
    recordId: row.id,
    kind: row.kind as LinkKind,
    vendorId: row.vendor_id,
    data: row.data ?? {},
    gone: row.gone_at !== null,
    linked: row.linked_at !== null,
    baselines: fieldBaselines(known.baselines.filter(({ record_id }) => record_id === row.id)),
    seen: seenOf<LinkHighlights>(row.id, known),
    candidates: known.candidates.filter(({ recordId }) => recordId === row.id).map(({ candidate }) => candidate),
    referringContactId: known.referrers.get(row.id),
    lines: known.lines.filter(({ record_id }) => record_id === row.id).map(toLine),
  };
}

function toItem(row: RecordRow, known: Known): ItemState {
  return {
    recordId: row.id,
    kind: row.kind as ItemKind,
    vendorId: row.vendor_id,
    parentId: row.parent_id,
    data: row.data ?? {},
    gone: row.gone_at !== null,
    ours: row.ours,
    seen: seenOf(row.id, known),
  };
}

function seenOf<Value>(recordId: string, { baselines }: Known): Seen<Value> | undefined {
  const seen = baselines.find(
    (row) => row.record_id === recordId && row.side === 'record' && row.field === 'highlights',
  );
  return seen && { value: seen.value as Value, version: seen.version };
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
