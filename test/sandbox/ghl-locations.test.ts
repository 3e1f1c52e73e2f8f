import assert from 'node:assert/strict';
import { companyId, companyToken, locationId } from '../../sandbox/ghl/constants.ts';
import { userIds } from '../../sandbox/seed/account.ts';
import { wellKnownIds as ids } from '../../sandbox/seed/ids.ts';
import { at, ghlHeaders, textAt, World } from './world.ts';

const company = { authorization: `Bearer ${companyToken}` };

describe('sandbox: GoHighLevel locations and what they hold', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.open();
  });
  afterEach(() => world.close());

  it('makes, changes and deletes locations for the company, and tells of the first two', async () => {
    const made = await world.ghl('POST', '/locations/', { companyId, name: 'Brightside Waco', country: 'US' }, company);
    assert.equal(made.status, 201);
    const path = `/locations/${textAt(made.body, 'id')}`;
    const settings = { allowDuplicateContact: true };
    const changed = await world.ghl('PUT', path, { companyId, timezone: 'America/Chicago', settings }, company);
    assert.partialDeepStrictEqual(changed.body, { name: 'Brightside Waco', timezone: 'America/Chicago', settings });
    assert.equal((await world.ghl('PUT', path, { companyId, country: 'XX' }, company)).status, 422);
    assert.equal((await world.ghl('PUT', path, { companyId: 'other' }, company)).status, 403);
    assert.equal((await world.ghl('DELETE', path, undefined, company)).status, 422);
    const removed = await world.ghl('DELETE', `${path}?deleteTwilioAccount=false`, undefined, company);
    assert.partialDeepStrictEqual(removed.body, { success: true });
    assert.equal((await world.ghl('GET', path, undefined, company)).status, 403);
    assert.deepEqual(await world.types(), ['LocationCreate', 'LocationUpdate']);
  });

  it('allows duplicates as the location prefers', async () => {
    const create = () => world.ghl('POST', '/contacts/', { locationId, email: 'ann@example.com' });
    await create();
    assert.equal((await create()).status, 400);
    const settings = { allowDuplicateContact: true };
    await world.ghl('PUT', `/locations/${locationId}`, { companyId, settings }, company);
    assert.equal((await create()).status, 201);
  });

  it('tells time zones', async () => {
    const { body } = await world.ghl('GET', `/locations/${locationId}/timezones`);
    assert.ok((at(body, 'timeZones') as string[]).includes('America/Chicago'));
  });

  it('keeps custom values under the key of their first name', async () => {
    const path = `/locations/${locationId}/customValues`;
    const made = await world.ghl('POST', path, { name: 'Review Link', value: 'https://example.com' });
    assert.equal(made.status, 201);
    assert.partialDeepStrictEqual(at(made.body, 'customValue'), {
      fieldKey: '{{ custom_values.review_link }}',
      locationId,
    });
    const one = `${path}/${textAt(made.body, 'customValue.id')}`;
    const changed = await world.ghl('PUT', one, { name: 'Reviews', value: '' });
    assert.partialDeepStrictEqual(at(changed.body, 'customValue'), {
      name: 'Reviews',
      value: '',
      fieldKey: '{{ custom_values.review_link }}',
    });
    assert.equal((await world.ghl('POST', path, { name: 'review link', value: 'x' })).status, 400);
    assert.equal((await world.ghl('POST', path, { name: 'x' })).status, 422);
    assert.equal((at((await world.ghl('GET', path)).body, 'customValues') as object[]).length, 2);
    assert.partialDeepStrictEqual((await world.ghl('DELETE', one)).body, { succeded: true });
    assert.equal((await world.ghl('GET', one)).status, 404);
  });

  it('keeps recurring tasks, lists going in and single ids coming out', async () => {
    const { body } = await world.ghl('POST', '/contacts/', { locationId, firstName: 'Ann' });
    const contactId = textAt(body, 'contact.id');
    const path = `/locations/${locationId}/recurring-tasks`;
    const rruleOptions = {
      intervalType: 'weekly',
      interval: 1,
      startDate: '2026-12-01T15:00:00.000Z',
      dueAfterSeconds: 600,
      count: 4,
    };
    const made = await world.ghl('POST', path, {
      title: 'Check in',
      contactIds: [contactId],
      owners: [userIds[0]],
      rruleOptions,
    });
    assert.equal(made.status, 201);
    assert.partialDeepStrictEqual(at(made.body, 'recurringTask'), {
      title: 'Check in',
      contactId,
      assignedTo: userIds[0],
      rruleOptions,
      totalOccurrence: 4,
      deleted: false,
    });
    const one = `${path}/${textAt(made.body, 'recurringTask.id')}`;
    assert.equal(at((await world.ghl('PUT', one, { title: 'Call' })).body, 'recurringTask.title'), 'Call');
    assert.equal(at((await world.ghl('GET', one)).body, 'recurringTask.contactId'), contactId);
    const yearly = { ...rruleOptions, intervalType: 'sometimes' };
    assert.equal((await world.ghl('PUT', one, { rruleOptions: yearly })).status, 422);
    assert.equal((await world.ghl('POST', path, { title: 'x', rruleOptions, contactIds: ['x'] })).status, 400);
    assert.equal(at((await world.ghl('DELETE', one)).body, 'success'), true);
    assert.equal((await world.ghl('GET', one)).status, 404);
  });

  it('lists templates by type and deletes them with an empty answer', async () => {
    const path = `/locations/${locationId}/templates`;
    const list = async (query: string) => (await world.ghl('GET', `${path}?originId=${locationId}${query}`)).body;
    assert.partialDeepStrictEqual(await list('&type=sms'), { totalCount: 1, templates: [{ id: ids.templateId }] });
    assert.equal(at(await list('&type=email'), 'totalCount'), 0);
    assert.equal((await world.ghl('GET', path)).status, 422);
    const removed = await world.ghl('DELETE', `${path}/${ids.templateId}`);
    assert.deepEqual([removed.status, removed.text], [200, '']);
    assert.equal((await world.ghl('DELETE', `${path}/${ids.templateId}`)).status, 404);
  });

  it('takes files for custom fields as a form', async () => {
    const upload = async (form: FormData) => {
      const url = `${world.sandbox.ghlUrl}/locations/${locationId}/customFields/upload`;
      const answer = await fetch(url, { method: 'POST', headers: ghlHeaders, body: form });
      return { status: answer.status, body: await answer.json() };
    };
    const form = new FormData();
    form.set('id', 'contact1');
    form.set('maxFiles', '1');
    form.set('field_1', new File(['a,b'], 'roof.csv', { type: 'text/csv' }));
    const { status, body } = await upload(form);
    assert.equal(status, 200);
    assert.partialDeepStrictEqual(at(body, 'meta.0'), { originalname: 'roof.csv', mimetype: 'text/csv', size: 3 });
    assert.match(String((at(body, 'uploadedFiles') as Record<string, string>)['roof.csv']), /^https:.*roof\.csv$/);
    form.set('field_2', new File(['x'], 'two.csv'));
    assert.equal((await upload(form)).status, 400);
    assert.equal((await upload(new FormData())).status, 400);
  });
});

