import assert from 'node:assert/strict';
import { eventNames } from '../../sandbox/referral-rock/rock.ts';
import { programIds } from '../../sandbox/seed/account.ts';
import { at, textAt, World } from './world.ts';

describe('sandbox: Referral Rock feeds, payouts and member access', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.open();
    for (const event of eventNames)
      await world.rock('POST', '/hooks', { target_url: `${world.receiverUrl}/rr/${event}`, event });
  });
  afterEach(() => world.close());

  const events = async () => (await world.received()).map(({ path }) => path.replace('/rr/', '')).sort();
  const payoutId = () => world.sandbox.referralRock.payouts.all()[0]?.id ?? '';
  const reward = async (fields: object = {}) => {
    const { id } = await world.addMember();
    const query = { memberQuery: { primaryInfo: { memberId: id } } };
    const newReward = { payoutId: payoutId(), amount: 10, ...fields };
    const { body } = await world.rock('POST', '/rewards', [{ ...query, newReward }]);
    return { memberId: id, rewardId: textAt(body, '0.reward.id') };
  };

  it('approves the pending referrals of a customer fed in, with rewards and events', async () => {
    const id = await world.addReferral({ email: 'Rex@example.com' });
    await world.received();
    const { status, body } = await world.rock('POST', '/customerfeed', { email: 'rex@example.com', amount: 90 });
    assert.deepEqual([status, at(body, 'outcome')], [200, 'ReferralApproved']);
    const single = (await world.rock('GET', `/referral/single?referralId=${id}`)).body;
    assert.partialDeepStrictEqual(single, { status: 'Approved', amount: 90 });
    assert.deepEqual(await events(), ['ReferralStatusChange', 'ReferralUpdate', 'RewardAdd']);
  });

  it('preloads a customer without a referral as a member where the program wants it, else skips', async () => {
    const feed = async () =>
      at((await world.rock('POST', '/customerfeed', { email: 'new@example.com', firstName: 'New' })).body, 'outcome');
    assert.equal(await feed(), 'MemberPreloaded');
    const { body } = await world.rock('GET', '/members?query=new@example.com');
    assert.partialDeepStrictEqual(body, {
      total: 1,
      members: [{ programId: programIds.customers, firstName: 'New', status: 'Preloaded' }],
    });
    assert.match(textAt(body, 'members.0.referralCode'), /^[0-9A-F]{8}$/);
    assert.equal(await feed(), 'Skipped');
    assert.deepEqual(await events(), ['MemberAdd']);
    assert.equal((await world.rock('POST', '/customerfeed', { firstName: 'New' })).status, 400);
  });

  it('queues people to be invited, each once', async () => {
    const one = { firstName: 'Ida', email: 'ida@example.com' };
    assert.equal((await world.rock('POST', '/invitefeed', one)).status, 200);
    assert.equal(
      (await world.rock('POST', '/invitefeeds', [one, { firstName: 'Jo', email: 'jo@example.com' }])).status,
      200,
    );
    assert.equal(world.sandbox.referralRock.invites.size, 2);
    assert.equal((await world.rock('POST', '/invitefeeds', [one, { firstName: 'Max' }])).status, 400);
    assert.equal((await world.rock('POST', '/invitefeed', {})).status, 400);
    assert.equal(world.sandbox.referralRock.invites.size, 2);
  });

  it('sums what is owed by payout and recipient, without what cannot be paid yet', async () => {
    const { memberId } = await reward();
    const query = { memberQuery: { primaryInfo: { memberId } } };
    const later = { payoutId: payoutId(), amount: 5, eligibilityDate: '2999-01-01T00:00:00Z' };
    await world.rock('POST', '/rewards', [{ ...query, newReward: later }]);
    const owed = async (more = '') => (await world.rock('GET', `/payouts/pending${more}`)).body;
    assert.partialDeepStrictEqual(await owed(), [
      { amount: 10, rewardCount: 1, recipientId: memberId, RecipientType: 'Member' },
    ]);
    assert.partialDeepStrictEqual(await owed('?includeIneligible=true'), [{ amount: 15, rewardCount: 2 }]);
    assert.deepEqual(await owed('?recipientId=nobody'), []);
    assert.partialDeepStrictEqual(await owed(`?memberId=${memberId}`), [{ amount: 10, memberId }]);
    assert.deepEqual(await owed('?memberId=nobody'), []);
  });

  it('pays all that is owed by a payout, once', async () => {
    const { rewardId, memberId } = await reward();
    await world.received();
    const pay = () => world.rock('POST', '/payouts/transactions', { payoutId: payoutId(), note: 'Thank you' });
    const paid = await pay();
    assert.partialDeepStrictEqual(paid.body, [{ amount: 10, recipientId: memberId, status: 'Complete' }]);
    assert.deepEqual(await events(), ['RewardIssue', 'RewardUpdate']);
    assert.deepEqual((await pay()).body, []);
    assert.partialDeepStrictEqual((await world.rock('GET', `/rewards?memberId=${memberId}`)).body, {
      rewards: [{ id: rewardId, status: 'Issued', completeNote: 'Thank you' }],
    });
    const id = textAt(paid.body, '0.id');
    const list = async (query: string) => (await world.rock('GET', `/payouts/transactions?${query}`)).body as object[];
    assert.equal((await list(`transactionId=${id}`)).length, 1);
    assert.equal((await list(`recipientId=${memberId}`)).length, 1);
    assert.equal((await list('recipientId=nobody')).length, 0);
    assert.equal((await world.rock('POST', '/payouts/transactions', { payoutId: 'x' })).status, 400);
    assert.equal((await world.rock('POST', '/payouts/transactions', {})).status, 400);
  });

  it('gives links that log a member in, also by the deprecated call, new ones each time', async () => {
    const { id, referralCode } = await world.addMember();
    const links = async (path: string, memberQuery: unknown) => (await world.rock('POST', path, { memberQuery })).body;
    const first = await links('/memberaccessurls', id);
    assert.partialDeepStrictEqual(first, {
      referralCode,
      shareUrl: `https://brightside.referralrock.example/l/${referralCode}`,
    });
    const second = await links('/memberaccess', { primaryInfo: { memberId: id } });
    assert.match(textAt(second, 'facebookShareUrl'), /s=facebook$/);
    assert.notEqual(textAt(first, 'portalUrl'), textAt(second, 'portalUrl'));
    assert.equal((await world.rock('POST', '/memberaccessurls', { memberQuery: 'nobody' })).status, 404);
  });

  it('tells the stats of a member, for a period that it knows', async () => {
    const { referralCode } = await world.addMember();
    await world.rock('POST', '/referrals', { referralCode });
    const stats = (period: string) =>
      world.rock('GET', `/memberstats/getsingle?query=${referralCode}&timePeriod=${period}`);
    assert.partialDeepStrictEqual((await stats('All')).body, { referralsCount: 1, referralsPending: 1 });
    assert.equal((await stats('Yesterday')).status, 400);
  });

  it('fires each of its 15 events', async () => {
    const program = textAt((await world.control('POST', 'programs', { name: 'Autumn' })).body, 'id');
    await world.control('PUT', `programs/${program}`, { isActive: false });
    await world.control('DELETE', `programs/${program}`);
    const { id, referralCode } = await world.addMember();
    const member = { primaryInfo: { memberId: id } };
    await world.rock('POST', '/members/update', [{ query: member, member: { city: 'Waco' } }]);
    const made = await world.rock('POST', '/referrals', { referralCode, email: 'rex@example.com' });
    const referral = { primaryInfo: { referralId: textAt(made.body, 'referral.id') } };
    await world.rock('POST', '/referral/update', [{ query: referral, referral: { status: 'qualified' } }]);
    const newReward = { payoutId: payoutId(), amount: 10 };
    const rewarded = await world.rock('POST', '/rewards', [{ memberQuery: member, newReward }]);
    const rewardId = textAt(rewarded.body, '0.reward.id');
    await world.rock('POST', '/rewards/issue', { rewardId });
    await world.rock('POST', '/rewards/remove', { rewardIds: [rewardId] });
    await world.rock('POST', '/email/unsubscribe', { email: 'rex@example.com' });
    await world.rock('DELETE', '/referral/remove', [{ query: referral }]);
    await world.rock('DELETE', '/members/remove', [{ query: member }]);
    assert.deepEqual([...new Set(await events())], [...eventNames].sort());
  });
});
