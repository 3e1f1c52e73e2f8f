import { isDeepStrictEqual } from 'node:util';
import { type Answer, bodyFields, type Call, type Fields, isFields, type Operation, textOf } from '../operation.ts';
import { findMember, findReferral, part, programByText, programIdOf } from './lookup.ts';
import { membersByText } from './members.ts';
import { isEligible, issueReward } from './reward-issue.ts';
import { addReward } from './reward-rules.ts';
import {
  bodyList,
  createdWithin,
  failedWith,
  pageOf,
  queryOf,
  refusal,
  removedWell,
  type ResultInfo,
  rockDate,
  type Rock,
  succeeded,
} from './rock.ts';
import { sorted } from './sorting.ts';
import type { Reward } from './state.ts';
import { hookBody, rewardView } from './views.ts';

export function rewardOperations(rock: Rock): Operation[] {
  const removal = { path: '/api/rewards/remove', effect: 'write', run: (call: Call) => remove(rock, call) } as const;
  return [
    { name: 'rr.reward.list', method: 'GET', path: '/api/rewards', effect: 'read', run: (call) => list(rock, call) },
    {
      name: 'rr.reward.create',
      method: 'POST',
      path: '/api/rewards',
      effect: 'write',
      run: (call) => create(rock, call),
    },
    {
      name: 'rr.reward.update',
      method: 'POST',
      path: '/api/rewards/update',
      effect: 'write',
      run: (call) => update(rock, call),
    },
    { name: 'rr.reward.remove', method: 'POST', ...removal },
    { name: 'rr.reward.remove', method: 'DELETE', ...removal },
    {
      name: 'rr.reward.issue',
      method: 'POST',
      path: '/api/rewards/issue',
      effect: 'write',
      run: (call) => issue(rock, call),
    },
  ];
}

function list(rock: Rock, call: Call): Answer {
  const programText = queryOf(call, 'programId');
  const program = programText === undefined ? undefined : programByText(rock, programText);
  const memberId = queryOf(call, 'memberId')?.toLowerCase();
  const query = queryOf(call, 'query');
  const status = queryOf(call, 'status')?.toLowerCase();
  const within = createdWithin(call);
  const found = rock.state.rewards
    .all()
    .filter((reward) => programText === undefined || reward.programId === program?.id)
    .filter((reward) => memberId === undefined || reward.memberId === memberId)
    .filter((reward) => status === undefined || reward.status.toLowerCase() === status)
    .filter((reward) => query === undefined || isFor(rock, reward, query))
    .filter((reward) => within(reward.createDate));
  const view = (reward: Reward): Fields => rewardView(rock, reward);
  const keys = {
    Create_Dt: (reward: Reward) => reward.createDate,
    Reward_Action: (reward: Reward) => reward.description,
    Recipient_Name: (reward: Reward) => String(view(reward)['recipientName']),
    Complete_Dt: (reward: Reward) => reward.issueDate ?? '',
  };
  const { page, set } = pageOf(call, sorted(call, found, keys));
  return { status: 200, body: { ...set, rewards: page.map(view) } };
}

/** Whether `text` is the recipient's e-mail, id or external id, or the member's code. */
function isFor(rock: Rock, reward: Reward, text: string): boolean {
  const { recipientEmailAddress, recipientId, recipientExternalIdentifier } = rewardView(rock, reward);
  const named = [recipientEmailAddress, recipientId, recipientExternalIdentifier].map((each) =>
    String(each).toLowerCase(),
  );
  return (
    named.includes(text.toLowerCase()) || membersByText(rock, text).some((member) => member.id === reward.memberId)
  );
}

/** An array of `{memberQuery | referralQuery, newReward}`. */
function create(rock: Rock, call: Call): Answer {
  const results = bodyList(call).map((item) => createOne(rock, item, rockDate(call.now)));
  return { status: 201, body: results.map(({ result }) => result), recordId: results[0]?.id };
}

