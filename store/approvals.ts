import { sql, type Transaction } from 'kysely';
import type { ApprovalDraft, PlanDraft, StepDraft } from '../rules/plan.ts';
import type { DecidedApproval, OpenApproval } from '../rules/state.ts';
import { fillAnswers } from '../rules/forms/templates.ts';
import type { Db } from './database.ts';
import { toJson } from './json.ts';
import { giveUpPlan } from './plans.ts';
import { newId, type Queryable } from './records.ts';
import type { EventStatus, Tables } from './schema.ts';
import { toDraft } from './planned-step.ts';

type Tx = Transaction<Tables>;

/** The plan that asks, as it closes. */
export interface AskingPlan {
  planId: string;
  connectionId: string;
  trigger: string;
}

/**
 * Stores what a person is asked. `heldPlanId` is the plan of the steps that wait for it, null where none do. A record has one open
 * approval: an older one of the same record is superseded, its held plan given up and its rows closed.
 */
export async function storeApprovals(
  tx: Tx,
  plan: AskingPlan,
  heldPlanId: string | null,
  drafts: readonly ApprovalDraft[],
): Promise<void> {
  for (const draft of drafts) {
    const older = await loadOpenApprovals(tx, [draft.recordId]);
    await supersede(
      tx,
      older.map(({ id }) => ({ approvalId: id, sentence: `A newer approval took its place: ${draft.sentence}` })),
    );
    await tx
      .insertInto('approvals')
      .values({
        id: newId(),
        connection_id: plan.connectionId,
        record_id: draft.recordId,
        // Without held steps, its rows are those of the plan that asked.
        plan_id: heldPlanId ?? plan.planId,
        kind: draft.kind,
        trigger: plan.trigger,
        proposal: toJson(draft.proposal),
        pays: toJson(draft.pays),
        candidates: toJson(draft.candidates),
        sentence: draft.sentence,
      })
      .execute();
  }
}

/** Closes open approvals that what happened has overtaken: nobody needs to decide them, what waited for them is given up. */
export async function supersede(tx: Tx, superseded: PlanDraft['superseded']): Promise<void> {
  for (const { approvalId, sentence } of superseded) {
    const closed = await tx
      .updateTable('approvals')
      .set({ outcome: 'superseded', decided_at: sql<Date>`now()` })
      .where('id', '=', approvalId)
      .where('outcome', 'is', null)
      .returning('plan_id')
      .executeTakeFirst();
    if (!closed) continue;
    await closeHeldRows(tx, approvalId, 'done', sentence);
    // That of one without held steps has closed long ago, and stays so.
    if (closed.plan_id !== null) await giveUpPlan(tx, closed.plan_id);
  }
}

/** Closes the rows that waited for an approval, but for those that wait for another one as well. */
export async function closeHeldRows(tx: Tx, approvalId: string, status: EventStatus, sentence: string): Promise<void> {
  await sql`
    update inbox set status = ${status}, sentence = ${sentence}, closed_at = now()
    where inbox.status = 'held' and inbox.id = any(array(
        select jsonb_array_elements_text(p.row_ids)::uuid from approvals a join plans p on p.id = a.plan_id where a.id = ${approvalId}
      ))
      and not exists (
        select from approvals other join plans held on held.id = other.plan_id
        where other.id <> ${approvalId} and other.outcome is null and held.row_ids @> to_jsonb(inbox.id::text)
      )`.execute(tx);
}

/** The approvals about these records that nobody has decided yet. */
export async function loadOpenApprovals(db: Queryable, recordIds: readonly string[]): Promise<OpenApproval[]> {
  if (recordIds.length === 0) return [];
  const rows = await db
    .selectFrom('approvals')
    .select(['id', 'kind', 'record_id', 'proposal'])
    .where('record_id', 'in', [...recordIds])
    .where('outcome', 'is', null)
    .execute();
  return rows.map(({ id, kind, record_id, proposal }) => ({ id, kind, recordId: record_id, proposal }));
}

/** The decision that these rows stand for, the newest of them: its steps as they were planned, without claims (see `toDraft`). */
export async function loadDecided(db: Db, rowIds: readonly string[]): Promise<DecidedApproval | undefined> {
  const row = await db
    .selectFrom('approvals')
    .innerJoin('inbox', (join) => join.on(sql<boolean>`inbox.cause = approvals.id::text`))
    .selectAll('approvals')
    .where('inbox.id', 'in', [...rowIds])
    .where('outcome', 'in', ['approved', 'denied'])
    .orderBy('decided_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    id: row.id,
    kind: row.kind,
    recordId: row.record_id,
    proposal: row.proposal,
    approved: row.outcome === 'approved',
    decidedBy: row.decided_by ?? '',
    contactId: row.contact_id,
    referralId: row.referral_id,
    steps: row.plan_id === null ? [] : await loadHeldSteps(db, row.plan_id),
  };
}

/** The steps of a plan that waits or waited; none of a plan that only asked. */
async function loadHeldSteps(db: Db, planId: string): Promise<StepDraft[]> {
  const steps = await db.selectFrom('steps').selectAll().where('plan_id', '=', planId).orderBy('n').execute();
  if (steps.every(({ status }) => status !== 'held')) return [];
  const done = steps.filter(({ status }) => status === 'done');
  const answers = Object.fromEntries(done.map(({ name, answer }) => [name, answer ?? {}]));
  const waiting = steps.filter(({ status }) => status !== 'done');
  return waiting.map((step) => fillAnswers(toDraft(step, waiting), answers));
}
