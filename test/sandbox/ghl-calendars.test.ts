import assert from 'node:assert/strict';
import type { Method } from 'got';
import { locationId } from '../../sandbox/ghl/constants.ts';
import { userIds } from '../../sandbox/seed/account.ts';
import { wellKnownIds as ids } from '../../sandbox/seed/ids.ts';
import { type Answer, at, textAt, World } from './world.ts';

describe('sandbox: GoHighLevel calendars', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.open();
  });
  afterEach(() => world.close());

  const ask = (method: Method, path: string, body?: unknown): Promise<Answer> =>
    world.ghl(method, `/calendars/${path}`, body);

  it('makes, changes, lists and deletes calendars', async () => {
    const made = await ask('POST', '', {
      locationId,
      name: 'Call',
      slotDuration: 15,
      teamMembers: [{ userId: userIds[0] }],
    });
    assert.equal(made.status, 200);
    assert.partialDeepStrictEqual(at(made.body, 'calendar'), { name: 'Call', slotDuration: 15, isActive: true });
    const id = textAt(made.body, 'calendar.id');
    assert.equal(
      at((await ask('PUT', id, { isActive: false, name: 'Short call' })).body, 'calendar.name'),
      'Short call',
    );
    assert.equal(at((await ask('GET', id)).body, 'calendar.slotDuration'), 15);
    const listed = async (query = '') =>
      at((await ask('GET', `?locationId=${locationId}${query}`)).body, 'calendars') as object[];
    assert.equal((await listed()).length, 3);
    assert.equal((await listed('&showDrafted=false')).length, 2);
    assert.equal((await listed(`&groupId=${ids.groupId}`)).length, 2);
    assert.equal(at((await ask('DELETE', id)).body, 'success'), true);
    assert.equal((await ask('GET', id)).status, 404);
  });

  it('answers 400 for a group or a team member that is not there, 422 for hours that are none', async () => {
    assert.equal((await ask('POST', '', { locationId, name: 'A', groupId: 'x' })).status, 400);
    assert.equal((await ask('POST', '', { locationId, name: 'A', teamMembers: [{ userId: 'x' }] })).status, 400);
    const openHours = [{ daysOfTheWeek: [9], hours: [{ openHour: 25, openMinute: 0, closeHour: 17, closeMinute: 0 }] }];
    const { status, body } = await ask('POST', '', { locationId, name: 'A', openHours });
    assert.equal(status, 422);
    assert.deepEqual(at(body, 'message'), [
      'each value in openHours.0.daysOfTheWeek must not be greater than 6',
      'openHours.0.hours.0.openHour must not be greater than 23',
    ]);
  });

  it('tells free slots by day in the zone asked for, without those that nobody can take', async () => {
    const start = Date.parse('2026-12-01T06:00:00Z');
    const path = (days: number, more = '') =>
      `${ids.calendarId}/free-slots?startDate=${start}&endDate=${start + days * 86_400_000}${more}`;
    const slots = async (more = '') => at((await ask('GET', path(1, more))).body, '2026-12-01.slots') as string[];
    assert.deepEqual((await slots()).slice(0, 2), ['2026-12-01T09:00:00-06:00', '2026-12-01T10:00:00-06:00']);
    assert.equal((await slots()).length, 8);
    assert.equal((await slots('&timezone=America/Denver'))[0], '2026-12-01T08:00:00-07:00');
    const { body } = await world.ghl('POST', '/contacts/', { locationId, firstName: 'Ann' });
    const startTime = '2026-12-01T09:00:00-06:00';
    const booking = { calendarId: ids.calendarId, locationId, contactId: textAt(body, 'contact.id'), startTime };
    assert.equal((await ask('POST', 'events/appointments', { ...booking, assignedUserId: userIds[0] })).status, 200);
    assert.equal((await slots()).length, 8);
    assert.equal((await slots(`&userId=${userIds[0]}`)).length, 7);
    assert.equal((await ask('GET', path(32))).status, 400);
    assert.deepEqual(
      Object.keys((await ask('GET', path(7))).body as object).filter((key) => key !== 'traceId').length,
      5,
    );
  });

  it('keeps groups with a slug of their own', async () => {
    const group = { locationId, name: 'Online', description: '', slug: 'online' };
    const isFree = async () =>
      at((await ask('POST', 'groups/validate-slug', { locationId, slug: 'online' })).body, 'available');
    assert.equal(await isFree(), true);
    const made = await ask('POST', 'groups', group);
    assert.equal(made.status, 201);
    const id = textAt(made.body, 'group.id');
    assert.equal(await isFree(), false);
    assert.equal((await ask('POST', 'groups', group)).status, 400);
    const { locationId: _locationId, ...changes } = { ...group, name: 'Video' };
    assert.equal(at((await ask('PUT', `groups/${id}`, changes)).body, 'group.name'), 'Video');
    assert.equal(at((await ask('PUT', `groups/${id}/status`, { isActive: false })).body, 'success'), true);
    const { body } = await ask('GET', `groups?locationId=${locationId}`);
    assert.partialDeepStrictEqual(at(body, 'groups'), [{ id: ids.groupId }, { id, isActive: false }]);
    assert.equal(at((await ask('DELETE', `groups/${ids.groupId}`)).body, 'success'), true);
    assert.equal(at((await ask('GET', ids.calendarId)).body, 'calendar.groupId'), undefined);
  });

  it('keeps schedules of people and the calendars they are for', async () => {
    const rules = [{ type: 'wday', day: 'monday', intervals: [{ from: '08:00', to: '12:00' }] }];
    const schedule = { locationId, userId: userIds[1], name: 'Mornings', timezone: 'America/Chicago', rules };
    const made = await ask('POST', 'schedules', schedule);
    assert.equal(made.status, 201);
    const id = textAt(made.body, 'schedule.id');
    assert.equal(
      (await ask('POST', 'schedules', { ...schedule, rules: [{ type: 'wday', intervals: [{ from: '8', to: '12' }] }] }))
        .status,
      422,
    );
    assert.equal(at((await ask('PUT', `schedules/${id}`, { name: 'Early' })).body, 'schedule.name'), 'Early');
    assert.equal((await ask('PUT', `schedules/${id}/associations/${ids.calendarId}`)).status, 200);
    const search = async (more = '') =>
      at((await ask('GET', `schedules/search?locationId=${locationId}&userId=${userIds[1]}${more}`)).body, 'schedules');
    assert.partialDeepStrictEqual(await search(`&calendarId=${ids.calendarId}`), [
      { id, calendarIds: [ids.calendarId] },
    ]);
    assert.equal((await ask('DELETE', `schedules/${id}/associations/${ids.calendarId}`)).status, 200);
    assert.deepEqual(at((await ask('GET', `schedules/${id}`)).body, 'schedule.calendarIds'), []);
    assert.equal(at((await ask('DELETE', `schedules/${id}`)).body, 'success'), true);
    assert.deepEqual(await search(), []);
    assert.equal((await ask('GET', `schedules/${id}`)).status, 404);
  });

  it('keeps rooms and equipments apart', async () => {
    const ladder = {
      locationId,
      name: 'Ladder',
      description: '12 m',
      quantity: 2,
      outOfService: 0,
      capacity: 1,
      calendarIds: [ids.calendarId],
    };
    const made = await ask('POST', 'resources/equipments', ladder);
    assert.equal(made.status, 201);
    assert.partialDeepStrictEqual(made.body, { ...ladder, resourceType: 'equipments', isActive: true });
    const one = `resources/equipments/${textAt(made.body, 'id')}`;
    assert.equal(at((await ask('PUT', one, { outOfService: 1 })).body, 'outOfService'), 1);
    const list = async (type: string) =>
      (await ask('GET', `resources/${type}?locationId=${locationId}&limit=20&skip=0`)).body as object[];
    assert.partialDeepStrictEqual(await list('rooms'), [{ id: ids.roomId }]);
    assert.partialDeepStrictEqual(await list('equipments'), [{ name: 'Ladder' }]);
    assert.equal((await ask('GET', `resources/cars?locationId=${locationId}&limit=20&skip=0`)).status, 422);
    assert.equal(at((await ask('DELETE', one)).body, 'success'), true);
    assert.equal((await ask('GET', one)).status, 404);
  });

  it('takes and gives lists of notifications, deleted ones when asked', async () => {
    const path = `${ids.calendarId}/notifications`;
    const reminder = { receiverType: 'contact', channel: 'sms', notificationType: 'reminder' };
    const made = await ask('POST', path, [reminder]);
    assert.partialDeepStrictEqual(made.body, [{ ...reminder, isActive: true, deleted: false }]);
    const id = textAt(made.body, '0._id');
    assert.equal((await ask('POST', path, [{ ...reminder, channel: 'fax' }])).status, 422);
    assert.equal(typeof at((await ask('PUT', `${path}/${id}`, { isActive: false })).body, 'message'), 'string');
    assert.equal(at((await ask('GET', `${path}/${id}`)).body, 'isActive'), false);
    assert.equal(((await ask('GET', `${path}?isActive=true`)).body as object[]).length, 1);
    await ask('DELETE', `${path}/${id}`);
    assert.partialDeepStrictEqual((await ask('GET', `${path}?deleted=true`)).body, [{ _id: id }]);
  });
});
