import { trigger } from './support/customer.ts';

/**
 * The wait of an automation's run is over: what it is about is read afresh, and its next steps are carried out, unless something has
 * happened meanwhile that ends it.
 *
 * Cost of a task: 4 vendor calls, 4 workflow tasks, 3 activities (observe at each vendor, create), 3 local activities.
 */
export const automationDue = trigger('automation', async (pass) => {
  await pass.observe('ghl', 'observeRun');
  await pass.observe('referral-rock', 'observeRun');
  return pass.settle();
});
