import { newGhlId } from '../../ids.ts';
import { type Answer, bodyFields, type Call, type Operation, param } from '../../operation.ts';
import type { Calendar } from '../calendar-state.ts';
import { badRequest } from '../errors.ts';
import { type Ghl, inLocation, locationAt } from '../ghl.ts';
import { calendarById } from './appointments.ts';
import { freeSlots } from './availability.ts';
import { isoIn } from './times.ts';

const read = { effect: 'read', scope: 'calendars.readonly' } as const;
const write = { effect: 'write', scope: 'calendars.write' } as const;
const one = '/calendars/:calendarId';

export function calendarOperations(ghl: Ghl): Operation[] {
  return [
    { name: 'ghl.calendar.list', method: 'GET', path: '/calendars/', ...read, run: (call) => list(ghl, call) },
    { name: 'ghl.calendar.create', method: 'POST', path: '/calendars/', ...write, run: (call) => create(ghl, call) },
    { name: 'ghl.calendar.get', method: 'GET', path: one, ...read, run: (call) => answer(calendarOf(ghl, call)) },
    { name: 'ghl.calendar.update', method: 'PUT', path: one, ...write, run: (call) => update(ghl, call) },
    { name: 'ghl.calendar.delete', method: 'DELETE', path: one, ...write, run: (call) => remove(ghl, call) },
    {
      name: 'ghl.calendar.free-slots',
      method: 'GET',
      path: `${one}/free-slots`,
      ...read,
      run: (call) => slots(ghl, call),
    },
  ];
}

/** Drafts are calendars that are not active. */
function list(ghl: Ghl, call: Call): Answer {
  const location = locationAt(ghl, call, call.query['locationId']);
  const { groupId, showDrafted } = call.query;
  const calendars = inLocation(ghl.state.calendars.all(), location)
    .filter((calendar) => !groupId || calendar.groupId === groupId)
    .filter((calendar) => showDrafted !== 'false' || calendar.isActive);
  return { status: 200, body: { calendars } };
}

type CalendarInput = Partial<Calendar>;

const defaults = {
  isActive: true,
  teamMembers: [],
  openHours: [],
  slotDuration: 30,
  slotDurationUnit: 'mins',
  slotInterval: 30,
  slotIntervalUnit: 'mins',
  autoConfirm: true,
  calendarType: 'round_robin',
  eventType: 'RoundRobin_OptimizeForAvailability',
  widgetType: 'default',
  eventTitle: '{{contact.name}}',
  eventColor: '#039be5',
  allowReschedule: true,
  allowCancellation: true,
} as const;

function create(ghl: Ghl, call: Call): Answer {
  const input = bodyFields(call) as CalendarInput & { locationId: string; name: string };
  const location = locationAt(ghl, call, input.locationId);
  checkReferences(ghl, location.id, input);
  const calendar: Calendar = {
    ...defaults,
    teamMembers: [],
    openHours: [],
    ...input,
    id: newGhlId(),
    locationId: location.id,
  };
  return answer(ghl.state.calendars.put(calendar));
}

function update(ghl: Ghl, call: Call): Answer {
  const before = calendarOf(ghl, call);
  const input = bodyFields(call) as CalendarInput;
  checkReferences(ghl, before.locationId, input);
  return answer(ghl.state.calendars.put({ ...before, ...input }));
}

function checkReferences(ghl: Ghl, locationId: string, { groupId, teamMembers = [] }: CalendarInput): void {
  if (groupId && ghl.state.calendarGroups.get(groupId)?.locationId !== locationId)
    throw badRequest('The calendar group does not exist.');
  const stranger = teamMembers.find(({ userId }) => !ghl.state.users.get(userId)?.locationIds.includes(locationId));
  if (stranger) throw badRequest(`The user ${stranger.userId} is no member of the location.`);
}

/** Its appointments stay. */
function remove(ghl: Ghl, call: Call): Answer {
  const { id } = calendarOf(ghl, call);
  ghl.state.calendars.delete(id);
  return { status: 200, body: { success: true }, recordId: id };
}

const mostDays = 31;

/** By day of the zone asked for: `{"2026-12-01": {slots: [...]}}`. */
function slots(ghl: Ghl, call: Call): Answer {
  const calendar = calendarOf(ghl, call);
  const [start, end] = [Number(call.query['startDate']), Number(call.query['endDate'])];
  if (end <= start) throw badRequest('endDate must be after startDate');
  if (end - start > mostDays * 86_400_000) throw badRequest(`Date range cannot be more than ${mostDays} days`);
  const zone = call.query['timezone'] ?? ghl.state.locations.get(calendar.locationId)?.timezone ?? 'UTC';
  // A parameter given several times arrives as a list.
  const userIds = [call.query['userId'], call.query['userIds']].flat().filter((id) => id !== undefined);
  const starts = freeSlots(ghl, calendar, { start, end }, userIds).map((at) => isoIn(zone, at));
  const days = Map.groupBy(starts, (iso) => iso.slice(0, 10));
  return { status: 200, body: Object.fromEntries([...days].map(([day, times]) => [day, { slots: times }])) };
}

function calendarOf(ghl: Ghl, call: Call): Calendar {
  return calendarById(ghl, call, param(call, 'calendarId'));
}

function answer(calendar: Calendar): Answer {
  return { status: 200, body: { calendar }, recordId: calendar.id };
}
