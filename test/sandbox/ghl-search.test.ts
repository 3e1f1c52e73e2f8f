import assert from 'node:assert/strict';
import { locationId } from '../../sandbox/ghl/constants.ts';
import { at, textAt, World } from './world.ts';

describe('sandbox: GoHighLevel contact search', () => {
  let world: World;
  let now = Date.parse('2026-11-24T10:00:00.000Z');
  before(async () => {
    world = await World.open({ now: () => now });
    for (const [n, firstName] of ['Ann', 'Bob', 'Cid', 'Dee', 'Eve'].entries()) {
      now += 1000;
      await world.ghl('POST', '/contacts/', {
        locationId,
        firstName,
        lastName: 'Lee',
        email: `${firstName}@example.com`,
        companyName: 'Lee Inc',
        address1: '1 Road',
        tags: n % 2 ? ['odd'] : ['even'],
      });
    }
  });
  after(() => world.close());

  const search = (body: object) => world.ghl('POST', '/contacts/search', { locationId, pageLimit: 10, ...body });
  const names = async (body: object) =>
    (at((await search(body)).body, 'contacts') as object[]).map((each) => textAt(each, 'firstName'));

  it('gives records whose names differ from those of GET', async () => {
    const { body } = await search({ pageLimit: 1 });
    assert.equal(at(body, 'total'), 5);
    const record = at(body, 'contacts.0') as object;
    assert.partialDeepStrictEqual(record, {
      contactName: 'Eve Lee',
      businessName: 'Lee Inc',
      address: '1 Road',
      additionalEmails: [],
    });
    assert.deepEqual(
      ['address1', 'companyName', 'emailLowerCase'].filter((key) => key in record),
      [],
    );
  });

  it('answers 422 without pageLimit or locationId and 400 for a page that is too large', async () => {
    assert.equal((await world.ghl('POST', '/contacts/search', { locationId })).status, 422);
    assert.equal((await world.ghl('POST', '/contacts/search', { pageLimit: 10 })).status, 422);
    assert.equal((await search({ pageLimit: 501 })).status, 400);
    assert.equal((await search({ pageLimit: 500, page: 21 })).status, 400);
    assert.equal((await search({ query: 'x'.repeat(76) })).status, 422);
    assert.equal((await search({ locationId: 'other' })).status, 403);
  });

  it('walks on by the searchAfter of each record, changed ones last', async () => {
    const sort = [{ field: 'dateUpdated', direction: 'asc' }];
    const first = await search({ pageLimit: 2, sort });
    assert.equal(at(first.body, 'searchAfter'), undefined);
    const searchAfter = at(first.body, 'contacts.1.searchAfter');
    assert.deepEqual(await names({ pageLimit: 2, sort, searchAfter }), ['Cid', 'Dee']);
    assert.deepEqual(await names({ pageLimit: 10, sort, searchAfter }), ['Cid', 'Dee', 'Eve']);
  });

  it('ignores a key it does not know, and so gives the first page again', async () => {
    assert.deepEqual(await names({ pageLimit: 2, pageNumber: 2 }), ['Eve', 'Dee']);
    assert.deepEqual(await names({ pageLimit: 2, page: 2 }), ['Cid', 'Bob']);
  });

  const filters: [string, object, string[]][] = [
    ['eq', { field: 'email', operator: 'eq', value: 'bob@EXAMPLE.com' }, ['Bob']],
    ['not_eq', { field: 'firstName', operator: 'not_eq', value: 'Bob' }, ['Eve', 'Dee', 'Cid', 'Ann']],
    ['contains in a list', { field: 'tags', operator: 'contains', value: ['odd'] }, ['Dee', 'Bob']],
    ['contains in a text', { field: 'email', operator: 'contains', value: 'ee@' }, ['Dee']],
    ['exists', { field: 'phone', operator: 'exists' }, []],
    ['not_exists', { field: 'website', operator: 'not_exists' }, ['Eve', 'Dee', 'Cid', 'Bob', 'Ann']],
    [
      'range',
      {
        field: 'dateAdded',
        operator: 'range',
        value: { gte: '2026-11-24T10:00:02.000Z', lt: '2026-11-24T10:00:04.000Z' },
      },
      ['Cid', 'Bob'],
    ],
  ];
  for (const [operator, filter, found] of filters) {
    it(`filters by ${operator}`, async () => assert.deepEqual(await names({ filters: [filter] }), found));
  }

  it('joins filters by AND, and those of an OR group by OR', async () => {
    const name = (value: string) => ({ field: 'firstName', operator: 'eq', value });
    assert.deepEqual(await names({ filters: [name('Ann'), name('Bob')] }), []);
    assert.deepEqual(await names({ filters: [{ group: 'OR', filters: [name('Ann'), name('Bob')] }] }), ['Bob', 'Ann']);
    assert.equal((await search({ filters: [{ field: 'email', operator: 'like', value: 'x' }] })).status, 422);
  });

  it('lags behind writes by the time that is set', async () => {
    await world.control('PUT', 'settings', { ghl: { searchLagMs: 3000 } });
    await world.ghl('POST', '/contacts/', { locationId, firstName: 'Fay' });
    assert.deepEqual(await names({ query: 'fay' }), []);
    now += 3000;
    assert.deepEqual(await names({ query: 'fay' }), ['Fay']);
  });
});
