import { type Answer, bodyFields, type Call, type Fields, type Operation } from '../operation.ts';
import type { Location } from './account-state.ts';
import { pageFields } from './contact-fields.ts';
import { contactEvent, contactView, listView } from './contact-view.ts';
import { createContact, duplicateRefusal, findDuplicate, updateContact } from './contact-write.ts';
import { badRequest } from './errors.ts';
import { contactOf, type Ghl, inLocation, locationAt } from './ghl.ts';
import type { Contact } from './state.ts';

const read = { effect: 'read', scope: 'contacts.readonly' } as const;
const write = { effect: 'write', scope: 'contacts.write' } as const;

export function contactOperations(ghl: Ghl): Operation[] {
  return [
    { name: 'ghl.contact.list', method: 'GET', path: '/contacts/', ...read, run: (call) => list(ghl, call) },
    { name: 'ghl.contact.create', method: 'POST', path: '/contacts/', ...write, run: (call) => create(ghl, call) },
    {
      name: 'ghl.contact.upsert',
      method: 'POST',
      path: '/contacts/upsert',
      ...write,
      run: (call) => upsert(ghl, call),
    },
    {
      name: 'ghl.contact.duplicate',
      method: 'GET',
      path: '/contacts/search/duplicate',
      ...read,
      run: (call) => searchDuplicate(ghl, call),
    },
    {
      name: 'ghl.contact.get',
      method: 'GET',
      path: '/contacts/:contactId',
      ...read,
      run: (call) => ({ status: 200, body: { contact: contactView(contactOf(ghl, call)) } }),
    },
    {
      name: 'ghl.contact.update',
      method: 'PUT',
      path: '/contacts/:contactId',
      pageFields,
      ...write,
      run: (call) => update(ghl, call),
    },
    {
      name: 'ghl.contact.delete',
      method: 'DELETE',
      path: '/contacts/:contactId',
      ...write,
      run: (call) => remove(ghl, call),
    },
  ];
}

function create(ghl: Ghl, call: Call): Answer {
  const body = bodyFields(call);
  const location = locationAt(ghl, call, body['locationId']);
  const duplicate = mayDuplicate(ghl, location) ? undefined : findDuplicate(ghl, location, body);
  if (duplicate) throw duplicateRefusal(duplicate);
  const contact = createContact(ghl, location, body, call);
  return { status: 201, body: { contact: contactView(contact) }, recordId: contact.id };
}

function update(ghl: Ghl, call: Call): Answer {
  const body = bodyFields(call);
  const before = contactOf(ghl, call);
  const location = locationAt(ghl, call, before.locationId);
  const duplicate = mayDuplicate(ghl, location) ? undefined : findDuplicate(ghl, location, body, before.id);
  if (duplicate) throw duplicateRefusal(duplicate);
  const contact = updateContact(ghl, before, body, call);
  // Live answers carry the misspelt flag and the right one.
  return {
    status: 200,
    body: { succeded: true, succeeded: true, contact: contactView(contact) },
    recordId: contact.id,
  };
}

function upsert(ghl: Ghl, call: Call): Answer {
  const { createNewIfDuplicateAllowed, ...body } = bodyFields(call);
  const location = locationAt(ghl, call, body['locationId']);
  const another = createNewIfDuplicateAllowed === true && mayDuplicate(ghl, location);
  const match = another ? undefined : findDuplicate(ghl, location, body);
  if (!match) {
    const contact = createContact(ghl, location, body, call);
    return { status: 200, body: { new: true, contact: contactView(contact) }, recordId: contact.id };
  }
  const contact = updateContact(ghl, match.contact, upsertFields(ghl, location, body, match.contact), call);
  return { status: 200, body: { new: false, contact: contactView(contact) }, recordId: contact.id };
}

