import { trigger } from './support/customer.ts';

/**
 * A program was added, changed or deleted: what is known of the programs and their reward rules is read anew.
 *
 * Cost with two programs: 3 vendor calls, 2 workflow tasks, 1 activity (programs, and the reward rules of each), 3 local activities.
 */
export const programChanged = trigger('program', async (pass) => {
  await pass.observe('referral-rock', 'observePrograms');
  return pass.settle();
});
