import { z } from 'zod';
import { id, text } from '../../fields.ts';
import { defineOperation } from '../../operation.ts';
import { helpPage, under } from '../lists.ts';

const event = z.string().regex(/^[A-Z]\w+$/, 'wants an event such as ReferralAdd');

/** One address and one event each; there is no list of them, so the answered id must be kept. */
export const create = defineOperation({
  id: 'referral-rock.hook.create',
  vendor: 'referral-rock',
  title: 'Create a webhook',
  summary: 'Has Referral Rock post one kind of event, of all programs, to an address.',
  method: 'POST',
  path: '/api/hooks',
  query: [],
  scopes: [],
  effect: 'write',
  creates: true,
  input: z.strictObject({ target_url: z.url(), event }),
  output: z.looseObject({ web_hook_id: id }),
  unsure: ['Whether the same address and event again give the same id.'],
  documentation: helpPage('POST-api-hooks'),
});

/** The id stands in the body of a DELETE; the answer is empty. */
const remove = defineOperation({
  id: 'referral-rock.hook.delete',
  vendor: 'referral-rock',
  title: 'Delete a webhook',
  summary: 'Ends one webhook subscription.',
  method: 'DELETE',
  path: '/api/hooks',
  query: [],
  scopes: [],
  effect: 'delete',
  creates: false,
  input: z.strictObject({ web_hook_id: id }),
  output: z.unknown(),
  documentation: helpPage('DELETE-api-hooks'),
});
export { remove as delete };

/** The only documented help in finding deliveries that were missed. */
export const listDeliveries = defineOperation({
  id: 'referral-rock.hook.list-deliveries',
  vendor: 'referral-rock',
  title: 'List past deliveries of an event',
  summary: 'Reads what Referral Rock has posted for one kind of event, and how it went.',
  method: 'GET',
  path: '/api/hooks/history/{eventName}',
  query: [],
  scopes: [],
  effect: 'read',
  creates: false,
  input: z.strictObject({ eventName: event }),
  output: z.looseObject({ deliveries: z.array(z.unknown()), message: text }),
  unsure: ['What a delivery holds, how long it is kept, and whether the list comes in pages.'],
  documentation: helpPage('GET-api-hooks-history-eventName'),
  decode: under('deliveries'),
});
