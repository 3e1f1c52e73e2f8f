import { newGhlId } from '../../ids.ts';
import { type Answer, bodyFields, type Call, type Fields, type Operation, param } from '../../operation.ts';
import type { AppointmentNote } from '../calendar-state.ts';
import { recordNotFound } from '../errors.ts';
import type { Ghl } from '../ghl.ts';
import { slice } from '../paging.ts';
import { appointmentById } from './appointments.ts';

const read = { effect: 'read', scope: 'calendars/events.readonly' } as const;
const write = { effect: 'write', scope: 'calendars/events.write' } as const;
const all = '/calendars/appointments/:appointmentId/notes';
const one = `${all}/:noteId`;

/** An appointment's own notes: no part of its contact's, and no event tells of them. */
export function appointmentNoteOperations(ghl: Ghl): Operation[] {
  return [
    { name: 'ghl.appointment-note.list', method: 'GET', path: all, ...read, run: (call) => list(ghl, call) },
    { name: 'ghl.appointment-note.create', method: 'POST', path: all, ...write, run: (call) => create(ghl, call) },
    { name: 'ghl.appointment-note.update', method: 'PUT', path: one, ...write, run: (call) => update(ghl, call) },
    { name: 'ghl.appointment-note.delete', method: 'DELETE', path: one, ...write, run: (call) => remove(ghl, call) },
  ];
}

function list(ghl: Ghl, call: Call): Answer {
  const { id } = appointmentById(ghl, call, param(call, 'appointmentId'));
  const found = ghl.state.appointmentNotes.by('appointmentId', id).reverse();
  const [offset, limit] = [Number(call.query['offset']), Number(call.query['limit'])];
  const notes = slice(found, offset, limit, 20).map((note) => noteView(ghl, note));
  return { status: 200, body: { notes, hasMore: offset + notes.length < found.length } };
}

function create(ghl: Ghl, call: Call): Answer {
  const { body, userId = '' } = bodyFields(call) as { body: string; userId?: string };
  const appointment = appointmentById(ghl, call, param(call, 'appointmentId'));
  const note = ghl.state.appointmentNotes.put({
    id: newGhlId(),
    appointmentId: appointment.id,
    contactId: appointment.contactId,
    body,
    userId,
    dateAdded: new Date(call.now).toISOString(),
  });
  return { status: 201, body: { note: noteView(ghl, note) }, recordId: note.id };
}

function update(ghl: Ghl, call: Call): Answer {
  const before = noteOf(ghl, call);
  const { body, userId = before.userId } = bodyFields(call) as { body: string; userId?: string };
  const note = ghl.state.appointmentNotes.put({ ...before, body, userId });
  return { status: 200, body: { note: noteView(ghl, note) }, recordId: note.id };
}

function remove(ghl: Ghl, call: Call): Answer {
  const { id } = noteOf(ghl, call);
  ghl.state.appointmentNotes.delete(id);
  return { status: 200, body: { success: true }, recordId: id };
}

function noteOf(ghl: Ghl, call: Call): AppointmentNote {
  const appointment = appointmentById(ghl, call, param(call, 'appointmentId'));
  const id = param(call, 'noteId');
  const note = ghl.state.appointmentNotes.get(id);
  if (note?.appointmentId !== appointment.id) throw recordNotFound('Note', id);
  return note;
}

function noteView(ghl: Ghl, { appointmentId: _appointmentId, ...note }: AppointmentNote): Fields {
  const user = ghl.state.users.get(note.userId);
  return { ...note, ...(user && { createdBy: { id: user.id, name: `${user.firstName} ${user.lastName}` } }) };
}
