import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import fs from 'node:fs';
import { locationId } from '../../sandbox/ghl/constants.ts';
import { at, type Hook, textAt, World } from './world.ts';

describe('sandbox: GoHighLevel webhooks', () => {
  let world: World;
  let contactId: string;
  beforeEach(async () => {
    world = await World.open();
    const fields = { firstName: 'Ann', lastName: 'Lee', email: 'ann@example.com', tags: ['one'] };
    const { body } = await world.ghl('POST', '/contacts/', { locationId, ...fields });
    contactId = textAt(body, 'contact.id');
  });
  afterEach(() => world.close());

  const put = (body: object) => world.ghl('PUT', `/contacts/${contactId}`, body);
  const only = async (): Promise<Hook> => {
    const [hook, another] = await world.received();
    assert.ok(hook && !another);
    return hook;
  };

  it('signs the raw bytes with the Ed25519 key that it publishes', async () => {
    const { raw, headers } = await only();
    const { body: info } = await world.control('GET', 'info');
    const key = createPublicKey(textAt(info, 'ghl.webhookPublicKeyPem'));
    const signature = Buffer.from(String(headers['x-ghl-signature']), 'base64');
    assert.ok(verify(null, raw, key, signature));
    assert.ok(!verify(null, Buffer.concat([raw, Buffer.from(' ')]), key, signature));
    assert.equal(headers['x-wh-signature'], undefined);
  });

  it('sends the whole contact flat in the envelope, without its time of update', async () => {
    const { body } = await only();
    assert.partialDeepStrictEqual(body, {
      type: 'ContactCreate',
      locationId,
      id: contactId,
      name: 'Ann Lee',
      tags: ['one'],
      attachments: [],
    });
    assert.match(textAt(body, 'webhookId'), /^[0-9a-f-]{36}$/);
    assert.ok(body['appId'] && body['versionId'] && body['timestamp'] && body['dateAdded']);
    assert.ok(!('dateUpdated' in body) && !('data' in body));
  });

  it("has no contact field that GHL's own example lacks", async () => {
    const file = new URL('../fixtures/ghl-webhooks/ContactCreate.json', import.meta.url);
    const documented = Object.keys(at(JSON.parse(fs.readFileSync(file, 'utf8')), 'examples.0') as object);
    const envelope = new Set(['appId', 'versionId', 'timestamp', 'webhookId']);
    const { body } = await only();
    assert.deepEqual(
      Object.keys(body).filter((key) => !envelope.has(key) && !documented.includes(key)),
      [],
    );
  });

  const changes: [string, object, string[]][] = [
    ['a field', { city: 'Austin' }, ['ContactUpdate']],
    ['tags', { tags: ['two'] }, ['ContactTagUpdate']],
    ['both', { city: 'Austin', tags: [] }, ['ContactTagUpdate', 'ContactUpdate']],
    ['DND', { dndSettings: { Email: { status: 'active', message: '', code: '' } } }, ['ContactDndUpdate']],
    ['inbound DND', { inboundDndSettings: { all: { status: 'active', message: '' } } }, []],
    ['nothing', { firstName: 'Ann', tags: ['ONE'], email: 'ann@example.com' }, []],
  ];
  for (const [what, body, types] of changes) {
    it(`fires ${types.join(' and ') || 'nothing'} when an update changes ${what}`, async () => {
      await world.received();
      await put(body);
      assert.deepEqual((await world.types()).sort(), types);
    });
  }

  it('fires ContactUpdate beside ContactTagUpdate once that is switched on', async () => {
    await world.received();
    await world.control('PUT', 'settings', { ghl: { contactUpdateOnTagChange: true } });
    await world.ghl('POST', `/contacts/${contactId}/tags`, { tags: ['two'] });
    assert.deepEqual((await world.types()).sort(), ['ContactTagUpdate', 'ContactUpdate']);
  });

  it('fires nothing for tags that were there already, and for removing ones that were not', async () => {
    await world.received();
    await world.ghl('POST', `/contacts/${contactId}/tags`, { tags: ['One'] });
    await world.ghl('DELETE', `/contacts/${contactId}/tags`, { tags: ['other'] });
    assert.deepEqual(await world.types(), []);
  });

  it('fires for a task made, completed and deleted, never for one edited or opened again', async () => {
    await world.received();
    const path = `/contacts/${contactId}/tasks`;
    const fields = { title: 'Call', body: 'soon', dueDate: '2026-12-01T10:00:00Z', completed: false };
    const id = textAt((await world.ghl('POST', path, fields)).body, 'task.id');
    const { body } = await only();
    assert.partialDeepStrictEqual(body, { type: 'TaskCreate', id, title: 'Call', dueDate: '2026-12-01T10:00:00.000Z' });
    assert.ok(!('contactId' in body) && !('body' in body) && !('completed' in body));
    await world.ghl('PUT', `${path}/${id}`, { title: 'Call again' });
    assert.deepEqual(await world.types(), []);
    await world.ghl('PUT', `${path}/${id}/completed`, { completed: true });
    assert.partialDeepStrictEqual((await only()).body, { type: 'TaskComplete', id, contactId, title: 'Call again' });
    await world.ghl('PUT', `${path}/${id}/completed`, { completed: false });
    assert.deepEqual(await world.types(), []);
    await world.ghl('DELETE', `${path}/${id}`);
    assert.deepEqual(await world.types(), ['TaskDelete']);
  });

  it('sends of a note only its id, body, contact and date', async () => {
    await world.received();
    const path = `/contacts/${contactId}/notes`;
    const id = textAt((await world.ghl('POST', path, { body: 'x', title: 't', pinned: true })).body, 'note.id');
    const { body } = await only();
    const fields = [
      'appId',
      'body',
      'contactId',
      'dateAdded',
      'id',
      'locationId',
      'timestamp',
      'type',
      'versionId',
      'webhookId',
    ];
    assert.deepEqual(Object.keys(body).sort(), fields);
    await world.ghl('PUT', `${path}/${id}`, { body: 'y' });
    await world.ghl('DELETE', `${path}/${id}`);
    assert.deepEqual((await world.types()).sort(), ['NoteDelete', 'NoteUpdate']);
  });

  it('tries again with the same bytes and webhookId until a 2xx', async () => {
    await world.received();
    await world.control('PUT', 'webhooks', { firstRetryMs: 5 });
    world.answers = [503, 302, 200];
    await put({ city: 'Austin' });
    const tries = await world.received();
    assert.equal(tries.length, 3);
    assert.equal(new Set(tries.map((each) => each.raw.toString())).size, 1);
    assert.equal(new Set(tries.map((each) => each.headers['x-ghl-signature'])).size, 1);
  });

  it('gives up after 12 retries and counts the failure', async () => {
    await world.received();
    await world.control('PUT', 'webhooks', { firstRetryMs: 0.01 });
    world.answers = Array.from({ length: 20 }, () => 500);
    await put({ city: 'Austin' });
    assert.equal((await world.received()).length, 13);
    assert.partialDeepStrictEqual((await world.control('GET', 'idle')).body, { delivered: 1, failed: 1, pending: 0 });
  });

  it('loses or doubles webhooks when told to', async () => {
    await world.received();
    await world.control('PUT', 'webhooks', { drop: 1 });
    await put({ city: 'Austin' });
    assert.deepEqual(await world.types(), []);
    await world.control('PUT', 'webhooks', { drop: 0, duplicate: 1 });
    await put({ city: 'Waco' });
    const [one, two] = await world.received();
    assert.equal(one?.body['webhookId'], two?.body['webhookId']);
    assert.ok(two);
  });
});
