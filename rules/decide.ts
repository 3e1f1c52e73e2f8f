import { withCauses } from './facts/causes.ts';
import { decideApproval } from './decisions/decide-approval.ts';
import { decideAutomation } from './decisions/decide-automation.ts';
import { decideContact } from './decisions/decide-contact.ts';
import { decideAppointment, decideNote, decideTask } from './decisions/decide-items.ts';
import { decideLink } from './decisions/decide-link.ts';
import { decideConnection, decideProgram } from './decisions/decide-program.ts';
import { decideOpportunity } from './decisions/decide-opportunity.ts';
import { decideReward } from './decisions/decide-reward.ts';
import { decideUnsubscribe } from './decisions/decide-unsubscribe.ts';
import { decideUndo } from './undo/decide-undo.ts';
import { act, type Decision } from './plan.ts';
import type { CustomerState } from './state.ts';
import { noteOfTagging } from './facts/own-tags.ts';

/** The decision of each trigger's story, by the trigger's name. */
const decisions: Readonly<Record<string, (state: CustomerState) => Decision>> = {
  contact: decideContact,
  tags: decideContact,
  dnd: decideContact,
  referral: decideLink,
  member: decideLink,
  task: decideTask,
  note: decideNote,
  appointment: decideAppointment,
  reward: decideReward,
  opportunity: decideOpportunity,
  unsubscribe: decideUnsubscribe,
  program: decideProgram,
  connection: decideConnection,
  approval: decideApproval,
  undo: decideUndo,
  automation: decideAutomation,
};

/**
 * Decides what the rows of the focus record lead to. Pure: the same state gives the same decision. A step of effect `money` is
 * held for a person, unless a rule allows it by name.
 */
export function decide(state: CustomerState): Decision {
  const tell = decisions[state.trigger];
  const decided = tell?.(state) ?? act({ sentences: [`nothing to do: no rule is about ${state.trigger}`] });
  if (decided.outcome !== 'act') return decided;
  const { plan } = decided;
  return act({
    ...plan,
    facts: withCauses(plan.facts, state.writes),
    waiting: withCauses(plan.waiting, state.writes),
    highlights: [...plan.highlights, ...noteOfTagging(state, plan)],
  });
}
