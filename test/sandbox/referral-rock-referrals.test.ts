import assert from 'node:assert/strict';
import { programIds } from '../../sandbox/seed/account.ts';
import { at, World } from './world.ts';

describe('sandbox: Referral Rock referrals', () => {
  let world: World;
  let now = Date.parse('2026-11-24T10:00:00.123Z');
  beforeEach(async () => {
    world = await World.open({ now: () => now });
  });
  afterEach(() => world.close());

  const programId = programIds.customers;

  it("adds a referral by nothing but the member's code, which decides its program", async () => {
    const { id, referralCode } = await world.addMember();
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
    const { referralCode } = await world.addMember({ disabledFlag: true });
    assert.equal((await world.rock('POST', '/referrals', { referralCode })).status, 400);
  });

  it('reads one referral bare, by id, e-mail or external id, and answers 404 with a Message when there is none', async () => {
    const id = await world.addReferral({ email: 'Rex@example.com', externalIdentifier: 'crm-9' });
    for (const query of [`referralId=${id}`, 'email=rex@EXAMPLE.com', 'externalId=crm-9']) {
      assert.partialDeepStrictEqual((await world.rock('GET', `/referral/single?${query}`)).body, { id });
    }
    const missing = await world.rock('GET', '/referral/single?email=no@example.com');
    assert.equal(missing.status, 404);
    assert.deepEqual(Object.keys(missing.body as object), ['Message']);
    assert.equal((await world.rock('GET', '/referral/single')).status, 400);
  });

  it('changes only what an update passes, and moves updateDate only then', async () => {
    const id = await world.addReferral({ email: 'rex@example.com', note: 'a', amount: 5 });
    now += 1000;
    const same = await world.updateReferral(id, { note: 'a' });
    assert.equal(at(same, 'referral.updateDate'), at(same, 'referral.createDate'));
    const changed = await world.updateReferral(id, { note: '', phoneNumber: '555' });
    assert.partialDeepStrictEqual(changed, {
      referral: { note: '', phoneNumber: '555', email: 'rex@example.com', amount: 5, amountFormatted: '$5.00' },
      resultInfo: { Status: 'Succeeded' },
    });
    assert.notEqual(at(changed, 'referral.updateDate'), at(changed, 'referral.createDate'));
  });

  it('finds a referral by secondary and tertiary values, whose names begin with a capital here', async () => {
    await world.addReferral({ email: 'rex@example.com' });
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
      const id = await world.addReferral();
      for (const each of before) await world.updateReferral(id, { status: each });
      const answer = await world.updateReferral(id, { status, note: 'moved' });
      assert.equal(at(answer, 'resultInfo.Status'), result);
      assert.equal(world.sandbox.referralRock.referrals.get(id)?.note, result === 'Failed' ? '' : 'moved');
    });
  }
});
