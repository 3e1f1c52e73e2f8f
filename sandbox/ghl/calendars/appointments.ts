import { isDeepStrictEqual } from 'node:util';
import { newGhlId } from '../../ids.ts';
import { type Answer, bodyFields, type Call, type Operation, param } from '../../operation.ts';
import type { Appointment, AppointmentStatus, Calendar } from '../calendar-state.ts';
import { badRequest, recordNotFound, unprocessable } from '../errors.ts';
import { contactById, contactOf, type Ghl, locationAt, sees } from '../ghl.ts';
import { appointmentEvent, eventView, ofContactView, writtenView } from './appointment-view.ts';
import { slotLength, whoIsFree } from './availability.ts';
import { isoIn, msOf, zoneOf } from './times.ts';

const read = { effect: 'read', scope: 'calendars/events.readonly' } as const;
const write = { effect: 'write', scope: 'calendars/events.write' } as const;
const one = '/calendars/events/appointments/:eventId';

type AppointmentInput = {
  calendarId?: string;
  title?: string;
  startTime?: string;
  endTime?: string;
  appointmentStatus?: AppointmentStatus;
  assignedUserId?: string;
  address?: string;
  description?: string;
  meetingLocationType?: string;
  rrule?: string;
  ignoreFreeSlotValidation?: boolean;
};

export function appointmentOperations(ghl: Ghl): Operation[] {
  return [
    {
      name: 'ghl.appointment.create',
      method: 'POST',
      path: '/calendars/events/appointments',
      ...write,
      run: (call) => create(ghl, call),
    },
    { name: 'ghl.appointment.get', method: 'GET', path: one, ...read, run: (call) => get(ghl, call) },
    { name: 'ghl.appointment.update', method: 'PUT', path: one, ...write, run: (call) => update(ghl, call) },
    {
      name: 'ghl.appointment.list-for-contact',
      method: 'GET',
      path: '/contacts/:contactId/appointments',
      effect: 'read',
      scope: 'contacts.readonly',
      run: (call) => listForContact(ghl, call),
    },
  ];
}

function create(ghl: Ghl, call: Call): Answer {
  const input = bodyFields(call) as AppointmentInput & {
    calendarId: string;
    locationId: string;
    contactId: string;
    startTime: string;
  };
  const location = locationAt(ghl, call, input.locationId);
  const contact = contactById(ghl, call, input.contactId);
  const calendar = calendarById(ghl, call, input.calendarId);
  const at = new Date(call.now).toISOString();
  const { source, userId } =
    call.actor === 'api' ? { source: 'third_party', userId: '' } : { source: 'calendar', userId: firstUser(ghl) };
  const blank: Appointment = {
    id: newGhlId(),
    kind: 'appointment',
    locationId: location.id,
    calendarId: calendar.id,
    contactId: contact.id,
    groupId: calendar.groupId ?? '',
    title: `${contact.name ?? contact.firstName ?? 'Contact'}: ${calendar.name}`,
    address: '',
    description: '',
    meetingLocationType: 'custom',
    appointmentStatus: calendar.autoConfirm ? 'confirmed' : 'new',
    assignedUserId: '',
    startTime: '',
    endTime: '',
    source,
    createdBy: { userId, source },
    deleted: false,
    dateAdded: at,
    dateUpdated: at,
  };
  const appointment = ghl.state.events.put(planned(ghl, blank, calendar, input, call)) as Appointment;
  ghl.emit('AppointmentCreate', location.id, appointmentEvent(appointment));
  return { status: 200, body: writtenView(appointment), recordId: appointment.id };
}

/** Live answers wrap it as `appointment`, the documents say `event`. A deleted one is still given, with `deleted: true`. */
function get(ghl: Ghl, call: Call): Answer {
  return { status: 200, body: { appointment: eventView(appointmentOf(ghl, call)) } };
}

