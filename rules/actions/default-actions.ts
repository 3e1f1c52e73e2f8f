import { memberActions } from './member-actions.ts';
import { opportunityActions } from './opportunity-actions.ts';
import { referralActions } from './referral-actions.ts';
import { rewardActions } from './reward-actions.ts';
import type { Action } from '../rule-set.ts';

/** The actions that ship, in the form that users write their own: switched, changed and joined by theirs by id. */
export const defaultActions: readonly Action[] = [
  ...referralActions,
  ...memberActions,
  ...rewardActions,
  ...opportunityActions,
];
