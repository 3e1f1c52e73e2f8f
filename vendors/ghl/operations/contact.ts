import { z } from 'zod';
import { flag, id, number, text } from '../../fields.ts';
import { defineOperation } from '../../operation.ts';

/** A contact as GHL answers it; unknown fields pass. The custom fields' values have ids only, no keys. */
export const Contact = z.looseObject({
  id,
  locationId: text,
  firstName: text,
  lastName: text,
  email: text,
  phone: text,
  companyName: text,
  address1: text,
  city: text,
  state: text,
  postalCode: text,
  country: text,
  website: text,
  timezone: text,
  source: text,
  assignedTo: text,
  dnd: flag,
  tags: z.array(z.string()).nullish(),
  customFields: z.array(z.looseObject({ id, value: z.unknown().optional() })).nullish(),
  dateAdded: text,
  dateUpdated: text,
});
export type Contact = z.infer<typeof Contact>;

/** A search's record differs from a read one: `address`, `businessName`, further addresses, its cursor `searchAfter`. */
const FoundContact = Contact.extend({
  address: text,
  businessName: text,
  additionalEmails: z.array(z.looseObject({ email: text })).nullish(),
  additionalPhones: z.array(z.looseObject({ phone: text })).nullish(),
  searchAfter: z.array(z.union([z.number(), z.string()])).nullish(),
});

const nullableText = z.string().nullable().optional();
const writableFields = {
  firstName: nullableText,
  lastName: nullableText,
  name: nullableText,
  email: nullableText,
  phone: nullableText,
  address1: nullableText,
  city: nullableText,
  state: nullableText,
  postalCode: z.string().optional(),
  country: z.string().optional(),
  website: nullableText,
  timezone: nullableText,
  source: nullableText,
  dateOfBirth: z.string().optional(),
  dnd: z.boolean().optional(),
  assignedTo: nullableText,
  customFields: z
    .array(
      z.strictObject({
        id,
        key: z.string().optional(),
        field_value: z.union([z.string(), z.number(), z.array(z.string())]),
      }),
    )
    .optional(),
};

export const get = defineOperation({
  id: 'ghl.contact.get',
  vendor: 'ghl',
  title: 'Get a contact',
  summary: 'Reads one contact by its id.',
  method: 'GET',
  path: '/contacts/{contactId}',
  query: [],
  version: '2021-07-28',
  scopes: ['contacts.readonly'],
  effect: 'read',
  creates: false,
  input: z.strictObject({ contactId: id }),
  output: z.looseObject({ contact: Contact }),
  documentation: 'https://marketplace.gohighlevel.com/docs/ghl/contacts/get-contact',
});

export const create = defineOperation({
  id: 'ghl.contact.create',
  vendor: 'ghl',
  title: 'Create a contact',
  summary: 'Makes a contact in a location; refused as a conflict if one with this e-mail or phone is there.',
  method: 'POST',
  path: '/contacts/',
  query: [],
  version: '2021-07-28',
  scopes: ['contacts.write'],
  effect: 'write',
  creates: true,
  input: z.strictObject({
    locationId: id,
    ...writableFields,
    companyName: nullableText,
    tags: z.array(z.string().min(1)).optional(),
  }),
  output: z.looseObject({ contact: Contact }),
  documentation: 'https://marketplace.gohighlevel.com/docs/ghl/contacts/create-contact',
});

/** Without `tags`, for they would replace the whole list, and without `companyName`, which GHL refuses here with 422. */
export const update = defineOperation({
  id: 'ghl.contact.update',
  vendor: 'ghl',
  title: 'Update a contact',
  summary: 'Changes the given fields of a contact; all others stay.',
  method: 'PUT',
  path: '/contacts/{contactId}',
  query: [],
  version: '2021-07-28',
  scopes: ['contacts.write'],
  effect: 'write',
  creates: false,
  input: z.strictObject({ contactId: id, ...writableFields }),
  output: z.looseObject({ contact: Contact }),
  documentation: 'https://marketplace.gohighlevel.com/docs/ghl/contacts/update-contact',
});

