import { randomUUID } from 'node:crypto';
import { programIdOf } from './lookup.ts';
import type { Rock } from './rock.ts';
import type { Referral, Reward, RewardRule } from './state.ts';
import { hookBody, rewardView } from './views.ts';

/** A referral that reached a status makes a pending reward by each enabled rule of its program on that status. */
export function rewardStatus(rock: Rock, referral: Referral, at: string): void {
  for (const rule of enabledRules(rock, referral)) {
    if (rule.trigger.event === 'ReferralStatus' && rule.trigger.status === referral.status)
      addByRule(rock, rule, referral, at);
  }
}

/** A referral action makes a reward by each enabled rule on actions. */
export function rewardAction(rock: Rock, referral: Referral, at: string): void {
  for (const rule of enabledRules(rock, referral)) {
    if (rule.trigger.event === 'ReferralAction') addByRule(rock, rule, referral, at);
  }
}

/** Stores a reward and fires RewardAdd. */
export function addReward(rock: Rock, reward: Omit<Reward, 'id'>): Reward {
  const stored = rock.state.rewards.put({ id: randomUUID(), ...reward });
  rock.emit('RewardAdd', hookBody(rewardView(rock, stored)));
  return stored;
}

function enabledRules(rock: Rock, referral: Referral): RewardRule[] {
  return rock.state.rewardRules.by('programId', programIdOf(rock, referral)).filter((rule) => rule.isEnabled);
}

function addByRule(rock: Rock, rule: RewardRule, referral: Referral, at: string): void {
  addReward(rock, {
    payoutId: rule.payoutId,
    programId: rule.programId,
    memberId: referral.memberId,
    referralId: referral.id,
    type: rule.reward.recipient,
    status: 'Pending',
    amount: rule.reward.amount,
    description: rule.description,
    createDate: at,
    updateDate: at,
    issueDate: null,
    eligibilityDate: at,
    externalIdentifier: '',
    completeNote: '',
    programRewardRuleId: rule.id,
    source: 'RewardRule',
  });
}
