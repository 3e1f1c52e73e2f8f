import assert from 'node:assert/strict';
import { programIds } from '../../sandbox/seed/account.ts';
import { at, textAt, World } from './world.ts';

describe('sandbox: Referral Rock members', () => {
  let world: World;
  let now = Date.parse('2026-11-24T10:00:00.123Z');
  beforeEach(async () => {
    world = await World.open({ now: () => now });
  });
  afterEach(() => world.close());

  const programId = programIds.customers;

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
    const first = await world.addMember();
    assert.notEqual((await world.addMember()).id, first.id);
    await world.control('PUT', 'settings', { referralRock: { duplicateMember: 'refuse' } });
    assert.equal(
      (await world.rock('POST', '/members', { programId, firstName: 'Mia', email: 'MIA@example.com' })).status,
      400,
    );
  });

  it('disables a new member past the limit of the plan, under a 201', async () => {
    await world.control('PUT', 'settings', { referralRock: { memberLimit: 0 } });
    assert.partialDeepStrictEqual(await world.addMember(), {
      disabledFlag: true,
      status: 'Disabled',
      disabledReason: 'MemberLimitHit',
    });
  });

  it('finds members whose e-mail, id, external id or code equals the query', async () => {
    const member = await world.addMember({ externalIdentifier: 'crm-1' });
    await world.addMember({ email: 'other@example.com' });
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
      await world.addMember({ firstName, email: `${firstName}@example.com`, disabledFlag: firstName === 'B' });
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
    await world.addMember({ phone: '1' });
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

  it('refuses the whole array for one wrong type, and does nothing of it', async () => {
    const { id } = await world.addMember();
    const query = { primaryInfo: { memberId: id } };
    const { status } = await world.rock('POST', '/members/update', [
      { query, member: { lastName: 'Moss' } },
      { query, member: { lastName: 5 } },
    ]);
    assert.equal(status, 400);
    assert.equal(world.sandbox.referralRock.members.get(id)?.lastName, '');
  });

  it("fails an item that takes another member's code, or names a region without a country", async () => {
    const [{ referralCode }, { id }] = [await world.addMember(), await world.addMember()];
    const update = async (member: object) =>
      at(
        (await world.rock('POST', '/members/update', [{ query: { primaryInfo: { memberId: id } }, member }])).body,
        '0.resultInfo.Status',
      );
    assert.equal(await update({ referralCode: referralCode.toLowerCase() }), 'Failed');
    assert.equal(await update({ region: 'TX' }), 'Failed');
    assert.equal(await update({ region: 'TX', country: 'US' }), 'Succeeded');
    assert.equal(await update({ region: 'CA' }), 'Succeeded');
  });

  it('acts on a query only when its match is unique', async () => {
    await world.addMember();
    await world.addMember();
    const query = { secondaryInfo: { email: 'mia@example.com' }, tertiaryInfo: { programName: 'Customer Referrals' } };
    assert.partialDeepStrictEqual(at((await world.rock('POST', '/members/remove', [{ query }])).body, '0'), {
      resultInfo: { Status: 'Failed' },
    });
    assert.equal(world.sandbox.referralRock.members.size, 2);
  });

  for (const method of ['POST', 'DELETE'] as const) {
    it(`removes a member by ${method} with a body, with its referrals and rewards`, async () => {
      const { id, referralCode } = await world.addMember();
      await world.rock('POST', '/referrals', { referralCode, status: 'approved' });
      assert.equal(world.sandbox.referralRock.rewards.size, 1);
      const { body } = await world.rock(method, '/members/remove', [{ query: { primaryInfo: { memberId: id } } }]);
      assert.partialDeepStrictEqual(at(body, '0'), { resultInfo: { Status: 'Success' } });
      const { members, referrals, rewards } = world.sandbox.referralRock;
      assert.deepEqual([members.size, referrals.size, rewards.size], [0, 0, 0]);
    });
  }
});