/** The index lags writes by seconds; plain paging ends at 10,000 records, `searchAfter` does not. */
export const search = defineOperation({
  id: 'ghl.contact.search',
  vendor: 'ghl',
  title: 'Search contacts',
  summary: "Finds a location's contacts by filters, sorted, page by page or after a cursor.",
  method: 'POST',
  path: '/contacts/search',
  query: [],
  version: '2021-07-28',
  scopes: ['contacts.readonly'],
  effect: 'read',
  creates: false,
  input: z.strictObject({
    locationId: id,
    pageLimit: z.int().min(1).max(500),
    page: z.int().min(1).optional(),
    searchAfter: z.array(z.union([z.number(), z.string()])).optional(),
    query: z.string().max(75).optional(),
    filters: z.array(z.record(z.string(), z.unknown())).optional(),
    sort: z.array(z.strictObject({ field: z.string(), direction: z.enum(['asc', 'desc']) })).optional(),
  }),
  output: z.looseObject({ contacts: z.array(FoundContact), total: number }),
  documentation: 'https://marketplace.gohighlevel.com/docs/ghl/contacts/search-contacts-advanced',
});

/** Reads the records themselves, not the lagging index: the strongest way to learn whether a contact is there. */
export const findDuplicate = defineOperation({
  id: 'ghl.contact.find-duplicate',
  vendor: 'ghl',
  title: 'Find the contact with an e-mail or phone',
  summary:
    'Finds the contact that a new one with this e-mail or phone would be a duplicate of; none is `contact: null`.',
  method: 'GET',
  path: '/contacts/search/duplicate',
  query: ['locationId', 'email', 'number'],
  version: '2021-07-28',
  scopes: ['contacts.readonly'],
  effect: 'read',
  creates: false,
  input: z
    .strictObject({ locationId: id, email: z.string().min(1).optional(), number: z.string().min(1).optional() })
    .refine(({ email, number: phone }) => email !== undefined || phone !== undefined, 'wants an email or a number'),
  output: z.looseObject({ contact: Contact.nullish(), matchingField: text }),
  documentation: 'https://marketplace.gohighlevel.com/docs/ghl/contacts/get-duplicate-contact',
});

/** Answers the full list; an unknown tag is made in the location. */
export const addTags = defineOperation({
  id: 'ghl.contact.add-tags',
  vendor: 'ghl',
  title: 'Add tags to a contact',
  summary: 'Adds tags to a contact; the others stay.',
  method: 'POST',
  path: '/contacts/{contactId}/tags',
  query: [],
  version: '2021-07-28',
  scopes: ['contacts.write'],
  effect: 'write',
  creates: false,
  input: z.strictObject({ contactId: id, tags: z.array(z.string().min(1)).min(1) }),
  output: z.looseObject({ tags: z.array(z.string()), tagsAdded: z.array(z.string()).nullish() }),
  documentation: 'https://marketplace.gohighlevel.com/docs/ghl/contacts/add-tags',
});

/** The tags stand in the body of a DELETE. */
export const removeTags = defineOperation({
  id: 'ghl.contact.remove-tags',
  vendor: 'ghl',
  title: 'Remove tags from a contact',
  summary: 'Removes tags from a contact; the others stay, as does the tag itself in the location.',
  method: 'DELETE',
  path: '/contacts/{contactId}/tags',
  query: [],
  version: '2021-07-28',
  scopes: ['contacts.write'],
  effect: 'write',
  creates: false,
  input: z.strictObject({ contactId: id, tags: z.array(z.string().min(1)).min(1) }),
  output: z.looseObject({ tags: z.array(z.string()), tagsRemoved: z.array(z.string()).nullish() }),
  documentation: 'https://marketplace.gohighlevel.com/docs/ghl/contacts/remove-tags',
});
