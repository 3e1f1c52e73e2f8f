import { trigger } from './support/customer.ts';

/**
 * A member joined or was edited: its contact in GHL is found or made, tagged as a member, and kept in step.
 *
 * Cost of an edit of a linked member: 2 vendor calls, 3 workflow tasks, 2 activities (observe, update), 3 local activities.
 */
export const memberChanged = trigger('member', async (pass) => {
  const { linked } = await pass.observe('referral-rock', 'observeMember');
  if (!linked) await pass.observe('ghl', 'findContact');
  return pass.settle();
});
