import { trigger } from './support/customer.ts';

/**
 * A person takes a decision back: what was written is put back where nobody has changed it since, what was made is deleted. Never
 * what moves money.
 *
 * Cost: 2 workflow tasks, 3 local activities, and an activity for each step taken back.
 */
export const undoAsked = trigger('undo', async (pass) => {
  return pass.settle();
});
