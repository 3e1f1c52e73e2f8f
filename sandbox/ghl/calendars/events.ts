import { newGhlId } from '../../ids.ts';
import { type Answer, bodyFields, type Call, type Fields, type Operation, param } from '../../operation.ts';
import type { Appointment, BlockSlot } from '../calendar-state.ts';
import { recordNotFound, unprocessable } from '../errors.ts';
import { type Ghl, locationAt, sees } from '../ghl.ts';
import { calendarById } from './appointments.ts';
import { appointmentEvent, eventView } from './appointment-view.ts';
import type { Span } from './availability.ts';
import { instancesWithin } from './recurrence.ts';
import { isoIn, msOf, zoneOf } from './times.ts';

const read = { effect: 'read', scope: 'calendars/events.readonly' } as const;
const write = { effect: 'write', scope: 'calendars/events.write' } as const;

export function eventOperations(ghl: Ghl): Operation[] {
  const blocks = '/calendars/events/block-slots';
  return [
    {
      name: 'ghl.appointment.list',
      method: 'GET',
      path: '/calendars/events',
      ...read,
      run: (call) => listAppointments(ghl, call),
    },
    {
      name: 'ghl.event.delete',
      method: 'DELETE',
      path: '/calendars/events/:eventId',
      ...write,
      run: (call) => remove(ghl, call),
    },
    {
      name: 'ghl.block-slot.list',
      method: 'GET',
      path: '/calendars/blocked-slots',
      ...read,
      run: (call) => listBlockSlots(ghl, call),
    },
    { name: 'ghl.block-slot.create', method: 'POST', path: blocks, ...write, run: (call) => create(ghl, call) },
    {
      name: 'ghl.block-slot.update',
      method: 'PUT',
      path: `${blocks}/:eventId`,
      ...write,
      run: (call) => update(ghl, call),
    },
  ];
}

type Event = Appointment | BlockSlot;

/** By when they happen, not by when they changed: there is no feed of changes (reference/ghl.md 2.6). */
function listAppointments(ghl: Ghl, call: Call): Answer {
  const { events, span, zone } = eventsAsked(ghl, call);
  const found = events
    .filter((event) => event.kind === 'appointment')
    .flatMap((event) => instancesWithin(event, span, zone));
  return { status: 200, body: { events: found.map(eventView) } };
}

function listBlockSlots(ghl: Ghl, call: Call): Answer {
  const { events, span } = eventsAsked(ghl, call);
  const found = events
    .filter((event) => event.kind === 'block-slot')
    .filter(({ startTime, endTime }) => msOf(startTime) <= span.end && msOf(endTime) >= span.start);
  return { status: 200, body: { events: found.map(blockedView) } };
}

function eventsAsked(ghl: Ghl, call: Call): { events: Event[]; span: Span; zone: string } {
  const { locationId, userId, calendarId, groupId, startTime, endTime } = call.query;
  const location = locationAt(ghl, call, locationId);
  if (!userId && !calendarId && !groupId) throw unprocessable(['Either of userId, groupId or calendarId is required']);
  const events = ghl.state.events
    .all()
    .filter((event) => event.locationId === location.id && !event.deleted)
    .filter((event) => !userId || event.assignedUserId === userId)
    .filter((event) => !calendarId || event.calendarId === calendarId)
    .filter((event) => !groupId || ghl.state.calendars.get(event.calendarId)?.groupId === groupId)
    .sort((a, b) => msOf(a.startTime) - msOf(b.startTime));
  return { events, span: { start: Number(startTime), end: Number(endTime) }, zone: location.timezone };
}

/** Of both kinds. Cancelling is another thing: an update of the status. */
function remove(ghl: Ghl, call: Call): Answer {
  const event = eventOf(ghl, call, param(call, 'eventId').split('_')[0] ?? '');
  if (event.deleted) throw recordNotFound('Event', event.id);
  const deleted = { ...event, deleted: true, dateUpdated: new Date(call.now).toISOString() };
  ghl.state.events.put(deleted);
  if (deleted.kind === 'appointment') ghl.emit('AppointmentDelete', event.locationId, appointmentEvent(deleted));
  return { status: 201, body: { succeeded: true }, recordId: event.id };
}

type BlockInput = {
  title?: string;
  calendarId: string;
  assignedUserId?: string;
  locationId: string;
  startTime?: string;
  endTime?: string;
};

function create(ghl: Ghl, call: Call): Answer {
  const input = bodyFields(call) as BlockInput;
  const location = locationAt(ghl, call, input.locationId);
  const missing = (['startTime', 'endTime'] as const).filter((name) => !input[name]);
  if (missing.length > 0) throw unprocessable(missing.map((name) => `${name} should not be empty`));
  const at = new Date(call.now).toISOString();
  const blank: BlockSlot = {
    id: newGhlId(),
    kind: 'block-slot',
    locationId: location.id,
    calendarId: '',
    assignedUserId: '',
    title: '',
    startTime: '',
    endTime: '',
    deleted: false,
    dateAdded: at,
    dateUpdated: at,
  };
  return putBlock(ghl, blank, input, call);
}

function update(ghl: Ghl, call: Call): Answer {
  const input = bodyFields(call) as BlockInput;
  locationAt(ghl, call, input.locationId);
  const before = eventOf(ghl, call, param(call, 'eventId'));
  if (before.kind !== 'block-slot') throw recordNotFound('Block slot', before.id);
  return putBlock(ghl, { ...before, dateUpdated: new Date(call.now).toISOString() }, input, call);
}

/** No webhook tells of blocked slots. */
function putBlock(ghl: Ghl, before: BlockSlot, input: BlockInput, call: Call): Answer {
  const zone = zoneOf(ghl, before.locationId);
  const [startTime, endTime] = [input.startTime ?? before.startTime, input.endTime ?? before.endTime];
  if (msOf(endTime) <= msOf(startTime)) throw unprocessable(['endTime must be after startTime']);
  const block: BlockSlot = {
    ...before,
    calendarId: calendarById(ghl, call, input.calendarId).id,
    title: input.title ?? before.title,
    assignedUserId: input.assignedUserId ?? before.assignedUserId,
    startTime: isoIn(zone, msOf(startTime)),
    endTime: isoIn(zone, msOf(endTime)),
  };
  ghl.state.events.put(block);
  const { id, locationId, title, calendarId, assignedUserId } = block;
  const body = {
    id,
    locationId,
    title,
    startTime: block.startTime,
    endTime: block.endTime,
    calendarId,
    assignedUserId,
  };
  return { status: 201, body, recordId: id };
}

function eventOf(ghl: Ghl, call: Call, id: string): Event {
  const event = ghl.state.events.get(id);
  if (!event || !sees(call, event)) throw recordNotFound('Event', id);
  return event;
}

function blockedView({ kind: _kind, ...block }: BlockSlot): Fields {
  return {
    ...block,
    contactId: '',
    groupId: '',
    appointmentStatus: 'confirmed',
    users: block.assignedUserId ? [block.assignedUserId] : [],
    createdBy: { userId: '', source: 'third_party' },
  };
}