function createOne(rock: Rock, item: Fields, at: string): { id: string | undefined; result: Fields } {
  const fields = part(item, 'newReward');
  const failed = (why: string): { id: undefined; result: Fields } => ({
    id: undefined,
    result: { reward: null, resultInfo: failedWith(why) },
  });
  const payout = rock.state.payouts.get(textOf(fields['payoutId']) ?? '');
  if (!payout) return failed('Payout not found.');
  const target = targetOf(rock, item);
  if ('why' in target) return failed(target.why);
  const reward = addReward(rock, {
    payoutId: payout.id,
    ...target,
    status: 'Pending',
    amount: typeof fields['amount'] === 'number' ? fields['amount'] : 0,
    description: textOf(fields['description']) ?? '',
    createDate: at,
    updateDate: at,
    issueDate: null,
    eligibilityDate: textOf(fields['eligibilityDate']) ?? at,
    externalIdentifier: '',
    completeNote: '',
    programRewardRuleId: null,
    source: 'API',
  });
  return { id: reward.id, result: { reward: rewardView(rock, reward), resultInfo: succeeded() } };
}

type Target = { programId: string; memberId: string; referralId: string | null; type: Reward['type'] };

function targetOf(rock: Rock, item: Fields): Target | { why: string } {
  if (isFields(item['referralQuery'])) {
    const found = findReferral(rock, item['referralQuery']);
    if ('why' in found) return found;
    const { id, memberId } = found.record;
    return { programId: programIdOf(rock, found.record), memberId, referralId: id, type: 'Referral' };
  }
  const found = findMember(rock, part(item, 'memberQuery'));
  if ('why' in found) return found;
  return { programId: found.record.programId, memberId: found.record.id, referralId: null, type: 'Member' };
}

function update(rock: Rock, call: Call): Answer {
  const results = bodyList(call).map((item) => {
    const before = rock.state.rewards.get(textOf(item['rewardId']) ?? '');
    if (!before) return { id: undefined, result: { reward: null, resultInfo: failedWith('Reward not found.') } };
    const reward = change(rock, before, item, rockDate(call.now));
    return { id: reward.id, result: { reward: rewardView(rock, reward), resultInfo: succeeded() } };
  });
  return { status: 200, body: results.map(({ result }) => result), recordId: results[0]?.id };
}

function change(rock: Rock, before: Reward, fields: Fields, at: string): Reward {
  const after: Reward = {
    ...before,
    ...(typeof fields['payoutId'] === 'string' && { payoutId: fields['payoutId'] }),
    ...(typeof fields['amount'] === 'number' && { amount: fields['amount'] }),
    ...(typeof fields['eligibilityDate'] === 'string' && { eligibilityDate: fields['eligibilityDate'] }),
    ...(typeof fields['description'] === 'string' && { description: fields['description'] }),
  };
  if (isDeepStrictEqual(before, after)) return before;
  const reward = rock.state.rewards.put({ ...after, updateDate: at });
  rock.emit('RewardUpdate', hookBody(rewardView(rock, reward)));
  return reward;
}

function remove(rock: Rock, call: Call): Answer {
  const ids = bodyFields(call)['rewardIds'];
  if (!Array.isArray(ids)) throw refusal(400, 'rewardIds is required.');
  const results = ids.map((id) => {
    const reward = rock.state.rewards.get(String(id));
    if (!reward) return { rewardId: id, resultInfo: failedWith('Reward not found.') };
    const last = hookBody(rewardView(rock, reward));
    rock.state.rewards.delete(reward.id);
    rock.emit('RewardDelete', last);
    return { rewardId: id, resultInfo: removedWell() };
  });
  return { status: 200, body: results, recordId: textOf(ids[0]) };
}

/** Pays once. */
function issue(rock: Rock, call: Call): Answer {
  const { rewardId, note } = bodyFields(call);
  const before = rock.state.rewards.get(textOf(rewardId) ?? '');
  if (!before) throw refusal(404, 'Reward not found.');
  const answer = (reward: Reward, resultInfo: ResultInfo): Answer => ({
    status: 200,
    body: { reward: rewardView(rock, reward), resultInfo },
    recordId: reward.id,
  });
  if (before.status === 'Issued') return answer(before, failedWith('The reward has already been issued.'));
  if (!isEligible(before, call.now) && queryOf(call, 'overrideIneligible')?.toLowerCase() !== 'true') {
    return answer(before, failedWith('The reward is not eligible yet.'));
  }
  return answer(issueReward(rock, before, textOf(note) ?? '', call.now).reward, succeeded());
}
