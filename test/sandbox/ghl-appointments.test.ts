import assert from 'node:assert/strict';
import type { Method } from 'got';
import { locationId } from '../../sandbox/ghl/constants.ts';
import { userIds } from '../../sandbox/seed/account.ts';
import { wellKnownIds as ids } from '../../sandbox/seed/ids.ts';
import { type Answer, at, textAt, World } from './world.ts';

/** A Tuesday; the calendar is open from 9 to 17 in Chicago. */
const nine = '2026-12-01T09:00:00-06:00';
const ten = '2026-12-01T10:00:00-06:00';
const [maya, owen, priya] = userIds;

describe('sandbox: GoHighLevel appointments', () => {
  let world: World;
  let contactId: string;
  beforeEach(async () => {
    world = await World.open();
    const { body } = await world.ghl('POST', '/contacts/', { locationId, firstName: 'Ann', lastName: 'Lee' });
    contactId = textAt(body, 'contact.id');
    await world.received();
  });
  afterEach(() => world.close());

  const ask = (method: Method, path: string, body?: unknown): Promise<Answer> =>
    world.ghl(method, `/calendars/events${path}`, body, { version: '2021-04-15' });
  const book = (fields: object = {}): Promise<Answer> =>
    ask('POST', '/appointments', { calendarId: ids.calendarId, locationId, contactId, startTime: nine, ...fields });
  const booked = async (fields: object = {}) => textAt((await book(fields)).body, 'id');

  it('answers the bare appointment: end by the slot, somebody who is free, the status under three names', async () => {
    const { status, body } = await book({ startTime: '2026-12-01T15:00:00Z' });
    assert.equal(status, 200);
    assert.partialDeepStrictEqual(body, {
      calendarId: ids.calendarId,
      contactId,
      title: 'Ann Lee: Estimate visit',
      startTime: nine,
      endTime: ten,
      assignedUserId: maya,
      appointmentStatus: 'confirmed',
      status: 'confirmed',
      appoinmentStatus: 'confirmed',
    });
    assert.match(textAt(body, 'dateAdded'), /Z$/);
  });

  it('wraps the read one as `appointment`, and gives a deleted one with deleted: true', async () => {
    const id = await booked();
    const { body } = await ask('GET', `/appointments/${id}`);
    assert.partialDeepStrictEqual(at(body, 'appointment'), { id, users: [maya], deleted: false, isRecurring: false });
    const removed = await ask('DELETE', `/${id}`);
    assert.deepEqual([removed.status, at(removed.body, 'succeeded')], [201, true]);
    assert.equal(at((await ask('GET', `/appointments/${id}`)).body, 'appointment.deleted'), true);
    assert.equal((await ask('DELETE', `/${id}`)).status, 404);
    assert.equal((await ask('GET', '/appointments/nothing')).status, 404);
  });

  it('nests the appointment in its webhooks, times with offset', async () => {
    const id = await booked();
    await ask('PUT', `/appointments/${id}`, { appointmentStatus: 'showed' });
    await ask('PUT', `/appointments/${id}`, { appointmentStatus: 'showed' });
    await ask('DELETE', `/${id}`);
    const hooks = (await world.received()).map(({ body }) => body);
    assert.deepEqual(
      hooks.map(({ type }) => type),
      ['AppointmentCreate', 'AppointmentUpdate', 'AppointmentDelete'],
    );
    assert.partialDeepStrictEqual(hooks[0], {
      locationId,
      appointment: { id, contactId, calendarId: ids.calendarId, startTime: nine, users: [maya] },
    });
    assert.equal(hooks[0]?.['id'], undefined);
    assert.equal(at(hooks[1], 'appointment.appointmentStatus'), 'showed');
  });

  it('books each team member once at a time, and nobody outside of the hours', async () => {
    assert.equal(at((await book()).body, 'assignedUserId'), maya);
    assert.equal(at((await book()).body, 'assignedUserId'), owen);
    const full = await book();
    assert.equal(full.status, 400);
    assert.equal(at(full.body, 'message'), 'The slot you have selected is no longer available.');
    assert.equal((await book({ ignoreFreeSlotValidation: true })).status, 200);
    assert.equal((await book({ startTime: '2026-12-01T16:30:00-06:00' })).status, 400);
    assert.equal((await book({ startTime: '2026-12-05T10:00:00-06:00' })).status, 400);
    assert.equal((await book({ startTime: ten, assignedUserId: priya })).status, 400);
  });

  it('frees the slot of a cancelled and of a deleted one', async () => {
    const id = await booked({ assignedUserId: owen });
    assert.equal((await book({ assignedUserId: owen })).status, 400);
    await ask('PUT', `/appointments/${id}`, { appointmentStatus: 'cancelled' });
    const next = await booked({ assignedUserId: owen });
    await ask('DELETE', `/${next}`);
    assert.equal((await book({ assignedUserId: owen })).status, 200);
  });

  it('moves with its length, and leaves what it does not name', async () => {
    const id = await booked({ title: 'Visit', address: '1 Main St' });
    const { body } = await ask('PUT', `/appointments/${id}`, { startTime: ten });
    assert.partialDeepStrictEqual(body, { startTime: ten, endTime: '2026-12-01T11:00:00-06:00', address: '1 Main St' });
    assert.equal((await ask('PUT', `/appointments/${id}`, { contactId })).status, 422);
  });

  it('answers 422 for a wrong status or time, 400 for an unknown contact, 404 for an unknown calendar', async () => {
    assert.equal((await book({ appointmentStatus: 'done' })).status, 422);
    assert.equal((await book({ startTime: 'soon' })).status, 422);
    assert.equal((await book({ endTime: nine })).status, 422);
    assert.equal((await book({ contactId: 'x' })).status, 400);
    assert.equal((await book({ calendarId: 'x' })).status, 404);
  });

  const between = `startTime=${Date.parse(nine) - 1}&endTime=${Date.parse(nine) + 14 * 86_400_000}`;

  it('lists by when they happen, for a calendar, group or user', async () => {
    const id = await booked();
    const listed = async (query: string) => {
      const { body } = await ask('GET', `?locationId=${locationId}&${query}`);
      return (at(body, 'events') as { id: string }[]).map((event) => event.id);
    };
    assert.deepEqual(await listed(`${between}&calendarId=${ids.calendarId}`), [id]);
    assert.deepEqual(await listed(`${between}&groupId=${ids.groupId}`), [id]);
    assert.deepEqual(await listed(`${between}&userId=${maya}`), [id]);
    assert.deepEqual(await listed(`${between}&userId=${owen}`), []);
    assert.deepEqual(await listed(`startTime=0&endTime=1&calendarId=${ids.calendarId}`), []);
    assert.equal((await ask('GET', `?locationId=${locationId}&${between}`)).status, 422);
  });

  it('lists the instances of a recurring one under ids of their own', async () => {
    const id = await booked({ rrule: 'RRULE:FREQ=DAILY;INTERVAL=2;COUNT=3' });
    const { body } = await ask('GET', `?locationId=${locationId}&${between}&calendarId=${ids.calendarId}`);
    const events = at(body, 'events') as object[];
    assert.equal(events.length, 3);
    assert.partialDeepStrictEqual(events[1], {
      id: `${id}_${Date.parse(nine) + 2 * 86_400_000}_3600`,
      masterEventId: id,
      startTime: '2026-12-03T09:00:00-06:00',
      isRecurring: true,
    });
    assert.equal(at((await ask('GET', `/appointments/${textAt(events[1], 'id')}`)).body, 'appointment.id'), id);
  });

  it("lists a contact's with times as on the wall", async () => {
    const id = await booked();
    const { body } = await world.ghl('GET', `/contacts/${contactId}/appointments`);
    assert.partialDeepStrictEqual(at(body, 'events'), [{ id, startTime: '2026-12-01 09:00:00', contactId }]);
  });

  it('keeps an appointment free of a blocked slot, which fires nothing', async () => {
    const block = { calendarId: ids.calendarId, locationId, startTime: nine, endTime: ten, title: 'Holiday' };
    const made = await ask('POST', '/block-slots', block);
    assert.equal(made.status, 201);
    assert.equal((await book()).status, 400);
    const { body } = await world.ghl(
      'GET',
      `/calendars/blocked-slots?locationId=${locationId}&${between}&calendarId=${ids.calendarId}`,
    );
    assert.partialDeepStrictEqual(at(body, 'events'), [{ title: 'Holiday', startTime: nine }]);
    const moved = { ...block, startTime: ten, endTime: '2026-12-01T11:00:00-06:00' };
    assert.equal((await ask('PUT', `/block-slots/${textAt(made.body, 'id')}`, moved)).status, 201);
    assert.deepEqual(await world.types(), []);
    assert.equal((await book()).status, 200);
    assert.equal((await ask('DELETE', `/${textAt(made.body, 'id')}`)).status, 201);
    assert.deepEqual(await world.types(), ['AppointmentCreate']);
  });

  it('keeps notes of its own, 20 a page at most, of 5,000 characters at most', async () => {
    const path = `/calendars/appointments/${await booked()}/notes`;
    const made = await world.ghl('POST', path, { body: 'Bring samples', userId: maya });
    assert.equal(made.status, 201);
    assert.partialDeepStrictEqual(at(made.body, 'note'), { body: 'Bring samples', createdBy: { name: 'Maya Torres' } });
    await world.ghl('POST', path, { body: 'Call first' });
    const { body } = await world.ghl('GET', `${path}?limit=1&offset=0`);
    assert.partialDeepStrictEqual(body, { notes: [{ body: 'Call first' }], hasMore: true });
    assert.equal((await world.ghl('GET', `${path}?limit=21&offset=0`)).status, 400);
    assert.equal((await world.ghl('GET', path)).status, 422);
    assert.equal((await world.ghl('POST', path, { body: 'x'.repeat(5001) })).status, 422);
    const one = `${path}/${textAt(made.body, 'note.id')}`;
    assert.equal(at((await world.ghl('PUT', one, { body: 'Bring tiles' })).body, 'note.body'), 'Bring tiles');
    assert.equal(at((await world.ghl('DELETE', one)).body, 'success'), true);
    assert.equal((await world.ghl('PUT', one, { body: 'x' })).status, 404);
  });
});
