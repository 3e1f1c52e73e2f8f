import type { Transaction } from 'kysely';
import type { ClaimKey, PlanDraft } from '../rules/plan.ts';
import type { Fact } from '../rules/records.ts';
import type { CustomerState } from '../rules/state.ts';
import { toJson } from './json.ts';
import { type StoredPlan, toStoredPlan } from './plans.ts';
import { newId } from './records.ts';
import type { Tables } from './schema.ts';
import { storeSteps } from './step-drafts.ts';

/** What a plan is stored under. */
export interface PlanFrame {
  customerId: string;
  passKey: string;
  trigger: string;
  rowIds: readonly string[];
  runId: string;
  /** The name of a claim's key in the store: no address stands in it. */
  claimKeyOf: (claim: ClaimKey) => string;
}

/**
 * Stores a plan with its steps and facts: the intent, written before any call. In observe mode only the intent, and what a first
 * sight of a record takes note of: whatever else a closing plan would move is left out, and no step is to be carried out. What it
 * finds for other customers is decided there as well. `contactRecordId`: the record of the customer's contact.
 */
export async function storePlan(
  tx: Transaction<Tables>,
  frame: PlanFrame,
  state: CustomerState,
  plan: PlanDraft,
  contactRecordId: string | null,
): Promise<StoredPlan> {
  const live = state.connection.mode === 'live';
  const planId = newId();
  await tx
    .insertInto('plans')
    .values({
      id: planId,
      connection_id: state.connection.id,
      customer_id: frame.customerId,
      pass_key: frame.passKey,
      focus: state.focus,
      trigger: frame.trigger,
      mode: state.connection.mode,
      status: 'open',
      ends: plan.ends,
      links: plan.link !== null && (live || !('step' in plan.link)),
      sentence: null,
      sentences: toJson(plan.sentences),
      row_ids: toJson(frame.rowIds),
      merges: toJson(mergesToKeep(state, plan, live)),
      highlights: toJson(live ? plan.highlights : firstHighlights(state, plan)),
      lines: toJson(live ? plan.lines : []),
      findings: toJson(plan.findings),
      runs: toJson(live ? plan.runs : []),
      approvals: toJson(live ? plan.approvals : []),
      superseded: toJson(live ? plan.superseded : []),
      fact_keys: toJson(live ? plan.facts.map(({ key }) => key) : []),
      run_id: frame.runId,
    })
    .execute();
  if (live) await storeFacts(tx, state.connection.id, [...plan.facts, ...plan.waiting]);
  const steps = await storeSteps(tx, plan.steps, {
    planId,
    live,
    contactRecordId,
    claimKeyOf: frame.claimKeyOf,
  });
  return toStoredPlan(planId, steps);
}

/**
 * Observing stores the baselines of a first match; later changes move none: of a contact that we have just made, what differs was
 * changed since.
 */
function mergesToKeep(state: CustomerState, plan: PlanDraft, live: boolean): PlanDraft['merges'] {
  if (live) return plan.merges;
  const focus = state.links.find(({ recordId }) => recordId === state.focus);
  return focus && !focus.linked && plan.link && !('step' in plan.link)
    ? plan.merges
        .filter(({ written }) => !written || !state.contact?.ours)
        .map(({ recordId, field, ghl, rr }) => ({ recordId, field, ghl, rr }))
    : [];
}

/** Observing takes note of a record when it first sees it, so that what happens to it later is a fact; of none that would first get a contact. */
function firstHighlights(
  { contact, goneContact, links, items }: CustomerState,
  plan: PlanDraft,
): PlanDraft['highlights'] {
  if (plan.link && 'step' in plan.link) return [];
  const records = [...(contact ? [contact] : []), ...links, ...items];
  const noted = new Set(records.flatMap(({ recordId, seen }) => (seen ? [recordId] : [])));
  return plan.highlights.filter(
    ({ recordId, step }) => step === undefined && !noted.has(recordId) && recordId !== goneContact?.recordId,
  );
}

async function storeFacts(tx: Transaction<Tables>, connectionId: string, facts: readonly Fact[]): Promise<void> {
  if (facts.length === 0) return;
  await tx
    .insertInto('facts')
    .values(
      facts.map(({ key, recordId, kind, version, data, cause, depth }) => ({
        key,
        connection_id: connectionId,
        record_id: recordId,
        kind,
        version,
        data: toJson(data),
        cause: cause ?? null,
        depth: depth ?? 0,
      })),
    )
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute();
}
