import { type Answer, bodyFields, type Call, type Fields, type Operation, param } from '../operation.ts';
import { toTags } from './contact-fields.ts';
import { listView } from './contact-view.ts';
import { updateContact } from './contact-write.ts';
import { searchText } from './contacts.ts';
import { badRequest, recordNotFound, unprocessable } from './errors.ts';
import { type Ghl, inLocation, locationAt } from './ghl.ts';
import { pageOf } from './paging.ts';

const write = { effect: 'write', scope: 'contacts.write' } as const;

/** What is done to many contacts at once, and the list of those of a business. */
export function contactBulkOperations(ghl: Ghl): Operation[] {
  return [
    {
      name: 'ghl.contact.bulk-tags',
      method: 'POST',
      path: '/contacts/bulk/tags/update/:type',
      ...write,
      run: (call) => updateTags(ghl, call),
    },
    {
      name: 'ghl.contact.bulk-business',
      method: 'POST',
      path: '/contacts/bulk/business',
      ...write,
      run: (call) => setBusiness(ghl, call),
    },
    {
      name: 'ghl.contact.list-by-business',
      method: 'GET',
      path: '/contacts/business/:businessId',
      effect: 'read',
      scope: 'contacts.readonly',
      run: (call) => listByBusiness(ghl, call),
    },
  ];
}

type BulkTags = { contacts: string[]; tags: string[]; locationId: string; removeAllTags?: boolean };

/** The type (`add`, `remove`) is part of the path, which the documents leave undeclared. Each contact has an answer of its own. */
function updateTags(ghl: Ghl, call: Call): Answer {
  const type = param(call, 'type');
  if (type !== 'add' && type !== 'remove')
    throw unprocessable(['type must be one of the following values: add, remove']);
  const { contacts, tags, locationId, removeAllTags } = bodyFields(call) as BulkTags;
  if (removeAllTags && type === 'add') throw unprocessable(['removeAllTags can only be used with the type remove']);
  const location = locationAt(ghl, call, locationId);
  const named = toTags(tags);
  const responses = contacts.map((contactId): Fields & { type: string } => {
    const contact = ghl.state.contacts.get(contactId);
    if (!contact) return { contactId, message: 'contact is deleted', type: 'error' };
    if (contact.locationId !== location.id)
      return { contactId, message: 'contact does not belong to location', type: 'error' };
    const isGone = (tag: string): boolean => type === 'remove' && (removeAllTags === true || named.includes(tag));
    const tagsAdded = type === 'add' ? named.filter((tag) => !contact.tags.includes(tag)) : [];
    const tagsRemoved = contact.tags.filter(isGone);
    const after = [...contact.tags.filter((tag) => !isGone(tag)), ...tagsAdded];
    updateContact(ghl, contact, { tags: after }, call);
    return { contactId, message: 'Tags updated', type: 'success', oldTags: contact.tags, tagsAdded, tagsRemoved };
  });
  const errorCount = responses.filter((each) => each.type === 'error').length;
  return { status: 201, body: { succeded: true, errorCount, responses } };
}

/** Null takes the contacts out of their business. Answers the ids that were there; no event tells of it. */
function setBusiness(ghl: Ghl, call: Call): Answer {
  const { locationId, ids, businessId } = bodyFields(call) as {
    locationId: string;
    ids: string[];
    businessId: string | null;
  };
  const location = locationAt(ghl, call, locationId);
  if (businessId !== null && ghl.state.businesses.get(businessId)?.locationId !== location.id)
    throw badRequest('The business does not exist.');
  const contacts = inLocation(
    ids.flatMap((id) => ghl.state.contacts.get(id) ?? []),
    location,
  );
  const dateUpdated = new Date(call.now).toISOString();
  for (const contact of contacts) ghl.putContact({ ...contact, businessId, dateUpdated }, call.now);
  return { status: 200, body: { success: true, ids: contacts.map(({ id }) => id) }, recordId: contacts[0]?.id };
}

function listByBusiness(ghl: Ghl, call: Call): Answer {
  const location = locationAt(ghl, call, call.query['locationId']);
  const businessId = param(call, 'businessId');
  if (ghl.state.businesses.get(businessId)?.locationId !== location.id) throw recordNotFound('Business', businessId);
  const query = call.query['query']?.toLowerCase();
  const found = inLocation(ghl.state.contacts.all(), location)
    .filter((contact) => contact.businessId === businessId)
    .filter((contact) => !query || searchText(contact).includes(query));
  const contacts = pageOf(call, found, { limit: 25, most: 100 }).map(listView);
  return { status: 200, body: { contacts, count: found.length } };
}
