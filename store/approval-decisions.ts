import { sql } from 'kysely';
import type { ApprovalDraft, ApprovalKind } from '../rules/plan.ts';
import type { RecordKind } from '../rules/records.ts';
import type { Db } from './database.ts';
import { addOwnRow } from './own-rows.ts';

/** An approval as a person sees it; `proposal`, `candidates` and the sentences hold personal data. */
export interface ApprovalLine {
  id: string;
  connectionId: string;
  kind: ApprovalKind;
  trigger: string;
  /** The kind and vendor's id of the record that it is about. */
  record: { kind: string; id: string };
  /** The customer's contact, if there is one. */
  contactId: string | null;
  proposal: Record<string, unknown>;
  pays: string[];
  candidates: ApprovalDraft['candidates'];
  sentence: string;
  createdAt: Date;
  outcome: 'approved' | 'denied' | 'superseded' | null;
  decidedAt: Date | null;
  decidedBy: string | null;
}

/** What a person says to an approval; an ambiguous one that is approved names one of its candidates. */
export interface Choice {
  approve: boolean;
  contactId?: string | undefined;
  referralId?: string | undefined;
}

/** What became of a decision; `decided` before: as what, and by whom. */
export type Deciding =
  | { outcome: 'approved' | 'denied' }
  | { outcome: 'unknown' }
  | { outcome: 'decided'; as: string; by: string | null }
  | { outcome: 'no such choice'; candidates: ApprovalDraft['candidates'] };

/** The open approvals, oldest first; with `all`, also the last thousand decided ones, newest first. */
export async function listApprovals(db: Db, all: boolean): Promise<ApprovalLine[]> {
  const open = await lines(db).where('a.outcome', 'is', null).orderBy('a.created_at').execute();
  if (!all) return open;
  const decided = await lines(db)
    .where('a.outcome', 'is not', null)
    .orderBy('a.decided_at', 'desc')
    .limit(1000)
    .execute();
  return [...open, ...decided];
}

/**
 * Decides an open approval, once, and has its customer's pass carry that out. A choice that is none of the candidates of an
 * ambiguous one decides nothing.
 */
export async function decideApproval(db: Db, id: string, choice: Choice, by: string): Promise<Deciding> {
  return db.transaction().execute(async (tx) => {
    const approval = await tx
      .selectFrom('approvals')
      .innerJoin('records', 'records.id', 'approvals.record_id')
      .select(['approvals.connection_id', 'approvals.kind', 'candidates', 'outcome', 'decided_by'])
      .select(['records.kind as record_kind', 'records.vendor_id'])
      .where('approvals.id', '=', id)
      .forUpdate('approvals')
      .executeTakeFirst();
    if (!approval) return { outcome: 'unknown' };
    if (approval.outcome !== null) return { outcome: 'decided', as: approval.outcome, by: approval.decided_by };
    if (!isAmong(approval, choice)) return { outcome: 'no such choice', candidates: approval.candidates };
    const outcome = choice.approve ? 'approved' : 'denied';
    const { contactId = null, referralId = null } = choice.approve ? choice : {};
    await tx
      .updateTable('approvals')
      .set({ outcome, decided_at: sql<Date>`now()`, decided_by: by, contact_id: contactId, referral_id: referralId })
      .where('id', '=', id)
      .execute();
    const about =
      referralId === null
        ? { kind: approval.record_kind as RecordKind, vendorId: approval.vendor_id }
        : { kind: 'referral' as const, vendorId: referralId };
    const { connection_id: connectionId } = approval;
    await addOwnRow(tx, { connectionId, event: 'ApprovalDecided', trigger: 'approval', ...about, cause: id });
    return { outcome };
  });
}

/** Only an ambiguous one has something to choose, and one candidate must be chosen to approve it. */
function isAmong(
  { kind, candidates }: { kind: ApprovalKind; candidates: ApprovalDraft['candidates'] },
  { approve, contactId, referralId }: Choice,
): boolean {
  const chosen = contactId !== undefined || referralId !== undefined;
  if (kind !== 'ambiguous') return !chosen;
  if (!approve) return true;
  return chosen && candidates.some((one) => one.contactId === contactId && one.referralId === referralId);
}

function lines(db: Db) {
  return db
    .selectFrom('approvals as a')
    .innerJoin('records as r', 'r.id', 'a.record_id')
    .leftJoin('records as c', (join) =>
      join.onRef('c.customer_id', '=', 'r.customer_id').on('c.kind', '=', 'contact').on('c.gone_at', 'is', null),
    )
    .select([
      'a.id',
      'a.connection_id as connectionId',
      'a.kind',
      'a.trigger',
      sql<{ kind: string; id: string }>`jsonb_build_object('kind', r.kind, 'id', r.vendor_id)`.as('record'),
      'c.vendor_id as contactId',
      'a.proposal',
      'a.pays',
      'a.candidates',
      'a.sentence',
      'a.created_at as createdAt',
      'a.outcome',
      'a.decided_at as decidedAt',
      'a.decided_by as decidedBy',
    ]);
}
