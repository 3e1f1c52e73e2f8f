import type { Transaction } from 'kysely';
import type { Decision, PlanDraft } from '../rules/plan.ts';
import type { CustomerState } from '../rules/state.ts';
import { claimSteps, withoutWhatIsDone } from './claim-creates.ts';
import type { Db } from './database.ts';
import { adoptContact, belongsTo, moveRecord } from './moves.ts';
import { type PlanFrame, storePlan } from './plan-drafts.ts';
import { giveUpPlan, planInTheWay, type StoredPlan } from './plans.ts';
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
    const isStillHere = await belongsTo(tx, state.focus, frame.customerId);
    if (frame.insteadOf !== undefined) await giveUpPlan(tx, frame.insteadOf);
    // Of this pass, or of a run that Temporal has forgotten and that stored it after this one took its rows: it is carried on.
    const unfinished = await planInTheWay(tx, frame.passKey, frame.customerId);
    if (unfinished) return unfinished;
    // An attempt that was counted as lost may come late, after its record has moved.
    if (!isStillHere) return undefined;
    if (decision.outcome === 'moved') {
      await moveRecord(tx, state.focus, decision.to);
      return undefined;
    }
    const due = await withoutWhatIsDone(tx, frame, state, decision.plan);
    const plan = state.connection.mode === 'live' ? await claimSteps(tx, frame, state, due) : due;
    if (!plan) return undefined;
    const found = await linkFound(tx, frame, state, plan);
    if (found && 'ownedBy' in found) {
      await moveRecord(tx, state.focus, found.ownedBy);
      return undefined;
    }
    return storePlan(tx, frame, state, plan, found?.recordId ?? state.contact?.recordId ?? null);
  });
}

/** Makes a matched contact the customer's own; answers its owner if another customer was quicker, undefined where none was matched. */
async function linkFound(
  tx: Transaction<Tables>,
  frame: DecisionFrame,
  state: CustomerState,
  { link }: PlanDraft,
): Promise<Awaited<ReturnType<typeof adoptContact>> | undefined> {
  if (!link || 'step' in link) return undefined;
  const adopted = await adoptContact(tx, state.connection.id, frame.customerId, link.contactId, false);
  if ('ownedBy' in adopted) return adopted;
  const read = await candidateOf(tx, state.focus, link.contactId);
  if (read) await saveSnapshot(tx, adopted.recordId, read.data, frame.emailKeyOf(read.data['email']), read.readAt);
  return adopted;
}
