import { trigger } from './support/customer.ts';

/**
 * A person decided on what was held: its record is read afresh, and if it still is what was decided on, the held steps are
 * carried out; else the approval is superseded.
 *
 * Cost of an approved status with what follows (tag, note and the member's counts): 9 vendor calls, 8 workflow tasks, 6 activities (observe, set
 * the status; observe again, two tags, note), 6 local activities.
 */
export const approvalDecided = trigger('approval', async (pass) => {
  const { ambiguous } = await pass.observe('referral-rock', 'observeDecided');
  if (ambiguous) await pass.observe('ghl', 'findContact');
  return pass.settle();
});
