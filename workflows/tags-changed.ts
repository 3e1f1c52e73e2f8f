import { trigger } from './support/customer.ts';

/**
 * The tags of a GHL contact changed: they stand joined in a custom slot of its referrals and members, and a tag may make a
 * member of it.
 *
 * Cost of a change that reaches one referral: 2 vendor calls, 3 workflow tasks, 2 activities (observe, update), 3 local activities.
 */
export const tagsChanged = trigger('tags', async (pass) => {
  const { mayJoin } = await pass.observe('ghl', 'observeContact');
  if (mayJoin) await pass.observe('referral-rock', 'findMember');
  return pass.settle();
});
