import type { Action } from '../rule-set.ts';
import { onboardingSeries } from './onboarding-series.ts';
import { appointmentShowed, dealAmount } from './proposals.ts';
import { askForReferral, memberWelcome, rewardThankYou, stalePending } from './tasks.ts';

/** Automations to take as they are, or to begin from: none acts before a person has added it to a rule set. */
export const readyAutomations: readonly Action[] = [
  onboardingSeries,
  stalePending,
  appointmentShowed,
  dealAmount,
  askForReferral,
  rewardThankYou,
  memberWelcome,
];
