import assert from 'node:assert/strict';
import { RunningRockbridge } from '../support/rockbridge.ts';

describe('mode observe', () => {
  let rockbridge: RunningRockbridge;

  before(async () => {
    rockbridge = await RunningRockbridge.start({ mode: 'observe', quota: 'high' });
  });
  after(() => rockbridge.close());

  it('says what it would do for a new referral and writes nothing', async () => {
    const referralCode = await addMember(rockbridge);
    await rockbridge.asUser('referral-rock', 'POST', '/api/referrals', {
      referralCode,
      firstName: 'Jane',
      lastName: 'Doe',
      email: 'jane.doe@example.com',
    });
    const events = await rockbridge.settled();
    const added = events.find(({ trigger }) => trigger === 'referral');
    assert.equal(added?.['status'], 'done');
    assert.match(String(added?.['sentence']), /would create contact: firstName, lastName, email/i);
    assert.deepEqual(await writesBeside(rockbridge, '/api/hooks'), []);
  });

  it('stores baselines at a first match, and says what a later edit would change without forgetting it', async () => {
    const { contact } = await rockbridge.asUser('ghl', 'POST', '/contacts/', {
      locationId: rockbridge.sandbox.info.ghl.locationId,
      firstName: 'Ann',
      lastName: 'Lee',
      email: 'ann.lee@example.com',
    });
    const referralCode = await addMember(rockbridge);
    const { referral } = await rockbridge.asUser('referral-rock', 'POST', '/api/referrals', {
      referralCode,
      firstName: 'Ann',
      lastName: 'Lee',
      email: 'ann.lee@example.com',
    });
    await rockbridge.settled();
    for (const lastName of ['Lee-Young', 'Young']) {
      await rockbridge.asUser('ghl', 'PUT', `/contacts/${contact.id}`, { lastName });
      const events = await rockbridge.settled();
      const edited = events.filter(({ event }) => event === 'ContactUpdate')[0];
      assert.match(String(edited?.['sentence']), /would update referral: lastName/i);
    }
    const { lastName } = await rockbridge.asUser(
      'referral-rock',
      'GET',
      `/api/referral/single?referralId=${referral.id}`,
    );
    assert.equal(lastName, 'Lee');
    assert.deepEqual(await writesBeside(rockbridge, '/api/hooks'), []);
  });
});

async function addMember(rockbridge: RunningRockbridge): Promise<string> {
  const [program] = rockbridge.sandbox.info.referralRock.programs;
  const { member } = await rockbridge.asUser('referral-rock', 'POST', '/api/members', {
    programId: program?.id,
    firstName: 'Mary',
    lastName: 'Major',
    email: `mary.${Math.trunc(performance.now() * 1000)}@example.com`,
  });
  return member.referralCode;
}

/** The API's writes but for the making of webhooks. */
async function writesBeside(rockbridge: RunningRockbridge, path: string): Promise<string[]> {
  const { entries } = await rockbridge.control('GET', 'ledger');
  return (entries as { method: string; path: string }[])
    .filter((entry) => entry.path !== path)
    .map((entry) => `${entry.method} ${entry.path}`);
}
