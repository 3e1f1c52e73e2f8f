import { trigger } from './support/customer.ts';

/**
 * A GHL contact was created or edited: its linked referrals and members in Referral Rock follow.
 *
 * Cost of an edit that reaches one referral: 3 workflow tasks, 2 activities (observe, update), 3 local activities.
 */
export const contactChanged = trigger('contact', async (pass) => {
  await pass.observe('ghl', 'observeContact');
  return pass.settle();
});
