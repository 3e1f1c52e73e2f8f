import { z } from 'zod';
import { id, text } from '../../fields.ts';
import { defineOperation } from '../../operation.ts';
import { fromBulk, ResultInfo, toBulk } from '../bulk.ts';
import { bare, created, helpPage, listed, page, sortBy } from '../lists.ts';
import { Referral, referralFields, ReferralQuery, ReferralStatus } from '../records/referral.ts';

export { Referral } from '../records/referral.ts';

const amount = z.number().min(0).optional();

/** An e-mail or external id that stands in several programs is ambiguous here: prefer the id. */
export const get = defineOperation({
  id: 'referral-rock.referral.get',
  vendor: 'referral-rock',
  title: 'Get a referral',
  summary: 'Reads one referral by its id, e-mail or external id.',
  method: 'GET',
  path: '/api/referral/single',
  query: ['referralId', 'email', 'externalId'],
  scopes: [],
  effect: 'read',
  creates: false,
  input: z
    .strictObject({ referralId: id.optional(), email: z.string().optional(), externalId: z.string().optional() })
    .refine((query) => Object.values(query).some(Boolean), 'wants a referralId, email or externalId'),
  output: Referral,
  unsure: ['Which referral answers when several programs have the e-mail or external id.'],
  documentation: helpPage('GET-api-referral-single_email_referralId_externalId'),
  decode: bare('referral'),
});

export const list = defineOperation({
  id: 'referral-rock.referral.list',
  vendor: 'referral-rock',
  title: 'List or find referrals',
  summary: 'Reads referrals by program, member, status, or e-mail, id, external id or code.',
  method: 'GET',
  path: '/api/referrals',
  query: ['programId', 'query', 'memberId', 'sort', 'dateFrom', 'dateTo', 'status', 'offset', 'count'],
  scopes: [],
  effect: 'read',
  creates: false,
  input: z.strictObject({
    programId: z.string().min(1).optional(),
    query: z.string().min(1).optional(),
    memberId: id.optional(),
    sort: sortBy('Create_Dt'),
    ...created,
    status: ReferralStatus.optional(),
    ...page,
  }),
  output: z.looseObject({ referrals: z.array(Referral), ...listed }),
  unsure: ['Which orders there are besides `Create_Dt`.', 'The letter case of `status` in answers.'],
  paging: { style: 'offset-count', records: 'referrals', max: 200 },
  documentation: helpPage('GET-api-referrals_programId_query_memberId_sort_dateFrom_dateTo_status_offset_count'),
});

/** The member's code also decides the program. Nothing keeps a second referral of the same person away. */
export const create = defineOperation({
  id: 'referral-rock.referral.create',
  vendor: 'referral-rock',
  title: 'Create a referral',
  summary: "Adds a referral under a member's code: a status of qualified or approved makes rewards at once.",
  method: 'POST',
  path: '/api/referrals',
  query: [],
  scopes: [],
  effect: 'money',
  creates: true,
  input: z.strictObject({
    referralCode: z.string().min(1),
    ...referralFields,
    amount,
    status: ReferralStatus.optional(),
  }),
  output: z.looseObject({ referral: Referral, message: text }),
  unsure: ['The status code of success.', 'Whether a second referral of the same e-mail is refused.'],
  documentation: 'https://api.referralrock.com/Help/ResourceModel?modelName=NewReferral',
});

/** Takes neither status nor amount: those may pay a reward, and are `setStatus`'s. */
export const update = defineOperation({
  id: 'referral-rock.referral.update',
  vendor: 'referral-rock',
  title: 'Update a referral',
  summary: 'Changes the given fields of one referral; never its status or amount.',
  method: 'POST',
  path: '/api/referral/update',
  query: [],
  scopes: [],
  effect: 'write',
  creates: false,
  input: z.strictObject({ query: ReferralQuery, referral: z.strictObject(referralFields) }),
  output: z.looseObject({ referral: Referral.nullish(), resultInfo: ResultInfo }),
  unsure: ['Whether an empty text clears a field.'],
  documentation: 'https://api.referralrock.com/Help/ResourceModel?modelName=UpdateReferral',
  encode: toBulk,
  decode: fromBulk,
});

/** The same call with what may create and pay rewards; approved is final. */
export const setStatus = defineOperation({
  id: 'referral-rock.referral.set-status',
  vendor: 'referral-rock',
  title: "Set a referral's status or amount",
  summary: 'Sets the status, the amount, or both, of one referral: may create and pay rewards.',
  method: 'POST',
  path: '/api/referral/update',
  query: [],
  scopes: [],
  effect: 'money',
  creates: false,
  input: z.strictObject({
    query: ReferralQuery,
    referral: z
      .strictObject({ status: ReferralStatus.optional(), amount })
      .refine((given) => given.status !== undefined || given.amount !== undefined, 'wants a status or an amount'),
  }),
  output: z.looseObject({ referral: Referral.nullish(), resultInfo: ResultInfo }),
  unsure: ['What a forbidden change of status is answered: any other word than success counts as refused.'],
  documentation: 'https://api.referralrock.com/Help/ResourceModel?modelName=UpdateReferral',
  encode: toBulk,
  decode: fromBulk,
});

export const postStatus = defineOperation({
  id: 'referral-rock.referral.post-status',
  vendor: 'referral-rock',
  title: "Set a referral's status, the old way",
  summary: 'Sets the status of one referral by the call that Referral Rock has deprecated: may create and pay rewards.',
  method: 'POST',
  path: '/api/referrals/status',
  query: [],
  scopes: [],
  effect: 'money',
  creates: false,
  input: z.strictObject({
    referralId: id,
    status: ReferralStatus,
    programId: id.optional(),
    amount,
    publicNote: z.string().optional(),
  }),
  output: z.looseObject({ message: text, referral: Referral.nullish() }),
  unsure: ['What it answers: a referral is read if there is one.'],
  deprecated: 'referral-rock.referral.set-status',
  documentation: 'https://api.referralrock.com/Help/ResourceModel?modelName=ReferralStatus',
});

export const remove = defineOperation({
  id: 'referral-rock.referral.remove',
  vendor: 'referral-rock',
  title: 'Remove a referral',
  summary: 'Deletes one referral with its rewards, for good.',
  method: 'POST',
  path: '/api/referral/remove',
  query: [],
  scopes: [],
  effect: 'money',
  creates: false,
  input: z.strictObject({ query: ReferralQuery }),
  output: z.looseObject({ resultInfo: ResultInfo }),
  documentation: helpPage('POST-api-referral-remove'),
  encode: toBulk,
  decode: fromBulk,
});
