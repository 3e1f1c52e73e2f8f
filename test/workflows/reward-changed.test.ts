import assert from 'node:assert/strict';
import { editReferral, find, referred } from '../support/people.ts';
import { type Json, RunningRockbridge } from '../support/rockbridge.ts';
import { keepsItsPromises } from './promises.ts';

describe('a reward changed', () => {
  let rockbridge: RunningRockbridge;
  before(async () => {
    rockbridge = await RunningRockbridge.start({ quota: 'high', timing: { goneAfter: 500 } });
  });
  after(() => rockbridge.close());

  /** Approving a referral makes its member a reward, by the sandbox's rules. */
  const rewarded = async (): Promise<{ email: string; rewardId: string }> => {
    const { referralId, memberId } = await referred(rockbridge);
    await editReferral(rockbridge, { id: referralId }, { status: 'approved' });
    await rockbridge.settled();
    const { rewards } = await rockbridge.asUser('referral-rock', 'GET', `/api/rewards?memberId=${memberId}`);
    const [reward] = rewards as Json[];
    return {
      email: String(rockbridge.sandbox.referralRock.members.get(memberId)?.email),
      rewardId: String(reward?.['id']),
    };
  };

  it('leaves a note with its amount on the contact of its member', async () => {
    const { email } = await rewarded();
    const { notes } = find(rockbridge, { email });
    assert.equal(notes.filter(({ body }) => /reward/iu.test(body) && /\d+\.\d\d/u.test(body)).length, 1);
  });

  it('tags the contact when it is issued, and tells so once', async () => {
    const { email, rewardId } = await rewarded();
    const before = find(rockbridge, { email }).notes.length;
    await rockbridge.writesDuring(() => rockbridge.asUser('referral-rock', 'POST', '/api/rewards/issue', { rewardId }));
    const { contacts, notes } = find(rockbridge, { email });
    assert.ok(contacts[0]?.tags.includes('rr-reward-issued'), contacts[0]?.tags.join());
    assert.equal(notes.length, before + 1);
  });

  it('brings the sums of its member to the contact', async () => {
    const { email, rewardId } = await rewarded();
    const shown = (field: string): number => {
      const { customFields } = rockbridge.sandbox.ghl;
      const [contact] = find(rockbridge, { email }).contacts;
      const found = contact?.customFields.find(({ id }) => customFields.get(id)?.fieldKey === `contact.${field}`);
      return Number(found?.value ?? 0);
    };
    assert.deepEqual(
      [shown('referrals_total'), shown('referrals_approved'), shown('rewards_issued_amount')],
      [1, 1, 0],
    );
    const before = rockbridge.sandbox.referralRock.rewards.get(rewardId)?.amount;
    await rockbridge.writesDuring(() => rockbridge.asUser('referral-rock', 'POST', '/api/rewards/issue', { rewardId }));
    assert.deepEqual([shown('rewards_issued_amount'), before !== 0], [before, true]);
  });

  it('leaves a note when it is deleted', async () => {
    const { email, rewardId } = await rewarded();
    const before = find(rockbridge, { email }).notes.length;
    await rockbridge.writesDuring(() =>
      rockbridge.asUser('referral-rock', 'POST', '/api/rewards/remove', { rewardIds: [rewardId] }),
    );
    assert.equal(find(rockbridge, { email }).notes.length, before + 1);
  });

  keepsItsPromises(() => rockbridge, 'reward');
});
