import { z } from 'zod';
import { flag, id, number, text } from '../../fields.ts';
import { defineOperation } from '../../operation.ts';
import { fromBulk, ResultInfo, toBulk } from '../bulk.ts';

/** A member belongs to one program; it says `phone` and `createDt` where a referral says `phoneNumber` and `createDate`. */
export const Member = z.looseObject({
  id,
  programId: text,
  programName: text,
  programTitle: text,
  displayName: text,
  firstName: text,
  lastName: text,
  email: text,
  phone: text,
  externalIdentifier: text,
  addressLine1: text,
  addressLine2: text,
  city: text,
  region: text,
  countrySubdivision: text,
  postalCode: text,
  country: text,
  disabledFlag: flag,
  status: text,
  referralCode: text,
  referralUrl: text,
  referrals: number,
  referralsApproved: number,
  rewardsIssuedAmount: number,
  customOption1Name: text,
  customOption1Value: text,
  customText1Name: text,
  customText1Value: text,
  customText2Name: text,
  customText2Value: text,
  createDt: text,
});
export type Member = z.infer<typeof Member>;

/** Names one member: its id or code, or its external id or e-mail together with its program. */
export const MemberQuery = z.strictObject({
  primaryInfo: z.strictObject({ memberId: id.optional(), referralCode: z.string().optional() }).optional(),
  secondaryInfo: z.strictObject({ externalIdentifier: z.string().optional(), email: z.string().optional() }).optional(),
  tertiaryInfo: z
    .strictObject({ programId: id.optional(), programName: z.string().optional(), programTitle: z.string().optional() })
    .optional(),
});

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
    programId: z.string().optional(),
    query: z.string().min(1).optional(),
    showDisabled: z.boolean().optional(),
    sort: z
      .string()
      .regex(/^\w+_(Asc|Desc)$/, 'wants a field and _Asc or _Desc, as in Create_Dt_Asc')
      .optional(),
    dateFrom: z.iso.date().optional(),
    dateTo: z.iso.date().optional(),
    offset: z.int().min(0).optional(),
    count: z.int().min(1).optional(),
  }),
  output: z.looseObject({ members: z.array(Member), offset: number, total: number, message: text }),
  documentation:
    'https://api.referralrock.com/Help/Api/GET-api-members_programId_query_showDisabled_sort_dateFrom_dateTo_offset_count',
});

const textOrEmpty = z.string().optional();

/** Without what decides on access or payouts: password, disabledFlag, payoutInfo. */
export const update = defineOperation({
  id: 'referral-rock.member.update',
  vendor: 'referral-rock',
  title: 'Update a member',
  summary: 'Changes the given fields of one member.',
  method: 'POST',
  path: '/api/members/update',
  query: [],
  scopes: [],
  effect: 'write',
  creates: false,
  input: z.strictObject({
    query: MemberQuery,
    member: z.strictObject({
      firstName: textOrEmpty,
      lastName: textOrEmpty,
      email: textOrEmpty,
      phone: textOrEmpty,
      externalIdentifier: textOrEmpty,
      dateOfBirth: textOrEmpty,
      addressLine1: textOrEmpty,
      addressLine2: textOrEmpty,
      city: textOrEmpty,
      region: textOrEmpty,
      postalCode: textOrEmpty,
      country: textOrEmpty,
      customOption1Name: textOrEmpty,
      customOption1Value: textOrEmpty,
      customText1Name: textOrEmpty,
      customText1Value: textOrEmpty,
      customText2Name: textOrEmpty,
      customText2Value: textOrEmpty,
    }),
  }),
  output: z.looseObject({ member: Member.nullish(), resultInfo: ResultInfo }),
  documentation: 'https://api.referralrock.com/Help/Api/POST-api-members-update',
  encode: toBulk,
  decode: fromBulk,
});
