import { customFieldInput } from './custom-field-input.ts';
import { create, type Overlay, read, remove, write } from './entry.ts';

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const answer = (schema: object) => ({ responses: { 200: { content: { 'application/json': { schema } } } } });

/** The document has one alternative per kind of field, numbers as `object`; a file's value is a map. */
const customFields = { items: { anyOf: null, ...ref('CustomFieldInput') } };
/** The document says `object`; GHL takes the eight layouts that its description lists. */
const dateOfBirth = { type: 'string' };
const color = { pattern: '^#[0-9a-fA-F]{6}$' };
const dueDate = { format: 'date-time' };
const anyOf = (...types: string[]) => ({ anyOf: types.map((type) => ({ type })) });

const schemas = {
  CustomFieldInput: customFieldInput,
  CreateContactDto: { properties: { customFields, dateOfBirth } },
  /* `tags` would replace the whole list; the operations that add and remove tags do not. */
  UpdateContactDto: { properties: { customFields, dateOfBirth, tags: null } },
  UpsertContactDto: { properties: { customFields, dateOfBirth, tags: null } },
  /* Untyped in the document; as documented elsewhere and recorded. */
  SearchBodyV2DTO: {
    properties: {
      locationId: { type: 'string' },
      pageLimit: { type: 'integer', minimum: 1, maximum: 500 },
      page: { type: 'integer', minimum: 1, description: 'Reaches the first 10,000 records; not with searchAfter' },
      searchAfter: {
        type: 'array',
        items: anyOf('number', 'string'),
        description: "The last record's searchAfter: the page after it",
      },
      query: { type: 'string', maxLength: 75 },
      filters: { type: 'array', items: { type: 'object', additionalProperties: true } },
      sort: {
        type: 'array',
        items: {
          type: 'object',
          properties: { field: { type: 'string' }, direction: { type: 'string', enum: ['asc', 'desc'] } },
          required: ['field', 'direction'],
        },
      },
    },
    required: ['locationId', 'pageLimit'],
  },
  CreateTaskParams: { properties: { title: { minLength: 1 }, dueDate } },
  UpdateTaskBody: { properties: { title: { minLength: 1 }, dueDate } },
  NotesDTO: { properties: { body: { minLength: 1 }, color } },
  UpdateNoteDTO: { properties: { color } },
  TagsDTO: { properties: { tags: { minItems: 1, items: { minLength: 1 } } } },
  FollowersDTO: { properties: { followers: { minItems: 1 } } },
  /* From here: what answers hold besides, as recorded. */
  CustomFieldSchema: { properties: { value: { type: null } } },
  GetContectByIdSchema: {
    properties: {
      attachments: { type: null },
      additionalEmails: { type: 'array', items: {} },
      additionalPhones: { type: 'array', items: {} },
      followers: { type: 'array', items: { type: 'string' } },
    },
  },
  FoundContact: {
    type: 'object',
    properties: {
      id: { type: 'string' },
      locationId: { type: 'string' },
      contactName: { type: 'string' },
      firstName: { type: 'string' },
      lastName: { type: 'string' },
      email: { type: 'string' },
      phone: { type: 'string' },
      businessName: { type: 'string' },
      address: { type: 'string', description: 'address1 of a contact that is read by its id' },
      city: { type: 'string' },
      state: { type: 'string' },
      postalCode: { type: 'string' },
      country: { type: 'string' },
      website: { type: 'string' },
      timezone: { type: 'string' },
      source: { type: 'string' },
      type: { type: 'string' },
      assignedTo: { type: 'string' },
      dnd: { type: 'boolean' },
      tags: { type: 'array', items: { type: 'string' } },
      followers: { type: 'array', items: { type: 'string' } },
      customFields: { type: 'array', items: ref('CustomFieldSchema') },
      additionalEmails: { type: 'array', items: { type: 'object', properties: { email: { type: 'string' } } } },
      additionalPhones: { type: 'array', items: { type: 'object', properties: { phone: { type: 'string' } } } },
      dateAdded: { type: 'string' },
      dateUpdated: { type: 'string' },
      searchAfter: { type: 'array', items: anyOf('number', 'string') },
    },
  },
  /* `firstName` comes lower-cased here, as typed in `firstNameRaw`. */
  ContactsSearchSchema: {
    properties: {
      contactName: { type: 'string' },
      firstName: { type: 'string' },
      lastName: { type: 'string' },
      firstNameRaw: { type: 'string' },
      lastNameRaw: { type: 'string' },
      companyName: { type: 'string' },
      phone: { type: 'string' },
      assignedTo: { type: 'string' },
      dateUpdated: { type: 'string' },
    },
  },
  ContactsSearchSuccessfulResponseDto: { properties: { meta: ref('ContactsMetaSchema') } },
  CreateAddTagSuccessfulResponseDto: { properties: { tagsAdded: { type: 'array', items: { type: 'string' } } } },
  CreateDeleteTagSuccessfulResponseDto: { properties: { tagsRemoved: { type: 'array', items: { type: 'string' } } } },
  UpdateTagsResponseDTO: {
    properties: {
      responses: {
        items: {
          type: 'object',
          properties: {
            contactId: { type: 'string' },
            message: { type: 'string' },
            type: { type: 'string' },
            oldTags: { type: 'array', items: { type: 'string' } },
            tagsAdded: { type: 'array', items: { type: 'string' } },
            tagsRemoved: { type: 'array', items: { type: 'string' } },
          },
        },
      },
    },
  },
};

const tagsInstead = { tags: 'use ghl.contact.add-tags and ghl.contact.remove-tags, which leave the other tags' };
const note = { rename: { id: 'noteId' } };

