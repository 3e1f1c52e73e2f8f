import { create, type Overlay, read, remove, write } from './entry.ts';

const text = { type: 'string' };

const schemas = {
  TaskSearchParamsDto: {
    properties: { limit: { type: 'integer', minimum: 1, maximum: 100 }, skip: { type: 'integer', minimum: 0 } },
  },
  /* A choice field's choices are not in the document. */
  CreateCustomFieldsDTO: { properties: { options: { type: 'array', items: text } } },
  UpdateCustomFieldsDTO: { properties: { options: { type: 'array', items: text } } },
  /* The files themselves are not in the document; see the summary of `upload`. */
  FileUploadBody: {
    properties: {
      files: {
        type: 'object',
        description:
          "By the part's name: <custom field id>, or <custom field id>_<an id of your own> for each of several",
        additionalProperties: {
          type: 'object',
          properties: {
            filename: { type: 'string', minLength: 1 },
            contentType: { type: 'string' },
            content: { type: 'string', description: 'base64' },
          },
          required: ['filename', 'content'],
        },
      },
    },
    required: ['id', 'files'],
  },
  /* From here: answers as recorded. A found task has `_id`, and is the only one with times. */
  LocationTaskListSuccessfulResponseDto: {
    properties: {
      tasks: {
        items: {
          type: 'object',
          properties: {
            _id: text,
            title: text,
            body: text,
            assignedTo: text,
            dueDate: text,
            completed: { type: 'boolean' },
            contactId: text,
            locationId: text,
            deleted: { type: 'boolean' },
            dateAdded: text,
            dateUpdated: text,
            searchAfter: { type: 'array', items: {} },
          },
        },
      },
    },
  },
  CustomFieldSchema: {
    properties: {
      picklistOptions: { items: { type: null } },
      picklistImageOptions: { items: { type: null } },
      parentId: text,
      dateAdded: text,
      standard: { type: 'boolean' },
    },
  },
  FileUploadResponseDto: { properties: { meta: { items: { type: 'object' } } } },
  SmsTemplateSchema: { properties: { attachments: { items: { type: null } } } },
  EmailTemplateSchema: { properties: { attachments: { items: { type: null } } } },
};

const tagScopes = { read: ['locations/tags.readonly'], write: ['locations/tags.write'] };
const recurring = { rename: { id: 'recurringTaskId' } };
const recurringUnsure = ['Its scope: the document names none.'];
const customField = { rename: { id: 'customFieldId' }, scopes: ['locations/customFields.write'] };
const customValue = { rename: { id: 'customValueId' }, scopes: ['locations/customValues.write'] };

export const locations = {
  patch: { components: { schemas } },
  resources: {
    location: {
      get: read('get-location', 'Get a location', "Reads a location's profile: name, time zone, country, company."),
      search: read('search-locations', 'Search locations', "Finds an agency's locations.", {
        paging: { style: 'skip-limit', records: 'locations', max: 100 },
        parameters: { order: { enum: ['asc', 'desc'] } },
      }),
      create: create(
        'create-location',
        'Create a location',
        'Makes a location (sub-account) in an agency; agency token.',
      ),
      update: write('put-location', 'Update a location', 'Changes a location; agency token.'),
      delete: remove('delete-location', 'Delete a location', 'Deletes a location from its agency; agency token.'),
      searchTasks: read(
        'task-search',
        'Search the tasks of a location',
        "Finds a location's tasks by contact, assignee, state or title.",
        { paging: { style: 'skip-limit', records: 'tasks', max: 100 } },
      ),
      listTimezones: read('get-timezones', 'List time zones', 'Reads the time zones that a location may have.', {
        unsure: ['The answer: the document does not describe it.'],
      }),
    },
    tag: {
      list: read('get-location-tags', 'List tags', "Reads a location's tags."),
      get: read('get-tag-by-id', 'Get a tag', "Reads one of a location's tags.", { scopes: tagScopes.read }),
      create: create('create-tag', 'Create a tag', 'Makes a tag in a location.'),
      update: write('update-tag', 'Rename a tag', "Renames one of a location's tags.", { scopes: tagScopes.write }),
      delete: remove('delete-tag', 'Delete a tag', "Deletes one of a location's tags.", { scopes: tagScopes.write }),
    },
    recurringTask: {
      get: read('get-recurring-task-by-id', 'Get a recurring task', 'Reads one recurring task.', {
        ...recurring,
        scopes: ['recurring-tasks.readonly'],
        unsure: recurringUnsure,
      }),
      create: create('create-recurring-task', 'Create a recurring task', 'Makes a task that comes again by a rule.', {
        scopes: ['recurring-tasks.write'],
        unsure: recurringUnsure,
      }),
      update: write(
        'update-recurring-task',
        'Update a recurring task',
        'Changes the given parts of a recurring task.',
        {
          ...recurring,
          scopes: ['recurring-tasks.write'],
          unsure: recurringUnsure,
        },
      ),
      delete: remove('delete-recurring-task', 'Delete a recurring task', 'Deletes a recurring task.', {
        ...recurring,
        scopes: ['recurring-tasks.write'],
        unsure: recurringUnsure,
      }),
    },
    customField: {
      list: read('get-custom-fields', 'List custom fields', "Reads the definitions of a location's custom fields."),
      get: read('get-custom-field', 'Get a custom field', "Reads one custom field's definition.", {
        ...customField,
        scopes: ['locations/customFields.readonly'],
      }),
      create: create(
        'create-custom-field',
        'Create a custom field',
        'Defines a custom field of contacts or opportunities.',
      ),
      update: write(
        'update-custom-field',
        'Update a custom field',
        "Changes a custom field's definition.",
        customField,
      ),
      delete: remove(
        'delete-custom-field',
        'Delete a custom field',
        'Deletes a custom field with all its values.',
        customField,
      ),
      upload: create(
        'upload-file-customFields',
        'Upload files for a custom field',
        'Stores files and answers their addresses; a contact or opportunity takes them as the value of a file field.',
        { unsure: ['The names of the parts that hold the files.'] },
      ),
    },
    customValue: {
      list: read('get-custom-values', 'List custom values', "Reads a location's custom values."),
      get: read('get-custom-value', 'Get a custom value', 'Reads one custom value.', {
        ...customValue,
        scopes: ['locations/customValues.readonly'],
      }),
      create: create('create-custom-value', 'Create a custom value', 'Makes a custom value in a location.'),
      update: write('update-custom-value', 'Update a custom value', 'Changes a custom value.', customValue),
      delete: remove('delete-custom-value', 'Delete a custom value', 'Deletes a custom value.', customValue),
    },
    template: {
      list: read('GET-all-or-email-sms-templates', 'List templates', "Reads a location's e-mail and SMS templates.", {
        paging: { style: 'skip-limit', records: 'templates', max: 100 },
      }),
      delete: remove('DELETE-an-email-sms-template', 'Delete a template', 'Deletes an e-mail or SMS template.', {
        rename: { id: 'templateId' },
        scopes: ['locations/templates.write'],
        unsure: ['Its scope and its answer: the document names none.'],
      }),
    },
  },
} satisfies Overlay;
