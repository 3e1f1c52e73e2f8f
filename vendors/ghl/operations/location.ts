import { z } from 'zod';
import { flag, id, text } from '../../fields.ts';
import { defineOperation } from '../../operation.ts';

/** A location (sub-account): its time zone and country are what dates, phone numbers and regions are read by. */
export const Location = z.looseObject({
  id,
  companyId: text,
  name: text,
  email: text,
  phone: text,
  country: text,
  timezone: text,
});
export type Location = z.infer<typeof Location>;

/** A task of the location-wide search: `_id` instead of `id`, and the only one with times. */
export const FoundTask = z.looseObject({
  _id: id,
  title: text,
  body: text,
  assignedTo: text,
  dueDate: text,
  completed: flag,
  contactId: text,
  deleted: flag,
  dateAdded: text,
  dateUpdated: text,
});
export type FoundTask = z.infer<typeof FoundTask>;

export const get = defineOperation({
  id: 'ghl.location.get',
  vendor: 'ghl',
  title: 'Get a location',
  summary: "Reads a location's profile: name, time zone, country, company.",
  method: 'GET',
  path: '/locations/{locationId}',
  query: [],
  version: '2021-07-28',
  scopes: ['locations.readonly'],
  effect: 'read',
  creates: false,
  input: z.strictObject({ locationId: id }),
  output: z.looseObject({ location: Location }),
  documentation: 'https://marketplace.gohighlevel.com/docs/ghl/locations/get-location',
});

export const searchTasks = defineOperation({
  id: 'ghl.location.search-tasks',
  vendor: 'ghl',
  title: 'Search the tasks of a location',
  summary: "Finds a location's tasks by contact, assignee, state or title.",
  method: 'POST',
  path: '/locations/{locationId}/tasks/search',
  query: [],
  version: '2021-07-28',
  scopes: ['locations/tasks.readonly'],
  effect: 'read',
  creates: false,
  input: z.strictObject({
    locationId: id,
    contactId: z.array(id).optional(),
    completed: z.boolean().optional(),
    assignedTo: z.array(id).optional(),
    query: z.string().optional(),
    limit: z.int().min(1).max(100).optional(),
    skip: z.int().min(0).optional(),
  }),
  output: z.looseObject({ tasks: z.array(FoundTask) }),
  documentation: 'https://marketplace.gohighlevel.com/docs/ghl/locations/task-search',
});
