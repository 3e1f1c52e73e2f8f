import assert from 'node:assert/strict';
import { locationId } from '../../sandbox/ghl/constants.ts';
import { at, textAt, World } from './world.ts';

describe('sandbox: GoHighLevel contacts', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.open();
  });
  afterEach(() => world.close());

  const create = (fields: object) => world.ghl('POST', '/contacts/', { locationId, ...fields });
  const created = async (fields: object) => textAt((await create(fields)).body, 'contact.id');
  const get = async (id: string) => at((await world.ghl('GET', `/contacts/${id}`)).body, 'contact');

  it('answers 201 with the contact, its normal forms and a trace id', async () => {
    const { status, body } = await create({
      firstName: 'Rosan',
      lastName: 'Deo',
      email: 'Rosan@Deos.com',
      phone: '(888) 888-8888',
      tags: ['New Lead'],
    });
    assert.equal(status, 201);
    assert.match(textAt(body, 'traceId'), /^[0-9a-f-]{36}$/);
    assert.partialDeepStrictEqual(at(body, 'contact'), {
      firstName: 'Rosan',
      firstNameLowerCase: 'rosan',
      fullNameLowerCase: 'rosan deo',
      email: 'Rosan@Deos.com',
      emailLowerCase: 'rosan@deos.com',
      phone: '+18888888888',
      country: 'US',
      tags: ['new lead'],
      locationId,
    });
  });

  it('answers 400 with its own body for a missing contact', async () => {
    const { status, body } = await world.ghl('GET', '/contacts/nobody');
    assert.equal(status, 400);
    assert.deepEqual(body, { error: 'Contact with id nobody not found', status: 400 });
  });

  it('answers 404 with an empty body for an unknown route and 401 for a mis-cased one', async () => {
    const unknown = await world.ghl('GET', '/people/1');
    assert.deepEqual([unknown.status, unknown.text], [404, '']);
    assert.equal((await world.ghl('GET', '/contacts')).status, 404);
    assert.equal((await world.ghl('GET', '/Contacts/abc')).status, 401);
  });

  for (const property of ['companyName', 'gender', 'locationId', 'additionalEmails', 'nonsense']) {
    it(`answers 422 when PUT carries ${property}`, async () => {
      const id = await created({ email: 'a@example.com' });
      const { status, body } = await world.ghl('PUT', `/contacts/${id}`, { firstName: 'B', [property]: 'x' });
      assert.equal(status, 422);
      assert.partialDeepStrictEqual(body, {
        statusCode: 422,
        message: [`property ${property} should not exist`],
        error: 'Unprocessable Entity',
      });
      assert.equal(at(await get(id), 'firstName'), undefined);
    });
  }

  it('answers 422 for a field of another type', async () => {
    const { status, body } = await create({ firstName: 5, dnd: 'yes', email: 'no mail', postalCode: null });
    assert.equal(status, 422);
    assert.deepEqual(at(body, 'message'), [
      'firstName must be a string',
      'email must be an email',
      'postalCode must be a string',
      'dnd must be a boolean value',
    ]);
  });

  it('changes what PUT names, leaves the rest, clears by null, and answers both spellings of success', async () => {
    const id = await created({
      firstName: 'Ann',
      lastName: 'Lee',
      city: 'Austin',
      phone: '+15125550101',
      companyName: 'Lee Inc',
    });
    const { status, body } = await world.ghl('PUT', `/contacts/${id}`, { firstName: 'Anna', city: null });
    assert.equal(status, 200);
    assert.partialDeepStrictEqual(body, { succeded: true, succeeded: true });
    const contact = await get(id);
    assert.partialDeepStrictEqual(contact, {
      firstName: 'Anna',
      lastName: 'Lee',
      companyName: 'Lee Inc',
      phone: '+15125550101',
    });
    assert.equal(at(contact, 'city'), undefined);
  });

  it('leaves the time of update alone when an update changes nothing', async () => {
    const id = await created({ firstName: 'Ann', phone: '+15125550101', tags: ['one'] });
    const before = await get(id);
    await new Promise((resolve) => setTimeout(resolve, 2));
    await world.ghl('PUT', `/contacts/${id}`, { firstName: 'Ann', phone: '512 555 0101', tags: ['ONE'] });
    assert.deepEqual(await get(id), before);
    await world.ghl('PUT', `/contacts/${id}`, { city: 'Waco' });
    assert.ok(textAt(await get(id), 'dateUpdated') > textAt(before, 'dateUpdated'));
  });

  it('replaces the whole tag list by PUT and by upsert', async () => {
    const id = await created({ email: 'a@example.com', tags: ['one', 'two'] });
    await world.ghl('PUT', `/contacts/${id}`, { tags: ['Three'] });
    assert.deepEqual(at(await get(id), 'tags'), ['three']);
    await world.ghl('POST', '/contacts/upsert', { locationId, email: 'a@example.com', tags: [] });
    assert.deepEqual(at(await get(id), 'tags'), []);
  });

  it('adds and removes single tags, with the full list in the answer, and makes an unknown one known to the location', async () => {
    const id = await created({ tags: ['one'] });
    const added = await world.ghl('POST', `/contacts/${id}/tags`, { tags: ['Two', 'one'] });
    assert.equal(added.status, 201);
    assert.partialDeepStrictEqual(added.body, { tags: ['one', 'two'], tagsAdded: ['two'] });
    const removed = await world.ghl('DELETE', `/contacts/${id}/tags`, { tags: ['ONE'] });
    assert.equal(removed.status, 200);
    assert.partialDeepStrictEqual(removed.body, { tags: ['two'], tagsRemoved: ['one'] });
    const { body } = await world.ghl('GET', `/locations/${locationId}/tags`);
    assert.partialDeepStrictEqual(at(body, 'tags'), [{ name: 'one', locationId }, { name: 'two' }]);
  });

  it('takes custom fields as {id, field_value}, gives {id, value}, and leaves the fields that are not named', async () => {
    const define = async (name: string, dataType: string) =>
      textAt(
        (await world.ghl('POST', `/locations/${locationId}/customFields`, { name, dataType })).body,
        'customField.id',
      );
    const [text, number] = [await define('My Text', 'TEXT'), await define('Sum', 'NUMERICAL')];
    const id = await created({ customFields: [{ id: text, field_value: 'a' }] });
    await world.ghl('PUT', `/contacts/${id}`, {
      customFields: [
        { id: number, field_value: 5 },
        { id: 'unknown', field_value: 'x' },
      ],
    });
    assert.deepEqual(at(await get(id), 'customFields'), [
      { id: text, value: 'a' },
      { id: number, value: 5 },
    ]);
    const wrong = await world.ghl('PUT', `/contacts/${id}`, { customFields: [{ id: text, value: 'b' }] });
    assert.equal(wrong.status, 422);
    const { body } = await world.ghl('GET', `/locations/${locationId}/customFields`);
    assert.partialDeepStrictEqual(at(body, 'customFields'), [
      { fieldKey: 'contact.my_text', dataType: 'TEXT', model: 'contact' },
    ]);
  });

  it('refuses a number that is none with 400', async () => {
    assert.equal((await create({ phone: 'call me' })).status, 400);
    assert.equal((await create({ phone: '+999123' })).status, 400);
  });

  for (const layout of [
    '1990/09/25',
    '09/25/1990',
    '1990-09-25',
    '09-25-1990',
    '1990.09.25',
    '09.25.1990',
    '1990_09_25',
    '09_25_1990',
  ]) {
    it(`reads ${layout} as a date of birth and gives it back as a full ISO date`, async () => {
      const { body } = await create({ firstName: 'A', dateOfBirth: layout });
      assert.equal(at(body, 'contact.dateOfBirth'), '1990-09-25T00:00:00.000Z');
    });
  }

  it('forgets a deleted contact with its tasks and notes', async () => {
    const id = await created({ firstName: 'A' });
    await world.ghl('POST', `/contacts/${id}/notes`, { body: 'n' });
    const { status, body } = await world.ghl('DELETE', `/contacts/${id}`);
    assert.equal(status, 200);
    assert.partialDeepStrictEqual(body, { succeded: true });
    assert.equal((await world.ghl('GET', `/contacts/${id}/notes`)).status, 400);
    assert.equal(world.sandbox.ghl.notes.size, 0);
  });

  it('lists by the deprecated call with lower-cased names, true ones beside them, and a cursor', async () => {
    for (const name of ['Ann', 'Bob', 'Cid']) await create({ firstName: name, lastName: 'Lee' });
    const first = await world.ghl('GET', `/contacts/?locationId=${locationId}&limit=2`);
    assert.partialDeepStrictEqual(at(first.body, 'contacts.0'), {
      firstNameRaw: 'Cid',
      firstName: 'cid',
      contactName: 'cid lee',
    });
    const { startAfter, startAfterId } = at(first.body, 'meta') as { startAfter: number; startAfterId: string };
    const rest = await world.ghl(
      'GET',
      `/contacts/?locationId=${locationId}&limit=2&startAfter=${startAfter}&startAfterId=${startAfterId}`,
    );
    assert.deepEqual((at(rest.body, 'contacts') as object[]).length, 1);
    assert.equal((await world.ghl('GET', `/contacts/?locationId=${locationId}&limit=101`)).status, 400);
  });
});
