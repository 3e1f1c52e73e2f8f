import { trigger } from './support/customer.ts';

/**
 * A person takes a decision back: what was written is put back where nobody has changed it since, what was made is deleted. Never
 * what moves money.
 *
 * Cost of a field put back: 1 vendor call, 2 workflow tasks, 1 activity (update), 3 local activities.
 */
export const undoAsked = trigger('undo', async (pass) => {
  return pass.settle();
});