export const contacts = {
  patch: {
    components: { schemas },
    paths: {
      '/contacts/search': {
        post: answer({
          type: 'object',
          properties: { contacts: { type: 'array', items: ref('FoundContact') }, total: { type: 'number' } },
        }),
      },
      '/contacts/search/duplicate': {
        get: answer({
          type: 'object',
          properties: { contact: ref('GetContectByIdSchema'), matchingField: { type: 'string' } },
        }),
      },
    },
  },
  resources: {
    contact: {
      get: read('get-contact', 'Get a contact', 'Reads one contact by its id.'),
      create: create(
        'create-contact',
        'Create a contact',
        'Makes a contact in a location; refused as a conflict if one with this e-mail or phone is there.',
      ),
      update: write(
        'update-contact',
        'Update a contact',
        'Changes the given fields of a contact; all others stay. Tags: ghl.contact.add-tags and ghl.contact.remove-tags.',
        { instead: tagsInstead },
      ),
      upsert: create(
        'upsert-contact',
        'Create or update a contact',
        "Changes the contact that the location's duplicate setting finds by e-mail or phone, else makes one; a secondary e-mail becomes the primary one. Tags: ghl.contact.add-tags and ghl.contact.remove-tags.",
        { instead: tagsInstead },
      ),
      delete: remove('delete-contact', 'Delete a contact', 'Deletes a contact.'),
      search: read(
        'search-contacts-advanced',
        'Search contacts',
        "Finds a location's contacts by filters, sorted, page by page or after a cursor; the index lags writes by seconds.",
        { paging: { style: 'search-after', records: 'contacts', max: 500 } },
      ),
      findDuplicate: read(
        'get-duplicate-contact',
        'Find the contact with an e-mail or phone',
        'Finds the contact that a new one with this e-mail or phone would be a duplicate of; none is `contact: null`.',
        { oneOf: ['email', 'number'], sure: [], unsure: ['That none is answered as `contact: null`.'] },
      ),
      list: read('get-contacts', 'List contacts', "Reads a location's contacts, page by page.", {
        paging: { style: 'start-after', records: 'contacts', max: 100 },
        deprecated: 'Use ghl.contact.search: version v3 has this no more.',
        parameters: { limit: { maximum: 100 } },
      }),
      listByBusiness: read(
        'get-contacts-by-businessId',
        "List a business's contacts",
        'Reads the contacts that belong to a business.',
        { paging: { style: 'skip-limit', records: 'contacts', max: 100 } },
      ),
      listAppointments: read(
        'get-appointments-for-contact',
        "List a contact's appointments",
        'Reads all appointments of one contact, without paging.',
      ),
      addTags: write(
        'add-tags',
        'Add tags to a contact',
        'Adds tags to a contact; the others stay; an unknown one is made in the location.',
      ),
      /* The tags stand in the body of a DELETE. */
      removeTags: write(
        'remove-tags',
        'Remove tags from a contact',
        'Removes tags from a contact; the others stay, as does the tag itself in the location.',
      ),
      bulkUpdateTags: write(
        'create-association',
        'Add or remove tags of many contacts',
        'Adds tags to many contacts at once, or removes them; the answer tells of each contact.',
        { parameters: { type: { enum: ['add', 'remove'] } }, scopes: ['contacts.write'] },
      ),
      bulkSetBusiness: write(
        'add-remove-contact-from-business',
        'Set the business of many contacts',
        'Puts contacts into a business, or out of it with `businessId: null`.',
        { scopes: ['contacts.write'] },
      ),
      addFollowers: write('add-followers-contact', 'Add followers to a contact', 'Adds users who follow a contact.'),
      removeFollowers: write(
        'remove-followers-contact',
        'Remove followers from a contact',
        'Removes users who follow a contact.',
      ),
      addToCampaign: create(
        'add-contact-to-campaign',
        'Add a contact to a campaign',
        'Puts a contact into a campaign.',
      ),
      removeFromCampaign: write(
        'remove-contact-from-campaign',
        'Remove a contact from a campaign',
        'Takes a contact out of a campaign.',
      ),
      removeFromAllCampaigns: write(
        'remove-contact-from-every-campaign',
        'Remove a contact from all campaigns',
        'Takes a contact out of every campaign.',
      ),
      addToWorkflow: create(
        'add-contact-to-workflow',
        'Add a contact to a workflow',
        "Starts one of the location's workflows for a contact.",
      ),
      removeFromWorkflow: write(
        'delete-contact-from-workflow',
        'Remove a contact from a workflow',
        "Ends one of the location's workflows for a contact.",
      ),
    },
    task: {
      list: read('get-all-tasks', "List a contact's tasks", 'Reads all tasks of one contact, without paging.'),
      get: read('get-task', 'Get a task', "Reads one of a contact's tasks."),
      create: create(
        'create-task',
        'Create a task',
        'Makes a task for a contact, due at a time, perhaps assigned to a user.',
      ),
      update: write('update-task', 'Update a task', 'Changes the given fields of a task.'),
      complete: write('update-task-completed', 'Complete or reopen a task', 'Sets whether a task is completed.'),
      delete: remove('delete-task', 'Delete a task', "Deletes one of a contact's tasks."),
    },
    note: {
      list: read('get-all-notes', "List a contact's notes", 'Reads all notes of one contact, without paging.'),
      get: read('get-note', 'Get a note', "Reads one of a contact's notes.", note),
      create: create('create-note', 'Create a note', 'Writes a note on a contact.'),
      update: write('update-note', 'Update a note', 'Changes the given fields of a note.', note),
      delete: remove('delete-note', 'Delete a note', "Deletes one of a contact's notes.", note),
    },
  },
} satisfies Overlay;
