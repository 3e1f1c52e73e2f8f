import { trigger } from './support/customer.ts';

/**
 * A note of a contact was written, edited or deleted: its line in the referral's note follows.
 *
 * Cost: 3 vendor calls, 3 workflow tasks, 2 activities (observe; read the note and write it), 3 local activities.
 */
export const noteChanged = trigger('note', async (pass) => {
  await pass.observe('ghl', 'observeNote');
  return pass.settle();
});
