import { trigger } from './support/customer.ts';

/**
 * A task of a contact was created, completed or deleted: its line in the referral's note follows.
 *
 * Cost: 3 vendor calls, 3 workflow tasks, 2 activities (observe; read the note and write it), 3 local activities.
 */
export const taskChanged = trigger('task', async (pass) => {
  await pass.observe('ghl', 'observeTask');
  return pass.settle();
});
