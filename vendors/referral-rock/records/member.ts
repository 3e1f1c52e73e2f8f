import { z } from 'zod';
import { flag, id, number, text } from '../../fields.ts';

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
  dateOfBirth: text,
  addressLine1: text,
  addressLine2: text,
  city: text,
  region: text,
  countrySubdivision: text,
  postalCode: text,
  country: text,
  disabledFlag: flag,
  disabledReason: text,
  status: text,
  referralCode: text,
  referralUrl: text,
  referrals: number,
  referralsApproved: number,
  referralsQualified: number,
  referralsPending: number,
  rewards: number,
  rewardAmountTotal: number,
  rewardsPendingAmount: number,
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

const filled = z.string().min(1).optional();

/** Names one member: its id or code, or its external id or e-mail together with its program. */
export const MemberQuery = z
  .strictObject({
    primaryInfo: z.strictObject({ memberId: id.optional(), referralCode: filled }).optional(),
    secondaryInfo: z.strictObject({ externalIdentifier: filled, email: filled }).optional(),
    tertiaryInfo: z.strictObject({ programId: id.optional(), programName: filled, programTitle: filled }).optional(),
  })
  .refine(
    ({ primaryInfo, secondaryInfo, tertiaryInfo }) => says(primaryInfo) || (says(secondaryInfo) && says(tertiaryInfo)),
    'wants a memberId or referralCode in primaryInfo, or an e-mail or external id in secondaryInfo and a program in tertiaryInfo',
  );

/** Whether a part of a query holds a value. */
export function says(part: object | undefined): boolean {
  return Object.values(part ?? {}).some((value) => value !== undefined);
}

const textOrEmpty = z.string().optional();

/** What a create and an update may both set; how a member is paid is not among it. */
export const memberFields = {
  firstName: textOrEmpty,
  lastName: textOrEmpty,
  email: textOrEmpty,
  referralCode: filled,
  phone: textOrEmpty,
  externalIdentifier: textOrEmpty,
  dateOfBirth: textOrEmpty,
  addressLine1: textOrEmpty,
  addressLine2: textOrEmpty,
  city: textOrEmpty,
  region: textOrEmpty,
  countrySubdivision: textOrEmpty,
  postalCode: textOrEmpty,
  country: textOrEmpty,
  password: filled,
  disabledFlag: z.boolean().optional(),
  customOption1Name: textOrEmpty,
  customOption1Value: textOrEmpty,
  customText1Name: textOrEmpty,
  customText1Value: textOrEmpty,
  customText2Name: textOrEmpty,
  customText2Value: textOrEmpty,
  customOverrideURL: textOrEmpty,
  recruiterSourceId: z.guid().optional(),
  recruiterAssignedId: z.guid().optional(),
};
