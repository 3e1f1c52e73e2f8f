import assert from 'node:assert/strict';
import { programIds } from '../../sandbox/seed/account.ts';
import { ask, at, rockHeaders, textAt, World } from './world.ts';

describe('sandbox: Referral Rock access, programs and rewards', () => {
  let world: World;
  let now = Date.parse('2026-11-24T10:00:00.123Z');
  beforeEach(async () => {
    world = await World.open({ now: () => now });
  });
  afterEach(() => world.close());

  it('answers 401 with a plain Message for wrong keys', async () => {
    const { status, body } = await ask('GET', `${world.sandbox.referralRockUrl}/api/programs`, undefined, {
      authorization: 'Basic eDp5',
    });
    assert.equal(status, 401);
    assert.deepEqual(Object.keys(body as object), ['Message']);
  });

  it('routes in any letter case and answers an unknown route with a Message', async () => {
    assert.equal(
      (await ask('GET', `${world.sandbox.referralRockUrl}/API/Programs/`, undefined, rockHeaders)).status,
      200,
    );
    const { status, body } = await world.rock('GET', '/referral');
    assert.equal(status, 404);
    assert.match(textAt(body, 'Message'), /No HTTP resource/);
  });

  it('lists programs in a set and gives one by name', async () => {
    const { body } = await world.rock('GET', '/programs');
    assert.partialDeepStrictEqual(body, { offset: 0, total: 2, message: '' });
    assert.partialDeepStrictEqual((await world.rock('GET', '/program/getsingle?programName=Partner%20Program')).body, {
      id: programIds.partners,
    });
    assert.equal((await world.rock('GET', '/program/getsingle?programName=None')).status, 404);
  });

  it('answers 429 with Retry-After after the limit', async () => {
    await world.control('PUT', 'limits', { referralRock: { max: 1 } });
    assert.equal((await world.rock('GET', '/programs')).status, 200);
    now += 15_000;
    const refusal = await world.rock('GET', '/programs');
    assert.deepEqual([refusal.status, refusal.headers['retry-after']], [429, '45']);
    now += 45_000;
    assert.equal((await world.rock('GET', '/programs')).status, 200);
  });

  it('makes one pending reward when a referral is approved and keeps the counters of its member', async () => {
    const id = await world.addReferral({ amount: 100 });
    await world.updateReferral(id, { status: 'Approved' });
    await world.updateReferral(id, { note: 'again' });
    const { body } = await world.rock('GET', '/rewards?status=pending');
    assert.partialDeepStrictEqual(body, {
      total: 1,
      rewards: [{ referralId: id, type: 'Member', amount: 50, status: 'Pending', currencyCode: 'USD' }],
    });
    const memberId = textAt(body, 'rewards.0.memberId');
    const member = await world.rock('GET', `/members?query=${memberId}`);
    assert.partialDeepStrictEqual(at(member.body, 'members.0'), {
      referrals: 1,
      referralsApproved: 1,
      referralsApprovedAmount: 100,
      rewards: 1,
      rewardsPendingAmount: 50,
    });
    const rewardId = textAt(body, 'rewards.0.id');
    assert.partialDeepStrictEqual((await world.rock('POST', '/rewards/issue', { rewardId })).body, {
      reward: { status: 'Issued' },
      resultInfo: { Status: 'Succeeded' },
    });
    assert.partialDeepStrictEqual((await world.rock('POST', '/rewards/issue', { rewardId })).body, {
      resultInfo: { Status: 'Failed' },
    });
    const stats = await world.rock('GET', `/memberstats/getsingle?query=${memberId}`);
    assert.partialDeepStrictEqual(stats.body, {
      referralsApproved: 1,
      rewardsIssuedAmount: 50,
      rewardsPendingAmount: 0,
    });
  });

  it('tells the reward rules of a program, and makes no reward by one that is off', async () => {
    const { body } = await world.rock('GET', `/rewardrules?programId=${programIds.partners}`);
    assert.deepEqual(
      (body as object[]).map((rule) => at(rule, 'isEnabled')),
      [true, false, true],
    );
    const { referralCode } = await world.addMember({ programId: programIds.partners });
    await world.rock('POST', '/referrals', { referralCode, status: 'approved' });
    assert.deepEqual(
      world.sandbox.referralRock.rewards.all().map((reward) => reward.amount),
      [150],
    );
  });

  it('takes a referral action with the same external identifier once', async () => {
    const { referralCode } = await world.addMember({ programId: programIds.partners });
    const { body } = await world.rock('POST', '/referrals', { referralCode });
    const action = {
      amount: 10,
      externalIdentifier: 'job-1',
      referralQuery: { primaryInfo: { referralId: textAt(body, 'referral.id') } },
    };
    for (const _ of [1, 2]) assert.equal((await world.rock('POST', '/referralaction', action)).status, 200);
    assert.deepEqual([world.sandbox.referralRock.actions.size, world.sandbox.referralRock.rewards.size], [1, 1]);
  });
});
