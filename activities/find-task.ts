import { type CallOptions, VendorError } from '../vendors/operation.ts';
import { ghl } from '../vendors/operations.ts';
import type { Clients } from './read.ts';

const SEARCH_SIZE = 100;
/** GHL refuses longer texts in its contact search (reference/ghl.md 2.2). */
const LONGEST_QUERY = 75;

/**
 * The contact of a task of which only the id is known, by the location's task search: among the tasks of that title, else among
 * the newest. Throws VendorError `NotFound`.
 */
export async function contactOfTask(
  clients: Clients,
  taskId: string,
  options: CallOptions,
  title?: string,
): Promise<string> {
  const narrowed = title === undefined ? [] : [{ query: title.slice(0, LONGEST_QUERY) }];
  for (const more of [...narrowed, {}]) {
    const input = { locationId: options.account.id, limit: SEARCH_SIZE, ...more };
    const { tasks } = await clients.ghl.call(ghl.location.searchTasks, input, options);
    const found = (tasks ?? []).find(({ _id, id }) => _id === taskId || id === taskId);
    if (found?.contactId && found.deleted !== true) return found.contactId;
  }
  throw new VendorError('NotFound', ghl.location.searchTasks.id, `The location has no task ${taskId}`);
}
