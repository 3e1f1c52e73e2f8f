import { randomUUID } from 'node:crypto';
import { type Rock, rockDate } from './rock.ts';
import type { Reward, Transaction } from './state.ts';
import { hookBody, rewardView } from './views.ts';

/** A reward can be paid from its eligibility date on. */
export function isEligible({ eligibilityDate }: Reward, now: number): boolean {
  return eligibilityDate === null || Date.parse(eligibilityDate) <= now;
}

/** Pays: the reward becomes Issued, a payout transaction is booked, RewardUpdate and RewardIssue are fired. */
export function issueReward(
  rock: Rock,
  before: Reward,
  note: string,
  now: number,
): { reward: Reward; transaction: Transaction } {
  const at = rockDate(now);
  const reward = rock.state.rewards.put({
    ...before,
    status: 'Issued',
    issueDate: at,
    updateDate: at,
    completeNote: note,
  });
  const transaction = rock.state.transactions.put({
    id: randomUUID(),
    rewardId: reward.id,
    amount: reward.amount,
    createDate: at,
    recipientId: recipientOf(reward),
  });
  const body = hookBody(rewardView(rock, reward));
  rock.emit('RewardUpdate', body);
  rock.emit('RewardIssue', body);
  return { reward, transaction };
}

export function recipientOf({ type, referralId, memberId }: Reward): string {
  return referralId !== null && type === 'Referral' ? referralId : memberId;
}
