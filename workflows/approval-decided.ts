import { trigger } from './support/customer.ts';

/**
 * A person decided on what was held: its record is read afresh, and if it still is what was decided on, the held steps are
 * carried out; else the approval is superseded.
 *
 * Cost: 3 workflow tasks, 2 activities (observe, the held step), 3 local activities.
 */
export const approvalDecided = trigger('approval', async (pass) => {
  const { ambiguous } = await pass.observe('referral-rock', 'observeDecided');
  if (ambiguous) await pass.observe('ghl', 'findContact');
  return pass.settle();
});
