import { z } from 'zod';
import { id } from '../../fields.ts';
import { defineOperation } from '../../operation.ts';

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
  input: z.strictObject({
    target_url: z.url(),
    event: z.string().regex(/^[A-Z]\w+$/, 'wants an event such as ReferralAdd'),
  }),
  output: z.looseObject({ web_hook_id: id }),
  documentation: 'https://api.referralrock.com/Help/Api/POST-api-hooks',
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
  documentation: 'https://api.referralrock.com/Help/Api/DELETE-api-hooks',
});
export { remove as delete };
