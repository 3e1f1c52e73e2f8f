import { z } from 'zod';
import { id, number, text } from '../../fields.ts';
import { defineOperation } from '../../operation.ts';
import { fromBulk, ResultInfo, toBulk } from '../bulk.ts';

/** A referral with the member who made it; the letter case of `status` is not certain. */
export const Referral = z.looseObject({
  id,
  programId: text,
  programName: text,
  programTitle: text,
  displayName: text,
  firstName: text,
  lastName: text,
  email: text,
  phoneNumber: text,
  externalIdentifier: text,
  companyName: text,
  addressLine1: text,
  addressLine2: text,
  city: text,
  region: text,
  postalCode: text,
  country: text,
  status: text,
  amount: number,
  amountFormatted: text,
  source: text,
  note: text,
  publicNote: text,
  preferredContact: text,
  referringMemberId: text,
  referringMemberName: text,
  memberEmail: text,
  memberReferralCode: text,
  memberExternalIdentifier: text,
  customOption1Name: text,
  customOption1Value: text,
  customOption2Name: text,
  customOption2Value: text,
  customText1Name: text,
  customText1Value: text,
  customText2Name: text,
  customText2Value: text,
  customText3Name: text,
  customText3Value: text,
  createDate: text,
  updateDate: text,
  approvedDate: text,
  qualifiedDate: text,
});
export type Referral = z.infer<typeof Referral>;

/** Names one referral: its id, or an external id, e-mail or phone together with its program (capital `P` here, small in a member's). */
export const ReferralQuery = z.strictObject({
  primaryInfo: z.strictObject({ referralId: id }).optional(),
  secondaryInfo: z
    .strictObject({
      externalIdentifier: z.string().optional(),
      email: z.string().optional(),
      phoneNumber: z.string().optional(),
    })
    .optional(),
  tertiaryInfo: z
    .strictObject({ ProgramId: id.optional(), ProgramName: z.string().optional(), ProgramTitle: z.string().optional() })
    .optional(),
});

const Status = z.enum(['pending', 'qualified', 'approved', 'denied']);

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
  documentation: 'https://api.referralrock.com/Help',
});

/** `dateFrom` and `dateTo` are of creation; there is no "changed since". */
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
    programId: z.string().optional(),
    query: z.string().min(1).optional(),
    memberId: id.optional(),
    sort: z.string().optional(),
    dateFrom: z.iso.date().optional(),
    dateTo: z.iso.date().optional(),
    status: Status.optional(),
    offset: z.int().min(0).optional(),
    count: z.int().min(1).optional(),
  }),
  output: z.looseObject({ referrals: z.array(Referral), offset: number, total: number, message: text }),
  documentation: 'https://api.referralrock.com/Help',
});

const textOrEmpty = z.string().optional();

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
  input: z.strictObject({
    query: ReferralQuery,
    referral: z.strictObject({
      firstName: textOrEmpty,
      lastName: textOrEmpty,
      email: textOrEmpty,
      phoneNumber: textOrEmpty,
      preferredContact: z.enum(['email', 'callMorning', 'callAfternoon', 'callEvening']).optional(),
      externalIdentifier: textOrEmpty,
      companyName: textOrEmpty,
      note: textOrEmpty,
      publicNote: textOrEmpty,
      addressLine1: textOrEmpty,
      addressLine2: textOrEmpty,
      city: textOrEmpty,
      region: textOrEmpty,
      postalCode: textOrEmpty,
      country: textOrEmpty,
      customOption1Name: textOrEmpty,
      customOption1Value: textOrEmpty,
      customOption2Name: textOrEmpty,
      customOption2Value: textOrEmpty,
      customText1Name: textOrEmpty,
      customText1Value: textOrEmpty,
      customText2Name: textOrEmpty,
      customText2Value: textOrEmpty,
      customText3Name: textOrEmpty,
      customText3Value: textOrEmpty,
    }),
  }),
  output: z.looseObject({ referral: Referral.nullish(), resultInfo: ResultInfo }),
  documentation: 'https://api.referralrock.com/Help/ResourceModel?modelName=UpdateReferral',
  encode: toBulk,
  decode: fromBulk,
});

/** The same call with what may create and pay rewards; approved is final. */
export const setStatus = defineOperation({
  id: 'referral-rock.referral.set-status',
  vendor: 'referral-rock',
  title: "Set a referral's status",
  summary: 'Sets the status, and perhaps the amount, of one referral: may create and pay rewards.',
  method: 'POST',
  path: '/api/referral/update',
  query: [],
  scopes: [],
  effect: 'money',
  creates: false,
  input: z.strictObject({
    query: ReferralQuery,
    referral: z.strictObject({ status: Status, amount: z.number().min(0).optional() }),
  }),
  output: z.looseObject({ referral: Referral.nullish(), resultInfo: ResultInfo }),
  documentation: 'https://api.referralrock.com/Help/ResourceModel?modelName=UpdateReferral',
  encode: toBulk,
  decode: fromBulk,
});
