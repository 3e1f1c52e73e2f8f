import { trigger } from './support/customer.ts';

/**
 * A contact shall not be e-mailed, or again may be: its address is put on Referral Rock's opt-out list, or taken off if we had put
 * it there.
 *
 * Cost: 3 vendor calls, 4 workflow tasks, 3 activities (observe contact, observe opt-out, write), 3 local activities.
 */
export const dndChanged = trigger('dnd', async (pass) => {
  await pass.observe('ghl', 'observeContact');
  await pass.observe('referral-rock', 'observeOptOut');
  return pass.settle();
});
