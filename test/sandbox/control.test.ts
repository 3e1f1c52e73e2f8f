import assert from 'node:assert/strict';
import { locationId } from '../../sandbox/ghl/constants.ts';
import { programIds } from '../../sandbox/seed/account.ts';
import { ask, at, textAt, World } from './world.ts';

describe('sandbox: control', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.open();
  });
  afterEach(() => world.close());

  const create = (firstName: string) => world.ghl('POST', '/contacts/', { locationId, firstName });
  const size = () => world.sandbox.ghl.contacts.size;
  const fault = (fields: object) =>
    world.control('POST', 'faults', { faults: [{ vendor: 'ghl', times: 1, ...fields }] });

  it('tells addresses, ids and credentials on both ports', async () => {
    for (const url of [world.sandbox.ghlUrl, world.sandbox.referralRockUrl]) {
      const { body } = await ask('GET', `${url}/__sandbox/info`);
      assert.partialDeepStrictEqual(body, {
        ghl: { url: world.sandbox.ghlUrl, locationId },
        referralRock: { url: world.sandbox.referralRockUrl },
      });
      assert.equal((at(body, 'referralRock.programs') as object[]).length, 2);
    }
  });

  it('keeps a ledger of the writes made through the APIs, without credentials, and counts all requests', async () => {
    const id = textAt((await create('Ann')).body, 'contact.id');
    await world.ghl('GET', `/contacts/${id}`);
    await world.ghl('POST', '/contacts/search', { locationId, pageLimit: 1 });
    await world.rock('POST', '/members', { programId: programIds.customers, firstName: 'Mia' });
    const entries = at((await world.control('GET', 'ledger')).body, 'entries') as object[];
    assert.deepEqual(
      entries.map((entry) => [
        at(entry, 'n'),
        at(entry, 'vendor'),
        at(entry, 'operation'),
        at(entry, 'recordId'),
        at(entry, 'status'),
      ]),
      [
        [1, 'ghl', 'ghl.contact.create', id, 201],
        [2, 'referralRock', 'rr.member.create', undefined, 400],
      ],
    );
    assert.deepEqual(at(entries[0], 'body'), { locationId, firstName: 'Ann' });
    assert.ok(!JSON.stringify(entries).includes('pit-'));
    assert.equal((at((await world.control('GET', 'ledger?since=1')).body, 'entries') as object[]).length, 1);
    const counts = at((await world.control('GET', 'requests')).body, 'counts') as object[];
    assert.partialDeepStrictEqual(counts, [
      { vendor: 'ghl', method: 'GET', path: '/contacts/:contactId', status: 200, count: 1 },
    ]);
  });

  it('tells in the ledger whether a write changed anything', async () => {
    const id = textAt((await create('Ann')).body, 'contact.id');
    for (const firstName of ['Ann', 'Anna']) await world.ghl('PUT', `/contacts/${id}`, { firstName });
    for (const method of ['POST', 'POST', 'DELETE', 'DELETE'])
      await world.ghl(method, `/contacts/${id}/tags`, { tags: ['vip'] });
    const entries = at((await world.control('GET', 'ledger')).body, 'entries') as object[];
    assert.deepEqual(
      entries.map((entry) => at(entry, 'changed')),
      [true, false, true, true, false, true, false],
    );
  });

  it("acts as a person: webhooks fire, quota and ledger do not notice, and the person's pages may do more", async () => {
    await world.control('PUT', 'limits', { ghl: { max: 1 } });
    const asUser = (body: object) => world.control('POST', 'as-user', body);
    const made = await asUser({ method: 'POST', path: '/contacts/', body: { locationId, firstName: 'Ann' } });
    assert.equal(made.status, 201);
    const path = `/contacts/${textAt(made.body, 'contact.id')}`;
    assert.equal((await asUser({ method: 'PUT', path, body: { companyName: 'Lee Inc' } })).status, 200);
    assert.equal((await asUser({ method: 'GET', path: '/contacts/nobody' })).status, 400);
    assert.deepEqual((await world.types()).sort(), ['ContactCreate', 'ContactUpdate']);
    assert.deepEqual(at((await world.control('GET', 'ledger')).body, 'entries'), []);
    assert.equal((await world.ghl('GET', path)).status, 200);
  });

  it('acts as a person at Referral Rock on its own port', async () => {
    const body = {
      method: 'POST',
      path: '/api/members',
      body: { programId: programIds.customers, firstName: 'Mia', email: 'm@example.com' },
    };
    assert.equal((await ask('POST', `${world.sandbox.referralRockUrl}/__sandbox/as-user`, body)).status, 201);
  });

  it('answers a status with headers as often as told, to the requests that fit', async () => {
    await fault({
      method: 'POST',
      pathPattern: '^/contacts/$',
      times: 2,
      kind: 'status',
      status: 503,
      headers: { 'retry-after': '7' },
    });
    assert.equal((await world.ghl('GET', '/contacts/x')).status, 400);
    for (const _ of [1, 2]) {
      const { status, headers } = await create('Ann');
      assert.deepEqual([status, headers['retry-after']], [503, '7']);
    }
    assert.equal(size(), 0);
    assert.equal((await create('Ann')).status, 201);
  });

  it('cuts the connection before the work or after it', async () => {
    await fault({ kind: 'cut-before' });
    await assert.rejects(create('Ann'), /socket|ECONNRESET/i);
    assert.equal(size(), 0);
    await fault({ kind: 'cut-after' });
    await assert.rejects(create('Ann'), /socket|ECONNRESET/i);
    assert.equal(size(), 1);
    const entries = at((await world.control('GET', 'ledger')).body, 'entries') as object[];
    assert.deepEqual(
      entries.map((entry) => [at(entry, 'fault'), at(entry, 'status')]),
      [
        ['cut-before', 0],
        ['cut-after', 201],
      ],
    );
  });

  it("answers a gateway's page of HTML, waits, or never answers", async () => {
    await fault({ kind: 'html-502' });
    const page = await create('Ann');
    assert.equal(page.status, 502);
    assert.match(page.text, /<html>/);
    await fault({ kind: 'delay', delayMs: 1 });
    assert.equal((await create('Ann')).status, 201);
    await fault({ kind: 'timeout' });
    const silent = fetch(`${world.sandbox.ghlUrl}/contacts/x`, { signal: AbortSignal.timeout(100) });
    await assert.rejects(silent, { name: 'TimeoutError' });
    assert.equal((await fault({ kind: 'explode' })).status, 400);
    await fault({ kind: 'status', status: 500 });
    await world.control('DELETE', 'faults');
    assert.equal((await create('Bob')).status, 201);
  });

  it('plants the same lifelike accounts each time, without a webhook', async () => {
    const people = () => world.sandbox.ghl.contacts.all().map(({ id, email, phone }) => ({ id, email, phone }));
    await world.control('POST', 'reset', { seed: 'lifelike' });
    const first = people();
    const { ghl, referralRock } = world.sandbox;
    assert.ok(
      ghl.contacts.size >= 200 &&
        ghl.tasks.size > 20 &&
        ghl.notes.size > 20 &&
        ghl.users.size === 3 &&
        ghl.customFields.size > 2,
    );
    assert.ok(
      referralRock.programs.size === 2 &&
        referralRock.members.size >= 40 &&
        referralRock.referrals.size >= 60 &&
        referralRock.rewards.size > 5,
    );
    const known = referralRock.referrals
      .all()
      .filter((referral) => ghl.contacts.by('email', referral.email.toLowerCase()).length > 0);
    assert.ok(known.length > 15 && known.length < referralRock.referrals.size);
    assert.equal(new Set(first.map(({ email }) => email)).size, first.length);
    ghl.contacts.delete(first[0]?.id ?? '');
    await world.control('POST', 'reset', { seed: 'lifelike' });
    assert.deepEqual(people(), first);
    await world.control('POST', 'reset', { seed: 'empty' });
    assert.deepEqual([size(), ghl.users.size, referralRock.members.size, referralRock.programs.size], [0, 3, 0, 2]);
    assert.deepEqual(await world.types(), []);
  });
});
