import assert from 'node:assert/strict';
import { locationId } from '../../sandbox/ghl/constants.ts';
import { at, textAt, World } from './world.ts';

describe('sandbox: GoHighLevel duplicates', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.open();
  });
  afterEach(() => world.close());

  const create = (fields: object) => world.ghl('POST', '/contacts/', { locationId, ...fields });
  const created = async (fields: object) => textAt((await create(fields)).body, 'contact.id');
  const get = async (id: string) => at((await world.ghl('GET', `/contacts/${id}`)).body, 'contact');

  it('refuses a duplicate by e-mail or phone with 400 and the id of the one it has', async () => {
    const id = await created({ firstName: 'Ann', lastName: 'Lee', email: 'ann@example.com', phone: '+15125550101' });
    for (const [fields, matchingField] of [
      [{ email: 'ANN@example.com' }, 'email'],
      [{ phone: '512-555-0101' }, 'phone'],
    ] as const) {
      const { status, body } = await create(fields);
      assert.equal(status, 400);
      assert.partialDeepStrictEqual(body, {
        statusCode: 400,
        message: 'This location does not allow duplicated contacts.',
        meta: { contactId: id, contactName: 'Ann Lee', matchingField },
      });
      assert.ok(at(body, 'traceId'));
    }
  });

  it('upserts by e-mail first, ignores a phone that another contact has, and ignores gender of an existing one', async () => {
    const byMail = await created({ email: 'a@example.com', phone: '+15125550101' });
    const byPhone = await created({ email: 'b@example.com', phone: '+15125550102' });
    const { status, body } = await world.ghl('POST', '/contacts/upsert', {
      locationId,
      email: 'a@example.com',
      phone: '+15125550102',
      city: 'Austin',
      gender: 'female',
    });
    assert.equal(status, 200);
    assert.partialDeepStrictEqual(body, { new: false, contact: { id: byMail, phone: '+15125550101', city: 'Austin' } });
    assert.equal(at(body, 'contact.gender'), undefined);
    assert.equal(at(await get(byPhone), 'city'), undefined);
  });

  it('makes a secondary e-mail the primary one by upsert and loses the old primary', async () => {
    const id = await created({ email: 'old@example.com' });
    await world.control('POST', 'as-user', {
      method: 'PUT',
      path: `/contacts/${id}`,
      body: { additionalEmails: [{ email: 'new@example.com' }] },
    });
    await world.ghl('POST', '/contacts/upsert', { locationId, email: 'new@example.com' });
    assert.partialDeepStrictEqual(await get(id), { email: 'new@example.com', additionalEmails: [] });
  });

  it('finds a duplicate by e-mail in any case and by exact E.164 number, and answers null when there is none', async () => {
    const id = await created({ email: 'Ann@example.com', phone: '+15125550101' });
    const search = (query: string) => world.ghl('GET', `/contacts/search/duplicate?locationId=${locationId}&${query}`);
    assert.partialDeepStrictEqual((await search('email=ann@EXAMPLE.com')).body, {
      contact: { id },
      matchingField: 'email',
    });
    assert.partialDeepStrictEqual((await search('number=%2B15125550101')).body, {
      contact: { id },
      matchingField: 'phone',
    });
    assert.equal(at((await search('number=+15125550101')).body, 'contact'), null);
    assert.equal((await world.ghl('GET', '/contacts/search/duplicate?email=a@example.com')).status, 403);
  });
});
