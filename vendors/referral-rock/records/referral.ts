import { z } from 'zod';
import { id, number, text } from '../../fields.ts';
import { says } from './member.ts';

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

/** Approved is final; a status may create and pay rewards. */
export const ReferralStatus = z.enum(['pending', 'qualified', 'approved', 'denied']);

const filled = z.string().min(1).optional();

/** Names one referral: its id, or an external id, e-mail or phone together with its program (capital `P` here, small in a member's). */
export const ReferralQuery = z
  .strictObject({
    primaryInfo: z.strictObject({ referralId: id }).optional(),
    secondaryInfo: z.strictObject({ externalIdentifier: filled, email: filled, phoneNumber: filled }).optional(),
    tertiaryInfo: z.strictObject({ ProgramId: id.optional(), ProgramName: filled, ProgramTitle: filled }).optional(),
  })
  .refine(
    ({ primaryInfo, secondaryInfo, tertiaryInfo }) => says(primaryInfo) || (says(secondaryInfo) && says(tertiaryInfo)),
    'wants a referralId in primaryInfo, or an e-mail, phone or external id in secondaryInfo and a program in tertiaryInfo',
  );

const textOrEmpty = z.string().optional();

/** What a create and an update may both set. `publicNote` can be shown to the referring member. */
export const referralFields = {
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
  recruiterAssignedId: z.guid().optional(),
};
