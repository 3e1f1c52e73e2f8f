import assert from 'node:assert/strict';
import { appId, clientId, clientSecret, companyId, companyToken, locationId } from '../../sandbox/ghl/constants.ts';
import { wellKnownIds } from '../../sandbox/seed/ids.ts';
import { type Answer, at, textAt, World } from './world.ts';

const [second] = wellKnownIds.otherLocationIds;

describe('sandbox: GoHighLevel OAuth', () => {
  let world: World;
  let now = Date.parse('2026-11-24T10:00:00.000Z');
  beforeEach(async () => {
    world = await World.open({ now: () => now });
  });
  afterEach(() => world.close());

  const form = async (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${world.sandbox.ghlUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(fields),
    });
    return { status: answer.status, body: await answer.json() };
  };
  const token = (fields: Record<string, string>) =>
    form('/oauth/token', { client_id: clientId, client_secret: clientSecret, ...fields });
  const install = async (location?: string) =>
    textAt((await world.control('POST', 'ghl-install', { locationId: location })).body, 'code');
  const exchanged = async (location?: string) =>
    (await token({ grant_type: 'authorization_code', code: await install(location) })).body;
  const bearer = (value: unknown) => ({ authorization: `Bearer ${textAt(value, 'access_token')}` });
  const contacts = (location: string, headers: Record<string, string>): Promise<Answer> =>
    world.ghl('GET', `/contacts/?locationId=${location}`, undefined, headers);

  it('gives a token of the location for a code, once, without a Version header', async () => {
    const code = await install(locationId);
    const { status, body } = await token({ grant_type: 'authorization_code', code });
    assert.equal(status, 200);
    assert.partialDeepStrictEqual(body, {
      token_type: 'Bearer',
      expires_in: 86_399,
      userType: 'Location',
      locationId,
      companyId,
    });
    assert.match(textAt(body, 'scope'), /contacts\.readonly .*oauth\.write/);
    assert.equal((await contacts(locationId, bearer(body))).status, 200);
    assert.equal((await token({ grant_type: 'authorization_code', code })).status, 400);
  });

  it('ends an access token after its time, and gives the next pair for its refresh token', async () => {
    const first = await exchanged(locationId);
    now += 86_400_000;
    const expired = await contacts(locationId, bearer(first));
    assert.equal(expired.status, 401);
    assert.equal(at(expired.body, 'message'), 'Invalid token: access token is invalid');
    const refresh = { grant_type: 'refresh_token', refresh_token: textAt(first, 'refresh_token') };
    const next = await token(refresh);
    assert.equal(next.status, 200);
    assert.notEqual(textAt(next.body, 'refresh_token'), refresh.refresh_token);
    assert.equal((await contacts(locationId, bearer(next.body))).status, 200);
  });

  it('refuses the second use of a refresh token with 400', async () => {
    const refresh = {
      grant_type: 'refresh_token',
      refresh_token: textAt(await exchanged(locationId), 'refresh_token'),
    };
    const statuses = await Promise.all(Array.from({ length: 5 }, async () => (await token(refresh)).status));
    assert.deepEqual(
      statuses.toSorted((a, b) => a - b),
      [200, 400, 400, 400, 400],
    );
    assert.equal(at((await token(refresh)).body, 'error'), 'invalid_grant');
  });

  it('keeps tokens over their refresh in the ledger: each asking is seen', async () => {
    await exchanged(locationId);
    const entries = at((await world.control('GET', 'ledger')).body, 'entries') as object[];
    assert.partialDeepStrictEqual(entries, [{ operation: 'ghl.oauth.token', status: 200 }]);
  });

  it('answers 401 for wrong keys of the app and 422 for a grant that does not exist', async () => {
    assert.equal((await token({ grant_type: 'refresh_token', client_secret: 'x' })).status, 401);
    const wrong = await token({ grant_type: 'password' });
    assert.equal(wrong.status, 422);
    assert.match(textAt(wrong.body, 'message.0'), /^grant_type must be one of the following values/);
  });

  it('mints tokens of locations from one of the company, for locations with the app only', async () => {
    await exchanged(second);
    const company = await exchanged();
    assert.partialDeepStrictEqual(company, { userType: 'Company', companyId });
    assert.equal((at(company, 'approvedLocations') as string[]).length, 3);
    const mint = (fields: Record<string, string>, headers = bearer(company)) =>
      form(
        '/oauth/locationToken',
        { companyId, ...fields },
        {
          version: '2021-07-28',
          ...headers,
        },
      );
    const minted = await mint({ locationId: second });
    assert.partialDeepStrictEqual(minted.body, { userType: 'Location', locationId: second, appId });
    assert.equal((await contacts(second, bearer(minted.body))).status, 200);
    assert.equal((await contacts(locationId, bearer(minted.body))).status, 403);
    assert.equal((await contacts(second, bearer(company))).status, 403);
    await world.control('POST', 'ghl-uninstall', { locationId: second });
    assert.equal((await contacts(second, bearer(minted.body))).status, 401);
    assert.equal((await mint({ locationId: second })).status, 400);
    assert.equal((await mint({ locationId: 'nowhere' })).status, 403);
    assert.equal((await mint({ locationId }, { authorization: `Bearer ${companyToken}` })).status, 403);
  });

  it('tells the locations of the company, with the app or without', async () => {
    await exchanged(second);
    const company = bearer(await exchanged());
    await world.control('POST', 'ghl-uninstall', { locationId: second });
    const list = async (query: string) => {
      const path = `/oauth/installedLocations?companyId=${companyId}&appId=${appId}${query}`;
      return (await world.ghl('GET', path, undefined, company)).body;
    };
    assert.equal(at(await list(''), 'count'), 3);
    assert.partialDeepStrictEqual(await list('&isInstalled=false'), {
      count: 1,
      locations: [{ _id: second, isInstalled: false }],
    });
    assert.equal((at(await list('&limit=1&skip=1'), 'locations') as object[]).length, 1);
  });

  it('keeps the records of two locations apart', async () => {
    const headers = bearer(await exchanged(second));
    const email = 'ann@example.com';
    const made = await world.ghl('POST', '/contacts/', { locationId, email, tags: ['vip'] });
    assert.equal((await world.ghl('POST', '/contacts/', { locationId: second, email }, headers)).status, 201);
    assert.equal(at((await contacts(second, headers)).body, 'count'), 1);
    const path = `/contacts/${textAt(made.body, 'contact.id')}`;
    assert.equal((await world.ghl('GET', path, undefined, headers)).status, 400);
    const tags = await world.ghl('GET', `/locations/${second}/tags`, undefined, headers);
    assert.deepEqual(at(tags.body, 'tags'), []);
    assert.deepEqual(
      (await world.received())
        .map(({ body }) => [body['type'], body['locationId']])
        .filter(([type]) => type !== 'INSTALL'),
      [
        ['ContactCreate', locationId],
        ['ContactCreate', second],
      ],
    );
  });

  it('fires INSTALL for the company and each location, and UNINSTALL; nothing else comes from a location without the app', async () => {
    await install();
    const installs = (await world.received()).map(({ body }) => body);
    assert.partialDeepStrictEqual(installs[0], { type: 'INSTALL', appId, installType: 'Company', companyId });
    assert.equal(installs[0]?.['locationId'], undefined);
    assert.deepEqual(
      installs.slice(1).map(({ locationId: id }) => id),
      [locationId, ...wellKnownIds.otherLocationIds],
    );
    await world.control('POST', 'ghl-uninstall', { locationId });
    const [uninstall] = await world.received();
    assert.partialDeepStrictEqual(uninstall?.body, { type: 'UNINSTALL', appId, locationId });
    await world.ghl('POST', '/contacts/', { locationId, firstName: 'Ann' });
    assert.deepEqual(await world.types(), []);
  });
});
