import type { Transaction } from 'kysely';
import type { CustomerState, Decision, PlanDraft } from '../rules/state.ts';
import { NOTHING } from '../rules/plan.ts';
import { claim, holderOf, waitForClaim } from './claims.ts';
import type { Db } from './database.ts';
import { adoptContact, belongsTo, moveRecord } from './moves.ts';
import { giveUpPlan, type PlanFrame, planOfPass, type StoredPlan, storePlan, unfinishedPlan } from './plans.ts';
import { candidateOf, saveSnapshot } from './records.ts';
import type { Tables } from './schema.ts';

export interface DecisionFrame extends PlanFrame {
  /** A plan that was made from outdated values: given up in the same transaction. */
  insteadOf: string | undefined;
  emailKeyOf: (email: unknown) => string | null;
}

/**
 * Stores a decision in one transaction: a plan, a move to another customer, or a wait for another customer's claim. Answers the
 * plan, if it is one.
 */
export async function storeDecision(
  db: Db,
  frame: DecisionFrame,
  state: CustomerState,
  decision: Decision,
): Promise<StoredPlan | undefined> {
  return db.transaction().execute(async (tx) => {
    const stored = await planOfPass(tx, frame.passKey);
    if (stored) return stored;
    if (frame.insteadOf !== undefined) await giveUpPlan(tx, frame.insteadOf);
    // A run that Temporal has forgotten stored its plan after this one took its rows: that plan is carried on.
    const unfinished = await unfinishedPlan(tx, frame.customerId);
    if (unfinished) return unfinished;
    // An attempt that was counted as lost may come late, after its record has moved.
    if (!(await belongsTo(tx, state.focus, frame.customerId))) return undefined;
    if (decision.outcome === 'moved') {
      await moveRecord(tx, state.focus, decision.to);
      return undefined;
    }
    const live = state.connection.mode === 'live';
    const lost = live ? await claimCreates(tx, frame, state, decision.plan) : undefined;
    if (lost !== undefined) {
      const holder = await holderOf(tx, state.connection.id, lost);
      if (isRejected(state, holder)) return storePlan(tx, frame, state, heldBy(holder));
      await waitForClaim(tx, frame.customerId, lost, holder);
      return undefined;
    }
    const owner = await linkFound(tx, frame, state, decision.plan);
    if (owner !== undefined) {
      await moveRecord(tx, state.focus, owner);
      return undefined;
    }
    return storePlan(tx, frame, state, decision.plan);
  });
}

/** The claim's contact was read, and the matching rule did not take it for this person: to wait for it would be for ever. */
function isRejected(state: CustomerState, holder: string | undefined): holder is string {
  const focus = state.links.find(({ recordId }) => recordId === state.focus);
  return holder !== undefined && (focus?.candidates.some(({ contactId }) => contactId === holder) ?? false);
}

function heldBy(contactId: string): PlanDraft {
  return {
    ...NOTHING,
    ends: 'held',
    sentences: [
      `held: contact ${contactId} stands for this e-mail or phone and last name, but is not surely the same person; make them differ, then retry`,
    ],
  };
}

async function claimCreates(
  tx: Transaction<Tables>,
  frame: DecisionFrame,
  state: CustomerState,
  plan: PlanDraft,
): Promise<string | undefined> {
  const keys = plan.steps.flatMap(({ claims }) => claims.map(frame.claimKeyOf));
  return claim(tx, state.connection.id, frame.customerId, keys);
}

/** Makes a matched contact the customer's own; answers its owner if another customer was quicker. */
async function linkFound(
  tx: Transaction<Tables>,
  frame: DecisionFrame,
  state: CustomerState,
  { link }: PlanDraft,
): Promise<string | undefined> {
  if (!link || 'step' in link) return undefined;
  const adopted = await adoptContact(tx, state.connection.id, frame.customerId, link.contactId, false);
  if ('ownedBy' in adopted) return adopted.ownedBy;
  const read = await candidateOf(tx, state.focus, link.contactId);
  if (read) await saveSnapshot(tx, adopted.recordId, read.data, frame.emailKeyOf(read.data['email']), read.readAt);
  return undefined;
}
