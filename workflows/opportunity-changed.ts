import { trigger } from './support/customer.ts';

/**
 * An opportunity was won, lost or moved to another stage: a status is proposed for the customer's referral, and held for a person's
 * approval unless a rule allows it.
 *
 * Cost: 1 vendor call, 2 workflow tasks, 1 activity (observe), 3 local activities.
 */
export const opportunityChanged = trigger('opportunity', async (pass) => {
  await pass.observe('ghl', 'observeOpportunity');
  return pass.settle();
});