function update(ghl: Ghl, call: Call): Answer {
  const input = bodyFields(call) as AppointmentInput;
  const before = appointmentOf(ghl, call);
  if (before.deleted) throw badRequest('The appointment is deleted.');
  const calendar = calendarById(ghl, call, input.calendarId ?? before.calendarId);
  const after = planned(ghl, { ...before, calendarId: calendar.id }, calendar, input, call);
  if (isDeepStrictEqual(before, after)) return { status: 200, body: writtenView(before), recordId: before.id };
  const appointment: Appointment = { ...after, dateUpdated: new Date(call.now).toISOString() };
  ghl.state.events.put(appointment);
  ghl.emit('AppointmentUpdate', appointment.locationId, appointmentEvent(appointment));
  return { status: 200, body: writtenView(appointment), recordId: appointment.id };
}

/** The appointment as asked for: times in the location's zone, somebody who is free, and a slot that is. */
function planned(ghl: Ghl, before: Appointment, calendar: Calendar, input: AppointmentInput, call: Call): Appointment {
  const zone = zoneOf(ghl, before.locationId);
  const start = msOf(input.startTime ?? before.startTime);
  const length = before.endTime ? msOf(before.endTime) - msOf(before.startTime) : slotLength(calendar);
  const end = input.endTime === undefined ? start + length : msOf(input.endTime);
  if (end <= start) throw unprocessable(['endTime must be after startTime']);
  const moved = start !== Date.parse(before.startTime) || end !== Date.parse(before.endTime);
  const userId = input.assignedUserId ?? (before.assignedUserId || undefined);
  const isMember = calendar.teamMembers.some((member) => member.userId === userId);
  if (input.assignedUserId && !isMember) throw badRequest('The user id not part of calendar team.');
  const who = whoIsFree(ghl, calendar, { start, end }, { userId, exceptId: before.id });
  const anywhere = call.actor === 'user' || input.ignoreFreeSlotValidation === true || !moved;
  if (who === undefined && !anywhere) throw badRequest('The slot you have selected is no longer available.');
  const { title, appointmentStatus, address, description, meetingLocationType, rrule } = input;
  return {
    ...before,
    groupId: calendar.groupId ?? '',
    startTime: isoIn(zone, start),
    endTime: isoIn(zone, end),
    assignedUserId: userId ?? who ?? calendar.teamMembers[0]?.userId ?? '',
    ...(title !== undefined && { title }),
    ...(appointmentStatus !== undefined && { appointmentStatus }),
    ...(address !== undefined && { address }),
    ...(description !== undefined && { description }),
    ...(meetingLocationType !== undefined && { meetingLocationType }),
    ...(rrule !== undefined && { rrule }),
  };
}

/** All of the contact, past ones too, without the deleted. */
function listForContact(ghl: Ghl, call: Call): Answer {
  const contact = contactOf(ghl, call);
  const zone = zoneOf(ghl, contact.locationId);
  const events = ghl.state.events
    .by('contactId', contact.id)
    .filter((event) => event.kind === 'appointment')
    .filter((event) => !event.deleted)
    .map((event) => ofContactView(event, zone));
  return { status: 200, body: { events } };
}

function appointmentOf(ghl: Ghl, call: Call): Appointment {
  return appointmentById(ghl, call, param(call, 'eventId'));
}

/** An instance's id names its series. */
export function appointmentById(ghl: Ghl, call: Call, id: string): Appointment {
  const event = ghl.state.events.get(id) ?? ghl.state.events.get(id.split('_')[0] ?? '');
  if (event?.kind !== 'appointment' || !sees(call, event)) throw recordNotFound('Appointment', id);
  return event;
}

export function calendarById(ghl: Ghl, call: Call, id: string): Calendar {
  const calendar = ghl.state.calendars.get(id);
  if (!calendar || !sees(call, calendar)) throw recordNotFound('Calendar', id);
  return calendar;
}

function firstUser(ghl: Ghl): string {
  return ghl.state.users.all()[0]?.id ?? '';
}
