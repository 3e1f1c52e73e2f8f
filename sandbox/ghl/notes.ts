import { isDeepStrictEqual } from 'node:util';
import { newGhlId } from '../ids.ts';
import { type Answer, bodyFields, type Call, type Fields, type Operation, param, textOf } from '../operation.ts';
import { recordNotFound } from './errors.ts';
import { contactOf, type Ghl } from './ghl.ts';
import type { Note } from './state.ts';

const read = { effect: 'read', scope: 'contacts.readonly' } as const;
const write = { effect: 'write', scope: 'contacts.write' } as const;
const all = '/contacts/:contactId/notes';
const one = '/contacts/:contactId/notes/:id';

export function noteOperations(ghl: Ghl): Operation[] {
  return [
    { name: 'ghl.note.list', method: 'GET', path: all, ...read, run: (call) => list(ghl, call) },
    { name: 'ghl.note.create', method: 'POST', path: all, ...write, run: (call) => create(ghl, call) },
    { name: 'ghl.note.get', method: 'GET', path: one, ...read, run: (call) => answer(200, noteOf(ghl, call)) },
    { name: 'ghl.note.update', method: 'PUT', path: one, ...write, run: (call) => update(ghl, call) },
    { name: 'ghl.note.delete', method: 'DELETE', path: one, ...write, run: (call) => remove(ghl, call) },
  ];
}

/** Newest first. */
function list(ghl: Ghl, call: Call): Answer {
  const contact = contactOf(ghl, call);
  return { status: 200, body: { notes: ghl.state.notes.by('contactId', contact.id).reverse().map(noteView) } };
}

function create(ghl: Ghl, call: Call): Answer {
  const body = bodyFields(call);
  // An app that leaves userId out makes a note by nobody.
  const writer = call.actor === 'user' ? (ghl.state.users.all()[0]?.id ?? null) : null;
  const contact = contactOf(ghl, call);
  const note = ghl.state.notes.put({
    id: newGhlId(),
    contactId: contact.id,
    body: String(body['body']),
    userId: textOf(body['userId']) ?? writer,
    title: textOf(body['title']),
    color: textOf(body['color']),
    pinned: body['pinned'] === true,
    dateAdded: new Date(call.now).toISOString(),
  });
  ghl.emit('NoteCreate', contact.locationId, noteEvent(note));
  return answer(201, note);
}

function update(ghl: Ghl, call: Call): Answer {
  const body = bodyFields(call);
  const before = noteOf(ghl, call);
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
  const note: Note = { ...before, ...given };
  if (isDeepStrictEqual(before, note)) return answer(200, before);
  ghl.state.notes.put(note);
  ghl.emit('NoteUpdate', contactOf(ghl, call).locationId, noteEvent(note));
  return answer(200, note);
}

function remove(ghl: Ghl, call: Call): Answer {
  const note = noteOf(ghl, call);
  ghl.state.notes.delete(note.id);
  ghl.emit('NoteDelete', contactOf(ghl, call).locationId, noteEvent(note));
  return { status: 200, body: { succeded: true, succeeded: true }, recordId: note.id };
}

function noteOf(ghl: Ghl, call: Call): Note {
  const contact = contactOf(ghl, call);
  const id = param(call, 'id');
  const note = ghl.state.notes.get(id);
  if (note?.contactId !== contact.id) throw recordNotFound('Note', id);
  return note;
}

function answer(status: number, note: Note): Answer {
  return { status, body: { note: noteView(note) }, recordId: note.id };
}

/** No dateUpdated; `bodyText` is the body without its HTML. */
function noteView(note: Note): Fields {
  return {
    ...note,
    bodyText: note.body
      .replace(/<br\s*\/?>|<\/p>/gi, '\n')
      .replace(/<[^>]+>/g, '')
      .trim(),
    relations: [{ objectKey: 'contact', recordId: note.contactId }],
  };
}

/** Only these four: userId, title, color and pinned are left out on purpose (#312). */
function noteEvent({ id, body, contactId, dateAdded }: Note): Fields {
  return { id, body, contactId, dateAdded };
}
