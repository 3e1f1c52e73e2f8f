import { trigger } from './support/customer.ts';

/**
 * A referral was added, edited or given another status: its contact in GHL is found or made, told apart by tags, given its
 * onboarding task and a note of what happened, and kept in step.
 *
 * Cost of an edit of a linked referral: 2 vendor calls, 3 workflow tasks, 2 activities (observe, update), 3 local activities. A new
 * referral with a new contact: 6 workflow tasks and 7 activities, of which 5 one after another (observe, find, create, task, update).
 */
export const referralChanged = trigger('referral', async (pass) => {
  const { linked } = await pass.observe('referral-rock', 'observeReferral');
  if (!linked) await pass.observe('ghl', 'findContact');
  return pass.settle();
});
