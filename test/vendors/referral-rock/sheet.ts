/**
 * The requests of Referral Rock's API as JSON schemas, written from reference/referral-rock.md section 2 and nothing else: they
 * must be able to prove the operation records wrong. Query values are given as the types that their texts stand for.
 */
export interface SheetCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly query?: Schema;
  /** Undefined: the request has no body. */
  readonly body?: Schema;
}

type Schema = Readonly<Record<string, unknown>>;

const text = { type: 'string' };
const guid = { type: 'string', pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' };
const yes = { type: 'boolean' };
const money = { type: 'number' };
const date = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' };
const time = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}(T.+(Z|[+-]\\d\\d:\\d\\d))?$' };
const status = { enum: ['pending', 'qualified', 'approved', 'denied'] };

const object = (properties: Schema, ...required: string[]): Schema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const texts = (...names: string[]): Schema => Object.fromEntries(names.map((name) => [name, text]));
const listOfOne = (items: Schema): Schema => ({ type: 'array', items, minItems: 1, maxItems: 1 });

/** 1: paging; offset from 0. */
const page = { offset: { type: 'integer', minimum: 0 }, count: { type: 'integer', minimum: 1 } };
const created = { dateFrom: date, dateTo: date };
const sort = (...names: string[]): Schema => ({ enum: names.flatMap((name) => [`${name}_Asc`, `${name}_Desc`]) });
const custom = (...names: string[]): Schema => texts(...names.flatMap((name) => [`${name}Name`, `${name}Value`]));

/** 2.3: one valid primary value, or one secondary and one tertiary. */
const minimum = (...primary: string[]): Schema => ({
  anyOf: [
    {
      required: ['primaryInfo'],
      properties: { primaryInfo: { anyOf: primary.map((name) => ({ required: [name] })) } },
    },
    {
      required: ['secondaryInfo', 'tertiaryInfo'],
      properties: { secondaryInfo: { minProperties: 1 }, tertiaryInfo: { minProperties: 1 } },
    },
  ],
});
const memberQuery = {
  ...object({
    primaryInfo: object(texts('memberId', 'referralCode')),
    secondaryInfo: object(texts('externalIdentifier', 'email')),
    tertiaryInfo: object(texts('programId', 'programName', 'programTitle')),
  }),
  ...minimum('memberId', 'referralCode'),
};
/** 2.5: the capital P of the tertiary names here. */
const referralQuery = {
  ...object({
    primaryInfo: object(texts('referralId')),
    secondaryInfo: object(texts('externalIdentifier', 'email', 'phoneNumber')),
    tertiaryInfo: object(texts('ProgramId', 'ProgramName', 'ProgramTitle')),
    fuzzyInfo: object(texts('Identifier')),
  }),
  ...minimum('referralId'),
};

const payoutInfo = object({ ...texts('payoutType', 'email'), useDefaultValues: yes });
const memberFields = {
  ...texts('firstName', 'lastName', 'email', 'referralCode', 'phone', 'externalIdentifier', 'dateOfBirth'),
  ...texts('addressLine1', 'addressLine2', 'city', 'region', 'countrySubdivision', 'country', 'postalCode', 'password'),
  ...custom('customOption1', 'customText1', 'customText2'),
  customOverrideURL: text,
  disabledFlag: yes,
  payoutInfo,
  recruiterSourceId: guid,
  recruiterAssignedId: guid,
};
const referralFields = {
  ...texts('firstName', 'lastName', 'email', 'phoneNumber', 'externalIdentifier', 'companyName', 'note', 'publicNote'),
  ...texts('addressLine1', 'addressLine2', 'city', 'region', 'country', 'postalCode'),
  ...custom('customOption1', 'customOption2', 'customText1', 'customText2', 'customText3'),
  preferredContact: { enum: ['email', 'callMorning', 'callAfternoon', 'callEvening'] },
  recruiterAssignedId: guid,
  amount: money,
  status,
};
const updatedMember = listOfOne(object({ query: memberQuery, member: object(memberFields) }, 'query', 'member'));
const updatedReferral = listOfOne(
  object({ query: referralQuery, referral: object(referralFields) }, 'query', 'referral'),
);
const access = object({ memberQuery: text, expireInMinutes: { type: 'integer' } }, 'memberQuery');
const rewardFields = { amount: money, payoutId: text, eligibilityDate: time, description: text };
const invited = object(texts('firstName', 'lastName', 'email', 'contactType'), 'email');
const address = object({ email: text }, 'email');

