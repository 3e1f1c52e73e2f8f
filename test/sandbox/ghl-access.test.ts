import assert from 'node:assert/strict';
import { locationId } from '../../sandbox/ghl/constants.ts';
import { ask, at, ghlHeaders, World } from './world.ts';

describe('sandbox: GoHighLevel credentials and quota', () => {
  let world: World;
  let now = Date.parse('2026-11-24T10:00:00.000Z');
  beforeEach(async () => {
    world = await World.open({ now: () => now });
  });
  afterEach(() => world.close());

  const users = (headers: Record<string, string>) =>
    ask('GET', `${world.sandbox.ghlUrl}/users/?locationId=${locationId}`, undefined, headers);

  const refused: [string, Record<string, string>, string][] = [
    ['no token', { version: '2021-07-28' }, 'Invalid JWT'],
    ['a token of another form', { ...ghlHeaders, authorization: 'Bearer abc' }, 'Invalid JWT'],
    [
      'a token it does not know',
      { ...ghlHeaders, authorization: 'Bearer pit-abc' },
      'Invalid token: access token is invalid',
    ],
    ['no version', { authorization: ghlHeaders.authorization }, 'version header was not found.'],
    ['an unknown version', { ...ghlHeaders, version: '2020-01-01' }, 'version header is invalid'],
  ];
  for (const [what, headers, message] of refused) {
    it(`answers 401 for ${what}`, async () => {
      const { status, body } = await users(headers);
      assert.equal(status, 401);
      assert.partialDeepStrictEqual(body, { statusCode: 401, message });
    });
  }

  it('answers 401 for a scope that the token lacks', async () => {
    await world.control('PUT', 'settings', { ghl: { missingScopes: ['contacts.write'] } });
    const { status, body } = await world.ghl('POST', '/contacts/', { locationId });
    assert.equal(status, 401);
    assert.equal(at(body, 'message'), 'The token is not authorized for this scope.');
    assert.equal((await users(ghlHeaders)).status, 200);
  });

  it('answers 403 for another location', async () => {
    for (const answer of [
      await world.ghl('POST', '/contacts/', { locationId: 'other' }),
      await world.ghl('GET', '/locations/other/customFields'),
      await world.ghl('GET', '/users/?locationId=other'),
    ]) {
      assert.equal(answer.status, 403);
      assert.equal(at(answer.body, 'message'), 'The token does not have access to this location');
    }
  });

  it('counts down in the headers, then answers 429 without Retry-After until the interval is over', async () => {
    await world.control('PUT', 'limits', { ghl: { max: 3 } });
    const first = await users(ghlHeaders);
    assert.partialDeepStrictEqual(first.headers, {
      'x-ratelimit-max': '3',
      'x-ratelimit-remaining': '2',
      'x-ratelimit-interval-milliseconds': '10000',
      'x-ratelimit-limit-daily': '200000',
      'x-ratelimit-daily-remaining': '199999',
      'x-ratelimit-daily-reset': '86400000',
    });
    await users(ghlHeaders);
    await users(ghlHeaders);
    const refusal = await users(ghlHeaders);
    assert.equal(refusal.status, 429);
    assert.partialDeepStrictEqual(refusal.body, { statusCode: 429, message: 'Too Many Requests' });
    assert.equal(refusal.headers['retry-after'], undefined);
    assert.equal(refusal.headers['x-ratelimit-remaining'], '0');
    now += 10_000;
    assert.equal((await users(ghlHeaders)).status, 200);
  });

  it('allows 100 requests in 10 seconds by default', async () => {
    const statuses = await Promise.all(Array.from({ length: 101 }, async () => (await users(ghlHeaders)).status));
    assert.equal(statuses.filter((status) => status === 429).length, 1);
  });

  it('answers 429 when the day is used up, and tells how many milliseconds are left of it', async () => {
    await world.control('PUT', 'limits', { ghl: { daily: 1 } });
    await users(ghlHeaders);
    now += 60_000;
    const refusal = await users(ghlHeaders);
    assert.equal(refusal.status, 429);
    assert.equal(refusal.headers['x-ratelimit-daily-reset'], String(86_400_000 - 60_000));
    now += 86_400_000;
    assert.equal((await users(ghlHeaders)).status, 200);
  });

  it('answers 400 for a body that is not JSON', async () => {
    const answer = await fetch(`${world.sandbox.ghlUrl}/contacts/`, {
      method: 'POST',
      headers: { ...ghlHeaders, 'content-type': 'application/json' },
      body: '{"locationId":',
    });
    assert.equal(answer.status, 400);
  });
});
