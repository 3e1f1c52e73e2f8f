import assert from 'node:assert/strict';
import { wellKnownIds } from '../../sandbox/seed/ids.ts';
import { addMember, find, somebody } from '../support/people.ts';
import { type Json, RunningRockbridge } from '../support/rockbridge.ts';

const [SECOND] = wellKnownIds.otherLocationIds;
const TOKEN = 'pit-of-the-second-location';

describe('two connections side by side', function () {
  this.timeout(180_000);
  let rockbridge: RunningRockbridge;

  before(async () => {
    rockbridge = await RunningRockbridge.start({ quota: 'high' });
    const { ghl } = rockbridge.sandbox;
    const location = ghl.locations.get(SECOND);
    assert.ok(location);
    const { companyId } = location;
    ghl.locations.put({ ...location, installedAt: new Date().toISOString() });
    ghl.tokens.put({
      id: TOKEN,
      refreshToken: 'none',
      refreshed: false,
      expiresAt: Date.now() + 86_400_000,
      userType: 'Location',
      companyId,
      locationId: SECOND,
    });
  });
  after(() => rockbridge.close());

  const wish = (more: { token?: string; id?: string; privateKey?: string } = {}): object => {
    const { publicKey, privateKey, programs } = rockbridge.sandbox.info.referralRock;
    return {
      id: more.id ?? 'second',
      name: 'San Antonio',
      ghl: { locationId: SECOND, privateToken: more.token ?? TOKEN },
      referralRock: { publicKey, privateKey: more.privateKey ?? privateKey, programs: [programs[1]?.id] },
    };
  };
  const refusal = async (body: object): Promise<string> => {
    try {
      await rockbridge.api('connections', 'POST', body);
    } catch (error) {
      const { response } = error as { response: { statusCode: number; body: string } };
      return `${response.statusCode} ${response.body}`;
    }
    return 'none';
  };
  const second = async (): Promise<Json> => {
    const { connections } = await rockbridge.api('connections');
    return (connections as Json[]).find(({ id }) => id === 'second') ?? {};
  };

  it('stores nothing of one whose token or keys a vendor refuses, and names which', async () => {
    assert.match(await refusal(wish({ token: 'pit-wrong' })), /^400 .*GoHighLevel refuses this location and token/);
    assert.match(await refusal(wish({ privateKey: 'wrong' })), /^400 .*Referral Rock refuses these keys/);
    assert.deepEqual(await second(), {});
  });

  it('adds one that only observes, with the program that it is given, and shows no secret', async () => {
    const added = await rockbridge.api('connections', 'POST', wish());
    assert.deepEqual([added['mode'], added['ghlLocationId']], ['observe', SECOND]);
    while ((await second())['timeZone'] !== 'America/Chicago' || (await second())['programs'].length === 0)
      await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(
      (await second())['programs'].map(({ name }: Json) => name),
      ['Partner Program'],
    );
    assert.ok(!JSON.stringify(await rockbridge.api('connections')).includes(TOKEN));
    const sealed = await rockbridge.database.db.selectFrom('tokens').select('secret').execute();
    assert.ok(sealed.every(({ secret }) => !Buffer.from(secret).toString('latin1').includes(TOKEN)));
  });

  it('adds no second one of the same id or location', async () => {
    assert.match(await refusal(wish()), /^409/);
    assert.match(await refusal(wish({ id: 'third' })), /^409/);
  });

  it('serves each from its own location and programs, in one process', async () => {
    await rockbridge.api('connections/second/match', 'POST', {});
    while ((await rockbridge.api('connections/second/match'))['status'] === 'running')
      await new Promise((resolve) => setTimeout(resolve, 50));
    await rockbridge.api('connections/second', 'PATCH', { mode: 'live', confirm: true });
    // The bridge looks every five seconds who owns what.
    await new Promise((resolve) => setTimeout(resolve, 5_500));
    const [here, there] = [somebody(), somebody()];
    await addMember(rockbridge, here, 0);
    await addMember(rockbridge, there, 1);
    await rockbridge.settled();
    const locations = [here, there].map((person) => find(rockbridge, person).contacts.map((one) => one.locationId));
    assert.deepEqual(locations, [[rockbridge.sandbox.info.ghl.locationId], [SECOND]]);
  });
});