/** By operation, without the vendor's name. */
export const sheet: Readonly<Record<string, SheetCall>> = {
  'program.list': { method: 'GET', path: '/api/programs', query: object({ programId: text, ...page }) },
  'program.get': { method: 'GET', path: '/api/program/getsingle', query: object({ programName: text }, 'programName') },
  'program.list-reward-rules': {
    method: 'GET',
    path: '/api/rewardrules',
    query: object({ programId: text }, 'programId'),
  },
  'member.list': {
    method: 'GET',
    path: '/api/members',
    query: object({
      ...texts('programId', 'query'),
      showDisabled: yes,
      sort: sort('Member_Views', 'Page_Views', 'Lead_Count', 'Reward_Issued_Total', 'Member_Full_Name', 'Create_Dt'),
      ...created,
      ...page,
    }),
  },
  'member.create': {
    method: 'POST',
    path: '/api/members',
    query: object({ shouldSendEmail: yes }),
    body: object({ programId: text, ...memberFields }, 'programId', 'firstName', 'email'),
  },
  'member.update': { method: 'POST', path: '/api/members/update', body: updatedMember },
  'member.set-payout': { method: 'POST', path: '/api/members/update', body: updatedMember },
  'member.remove': {
    method: 'POST',
    path: '/api/members/remove',
    body: listOfOne(object({ query: memberQuery }, 'query')),
  },
  'member.get-stats': {
    method: 'GET',
    path: '/api/memberstats/getsingle',
    query: object(
      { query: text, timePeriod: { enum: ['All', 'MonthToDate', 'LastMonth', 'Last7Days', 'Last30Days'] } },
      'query',
      'timePeriod',
    ),
  },
  'member-access.create-urls': { method: 'POST', path: '/api/memberaccessurls', body: access },
  'member-access.create': { method: 'POST', path: '/api/memberaccess', body: access },
  'referral.list': {
    method: 'GET',
    path: '/api/referrals',
    query: object({ ...texts('programId', 'query', 'memberId'), sort: sort('Create_Dt'), ...created, status, ...page }),
  },
  'referral.get': {
    method: 'GET',
    path: '/api/referral/single',
    query: { ...object(texts('email', 'referralId', 'externalId')), minProperties: 1 },
  },
  'referral.create': {
    method: 'POST',
    path: '/api/referrals',
    body: object({ referralCode: text, ...referralFields }, 'referralCode'),
  },
  'referral.update': { method: 'POST', path: '/api/referral/update', body: updatedReferral },
  'referral.set-status': { method: 'POST', path: '/api/referral/update', body: updatedReferral },
  'referral.post-status': {
    method: 'POST',
    path: '/api/referrals/status',
    body: object({ ...texts('referralId', 'programId', 'publicNote'), status, amount: money }, 'referralId', 'status'),
  },
  'referral.remove': {
    method: 'POST',
    path: '/api/referral/remove',
    body: listOfOne(object({ query: referralQuery }, 'query')),
  },
  'referral-action.create': {
    method: 'POST',
    path: '/api/referralaction',
    body: object(
      { amount: money, ...texts('referralQuery', 'programQuery', 'name', 'externalIdentifier') },
      'amount',
      'referralQuery',
    ),
  },
  'reward.list': {
    method: 'GET',
    path: '/api/rewards',
    query: object({
      ...texts('programId', 'memberId', 'query'),
      status: { enum: ['Pending', 'Processing', 'Issued'] },
      sort: sort('Create_Dt', 'Reward_Action', 'Recipient_Name', 'Complete_Dt'),
      ...created,
      ...page,
    }),
  },
  'reward.create': {
    method: 'POST',
    path: '/api/rewards',
    body: listOfOne(object({ memberQuery, referralQuery, newReward: object(rewardFields, 'payoutId') }, 'newReward')),
  },
  'reward.update': {
    method: 'POST',
    path: '/api/rewards/update',
    body: listOfOne(object({ rewardId: text, ...rewardFields }, 'rewardId', 'payoutId')),
  },
  'reward.remove': {
    method: 'POST',
    path: '/api/rewards/remove',
    body: object({ rewardIds: listOfOne(text) }, 'rewardIds'),
  },
  'reward.issue': {
    method: 'POST',
    path: '/api/rewards/issue',
    query: object({ overrideIneligible: yes }),
    body: object(texts('rewardId', 'note'), 'rewardId'),
  },
  'payout.list': { method: 'GET', path: '/api/payouts' },
  'payout.list-pending': {
    method: 'GET',
    path: '/api/payouts/pending',
    query: object({ memberId: text, recipientId: text, includeIneligible: yes }),
  },
  'payout.list-transactions': {
    method: 'GET',
    path: '/api/payouts/transactions',
    query: object(texts('recipientId', 'transactionId')),
  },
  'payout.create-transaction': {
    method: 'POST',
    path: '/api/payouts/transactions',
    query: object({ overrideIneligible: yes }),
    body: object(texts('payoutId', 'recipientId', 'note'), 'payoutId'),
  },
  'invite.create': { method: 'POST', path: '/api/invitefeed', body: invited },
  'invite.create-many': {
    method: 'POST',
    path: '/api/invitefeeds',
    body: { type: 'array', items: invited, minItems: 1 },
  },
  'customer.feed': {
    method: 'POST',
    path: '/api/customerfeed',
    body: object(
      { ...texts('email', 'firstName', 'lastName', 'phone', 'externalIdentifier'), amount: money, purchaseDate: time },
      'email',
    ),
  },
  'email.get-unsubscribed': { method: 'GET', path: '/api/email/getunsubscribed', query: address },
  'email.unsubscribe': { method: 'POST', path: '/api/email/unsubscribe', body: address },
  'email.resubscribe': { method: 'POST', path: '/api/email/removeunsubscribe', body: address },
  'hook.create': {
    method: 'POST',
    path: '/api/hooks',
    body: object({ target_url: { type: 'string', pattern: '^https?://' }, event: text }, 'target_url', 'event'),
  },
  'hook.delete': { method: 'DELETE', path: '/api/hooks', body: object({ web_hook_id: text }, 'web_hook_id') },
  'hook.list-deliveries': { method: 'GET', path: '/api/hooks/history/{eventName}' },
};