describe('sandbox: GoHighLevel users', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.open();
  });
  afterEach(() => world.close());

  const person = {
    companyId,
    firstName: 'Lena',
    lastName: 'Fox',
    email: 'lena@brightside.example',
    password: 'not kept',
    type: 'account',
    role: 'user',
    locationIds: [locationId],
  };

  it('makes, changes and deletes users, and tells of it at their locations', async () => {
    const made = await world.ghl('POST', '/users/', person);
    assert.equal(made.status, 201);
    assert.partialDeepStrictEqual(made.body, {
      name: 'Lena Fox',
      roles: { type: 'account', role: 'user', locationIds: [locationId] },
    });
    assert.equal(JSON.stringify([...world.sandbox.ghl.users.all()]).includes('not kept'), false);
    assert.equal((await world.ghl('POST', '/users/', person)).status, 400);
    const one = `/users/${textAt(made.body, 'id')}`;
    assert.equal(at((await world.ghl('PUT', one, { role: 'admin' })).body, 'roles.role'), 'admin');
    const removed = await world.ghl('DELETE', one);
    assert.match(textAt(removed.body, 'message'), /^Queued deleting user with e-mail lena@brightside\.example/);
    assert.equal((await world.ghl('GET', one)).status, 404);
    const hooks = await world.received();
    assert.deepEqual(
      hooks.map(({ body }) => body['type']),
      ['UserCreate', 'UserUpdate', 'UserDelete'],
    );
    assert.partialDeepStrictEqual(hooks[0]?.body, { locationId, firstName: 'Lena', role: 'user' });
  });

  it('tells of a user of the agency without a location', async () => {
    const made = await world.ghl('POST', '/users/', { ...person, type: 'agency' }, company);
    assert.equal(made.status, 201);
    const [hook] = await world.received();
    assert.partialDeepStrictEqual(hook?.body, { type: 'UserCreate', companyId, locations: [locationId] });
    assert.equal(hook?.body['locationId'], undefined);
  });

  it('finds users by role, ids and text, page by page', async () => {
    const search = async (query: string) =>
      (await world.ghl('GET', `/users/search?companyId=${companyId}&${query}`)).body;
    assert.partialDeepStrictEqual(await search('role=admin'), { count: 1, users: [{ id: userIds[0] }] });
    assert.equal(at(await search(`ids=${userIds[1]},${userIds[2]}`), 'count'), 2);
    assert.partialDeepStrictEqual(await search('limit=1&skip=1'), { count: 3, users: [{ id: userIds[1] }] });
    assert.equal(at(await search('type=agency'), 'count'), 0);
    assert.equal((await world.ghl('GET', '/users/search')).status, 422);
  });

  it('filters by e-mail for the company only, giving id and e-mail unless more is asked for', async () => {
    const body = { companyId, emails: 'maya@brightside.example, nobody@example.com' };
    const path = '/users/search/filter-by-email';
    assert.equal((await world.ghl('POST', path, body)).status, 403);
    const answer = await world.ghl('POST', path, body, company);
    assert.deepEqual(at(answer.body, 'users'), [{ id: userIds[0], email: 'maya@brightside.example' }]);
    const all = await world.ghl('POST', path, { ...body, projection: 'all' }, company);
    assert.equal(at(all.body, 'users.0.firstName'), 'Maya');
  });
});
