import assert from 'node:assert/strict';
import { assertEnded, type Cast, NOTHING, type Scene } from '../scene.ts';
import type { Stage } from '../stage.ts';

const notesOf = async (stage: Stage, cast: Cast, text: RegExp): Promise<string[]> =>
  (await stage.noteBodies(cast.memberContactId)).filter((body) => text.test(body));

const added: Scene = {
  trigger: 'reward added',
  does: 'Omar is given a reward of 25 in Referral Rock',
  ghl: '1 note with the amount',
  referralRock: NOTHING,
  writes: ['ghl.note.create'],
  async act(stage, cast) {
    const [payout] = await stage.rock<{ id: string }[]>('GET', '/api/payouts');
    const memberQuery = { primaryInfo: { memberId: cast.memberId } };
    const newReward = { payoutId: payout?.id, amount: 25, description: 'Helped at the fair' };
    const [made] = await stage.rock<{ reward: { id: string } }[]>('POST', '/api/rewards', [{ memberQuery, newReward }]);
    cast.rewardId = made?.reward.id ?? '';
  },
  async check(stage, cast) {
    assert.equal((await notesOf(stage, cast, /reward of 25\.00 USD.*Helped at the fair/u)).length, 1);
    await assertEnded(stage, 'RewardAdd', cast.rewardId);
  },
};

const changed: Scene = {
  trigger: 'reward changed',
  does: 'its amount is raised to 40',
  ghl: '1 note with both amounts',
  referralRock: NOTHING,
  writes: ['ghl.note.create'],
  async act(stage, cast) {
    await stage.rock('POST', '/api/rewards/update', [{ rewardId: cast.rewardId, amount: 40 }]);
  },
  async check(stage, cast) {
    assert.equal((await notesOf(stage, cast, /reward of 40\.00 USD.* 25 before/u)).length, 1);
  },
};

const issued: Scene = {
  trigger: 'reward issued',
  does: 'it is issued',
  ghl: 'tag rr-reward-issued, 1 note, Omar’s sum of rewards',
  referralRock: NOTHING,
  writes: ['ghl.contact.update', 'ghl.note.create', 'ghl.tag.add'],
  async act(stage, cast) {
    await stage.rock('POST', '/api/rewards/issue', { rewardId: cast.rewardId });
  },
  async check(stage, cast) {
    assert.ok((await stage.contact(cast.memberContactId)).tags.includes('rr-reward-issued'));
    assert.equal((await notesOf(stage, cast, /40\.00 USD.* was issued/u)).length, 1);
  },
};

const deleted: Scene = {
  trigger: 'reward deleted',
  does: 'the reward that the approval made is deleted',
  ghl: '1 note',
  referralRock: NOTHING,
  writes: ['ghl.note.create'],
  async act(stage, cast) {
    const path = `/api/rewards?memberId=${cast.memberId}&status=Pending`;
    const { rewards: pending } = await stage.rock<{ rewards: { id: string }[] }>('GET', path);
    cast.rewardId = pending[0]?.id ?? '';
    await stage.rock('POST', '/api/rewards/remove', { rewardIds: [cast.rewardId] });
  },
  async check(stage, cast) {
    assert.equal((await notesOf(stage, cast, /was deleted in Referral Rock/u)).length, 1);
    await assertEnded(stage, 'RewardDelete', cast.rewardId);
  },
};

export const rewards: readonly Scene[] = [added, changed, issued, deleted];
