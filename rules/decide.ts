import { withCauses } from './causes.ts';
import { decideApproval } from './decide-approval.ts';
import { decideAutomation } from './decide-automation.ts';
import { decideContact } from './decide-contact.ts';
import { decideAppointment, decideNote, decideTask } from './decide-items.ts';
import { decideLink } from './decide-link.ts';
import { decideConnection, decideProgram } from './decide-program.ts';
import { decideOpportunity } from './decide-opportunity.ts';
import { decideReward } from './decide-reward.ts';
import { decideUnsubscribe } from './decide-unsubscribe.ts';
import { decideUndo } from './decide-undo.ts';
import { act } from './plan.ts';
import type { CustomerState, Decision } from './state.ts';

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
  if (!tell) return act({ sentences: [`nothing to do: no rule is about ${state.trigger}`] });
  const decision = tell(state);
  if (decision.outcome !== 'act') return decision;
  const [facts, waiting] = [decision.plan.facts, decision.plan.waiting].map((all) => withCauses(all, state.writes));
  return { outcome: 'act', plan: { ...decision.plan, facts: facts ?? [], waiting: waiting ?? [] } };
}
