import { z } from 'zod';
import { flag, id, number, text } from '../../fields.ts';

/** A program with what its members and referrals are offered; a member belongs to one. */
export const Program = z.looseObject({
  id,
  name: text,
  title: text,
  type: text,
  isActive: flag,
  memberOffer: text,
  referralOffer: text,
  directUrl: text,
  widgetUrl: text,
});
export type Program = z.infer<typeof Program>;

/** What decides whether an event makes a reward, and which. */
export const RewardRule = z.looseObject({
  ruleId: id,
  programId: text,
  description: text,
  isEnabled: flag,
  trigger: z.unknown().optional(),
  reward: z.unknown().optional(),
  payoutId: text,
  payoutType: text,
  payoutDescription: text,
  deliveryType: text,
  deliveryDelay: number,
  ruleStartDate: text,
  ruleEndDate: text,
});
export type RewardRule = z.infer<typeof RewardRule>;
