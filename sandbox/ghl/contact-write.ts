import { isDeepStrictEqual } from 'node:util';
import { newGhlId } from '../ids.ts';
import { type Call, type Fields, Refusal } from '../operation.ts';
import type { Location } from './account-state.ts';
import { toBirthDate, toE164, toTags } from './contact-fields.ts';
import { contactEvent, displayName } from './contact-view.ts';
import { type FieldItem, mergeCustomFields } from './custom-field-values.ts';
import { actorship, ensureLocationTags, type Ghl, inLocation } from './ghl.ts';
import { type Contact, contactTextFields, type ContactTextField, type DndSettings } from './state.ts';

export type Match = { contact: Contact; matchingField: 'email' | 'phone' };

/** A new contact of a location from a create body; fires ContactCreate. */
export function createContact(ghl: Ghl, location: Location, body: Fields, call: Call): Contact {
  const at = new Date(call.now).toISOString();
  const by = actorship(ghl, call);
  const blank: Contact = {
    id: newGhlId(),
    locationId: location.id,
    country: location.country,
    dnd: false,
    dndSettings: {},
    tags: [],
    customFields: [],
    additionalEmails: [],
    additionalPhones: [],
    dateAdded: at,
    dateUpdated: at,
    createdBy: by,
    lastUpdatedBy: by,
  };
  const contact = ghl.putContact(patched(ghl, blank, body), call.now);
  ensureLocationTags(ghl, location.id, contact.tags);
  ghl.emit('ContactCreate', location.id, contactEvent(contact));
  return contact;
}

/** Carries out an update and fires what changed: ContactUpdate, ContactTagUpdate, ContactDndUpdate, or nothing. */
export function updateContact(ghl: Ghl, before: Contact, body: Fields, call: Call): Contact {
  const after = patched(ghl, before, body);
  if (isDeepStrictEqual(before, after)) return before;
  const lastUpdatedBy = actorship(ghl, call);
  const contact = ghl.putContact({ ...after, dateUpdated: lastUpdatedBy.timestamp, lastUpdatedBy }, call.now);
  ensureLocationTags(ghl, contact.locationId, contact.tags);
  fireChanges(ghl, before, contact);
  return contact;
}

function fireChanges(ghl: Ghl, before: Contact, after: Contact): void {
  const tagsChanged = !isDeepStrictEqual(before.tags, after.tags);
  const dndChanged = before.dnd !== after.dnd || !isDeepStrictEqual(before.dndSettings, after.dndSettings);
  const rest = (contact: Contact): Fields => ({
    ...contactEvent(contact),
    timezone: contact.timezone,
    gender: contact.gender,
    tags: 0,
    dnd: 0,
  });
  const fieldsChanged = !isDeepStrictEqual(rest(before), rest(after));
  if (fieldsChanged || (tagsChanged && ghl.settings().contactUpdateOnTagChange)) {
    ghl.emit('ContactUpdate', after.locationId, contactEvent(after));
  }
  if (tagsChanged) ghl.emit('ContactTagUpdate', after.locationId, contactEvent(after));
  // Inbound DND fires nothing (#264).
  if (dndChanged) {
    const dnd = { ...contactEvent(after), dndSettings: after.dndSettings };
    ghl.emit('ContactDndUpdate', after.locationId, dnd);
  }
}

/** The contact that the location's deduplication preferences say is the same one. */
export function findDuplicate(ghl: Ghl, location: Location, body: Fields, exceptId?: string): Match | undefined {
  for (const matchingField of ghl.settings().dedupeOrder) {
    const value = body[matchingField];
    if (typeof value !== 'string' || value === '') continue;
    const key = matchingField === 'email' ? value.toLowerCase() : toE164(value, location);
    const contact = inLocation(ghl.state.contacts.by(matchingField, key), location).find(
      (each) => each.id !== exceptId,
    );
    if (contact) return { contact, matchingField };
  }
  return undefined;
}

export function duplicateRefusal({ contact, matchingField }: Match): Refusal {
  const meta = { contactId: contact.id, contactName: displayName(contact), matchingField };
  const message = 'This location does not allow duplicated contacts.';
  return new Refusal({ status: 400, body: { statusCode: 400, message, meta } });
}

/** `null` and '' clear a field ([unsure] for null; the specification marks the fields nullable). */
function patched(ghl: Ghl, contact: Contact, body: Fields): Contact {
  const country = ghl.state.locations.get(contact.locationId)?.country ?? 'US';
  const next: Contact = { ...contact };
  for (const field of contactTextFields) {
    if (Object.hasOwn(body, field)) setText(next, field, body[field], country);
  }
  nameParts(next, contact, body);
  if (typeof body['dnd'] === 'boolean') next.dnd = body['dnd'];
  if (body['dndSettings']) next.dndSettings = { ...contact.dndSettings, ...(body['dndSettings'] as DndSettings) };
  if (body['inboundDndSettings']) next.inboundDndSettings = body['inboundDndSettings'];
  if (Array.isArray(body['tags'])) next.tags = toTags(body['tags'] as string[]);
  if (Array.isArray(body['additionalEmails'])) next.additionalEmails = body['additionalEmails'] as { email: string }[];
  if (Array.isArray(body['additionalPhones'])) next.additionalPhones = body['additionalPhones'] as { phone: string }[];
  if (Array.isArray(body['customFields']))
    next.customFields = mergeCustomFields(ghl, contact, body['customFields'] as FieldItem[]);
  return next;
}

function setText(contact: Contact, field: ContactTextField, value: unknown, country = ''): void {
  if (value === null || value === '') delete contact[field];
  else if (typeof value === 'string') contact[field] = value;
  if (!contact[field]) return;
  if (field === 'phone') contact.phone = toE164(contact[field], { country });
  if (field === 'dateOfBirth') contact.dateOfBirth = toBirthDate(contact[field]);
}

/** `name` alone is split at its first space; first or last name given anew makes `name` anew. */
function nameParts(next: Contact, before: Contact, body: Fields): void {
  const partsGiven = Object.hasOwn(body, 'firstName') || Object.hasOwn(body, 'lastName');
  if (next.name && next.name !== before.name && !partsGiven) {
    const [first = '', ...rest] = next.name.split(/\s+/);
    setText(next, 'firstName', first);
    setText(next, 'lastName', rest.join(' '));
  } else if (partsGiven) {
    setText(next, 'name', [next.firstName, next.lastName].filter(Boolean).join(' '));
  }
}
