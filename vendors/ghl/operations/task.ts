import { z } from 'zod';
import { dateTime, flag, id, text } from '../../fields.ts';
import { defineOperation } from '../../operation.ts';

/** A task as GHL answers it: no times of its own. */
export const Task = z.looseObject({
  id,
  title: text,
  body: text,
  assignedTo: text,
  dueDate: text,
  completed: flag,
  contactId: text,
});
export type Task = z.infer<typeof Task>;

export const list = defineOperation({
  id: 'ghl.task.list',
  vendor: 'ghl',
  title: "List a contact's tasks",
  summary: 'Reads all tasks of one contact, without paging.',
  method: 'GET',
  path: '/contacts/{contactId}/tasks',
  query: [],
  version: '2021-07-28',
  scopes: ['contacts.readonly'],
  effect: 'read',
  creates: false,
  input: z.strictObject({ contactId: id }),
  output: z.looseObject({ tasks: z.array(Task) }),
  documentation: 'https://marketplace.gohighlevel.com/docs/ghl/contacts/get-all-tasks',
});

export const get = defineOperation({
  id: 'ghl.task.get',
  vendor: 'ghl',
  title: 'Get a task',
  summary: "Reads one of a contact's tasks.",
  method: 'GET',
  path: '/contacts/{contactId}/tasks/{taskId}',
  query: [],
  version: '2021-07-28',
  scopes: ['contacts.readonly'],
  effect: 'read',
  creates: false,
  input: z.strictObject({ contactId: id, taskId: id }),
  output: z.looseObject({ task: Task }),
  documentation: 'https://marketplace.gohighlevel.com/docs/ghl/contacts/get-task',
});

export const create = defineOperation({
  id: 'ghl.task.create',
  vendor: 'ghl',
  title: 'Create a task',
  summary: 'Makes a task for a contact, due at a time, perhaps assigned to a user.',
  method: 'POST',
  path: '/contacts/{contactId}/tasks',
  query: [],
  version: '2021-07-28',
  scopes: ['contacts.write'],
  effect: 'write',
  creates: true,
  input: z.strictObject({
    contactId: id,
    title: z.string().min(1),
    dueDate: dateTime,
    completed: z.boolean(),
    body: z.string().optional(),
    assignedTo: id.optional(),
  }),
  output: z.looseObject({ task: Task }),
  documentation: 'https://marketplace.gohighlevel.com/docs/ghl/contacts/create-task',
});

export const update = defineOperation({
  id: 'ghl.task.update',
  vendor: 'ghl',
  title: 'Update a task',
  summary: 'Changes the given fields of a task.',
  method: 'PUT',
  path: '/contacts/{contactId}/tasks/{taskId}',
  query: [],
  version: '2021-07-28',
  scopes: ['contacts.write'],
  effect: 'write',
  creates: false,
  input: z.strictObject({
    contactId: id,
    taskId: id,
    title: z.string().min(1).optional(),
    body: z.string().optional(),
    dueDate: dateTime.optional(),
    completed: z.boolean().optional(),
    assignedTo: id.optional(),
  }),
  output: z.looseObject({ task: Task }),
  documentation: 'https://marketplace.gohighlevel.com/docs/ghl/contacts/update-task',
});

export const complete = defineOperation({
  id: 'ghl.task.complete',
  vendor: 'ghl',
  title: 'Complete or reopen a task',
  summary: 'Sets whether a task is completed.',
  method: 'PUT',
  path: '/contacts/{contactId}/tasks/{taskId}/completed',
  query: [],
  version: '2021-07-28',
  scopes: ['contacts.write'],
  effect: 'write',
  creates: false,
  input: z.strictObject({ contactId: id, taskId: id, completed: z.boolean() }),
  output: z.looseObject({ task: Task }),
  documentation: 'https://marketplace.gohighlevel.com/docs/ghl/contacts/update-task-completed',
});
