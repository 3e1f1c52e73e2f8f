import { randomUUID } from 'node:crypto';
import type { Sandbox } from '../../../sandbox/sandbox.ts';

type Input = Record<string, unknown>;

/** The ids that a sandbox with the lifelike seed has to offer. */
export interface World {
  readonly programId: string;
  readonly programName: string;
  readonly member: { readonly id: string; readonly referralCode: string; readonly email: string };
  readonly referral: { readonly id: string; readonly email: string };
  readonly payoutId: string;
  /** Of a reward that is not issued yet. */
  readonly rewardId: string;
  readonly hookId: string;
}

export function worldOf({ info, referralRock: state }: Sandbox): World {
  const [program] = info.referralRock.programs;
  const referral = state.referrals.all().find(({ status }) => status === 'Pending');
  const member = state.members.all().find(({ disabledFlag, email }) => !disabledFlag && email !== '');
  const reward = state.rewards.all().find(({ status }) => status === 'Pending');
  const [payout] = state.payouts.all();
  if (!program || !referral || !member || !reward || !payout) throw new Error('The seed is not lifelike.');
  const hook = state.hooks.put({ id: randomUUID(), target_url: 'http://127.0.0.1:9/', event: 'MemberAdd' });
  return {
    programId: program.id,
    programName: program.name,
    member,
    referral,
    payoutId: payout.id,
    rewardId: reward.id,
    hookId: hook.id,
  };
}

const memberQuery = ({ member }: World): Input => ({ primaryInfo: { memberId: member.id } });
const referralQuery = ({ referral }: World): Input => ({ primaryInfo: { referralId: referral.id } });
const someone = (): { firstName: string; lastName: string; email: string } => ({
  firstName: 'Ida',
  lastName: 'Lind',
  email: `${randomUUID()}@example.com`,
});

/** An input for each operation (without the vendor's name) that the sandbox takes. */
export const examples: Readonly<Record<string, (world: World) => Input>> = {
  'program.list': () => ({ count: 1 }),
  'program.get': ({ programName }) => ({ programName }),
  'program.list-reward-rules': ({ programId }) => ({ programId }),
  'member.list': ({ member }) => ({ query: member.email, sort: 'Create_Dt_Asc' }),
  'member.create': ({ programId }) => ({ programId, ...someone(), shouldSendEmail: false }),
  'member.update': (world) => ({ query: memberQuery(world), member: { city: 'Round Rock' } }),
  'member.set-payout': (world) => ({
    query: memberQuery(world),
    member: { payoutInfo: { payoutType: 'PayPal', useDefaultValues: false, email: 'pay@example.com' } },
  }),
  'member.remove': (world) => ({ query: memberQuery(world) }),
  'member.get-stats': ({ member }) => ({ query: member.id, timePeriod: 'All' }),
  'member-access.create-urls': ({ member }) => ({ memberQuery: member.email, expireInMinutes: 5 }),
  'member-access.create': ({ member }) => ({ memberQuery: member.referralCode }),
  'referral.list': ({ programId }) => ({ programId, status: 'pending', count: 3 }),
  'referral.get': ({ referral }) => ({ referralId: referral.id }),
  'referral.create': ({ member }) => ({ referralCode: member.referralCode, ...someone(), amount: 100 }),
  'referral.update': (world) => ({ query: referralQuery(world), referral: { note: 'Called' } }),
  'referral.set-status': (world) => ({ query: referralQuery(world), referral: { status: 'qualified', amount: 12.5 } }),
  'referral.post-status': ({ referral }) => ({ referralId: referral.id, status: 'denied' }),
  'referral.remove': (world) => ({ query: referralQuery(world) }),
  'referral-action.create': ({ referral }) => ({
    amount: 20,
    referralQuery: referral.id,
    externalIdentifier: 'invoice-1',
  }),
  'reward.list': () => ({ status: 'Pending', count: 2 }),
  'reward.create': (world) => ({ memberQuery: memberQuery(world), newReward: { payoutId: world.payoutId, amount: 5 } }),
  'reward.update': ({ rewardId, payoutId }) => ({ rewardId, payoutId, amount: 7 }),
  'reward.remove': ({ rewardId }) => ({ rewardId }),
  'reward.issue': ({ rewardId }) => ({ rewardId, note: 'Thank you', overrideIneligible: true }),
  'payout.list': () => ({}),
  'payout.list-pending': () => ({ memberId: 'm1', includeIneligible: true }),
  'payout.list-transactions': () => ({}),
  'payout.create-transaction': ({ payoutId }) => ({ payoutId, overrideIneligible: true }),
  'invite.create': () => someone(),
  'invite.create-many': () => ({ contacts: [someone(), someone()] }),
  'customer.feed': ({ referral }) => ({ email: referral.email, amount: 99 }),
  'email.get-unsubscribed': ({ member }) => ({ email: member.email }),
  'email.unsubscribe': ({ member }) => ({ email: member.email }),
  'email.resubscribe': ({ member }) => ({ email: member.email }),
  'hook.create': () => ({ target_url: 'http://127.0.0.1:9/hook', event: 'ReferralAdd' }),
  'hook.delete': ({ hookId }) => ({ web_hook_id: hookId }),
  'hook.list-deliveries': () => ({ eventName: 'ReferralAdd' }),
};
