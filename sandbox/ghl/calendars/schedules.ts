import { newGhlId } from '../../ids.ts';
import { type Answer, bodyFields, type Call, type Operation, param } from '../../operation.ts';
import type { Schedule } from '../calendar-state.ts';
import { badRequest, recordNotFound } from '../errors.ts';
import { type Ghl, inLocation, locationAt, sees } from '../ghl.ts';
import { pageOf } from '../paging.ts';
import { calendarById } from './appointments.ts';

const read = { effect: 'read', scope: 'calendars.readonly' } as const;
const write = { effect: 'write', scope: 'calendars.write' } as const;
const one = '/calendars/schedules/:id';
const association = `${one}/associations/:calendarId`;

/** When people are there. The sandbox keeps them; free slots come from the calendars' own hours. */
export function scheduleOperations(ghl: Ghl): Operation[] {
  return [
    {
      name: 'ghl.schedule.search',
      method: 'GET',
      path: '/calendars/schedules/search',
      ...read,
      run: (call) => search(ghl, call),
    },
    {
      name: 'ghl.schedule.create',
      method: 'POST',
      path: '/calendars/schedules',
      ...write,
      run: (call) => create(ghl, call),
    },
    { name: 'ghl.schedule.get', method: 'GET', path: one, ...read, run: (call) => answer(200, scheduleOf(ghl, call)) },
    { name: 'ghl.schedule.update', method: 'PUT', path: one, ...write, run: (call) => update(ghl, call) },
    { name: 'ghl.schedule.delete', method: 'DELETE', path: one, ...write, run: (call) => remove(ghl, call) },
    {
      name: 'ghl.schedule.add-calendar',
      method: 'PUT',
      path: association,
      ...write,
      run: (call) => associate(ghl, call, true),
    },
    {
      name: 'ghl.schedule.remove-calendar',
      method: 'DELETE',
      path: association,
      ...write,
      run: (call) => associate(ghl, call, false),
    },
  ];
}

function search(ghl: Ghl, call: Call): Answer {
  const location = locationAt(ghl, call, call.query['locationId']);
  const { userId, calendarId } = call.query;
  const found = inLocation(ghl.state.schedules.all(), location)
    .filter((schedule) => !schedule.deleted && schedule.userId === userId)
    .filter((schedule) => !calendarId || schedule.calendarIds.includes(calendarId));
  return { status: 200, body: { schedules: pageOf(call, found, { limit: 50, most: 500 }) } };
}

type ScheduleInput = Partial<Pick<Schedule, 'name' | 'rules' | 'timezone' | 'calendarIds'>>;

function create(ghl: Ghl, call: Call): Answer {
  const input = bodyFields(call) as ScheduleInput & Pick<Schedule, 'locationId' | 'userId' | 'name' | 'timezone'>;
  const location = locationAt(ghl, call, input.locationId);
  if (!ghl.state.users.get(input.userId)) throw badRequest('The user does not exist.');
  for (const id of input.calendarIds ?? []) calendarById(ghl, call, id);
  const at = new Date(call.now).toISOString();
  const schedule = ghl.state.schedules.put({
    rules: [],
    calendarIds: [],
    ...input,
    id: newGhlId(),
    locationId: location.id,
    deleted: false,
    dateAdded: at,
    dateUpdated: at,
  });
  return answer(201, schedule);
}

function update(ghl: Ghl, call: Call): Answer {
  return answer(200, put(ghl, scheduleOf(ghl, call), bodyFields(call), call));
}

function put(ghl: Ghl, before: Schedule, input: ScheduleInput, call: Call): Schedule {
  return ghl.state.schedules.put({ ...before, ...input, dateUpdated: new Date(call.now).toISOString() });
}

function remove(ghl: Ghl, call: Call): Answer {
  const { id } = ghl.state.schedules.put({ ...scheduleOf(ghl, call), deleted: true });
  return { status: 200, body: { success: true }, recordId: id };
}

function associate(ghl: Ghl, call: Call, isAdded: boolean): Answer {
  const before = scheduleOf(ghl, call);
  const calendar = calendarById(ghl, call, param(call, 'calendarId'));
  const others = before.calendarIds.filter((id) => id !== calendar.id);
  put(ghl, before, { calendarIds: isAdded ? [...others, calendar.id] : others }, call);
  return { status: 200, body: { success: true }, recordId: before.id };
}

function scheduleOf(ghl: Ghl, call: Call): Schedule {
  const id = param(call, 'id');
  const schedule = ghl.state.schedules.get(id);
  if (!schedule || schedule.deleted || !sees(call, schedule)) throw recordNotFound('Schedule', id);
  return schedule;
}

function answer(status: number, schedule: Schedule): Answer {
  return { status, body: { schedule }, recordId: schedule.id };
}
