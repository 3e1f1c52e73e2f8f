import { decideApproval } from './decide-approval.ts';
import { decideContact } from './decide-contact.ts';
import { decideLink } from './decide-link.ts';
import { decideOpportunity } from './decide-opportunity.ts';
import { decideReward } from './decide-reward.ts';
import { act } from './plan.ts';
import type { CustomerState, Decision } from './state.ts';

/** The decision of each trigger's story, by the trigger's name. */
const decisions: Readonly<Record<string, (state: CustomerState) => Decision>> = {
  contact: decideContact,
  referral: decideLink,
  member: decideLink,
  reward: decideReward,
  opportunity: decideOpportunity,
  approval: decideApproval,
};

/**
 * Decides what the rows of the focus record lead to. Pure: the same state gives the same decision. A step of effect `money` is
 * held for a person, unless a rule allows it by name.
 */
export function decide(state: CustomerState): Decision {
  const decision = decisions[state.trigger];
  return decision ? decision(state) : act({ sentences: [`nothing to do: no rule is about ${state.trigger}`] });
}
