import { trigger } from './support/customer.ts';

/**
 * A GHL contact was created, edited or deleted: its linked referrals and members in Referral Rock follow. Where a deleted one's
 * address lives on in another contact, its links are proposed to move there.
 *
 * Cost of an edit that reaches one referral: 2 vendor calls, 3 workflow tasks, 2 activities (observe, update), 3 local activities.
 */
export const contactChanged = trigger('contact', async (pass) => {
  const { gone } = await pass.observe('ghl', 'observeContact');
  if (gone) await pass.observe('ghl', 'findContact');
  return pass.settle();
});
