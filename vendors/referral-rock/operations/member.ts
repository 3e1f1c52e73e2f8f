import { z } from 'zod';
import { id, number, text } from '../../fields.ts';
import { defineOperation } from '../../operation.ts';
import { fromBulk, ResultInfo, toBulk } from '../bulk.ts';
import { created, helpPage, listed, page, sortBy } from '../lists.ts';
import { Member, memberFields, MemberQuery } from '../records/member.ts';

export { Member } from '../records/member.ts';

/** There is no read of one member: `query` with its id, external id, e-mail or code finds it (equal, not like). */
export const list = defineOperation({
  id: 'referral-rock.member.list',
  vendor: 'referral-rock',
  title: 'List or find members',
  summary: 'Reads members, all or those whose id, external id, e-mail or referral code equals `query`.',
  method: 'GET',
  path: '/api/members',
  query: ['programId', 'query', 'showDisabled', 'sort', 'dateFrom', 'dateTo', 'offset', 'count'],
  scopes: [],
  effect: 'read',
  creates: false,
  input: z.strictObject({
    programId: z.string().min(1).optional(),
    query: z.string().min(1).optional(),
    showDisabled: z.boolean().optional(),
    sort: sortBy('Create_Dt', 'Member_Full_Name', 'Member_Views', 'Page_Views', 'Lead_Count', 'Reward_Issued_Total'),
    ...created,
    ...page,
  }),
  output: z.looseObject({ members: z.array(Member), ...listed }),
  paging: { style: 'offset-count', records: 'members', max: 200 },
  documentation: helpPage('GET-api-members_programId_query_showDisabled_sort_dateFrom_dateTo_offset_count'),
});

/** Made as Preloaded, without a mail. Past the plan's limit a member comes disabled with reason `MemberLimitHit`. */
export const create = defineOperation({
  id: 'referral-rock.member.create',
  vendor: 'referral-rock',
  title: 'Create a member',
  summary: 'Adds a member to a program, with a referral code and link; look at its disabledFlag afterwards.',
  method: 'POST',
  path: '/api/members',
  query: ['shouldSendEmail'],
  scopes: [],
  effect: 'write',
  creates: true,
  input: z.strictObject({
    shouldSendEmail: z.boolean().optional(),
    programId: id,
    ...memberFields,
    firstName: z.string().min(1),
    email: z.string().min(1),
  }),
  output: z.looseObject({ member: Member, message: text }),
  unsure: ['What a second member with the same e-mail in the program is answered.'],
  documentation: helpPage('POST-api-members_shouldSendEmail'),
});

/** Without what decides on payouts: that is `setPayout`'s. */
export const update = defineOperation({
  id: 'referral-rock.member.update',
  vendor: 'referral-rock',
  title: 'Update a member',
  summary: 'Changes the given fields of one member; never how it is paid.',
  method: 'POST',
  path: '/api/members/update',
  query: [],
  scopes: [],
  effect: 'write',
  creates: false,
  input: z.strictObject({ query: MemberQuery, member: z.strictObject(memberFields) }),
  output: z.looseObject({ member: Member.nullish(), resultInfo: ResultInfo }),
  unsure: ['Whether an empty text clears a field.'],
  documentation: helpPage('POST-api-members-update'),
  encode: toBulk,
  decode: fromBulk,
});

/** The same call with what decides where a member's money goes. */
export const setPayout = defineOperation({
  id: 'referral-rock.member.set-payout',
  vendor: 'referral-rock',
  title: 'Set how a member is paid',
  summary: 'Sets the payout type and address of one member: future rewards are paid there.',
  method: 'POST',
  path: '/api/members/update',
  query: [],
  scopes: [],
  effect: 'money',
  creates: false,
  input: z.strictObject({
    query: MemberQuery,
    member: z.strictObject({
      payoutInfo: z.strictObject({
        payoutType: z.string().min(1).optional(),
        useDefaultValues: z.boolean().optional(),
        email: z.string().min(1).optional(),
      }),
    }),
  }),
  output: z.looseObject({ member: Member.nullish(), resultInfo: ResultInfo }),
  unsure: ['Which payout types there are.'],
  documentation: helpPage('POST-api-members-update'),
  encode: toBulk,
  decode: fromBulk,
});

/** Takes the member's referrals and rewards along. */
export const remove = defineOperation({
  id: 'referral-rock.member.remove',
  vendor: 'referral-rock',
  title: 'Remove a member',
  summary: 'Deletes one member with its referrals and rewards, for good.',
  method: 'POST',
  path: '/api/members/remove',
  query: [],
  scopes: [],
  effect: 'money',
  creates: false,
  input: z.strictObject({ query: MemberQuery }),
  output: z.looseObject({ resultInfo: ResultInfo }),
  documentation: helpPage('POST-api-members-remove'),
  encode: toBulk,
  decode: fromBulk,
});

export const getStats = defineOperation({
  id: 'referral-rock.member.get-stats',
  vendor: 'referral-rock',
  title: "Get a member's statistics",
  summary: 'Counts the shares, views, referrals and rewards of one member in a span of time.',
  method: 'GET',
  path: '/api/memberstats/getsingle',
  query: ['query', 'timePeriod'],
  scopes: [],
  effect: 'read',
  creates: false,
  input: z.strictObject({
    query: z.string().min(1),
    timePeriod: z.enum(['All', 'MonthToDate', 'LastMonth', 'Last7Days', 'Last30Days']),
  }),
  output: z.looseObject({
    activatedDate: text,
    lastActiveDate: text,
    memberShares: number,
    memberViews: number,
    referralsCount: number,
    referralsPending: number,
    referralsQualified: number,
    referralsApproved: number,
    rewardsCount: number,
    rewardAmountTotal: number,
    rewardsPendingAmount: number,
    rewardsIssuedAmount: number,
  }),
  unsure: ['Whether `timePeriod` may be left out: it is always sent.'],
  documentation: helpPage('GET-api-memberstats-getsingle_query_timePeriod'),
});
