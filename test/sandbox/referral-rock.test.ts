import assert from 'node:assert/strict';
import { programIds } from '../../sandbox/seed/account.ts';
import { ask, at, rockHeaders, textAt, World } from './world.ts';

describe('sandbox: Referral Rock', () => {
  let world: World;
  let now = Date.parse('2026-11-24T10:00:00.123Z');
  beforeEach(async () => {
    world = await World.open({ now: () => now });
  });
  afterEach(() => world.close());

  const programId = programIds.customers;
  const addMember = async (fields: object = {}) => {
    const { body } = await world.rock('POST', '/members', {
      programId,
      firstName: 'Mia',
      email: 'mia@example.com',
      ...fields,
    });
    return at(body, 'member') as { id: string; referralCode: string };
  };
  const addReferral = async (fields: object = {}) => {
    const { referralCode } = await addMember({ email: `m${Math.random()}@example.com` });
    const { body } = await world.rock('POST', '/referrals', { referralCode, ...fields });
    return textAt(body, 'referral.id');
  };
  const updateReferral = async (referralId: string, referral: object) =>
    at(
      (await world.rock('POST', '/referral/update', [{ query: { primaryInfo: { referralId } }, referral }])).body,
      '0',
    );

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

  it('answers 201 with message and member, which starts as Preloaded with a code and a link', async () => {
    const { status, body } = await world.rock('POST', '/members', {
      programId,
      firstName: 'Mia',
      email: 'mia@example.com',
      phone: '555',
    });
    assert.equal(status, 201);
    const member = at(body, 'member') as Record<string, unknown>;
    assert.partialDeepStrictEqual(member, {
      status: 'Preloaded',
      phone: '555',
      lastName: '',
      dateOfBirth: null,
      createDt: '2026-11-24T10:00:00.1230000Z',
    });
    assert.match(String(member['referralCode']), /^[0-9A-F]{8}$/);
    assert.ok(
      !('phoneNumber' in member) && !('createDate' in member) && !('updateDate' in member) && !('note' in member),
    );
  });

  it('answers 400 with ModelState for a member without program, first name or e-mail', async () => {
    const { status, body } = await world.rock('POST', '/members', { programId });
    assert.equal(status, 400);
    assert.deepEqual(Object.keys(at(body, 'ModelState') as object), ['newMember.firstName', 'newMember.email']);
  });

  it('makes a second member of the same e-mail unless told to refuse', async () => {
    const first = await addMember();
    assert.notEqual((await addMember()).id, first.id);
    await world.control('PUT', 'settings', { referralRock: { duplicateMember: 'refuse' } });
    assert.equal(
      (await world.rock('POST', '/members', { programId, firstName: 'Mia', email: 'MIA@example.com' })).status,
      400,
    );
  });

  it('disables a new member past the limit of the plan, under a 201', async () => {
    await world.control('PUT', 'settings', { referralRock: { memberLimit: 0 } });
    assert.partialDeepStrictEqual(await addMember(), {
      disabledFlag: true,
      status: 'Disabled',
      disabledReason: 'MemberLimitHit',
    });
  });

  it('finds members whose e-mail, id, external id or code equals the query', async () => {
    const member = await addMember({ externalIdentifier: 'crm-1' });
    await addMember({ email: 'other@example.com' });
    for (const query of ['MIA@example.com', member.id, 'crm-1', member.referralCode.toLowerCase()]) {
      const { body } = await world.rock('GET', `/members?query=${encodeURIComponent(query)}`);
      assert.partialDeepStrictEqual(body, { total: 1, members: [{ id: member.id }] });
    }
    assert.partialDeepStrictEqual((await world.rock('GET', '/members?query=mia')).body, { total: 0 });
    const byId = await world.rock('GET', `/members?query=${member.id}&programId=${programIds.partners}`);
    assert.equal(at(byId.body, 'total'), 1, 'an internal id ignores the other filters');
  });

  it('lists newest first, by offset and count, within dates, by program name or title, and by whether disabled', async () => {
    for (const firstName of ['A', 'B', 'C']) {
      now += 86_400_000;
      await addMember({ firstName, email: `${firstName}@example.com`, disabledFlag: firstName === 'B' });
    }
    const names = async (query: string) =>
      (at((await world.rock('GET', `/members?${query}`)).body, 'members') as object[]).map((each) =>
        textAt(each, 'firstName'),
      );
    assert.deepEqual(await names(''), ['C', 'B', 'A']);
    assert.deepEqual(await names('offset=1&count=1'), ['B']);
    assert.deepEqual(await names('sort=Create_Dt_Asc'), ['A', 'B', 'C']);
    assert.deepEqual(await names('sort=Member_Full_Name_Asc&showDisabled=false'), ['A', 'C']);
    assert.deepEqual(await names('showDisabled=true'), ['B']);
    assert.deepEqual(await names(`dateFrom=${new Date(now).toISOString().slice(0, 10)}`), ['C']);
    assert.deepEqual(await names('programId=Customer%20Referrals'), ['C', 'B', 'A']);
    assert.deepEqual(await names('programId=Brightside%20for%20partners'), []);
    assert.equal((await world.rock('GET', '/members?sort=Nothing')).status, 400);
  });

  it('updates members by array with a resultInfo in Pascal case per item', async () => {
    await addMember({ phone: '1' });
    const secondaryInfo = { email: 'mia@example.com' };
    const { status, body } = await world.rock('POST', '/members/update', [
      { query: { secondaryInfo, tertiaryInfo: { programId } }, member: { lastName: 'Moss', phone: null } },
      { query: { secondaryInfo, tertiaryInfo: { ProgramId: programId } }, member: { lastName: 'No' } },
      { query: { secondaryInfo }, member: { lastName: 'No' } },
    ]);
    assert.equal(status, 200);
    assert.partialDeepStrictEqual(at(body, '0'), {
      member: { lastName: 'Moss', phone: '1' },
      resultInfo: { Status: 'Succeeded' },
    });
    assert.partialDeepStrictEqual(at(body, '1'), { member: null, resultInfo: { Status: 'Failed' } });
    assert.partialDeepStrictEqual(at(body, '2'), { member: null, resultInfo: { Status: 'Failed' } });
    assert.equal((await world.rock('POST', '/members/update', {})).status, 400);
  });

  it('acts on a query only when its match is unique', async () => {
    await addMember();
    await addMember();
    const query = { secondaryInfo: { email: 'mia@example.com' }, tertiaryInfo: { programName: 'Customer Referrals' } };
    assert.partialDeepStrictEqual(at((await world.rock('POST', '/members/remove', [{ query }])).body, '0'), {
      resultInfo: { Status: 'Failed' },
    });
    assert.equal(world.sandbox.referralRock.members.size, 2);
  });

  for (const method of ['POST', 'DELETE'] as const) {
    it(`removes a member by ${method} with a body, with its referrals and rewards`, async () => {
      const { id, referralCode } = await addMember();
      await world.rock('POST', '/referrals', { referralCode, status: 'approved' });
      assert.equal(world.sandbox.referralRock.rewards.size, 1);
      const { body } = await world.rock(method, '/members/remove', [{ query: { primaryInfo: { memberId: id } } }]);
      assert.partialDeepStrictEqual(at(body, '0'), { resultInfo: { Status: 'Success' } });
      const { members, referrals, rewards } = world.sandbox.referralRock;
      assert.deepEqual([members.size, referrals.size, rewards.size], [0, 0, 0]);
    });
  }

  it("adds a referral by nothing but the member's code, which decides its program", async () => {
    const { id, referralCode } = await addMember();
    const { status, body } = await world.rock('POST', '/referrals', { referralCode });
    assert.equal(status, 201);
    assert.partialDeepStrictEqual(body, {
      message: 'Referral Added',
      referral: { status: 'Pending', programId, referringMemberId: id, memberReferralCode: referralCode },
    });
    const referral = at(body, 'referral') as object;
    assert.ok(
      'phoneNumber' in referral &&
        'createDate' in referral &&
        !('phone' in referral) &&
        !('createDt' in referral) &&
        !('memberId' in referral),
    );
    assert.equal((await world.rock('POST', '/referrals', { referralCode: 'NOBODY' })).status, 400);
    assert.equal((await world.rock('POST', '/referrals', {})).status, 400);
  });

  it('refuses a referral under a disabled member', async () => {
    const { referralCode } = await addMember({ disabledFlag: true });
    assert.equal((await world.rock('POST', '/referrals', { referralCode })).status, 400);
  });

  it('reads one referral bare, by id, e-mail or external id, and answers 404 with a Message when there is none', async () => {
    const id = await addReferral({ email: 'Rex@example.com', externalIdentifier: 'crm-9' });
    for (const query of [`referralId=${id}`, 'email=rex@EXAMPLE.com', 'externalId=crm-9']) {
      assert.partialDeepStrictEqual((await world.rock('GET', `/referral/single?${query}`)).body, { id });
    }
    const missing = await world.rock('GET', '/referral/single?email=no@example.com');
    assert.equal(missing.status, 404);
    assert.deepEqual(Object.keys(missing.body as object), ['Message']);
    assert.equal((await world.rock('GET', '/referral/single')).status, 400);
  });

  it('changes only what an update passes, and moves updateDate only then', async () => {
    const id = await addReferral({ email: 'rex@example.com', note: 'a', amount: 5 });
    now += 1000;
    const same = await updateReferral(id, { note: 'a' });
    assert.equal(at(same, 'referral.updateDate'), at(same, 'referral.createDate'));
    const changed = await updateReferral(id, { note: '', phoneNumber: '555' });
    assert.partialDeepStrictEqual(changed, {
      referral: { note: '', phoneNumber: '555', email: 'rex@example.com', amount: 5, amountFormatted: '$5.00' },
      resultInfo: { Status: 'Succeeded' },
    });
    assert.notEqual(at(changed, 'referral.updateDate'), at(changed, 'referral.createDate'));
  });

  it('finds a referral by secondary and tertiary values, whose names begin with a capital here', async () => {
    await addReferral({ email: 'rex@example.com' });
    const status = async (tertiaryInfo: object) =>
      at(
        (
          await world.rock('POST', '/referral/update', [
            { query: { secondaryInfo: { email: 'REX@example.com' }, tertiaryInfo }, referral: { note: 'x' } },
          ])
        ).body,
        '0.resultInfo.Status',
      );
    assert.equal(await status({ ProgramId: programId }), 'Succeeded');
    assert.equal(await status({ programId }), 'Failed');
    assert.equal(await status({}), 'Failed');
  });

  const moves: [string[], string, 'Succeeded' | 'Failed'][] = [
    [[], 'denied', 'Succeeded'],
    [['denied'], 'pending', 'Succeeded'],
    [['denied'], 'qualified', 'Succeeded'],
    [['qualified', 'denied'], 'qualified', 'Failed'],
    [['qualified'], 'approved', 'Succeeded'],
    [['approved'], 'denied', 'Failed'],
    [['approved'], 'pending', 'Failed'],
    [['approved'], 'approved', 'Succeeded'],
  ];
  for (const [before, status, result] of moves) {
    it(`lets a referral go ${['pending', ...before].join(' > ')} > ${status}: ${result}`, async () => {
      const id = await addReferral();
      for (const each of before) await updateReferral(id, { status: each });
      const answer = await updateReferral(id, { status, note: 'moved' });
      assert.equal(at(answer, 'resultInfo.Status'), result);
      assert.equal(world.sandbox.referralRock.referrals.get(id)?.note, result === 'Failed' ? '' : 'moved');
    });
  }

  it('makes one pending reward when a referral is approved and keeps the counters of its member', async () => {
    const id = await addReferral({ amount: 100 });
    await updateReferral(id, { status: 'Approved' });
    await updateReferral(id, { note: 'again' });
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
    const { referralCode } = await addMember({ programId: programIds.partners });
    await world.rock('POST', '/referrals', { referralCode, status: 'approved' });
    assert.deepEqual(
      world.sandbox.referralRock.rewards.all().map((reward) => reward.amount),
      [150],
    );
  });

  it('takes a referral action with the same external identifier once', async () => {
    const { referralCode } = await addMember({ programId: programIds.partners });
    const { body } = await world.rock('POST', '/referrals', { referralCode });
    const action = {
      amount: 10,
      externalIdentifier: 'job-1',
      referralQuery: { primaryInfo: { referralId: textAt(body, 'referral.id') } },
    };
    for (const _ of [1, 2]) assert.equal((await world.rock('POST', '/referralaction', action)).status, 200);
    assert.deepEqual([world.sandbox.referralRock.actions.size, world.sandbox.referralRock.rewards.size], [1, 1]);
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
});
