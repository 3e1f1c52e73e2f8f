import { trigger } from './support/customer.ts';

/**
 * A reward was added, changed, issued or deleted: a note on the contact of its recipient tells so, and a tag that it was issued.
 *
 * Cost of a new reward: 2 vendor calls, 3 workflow tasks, 2 activities (observe, note), 3 local activities.
 */
export const rewardChanged = trigger('reward', async (pass) => {
  await pass.observe('referral-rock', 'observeReward');
  return pass.settle();
});
