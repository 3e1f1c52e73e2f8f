import assert from 'node:assert/strict';
import type { Method } from 'got';
import { companyId, locationId } from '../../sandbox/ghl/constants.ts';
import { at, textAt, World } from './world.ts';

describe('sandbox: GoHighLevel tasks, notes, location and users', () => {
  let world: World;
  let contactId: string;
  before(async () => {
    world = await World.open();
    const { body } = await world.ghl('POST', '/contacts/', { locationId, firstName: 'Ann', lastName: 'Lee' });
    contactId = textAt(body, 'contact.id');
  });
  after(() => world.close());

  const tasks = (method: Method, path = '', body?: unknown) =>
    world.ghl(method, `/contacts/${contactId}/tasks${path}`, body);
  const notes = (method: Method, path = '', body?: unknown) =>
    world.ghl(method, `/contacts/${contactId}/notes${path}`, body);

  it('gives a task without timestamps and its due date with milliseconds', async () => {
    const { status, body } = await tasks('POST', '', {
      title: 'Call',
      dueDate: '2026-12-01T17:00:00-06:00',
      completed: false,
    });
    assert.equal(status, 201);
    const { id, ...task } = at(body, 'task') as { id: string };
    assert.deepEqual(task, { title: 'Call', dueDate: '2026-12-01T23:00:00.000Z', completed: false, contactId });
    assert.partialDeepStrictEqual((await tasks('PUT', `/${id}`, { title: 'Call again' })).body, {
      task: { title: 'Call again', completed: false },
    });
    assert.partialDeepStrictEqual((await tasks('PUT', `/${id}/completed`, { completed: true })).body, {
      task: { completed: true },
    });
    assert.partialDeepStrictEqual((await tasks('GET', `/${id}`)).body, {
      task: { id, title: 'Call again', completed: true },
    });
    assert.partialDeepStrictEqual((await tasks('DELETE', `/${id}`)).body, { succeded: true });
    assert.deepEqual(at((await tasks('GET')).body, 'tasks'), []);
  });

  it('answers 422 for a task without title, due date or completed, and for a property it does not know', async () => {
    const { status, body } = await tasks('POST', '', { body: 'x', status: 'open' });
    assert.equal(status, 422);
    for (const sentence of [
      'property status should not exist',
      'title should not be empty',
      'dueDate should not be empty',
      'completed should not be empty',
    ]) {
      assert.ok((at(body, 'message') as string[]).includes(sentence), sentence);
    }
  });

  it('finds tasks of the whole location with _id, update times and contact ids', async () => {
    for (const title of ['Older', 'Newer'])
      await tasks('POST', '', { title, dueDate: '2026-12-01T10:00:00Z', completed: false });
    const { status, body } = await world.ghl('POST', `/locations/${locationId}/tasks/search`, {
      completed: false,
      limit: 1,
    });
    assert.equal(status, 200);
    const [task, another] = at(body, 'tasks') as Record<string, unknown>[];
    assert.equal(another, undefined);
    assert.partialDeepStrictEqual(task, {
      title: 'Newer',
      contactId,
      locationId,
      contactDetails: { contactName: 'Ann Lee' },
    });
    assert.ok(task?.['_id'] && task['dateUpdated'] && !('id' in task));
    const second = await world.ghl('POST', `/locations/${locationId}/tasks/search`, { limit: 1, skip: 1 });
    assert.equal(at(second.body, 'tasks.0.title'), 'Older');
  });

  it('gives a note with its text, its relation, and nobody as the writer of an app', async () => {
    const { status, body } = await notes('POST', '', { body: '<p>Hello <b>Ann</b></p>' });
    assert.equal(status, 201);
    const id = textAt(body, 'note.id');
    assert.partialDeepStrictEqual(at(body, 'note'), {
      body: '<p>Hello <b>Ann</b></p>',
      bodyText: 'Hello Ann',
      userId: null,
      contactId,
      relations: [{ objectKey: 'contact', recordId: contactId }],
    });
    assert.equal(at(body, 'note.dateUpdated'), undefined);
    assert.partialDeepStrictEqual((await notes('PUT', `/${id}`, { body: 'Bye' })).body, {
      note: { id, bodyText: 'Bye' },
    });
    assert.equal((await notes('POST', '', { title: 'no body' })).status, 422);
    assert.partialDeepStrictEqual((await notes('DELETE', `/${id}`)).body, { succeded: true });
    assert.deepEqual(at((await notes('GET')).body, 'notes'), []);
  });

  it("gives the location's time zone and country, and its users in both lists and one by one", async () => {
    const location = await world.ghl('GET', `/locations/${locationId}`);
    assert.partialDeepStrictEqual(at(location.body, 'location'), {
      id: locationId,
      timezone: 'America/Chicago',
      country: 'US',
    });
    const listed = at((await world.ghl('GET', `/users/?locationId=${locationId}`)).body, 'users') as { id: string }[];
    assert.equal(listed.length, 3);
    const searched = await world.ghl('GET', `/users/search?companyId=${companyId}&query=maya`);
    assert.partialDeepStrictEqual(searched.body, { users: [{ name: 'Maya Torres' }], count: 1 });
    assert.equal((await world.ghl('GET', '/users/search')).status, 422);
    assert.partialDeepStrictEqual((await world.ghl('GET', `/users/${listed[1]?.id}`)).body, { firstName: 'Owen' });
  });
});
