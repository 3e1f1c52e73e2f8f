import { trigger } from './support/customer.ts';

/**
 * A person opted out of Referral Rock's e-mails: the contact of that address is tagged, and if a rule says so no longer e-mailed by
 * GHL either.
 *
 * Cost: 3 vendor calls, 4 workflow tasks, 3 activities (observe opt-out, observe contact, tag), 3 local activities.
 */
export const emailUnsubscribed = trigger('unsubscribe', async (pass) => {
  await pass.observe('referral-rock', 'observeOptOut');
  await pass.observe('ghl', 'observeOwnContact');
  return pass.settle();
});
