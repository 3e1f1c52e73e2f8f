import { newGhlId } from '../ids.ts';
import { type Answer, bodyFields, type Call, type Operation, param } from '../operation.ts';
import type { Location } from './account-state.ts';
import { toTags } from './contact-fields.ts';
import { updateContact } from './contact-write.ts';
import { badRequest, recordNotFound } from './errors.ts';
import { contactOf, type Ghl, inLocation, locationAt, sees } from './ghl.ts';
import type { LocationTag } from './state.ts';

const contactWrite = { effect: 'write', scope: 'contacts.write' } as const;
const read = { effect: 'read', scope: 'locations/tags.readonly' } as const;
const write = { effect: 'write', scope: 'locations/tags.write' } as const;
const ofContact = '/contacts/:contactId/tags';
const ofLocation = '/locations/:locationId/tags';

export function tagOperations(ghl: Ghl): Operation[] {
  const one = `${ofLocation}/:tagId`;
  return [
    { name: 'ghl.tag.add', method: 'POST', path: ofContact, ...contactWrite, run: (call) => add(ghl, call) },
    { name: 'ghl.tag.remove', method: 'DELETE', path: ofContact, ...contactWrite, run: (call) => remove(ghl, call) },
    { name: 'ghl.location-tag.list', method: 'GET', path: ofLocation, ...read, run: (call) => list(ghl, call) },
    { name: 'ghl.location-tag.create', method: 'POST', path: ofLocation, ...write, run: (call) => create(ghl, call) },
    { name: 'ghl.location-tag.get', method: 'GET', path: one, ...read, run: (call) => answer(200, tagOf(ghl, call)) },
    { name: 'ghl.location-tag.update', method: 'PUT', path: one, ...write, run: (call) => rename(ghl, call) },
    {
      name: 'ghl.location-tag.delete',
      method: 'DELETE',
      path: one,
      ...write,
      run: (call) => removeDefinition(ghl, call),
    },
  ];
}

function add(ghl: Ghl, call: Call): Answer {
  const contact = contactOf(ghl, call);
  const tagsAdded = namedTags(call).filter((tag) => !contact.tags.includes(tag));
  const { tags } = updateContact(ghl, contact, { tags: [...contact.tags, ...tagsAdded] }, call);
  return { status: 201, body: { tags, tagsAdded }, recordId: contact.id };
}

/** The tags come in a DELETE body. Their definitions stay at the location. */
function remove(ghl: Ghl, call: Call): Answer {
  const contact = contactOf(ghl, call);
  const tagsRemoved = namedTags(call).filter((tag) => contact.tags.includes(tag));
  const kept = contact.tags.filter((tag) => !tagsRemoved.includes(tag));
  const { tags } = updateContact(ghl, contact, { tags: kept }, call);
  return { status: 200, body: { tags, tagsRemoved }, recordId: contact.id };
}

function namedTags(call: Call): string[] {
  return toTags((bodyFields(call) as { tags: string[] }).tags);
}

function list(ghl: Ghl, call: Call): Answer {
  const location = locationAt(ghl, call, param(call, 'locationId'));
  return { status: 200, body: { tags: inLocation(ghl.state.tags.all(), location) } };
}

function create(ghl: Ghl, call: Call): Answer {
  const location = locationAt(ghl, call, param(call, 'locationId'));
  const name = newName(ghl, location, call);
  return answer(201, ghl.state.tags.put({ id: newGhlId(), name, locationId: location.id }));
}

function rename(ghl: Ghl, call: Call): Answer {
  const tag = tagOf(ghl, call);
  return answer(200, ghl.state.tags.put({ ...tag, name: newName(ghl, { id: tag.locationId }, call) }));
}

function removeDefinition(ghl: Ghl, call: Call): Answer {
  const tag = tagOf(ghl, call);
  ghl.state.tags.delete(tag.id);
  return { status: 200, body: { succeded: true, succeeded: true }, recordId: tag.id };
}

function newName(ghl: Ghl, location: Pick<Location, 'id'>, call: Call): string {
  const [name = ''] = toTags([(bodyFields(call) as { name: string }).name]);
  if (inLocation(ghl.state.tags.by('name', name), location).length > 0)
    throw badRequest('The tag name is already exist.');
  return name;
}

function tagOf(ghl: Ghl, call: Call): LocationTag {
  locationAt(ghl, call, param(call, 'locationId'));
  const id = param(call, 'tagId');
  const tag = ghl.state.tags.get(id);
  if (!tag || !sees(call, tag)) throw recordNotFound('Tag', id);
  return tag;
}

function answer(status: number, tag: LocationTag): Answer {
  return { status, body: { tag }, recordId: tag.id };
}
