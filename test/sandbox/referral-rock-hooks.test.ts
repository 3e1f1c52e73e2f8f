import assert from 'node:assert/strict';
import { eventNames } from '../../sandbox/referral-rock/rock.ts';
import { programIds } from '../../sandbox/seed/account.ts';
import { at, type Hook, textAt, World } from './world.ts';

describe('sandbox: Referral Rock hooks', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.open();
    for (const event of eventNames)
      await world.rock('POST', '/hooks', { target_url: `${world.receiverUrl}/rr/${event}`, event });
  });
  afterEach(() => world.close());

  const events = (hooks: readonly Hook[]): string[] => hooks.map((hook) => hook.path.replace('/rr/', '')).sort();
  const addMember = async () =>
    at(
      (
        await world.rock('POST', '/members', {
          programId: programIds.customers,
          firstName: 'Mia',
          email: 'm@example.com',
        })
      ).body,
      'member',
    ) as {
      id: string;
      referralCode: string;
    };
  const addReferral = async () => {
    const { referralCode } = await addMember();
    const { body } = await world.rock('POST', '/referrals', { referralCode, email: 'rex@example.com' });
    await world.received();
    return textAt(body, 'referral.id');
  };
  const update = (referralId: string, referral: object) =>
    world.rock('POST', '/referral/update', [{ query: { primaryInfo: { referralId } }, referral }]);

  it('answers 201 with web_hook_id, the same for the same URL and event, and ends it by DELETE with a body', async () => {
    const subscribe = () =>
      world.rock('POST', '/hooks', { target_url: `${world.receiverUrl}/rr/MemberAdd`, event: 'MemberAdd' });
    const first = await subscribe();
    assert.equal(first.status, 201);
    assert.deepEqual((await subscribe()).body, first.body);
    const ended = await world.rock('DELETE', '/hooks', first.body);
    assert.deepEqual([ended.status, ended.text], [200, '']);
    await addMember();
    assert.deepEqual(events(await world.received()), []);
    assert.equal(
      (await world.rock('POST', '/hooks', { target_url: world.receiverUrl, event: 'MemberRemove' })).status,
      400,
    );
  });

  it('sends the bare object: Id with a capital, the rest in camel case, Timestamp in seconds, no event name, no delivery id, no signature', async () => {
    const { id } = await addMember();
    const [hook] = await world.received();
    const body = hook?.body ?? {};
    assert.partialDeepStrictEqual(body, {
      Id: id,
      firstName: 'Mia',
      programId: programIds.customers,
      payoutInfo: null,
      lastName: '',
    });
    assert.ok(!('id' in body) && Number.isInteger(body['Timestamp']) && Number(body['Timestamp']) < 1e11);
    assert.deepEqual(
      Object.keys(hook?.headers ?? {}).filter((name) => /signature|event|delivery/.test(name)),
      [],
    );
  });

  it('sends a program in Pascal case throughout when its activation changes', async () => {
    await world.control('PUT', `programs/${programIds.partners}`, { isActive: false });
    const [hook] = await world.received();
    assert.equal(hook?.path, '/rr/ProgramUpdate');
    assert.ok(Object.keys(hook.body).every((key) => /^[A-Z]/.test(key)));
    assert.partialDeepStrictEqual(hook.body, { Id: programIds.partners, IsActive: false, ReferralsCreated: 0 });
  });

  it('fires ReferralAdd, ReferralUpdate on any change, and both ReferralUpdate and ReferralStatusChange on a status', async () => {
    const { referralCode } = await addMember();
    await world.received();
    const { body } = await world.rock('POST', '/referrals', { referralCode, email: 'rex@example.com' });
    const id = textAt(body, 'referral.id');
    const added = await world.received();
    assert.deepEqual(events(added), ['ReferralAdd']);
    assert.partialDeepStrictEqual(added[0]?.body, { Id: id, email: 'rex@example.com', status: 'Pending' });
    await update(id, { note: 'x' });
    assert.deepEqual(events(await world.received()), ['ReferralUpdate']);
    await update(id, { status: 'qualified' });
    assert.deepEqual(events(await world.received()), ['ReferralStatusChange', 'ReferralUpdate']);
    await update(id, { status: 'qualified', note: 'x' });
    assert.deepEqual(events(await world.received()), []);
  });

  it('fires RewardAdd on approval, RewardUpdate and RewardIssue on payment', async () => {
    const id = await addReferral();
    await update(id, { status: 'approved' });
    const hooks = await world.received();
    assert.deepEqual(events(hooks), ['ReferralStatusChange', 'ReferralUpdate', 'RewardAdd']);
    const rewardId = hooks.find((hook) => hook.path.endsWith('RewardAdd'))?.body['Id'];
    await world.rock('POST', '/rewards/issue', { rewardId });
    assert.deepEqual(events(await world.received()), ['RewardIssue', 'RewardUpdate']);
  });

  it('sends the last state of what was removed', async () => {
    const referralId = await addReferral();
    await world.rock('DELETE', '/referral/remove', [{ query: { primaryInfo: { referralId } } }]);
    const [hook] = await world.received();
    assert.equal(hook?.path, '/rr/ReferralDelete');
    assert.partialDeepStrictEqual(hook.body, {
      Id: referralId,
      email: 'rex@example.com',
      memberEmail: 'm@example.com',
    });
  });

  it('fires EmailUnsubscribed once and takes the address back', async () => {
    for (const _ of [1, 2]) await world.rock('POST', '/email/unsubscribe', { email: 'Mia@example.com' });
    assert.deepEqual(events(await world.received()), ['EmailUnsubscribed']);
    const unsubscribed = async () =>
      at((await world.rock('GET', '/email/getunsubscribed?email=mia@example.com')).body, 'unsubscribed');
    assert.equal(await unsubscribed(), true);
    await world.rock('DELETE', '/email/removeunsubscribe', { email: 'mia@example.com' });
    assert.equal(await unsubscribed(), false);
  });

  it('tries a hook again at most twice, and keeps its history', async () => {
    world.answers = [500, 500, 500, 500];
    await addMember();
    assert.equal((await world.received()).length, 3);
    const { body } = await world.rock('GET', '/hooks/history/MemberAdd');
    assert.partialDeepStrictEqual(at(body, '0'), { event: 'MemberAdd', statusCode: 500, success: false, attempts: 3 });
  });
});
