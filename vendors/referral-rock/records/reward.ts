import { z } from 'zod';
import { id, number, text } from '../../fields.ts';

/** A reward of a member or of a referral; `recipientId` is the one or the other's id. */
export const Reward = z.looseObject({
  id,
  payoutId: text,
  payoutDescription: text,
  programId: text,
  programName: text,
  memberId: text,
  referralId: text,
  type: text,
  recipientId: text,
  recipientName: text,
  recipientEmailAddress: text,
  recipientExternalIdentifier: text,
  externalIdentifier: text,
  status: text,
  amount: number,
  currencyCode: text,
  description: text,
  createDate: text,
  updateDate: text,
  eligibilityDate: text,
  issueDate: text,
  transactionID: text,
  referralDisplayName: text,
  source: text,
});
export type Reward = z.infer<typeof Reward>;

/** A way of paying out, and the programs that use it. */
export const Payout = z.looseObject({
  id,
  description: text,
  payoutType: text,
  payoutPrograms: z.array(z.unknown()).nullish(),
});
export type Payout = z.infer<typeof Payout>;

/** What one recipient is owed by one payout. */
export const PendingPayout = z.looseObject({
  amount: number,
  description: text,
  memberId: text,
  memberName: text,
  payoutId: text,
  recipientId: text,
  recipientName: text,
  recipientType: text,
  rewardCount: number,
});
export type PendingPayout = z.infer<typeof PendingPayout>;

/** Money that was paid out. */
export const PayoutTransaction = z.looseObject({
  id,
  amount: number,
  createDate: text,
  status: text,
  recipientId: text,
  transactionType: text,
  transactionDestination: text,
  externalIdentifier: text,
});
export type PayoutTransaction = z.infer<typeof PayoutTransaction>;
