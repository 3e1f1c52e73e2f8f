import { z } from 'zod';
import { id } from '../../fields.ts';
import { defineOperation } from '../../operation.ts';
import { fromBulk, ResultInfo, toBulk } from '../bulk.ts';
import { created, helpPage, listed, page, sortBy } from '../lists.ts';
import { MemberQuery } from '../records/member.ts';
import { ReferralQuery } from '../records/referral.ts';
import { Reward } from '../records/reward.ts';

const changed = z.looseObject({ reward: Reward.nullish(), resultInfo: ResultInfo.nullish() });
const written = {
  amount: z.number().min(0).optional(),
  payoutId: id,
  eligibilityDate: z.iso.datetime({ offset: true }).or(z.iso.date()).optional(),
  description: z.string().optional(),
};

export const list = defineOperation({
  id: 'referral-rock.reward.list',
  vendor: 'referral-rock',
  title: 'List or find rewards',
  summary: 'Reads rewards by program, member, status, or their recipient.',
  method: 'GET',
  path: '/api/rewards',
  query: ['programId', 'memberId', 'query', 'status', 'sort', 'dateFrom', 'dateTo', 'offset', 'count'],
  scopes: [],
  effect: 'read',
  creates: false,
  input: z.strictObject({
    programId: z.string().min(1).optional(),
    memberId: id.optional(),
    query: z.string().min(1).optional(),
    status: z.enum(['Pending', 'Processing', 'Issued']).optional(),
    sort: sortBy('Create_Dt', 'Reward_Action', 'Recipient_Name', 'Complete_Dt'),
    ...created,
    ...page,
  }),
  output: z.looseObject({ rewards: z.array(Reward), ...listed }),
  paging: { style: 'offset-count', records: 'rewards', max: 200 },
  documentation: helpPage('GET-api-rewards_programId_memberId_query_status_sort_dateFrom_dateTo_offset_count'),
});

export const create = defineOperation({
  id: 'referral-rock.reward.create',
  vendor: 'referral-rock',
  title: 'Create a reward',
  summary: 'Gives a member or a referral a reward, to be paid by a payout.',
  method: 'POST',
  path: '/api/rewards',
  query: [],
  scopes: [],
  effect: 'money',
  creates: true,
  input: z
    .strictObject({
      memberQuery: MemberQuery.optional(),
      referralQuery: ReferralQuery.optional(),
      newReward: z.strictObject(written),
    })
    .refine((given) => given.memberQuery ?? given.referralQuery, 'wants a memberQuery or a referralQuery'),
  output: changed,
  unsure: ['What it answers: a reward is read if there is one.'],
  documentation: helpPage('POST-api-rewards'),
  encode: toBulk,
  decode: fromBulk,
});

export const update = defineOperation({
  id: 'referral-rock.reward.update',
  vendor: 'referral-rock',
  title: 'Update a reward',
  summary: 'Changes the amount, payout, eligibility date or description of one reward.',
  method: 'POST',
  path: '/api/rewards/update',
  query: [],
  scopes: [],
  effect: 'money',
  creates: false,
  input: z.strictObject({ rewardId: id, ...written }),
  output: changed,
  unsure: ['What it answers: a reward is read if there is one.'],
  documentation: helpPage('POST-api-rewards-update'),
  encode: toBulk,
  decode: fromBulk,
});

/** The call takes a list of ids: ours is a list of one. */
export const remove = defineOperation({
  id: 'referral-rock.reward.remove',
  vendor: 'referral-rock',
  title: 'Remove a reward',
  summary: 'Deletes one reward, for good.',
  method: 'POST',
  path: '/api/rewards/remove',
  query: [],
  scopes: [],
  effect: 'money',
  creates: false,
  input: z.strictObject({ rewardId: id }),
  output: z.looseObject({ resultInfo: ResultInfo.nullish() }),
  unsure: ['What it answers: a refusal is seen only in `resultInfo`.'],
  documentation: helpPage('POST-api-rewards-remove'),
  encode: (body) => ({ rewardIds: [(body as { rewardId: string }).rewardId] }),
  decode: fromBulk,
});

/** Pays out at once where the payout is automatic. */
export const issue = defineOperation({
  id: 'referral-rock.reward.issue',
  vendor: 'referral-rock',
  title: 'Issue a reward',
  summary: 'Pays one reward to its recipient, with a message.',
  method: 'POST',
  path: '/api/rewards/issue',
  query: ['overrideIneligible'],
  scopes: [],
  effect: 'money',
  creates: false,
  input: z.strictObject({
    rewardId: id,
    note: z.string().optional(),
    overrideIneligible: z.boolean().optional(),
  }),
  output: changed,
  documentation: helpPage('POST-api-rewards-issue_overrideIneligible'),
});
