import { isDeepStrictEqual } from 'node:util';
import { newGhlId } from '../ids.ts';
import { type Answer, bodyFields, type Call, type Fields, type Operation, param, textOf } from '../operation.ts';
import { badRequest, recordNotFound } from './errors.ts';
import { displayName } from './contact-view.ts';
import { contactOf, type Ghl, locationAt } from './ghl.ts';
import type { Task } from './state.ts';

const read = { effect: 'read', scope: 'contacts.readonly' } as const;
const write = { effect: 'write', scope: 'contacts.write' } as const;
const one = '/contacts/:contactId/tasks/:taskId';

export function taskOperations(ghl: Ghl): Operation[] {
  const change = (call: Call): Answer => update(ghl, call);
  return [
    {
      name: 'ghl.task.list',
      method: 'GET',
      path: '/contacts/:contactId/tasks',
      ...read,
      run: (call) => list(ghl, call),
    },
    {
      name: 'ghl.task.create',
      method: 'POST',
      path: '/contacts/:contactId/tasks',
      ...write,
      run: (call) => create(ghl, call),
    },
    { name: 'ghl.task.get', method: 'GET', path: one, ...read, run: (call) => answer(200, taskOf(ghl, call)) },
    { name: 'ghl.task.update', method: 'PUT', path: one, ...write, run: change },
    { name: 'ghl.task.complete', method: 'PUT', path: `${one}/completed`, ...write, run: change },
    { name: 'ghl.task.delete', method: 'DELETE', path: one, ...write, run: (call) => remove(ghl, call) },
    {
      name: 'ghl.task.search',
      method: 'POST',
      path: '/locations/:locationId/tasks/search',
      effect: 'read',
      scope: 'locations/tasks.readonly',
      run: (call) => search(ghl, call),
    },
  ];
}

function list(ghl: Ghl, call: Call): Answer {
  const contact = contactOf(ghl, call);
  return { status: 200, body: { tasks: ghl.state.tasks.by('contactId', contact.id).map(taskView) } };
}

function create(ghl: Ghl, call: Call): Answer {
  const body = bodyFields(call);
  const at = new Date(call.now).toISOString();
  const contact = contactOf(ghl, call);
  const task = ghl.state.tasks.put({
    id: newGhlId(),
    contactId: contact.id,
    title: String(body['title']),
    body: textOf(body['body']),
    assignedTo: textOf(body['assignedTo']),
    dueDate: new Date(String(body['dueDate'])).toISOString(),
    completed: body['completed'] === true,
    dateAdded: at,
    dateUpdated: at,
  });
  // The real TaskCreate lacks contactId and body, unlike its documentation (#332).
  const { contactId: _contactId, body: _body, ...fields } = taskEvent(task);
  ghl.emit('TaskCreate', contact.locationId, fields);
  return answer(201, task);
}

/** No event tells of an edit or of a task opened again: only completing does (reference/ghl.md 5.5). */
function update(ghl: Ghl, call: Call): Answer {
  const body = bodyFields(call);
  const before = taskOf(ghl, call);
  const after: Task = {
    ...before,
    ...(typeof body['title'] === 'string' && { title: body['title'] }),
    ...(Object.hasOwn(body, 'body') && { body: textOf(body['body']) }),
    ...(Object.hasOwn(body, 'assignedTo') && { assignedTo: textOf(body['assignedTo']) }),
    ...(typeof body['dueDate'] === 'string' && { dueDate: new Date(body['dueDate']).toISOString() }),
    ...(typeof body['completed'] === 'boolean' && { completed: body['completed'] }),
  };
  if (isDeepStrictEqual(before, after)) return answer(200, before);
  const task = ghl.state.tasks.put({ ...after, dateUpdated: new Date(call.now).toISOString() });
  if (task.completed && !before.completed) ghl.emit('TaskComplete', contactOf(ghl, call).locationId, taskEvent(task));
  return answer(200, task);
}

function remove(ghl: Ghl, call: Call): Answer {
  const task = taskOf(ghl, call);
  ghl.state.tasks.delete(task.id);
  ghl.emit('TaskDelete', contactOf(ghl, call).locationId, taskEvent(task));
  return { status: 200, body: { succeded: true, succeeded: true }, recordId: task.id };
}

function search(ghl: Ghl, call: Call): Answer {
  const location = locationAt(ghl, call, param(call, 'locationId'));
  const body = bodyFields(call);
  const [limit, skip] = [Number(body['limit'] ?? 25), Number(body['skip'] ?? 0)];
  if (limit < 1 || limit > 100) throw badRequest('limit must not be greater than 100');
  const contactIds = body['contactId'] as string[] | undefined;
  const assignees = body['assignedTo'] as string[] | undefined;
  const query = textOf(body['query'])?.toLowerCase();
  const found = ghl.state.tasks
    .all()
    .filter((task) => ghl.state.contacts.get(task.contactId)?.locationId === location.id)
    .filter((task) => !contactIds || contactIds.includes(task.contactId))
    .filter((task) => body['completed'] === undefined || task.completed === body['completed'])
    .filter((task) => !assignees || assignees.includes(task.assignedTo ?? ''))
    .filter((task) => !query || task.title.toLowerCase().includes(query))
    .reverse();
  return { status: 200, body: { tasks: found.slice(skip, skip + limit).map((task) => searchView(ghl, task)) } };
}

function taskOf(ghl: Ghl, call: Call): Task {
  const contact = contactOf(ghl, call);
  const id = param(call, 'taskId');
  const task = ghl.state.tasks.get(id);
  if (task?.contactId !== contact.id) throw recordNotFound('Task', id);
  return task;
}

function answer(status: number, task: Task): Answer {
  return { status, body: { task: taskView(task) }, recordId: task.id };
}

/** A task has no timestamps in its own endpoints. */
function taskView(task: Task): Fields {
  const { id, title, body, assignedTo, dueDate, completed, contactId } = task;
  return { id, title, body, assignedTo, dueDate, completed, contactId };
}

function taskEvent(task: Task): Fields {
  const { id, assignedTo, body, contactId, title, dateAdded, dueDate } = task;
  return { id, assignedTo, body, contactId, title, dateAdded, dueDate };
}

/** A record of the location's task search: `_id`, and the only task read with times. */
function searchView(ghl: Ghl, task: Task): Fields {
  const contact = ghl.state.contacts.get(task.contactId);
  const user = ghl.state.users.get(task.assignedTo ?? '');
  const { id, ...fields } = task;
  return {
    _id: id,
    ...fields,
    locationId: contact?.locationId ?? null,
    businessId: contact?.businessId ?? null,
    deleted: false,
    status: task.completed ? 'completed' : 'incompleted',
    statusGroup: task.completed ? 'completed' : 'incompleted',
    createdAt: task.dateAdded,
    updatedAt: task.dateUpdated,
    assignedToUserDetails: user ? { id: user.id, firstName: user.firstName, lastName: user.lastName } : null,
    contactDetails: contact ? { id: contact.id, contactName: displayName(contact) } : null,
    searchAfter: [Date.parse(task.dateAdded), id],
  };
}
