import { z } from 'zod';
import type { JsonSchema, TriggerRecord } from '../trigger.ts';
import { Member } from './records/member.ts';
import { Program } from './records/program.ts';
import { Referral } from './records/referral.ts';
import { Reward } from './records/reward.ts';

/** A webhook's body is the bare record, its keys in any case; `Timestamp` is in Unix seconds (reference/referral-rock.md 3.3). */
const payloadOf = (record: z.ZodObject): JsonSchema =>
  z.toJSONSchema(record.extend({ timestamp: z.int().optional() }), { io: 'input' });

const payloads = {
  program: () => payloadOf(Program),
  member: () => payloadOf(Member),
  referral: () => payloadOf(Referral),
  reward: () => payloadOf(Reward),
  email: () => payloadOf(z.looseObject({ email: z.string() })),
} satisfies Record<string, () => JsonSchema>;

const casing = 'The letter case of the keys: they are read in any.';
const unseen = 'No sample of its payload was ever published: the fields are those of the API’s answers.';
const unsure: Record<keyof typeof payloads, readonly string[]> = {
  program: [],
  member: [casing],
  referral: [casing, unseen],
  reward: [casing, unseen],
  email: [casing, unseen],
};

const rows: readonly [event: string, resource: keyof typeof payloads, title: string, summary: string][] = [
  ['ProgramAdd', 'program', 'Program added', 'A program was made.'],
  [
    'ProgramUpdate',
    'program',
    'Program switched',
    'A program was activated or deactivated; other edits have no event.',
  ],
  ['ProgramDelete', 'program', 'Program deleted', 'A program was deleted.'],
  ['MemberAdd', 'member', 'Member added', 'A member joined a program or was added to it.'],
  ['MemberUpdate', 'member', 'Member updated', 'Fields of a member changed.'],
  ['MemberDelete', 'member', 'Member deleted', 'A member was deleted, with its referrals and rewards.'],
  ['ReferralAdd', 'referral', 'Referral added', 'A member referred somebody.'],
  ['ReferralUpdate', 'referral', 'Referral updated', 'Fields of a referral changed, its status among them.'],
  [
    'ReferralStatusChange',
    'referral',
    'Referral’s status changed',
    'A referral became pending, qualified, approved or denied.',
  ],
  ['ReferralDelete', 'referral', 'Referral deleted', 'A referral was deleted.'],
  ['RewardAdd', 'reward', 'Reward added', 'A member or a referral was given a reward.'],
  ['RewardUpdate', 'reward', 'Reward updated', 'Fields of a reward changed.'],
  ['RewardIssue', 'reward', 'Reward issued', 'A reward was paid out.'],
  ['RewardDelete', 'reward', 'Reward deleted', 'A reward was deleted.'],
  ['EmailUnsubscribed', 'email', 'Address unsubscribed', 'Somebody unsubscribed from Referral Rock’s mails.'],
];

/** Every event that Referral Rock posts. */
export const referralRockEvents: readonly TriggerRecord[] = rows.map(([event, resource, title, summary]) => ({
  id: `referral-rock.${event.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()}`,
  vendor: 'referral-rock',
  event,
  resource,
  title,
  summary,
  payload: payloads[resource],
  ...(unsure[resource].length > 0 && { unsure: unsure[resource] }),
  documentation: 'https://api.referralrock.com/help/webhook',
}));
