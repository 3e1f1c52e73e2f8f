import { trigger } from './support/customer.ts';

/**
 * The app was installed on the connection's location, or taken off it: one harmless read at each vendor tells whether the
 * connection works; one that does not is marked and not rung for a while.
 *
 * Cost: 2 vendor calls, 3 workflow tasks, 2 activities (one read at each vendor), 3 local activities.
 */
export const connection = trigger('connection', async (pass) => {
  await pass.observe('ghl', 'checkConnection');
  await pass.observe('referral-rock', 'checkConnection');
  return pass.settle();
});
