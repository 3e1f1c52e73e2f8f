import type { Fields } from '../../operation.ts';
import type { Appointment } from '../calendar-state.ts';
import { wallTimeIn } from './times.ts';

/** What GET and the lists give. */
export function eventView(appointment: Appointment): Fields {
  const { kind: _kind, source: _source, description, ...fields } = appointment;
  return {
    ...fields,
    description,
    notes: description,
    users: appointment.assignedUserId ? [appointment.assignedUserId] : [],
    isRecurring: appointment.rrule !== undefined,
    assignedResources: [],
  };
}

/** What a create or an update answers, bare: live answers carry the status under three names, one of them misspelt (reference/ghl.md 2.6). */
export function writtenView(appointment: Appointment): Fields {
  const { kind: _kind, source: _source, createdBy: _createdBy, deleted: _deleted, ...fields } = appointment;
  const status = appointment.appointmentStatus;
  return { ...fields, status, appoinmentStatus: status, isRecurring: appointment.rrule !== undefined };
}

/** In the list of one contact: times as on the wall of the location, without offset. */
export function ofContactView(appointment: Appointment, zone: string): Fields {
  return {
    ...eventView(appointment),
    status: appointment.appointmentStatus === 'new' ? 'new' : 'booked',
    startTime: wallTimeIn(zone, appointment.startTime),
    endTime: wallTimeIn(zone, appointment.endTime),
    dateAdded: wallTimeIn(zone, appointment.dateAdded),
    dateUpdated: wallTimeIn(zone, appointment.dateUpdated),
  };
}

/** The body of the Appointment* webhooks: these alone are nested. */
export function appointmentEvent(appointment: Appointment): Fields {
  const { id, address, title, calendarId, contactId, groupId, appointmentStatus, assignedUserId } = appointment;
  const { description, source, startTime, endTime, dateAdded, dateUpdated } = appointment;
  return {
    appointment: {
      id,
      address,
      title,
      calendarId,
      contactId,
      groupId,
      appointmentStatus,
      assignedUserId,
      users: assignedUserId ? [assignedUserId] : [],
      notes: description,
      source,
      startTime,
      endTime,
      dateAdded,
      dateUpdated,
    },
  };
}
