import { z } from 'zod';
import { flag, id, text } from '../../fields.ts';
import { defineOperation } from '../../operation.ts';

/** A note as GHL answers it; `userId` is null on notes made by an app that named no user. */
export const Note = z.looseObject({
  id,
  body: text,
  bodyText: text,
  userId: text,
  contactId: text,
  dateAdded: text,
  title: text,
  color: text,
  pinned: flag,
});
export type Note = z.infer<typeof Note>;

export const list = defineOperation({
  id: 'ghl.note.list',
  vendor: 'ghl',
  title: "List a contact's notes",
  summary: 'Reads all notes of one contact, without paging.',
  method: 'GET',
  path: '/contacts/{contactId}/notes',
  query: [],
  version: '2021-07-28',
  scopes: ['contacts.readonly'],
  effect: 'read',
  creates: false,
  input: z.strictObject({ contactId: id }),
  output: z.looseObject({ notes: z.array(Note) }),
  documentation: 'https://marketplace.gohighlevel.com/docs/ghl/contacts/get-all-notes',
});

export const get = defineOperation({
  id: 'ghl.note.get',
  vendor: 'ghl',
  title: 'Get a note',
  summary: "Reads one of a contact's notes.",
  method: 'GET',
  path: '/contacts/{contactId}/notes/{noteId}',
  query: [],
  version: '2021-07-28',
  scopes: ['contacts.readonly'],
  effect: 'read',
  creates: false,
  input: z.strictObject({ contactId: id, noteId: id }),
  output: z.looseObject({ note: Note }),
  documentation: 'https://marketplace.gohighlevel.com/docs/ghl/contacts/get-note',
});

export const create = defineOperation({
  id: 'ghl.note.create',
  vendor: 'ghl',
  title: 'Create a note',
  summary: 'Writes a note on a contact.',
  method: 'POST',
  path: '/contacts/{contactId}/notes',
  query: [],
  version: '2021-07-28',
  scopes: ['contacts.write'],
  effect: 'write',
  creates: true,
  input: z.strictObject({
    contactId: id,
    body: z.string().min(1),
    title: z.string().optional(),
    userId: id.optional(),
    color: z
      .string()
      .regex(/^#[0-9a-f]{6}$/i, 'wants a colour like #FFAA00')
      .optional(),
    pinned: z.boolean().optional(),
  }),
  output: z.looseObject({ note: Note }),
  documentation: 'https://marketplace.gohighlevel.com/docs/ghl/contacts/create-note',
});