/** Gender of an existing contact is ignored (#313), and so is an e-mail or phone that belongs to another contact (#37). */
function upsertFields(ghl: Ghl, location: Location, body: Fields, contact: Contact): Fields {
  const fields = { ...body };
  delete fields['gender'];
  for (const key of ['email', 'phone'] as const) {
    if (findDuplicate(ghl, location, { [key]: body[key] }, contact.id)) delete fields[key];
  }
  const email = typeof fields['email'] === 'string' ? fields['email'].toLowerCase() : undefined;
  // A secondary e-mail becomes the primary one, and the old primary is lost (#337).
  const others = contact.additionalEmails.filter((each) => each.email.toLowerCase() !== email);
  return others.length < contact.additionalEmails.length ? { ...fields, additionalEmails: others } : fields;
}

/** The location's own preference, or the sandbox's setting for all. */
function mayDuplicate(ghl: Ghl, { settings }: Location): boolean {
  return settings.allowDuplicateContact || ghl.settings().allowDuplicateContact;
}

function remove(ghl: Ghl, call: Call): Answer {
  const contact = contactOf(ghl, call);
  for (const task of ghl.state.tasks.by('contactId', contact.id)) ghl.state.tasks.delete(task.id);
  for (const note of ghl.state.notes.by('contactId', contact.id)) ghl.state.notes.delete(note.id);
  for (const each of ghl.state.opportunities.by('contactId', contact.id)) ghl.state.opportunities.delete(each.id);
  for (const event of ghl.state.events.by('contactId', contact.id)) ghl.state.events.delete(event.id);
  ghl.deleteContact(contact.id, call.now);
  ghl.emit('ContactDelete', contact.locationId, contactEvent(contact));
  return { status: 200, body: { succeded: true, succeeded: true }, recordId: contact.id };
}

/** `number` must be the stored E.164 text; an unencoded + arrives as a space and finds nothing. */
function searchDuplicate(ghl: Ghl, call: Call): Answer {
  const location = locationAt(ghl, call, call.query['locationId']);
  const keys = { email: call.query['email']?.toLowerCase(), phone: call.query['number'] };
  for (const matchingField of ghl.settings().dedupeOrder) {
    const key = keys[matchingField];
    const contact = key ? inLocation(ghl.state.contacts.by(matchingField, key), location)[0] : undefined;
    if (contact) return { status: 200, body: { contact: contactView(contact), matchingField } };
  }
  return { status: 200, body: { contact: null } };
}

/** Deprecated, newest first; the cursor is `startAfter` (epoch ms of dateAdded) with `startAfterId`. */
function list(ghl: Ghl, call: Call): Answer {
  const location = locationAt(ghl, call, call.query['locationId']);
  const limit = Number(call.query['limit'] ?? 20);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) throw badRequest('limit must not be greater than 100');
  const query = call.query['query']?.toLowerCase();
  const found = inLocation(ghl.state.contacts.all(), location)
    .filter((contact) => !query || searchText(contact).includes(query))
    .sort((a, b) => compare([b.dateAdded, b.id], [a.dateAdded, a.id]));
  const { startAfter, startAfterId } = call.query;
  const after = startAfter ? [new Date(Number(startAfter)).toISOString(), startAfterId ?? ''] : undefined;
  const page = found.filter((each) => !after || compare([each.dateAdded, each.id], after) < 0).slice(0, limit);
  const last = page.at(-1);
  const meta = {
    total: found.length,
    startAfter: last ? Date.parse(last.dateAdded) : null,
    startAfterId: last?.id ?? null,
    nextPageUrl: last ? nextPageUrl(call, Date.parse(last.dateAdded), last.id, limit) : null,
  };
  return { status: 200, body: { contacts: page.map(listView), count: found.length, meta } };
}

function nextPageUrl(call: Call, startAfter: number, startAfterId: string, limit: number): string {
  const query = new URLSearchParams({ locationId: call.query['locationId'] ?? '', limit: String(limit) });
  query.set('startAfter', String(startAfter));
  query.set('startAfterId', startAfterId);
  return `http://services.leadconnectorhq.com/contacts/?${query.toString()}`;
}

export function searchText(contact: Contact): string {
  return [contact.name, contact.email, contact.phone, contact.companyName].filter(Boolean).join(' ').toLowerCase();
}

function compare(a: readonly string[], b: readonly string[]): number {
  const n = a.findIndex((each, i) => each !== b[i]);
  if (n < 0) return 0;
  return (a[n] ?? '') < (b[n] ?? '') ? -1 : 1;
}
