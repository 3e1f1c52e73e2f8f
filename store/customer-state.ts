import type {
  ContactHighlights,
  ContactState,
  CustomerState,
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
import { loadConnection } from './connection-state.ts';
import { loadCandidates, loadFacts, loadLines, loadRecords, loadReferringContacts } from './customer-reads.ts';
import type { Db } from './database.ts';
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
  const contacts = records.filter(({ kind }) => kind === 'contact');
  const toContact = (row: (typeof records)[number]): ContactState => ({
    recordId: row.id,
    contactId: row.vendor_id,
    data: row.data ?? {},
    ours: row.ours,
    seen: seenOf<ContactHighlights>(row.id),
    emailKey: row.email_key,
  });
  const contactRow = contacts.find(({ gone_at, data }) => gone_at === null && data !== null);
  const contact = contactRow && toContact(contactRow);
  const goneRow = contact ? undefined : contacts.findLast(({ gone_at }) => gone_at !== null);
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
  return {
    customerId,
    connection,
    rules,
    now: now.toISOString(),
    trigger,
    focus: focus.recordId,
    contact,
    contactGone: goneRow !== undefined,
    ...(goneRow ? { goneContact: toContact(goneRow) } : {}),
    links,
    items,
    facts,
    approvals,
    decided,
    undo,
  };
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
