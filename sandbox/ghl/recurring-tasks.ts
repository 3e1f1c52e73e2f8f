import { newGhlId } from '../ids.ts';
import { type Answer, bodyFields, type Call, type Operation, param } from '../operation.ts';
import type { RecurringTask } from './account-state.ts';
import { recordNotFound } from './errors.ts';
import { contactById, type Ghl, locationAt, sees } from './ghl.ts';

const read = { effect: 'read', scope: 'recurring-tasks.readonly' } as const;
const write = { effect: 'write', scope: 'recurring-tasks.write' } as const;
const all = '/locations/:locationId/recurring-tasks';
const one = `${all}/:id`;

/** What makes tasks again and again. The sandbox keeps them and makes none. */
export function recurringTaskOperations(ghl: Ghl): Operation[] {
  return [
    { name: 'ghl.recurring-task.create', method: 'POST', path: all, ...write, run: (call) => create(ghl, call) },
    {
      name: 'ghl.recurring-task.get',
      method: 'GET',
      path: one,
      ...read,
      run: (call) => answer(200, taskOf(ghl, call)),
    },
    { name: 'ghl.recurring-task.update', method: 'PUT', path: one, ...write, run: (call) => update(ghl, call) },
    { name: 'ghl.recurring-task.delete', method: 'DELETE', path: one, ...write, run: (call) => remove(ghl, call) },
  ];
}

type Input = {
  title?: string;
  description?: string;
  contactIds?: string[];
  owners?: string[];
  rruleOptions?: { count?: number };
};

/** Lists go in, single ids come out: of each list the first counts. */
function create(ghl: Ghl, call: Call): Answer {
  const location = locationAt(ghl, call, param(call, 'locationId'));
  const at = new Date(call.now).toISOString();
  const blank: RecurringTask = {
    id: newGhlId(),
    locationId: location.id,
    title: '',
    description: '',
    contactId: undefined,
    assignedTo: undefined,
    rruleOptions: {},
    totalOccurrence: 0,
    deleted: false,
    createdAt: at,
    updatedAt: at,
  };
  return answer(201, ghl.state.recurringTasks.put(patched(ghl, blank, call)));
}

function update(ghl: Ghl, call: Call): Answer {
  return answer(200, ghl.state.recurringTasks.put(patched(ghl, taskOf(ghl, call), call)));
}

function patched(ghl: Ghl, before: RecurringTask, call: Call): RecurringTask {
  const { title, description, contactIds, owners, rruleOptions } = bodyFields(call) as Input;
  for (const id of contactIds ?? []) contactById(ghl, call, id);
  return {
    ...before,
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(contactIds && { contactId: contactIds[0] }),
    ...(owners && { assignedTo: owners[0] }),
    ...(rruleOptions && { rruleOptions, totalOccurrence: rruleOptions.count ?? 0 }),
    updatedAt: new Date(call.now).toISOString(),
  };
}

function remove(ghl: Ghl, call: Call): Answer {
  const { id } = ghl.state.recurringTasks.put({ ...taskOf(ghl, call), deleted: true });
  return { status: 200, body: { id, success: true }, recordId: id };
}

function taskOf(ghl: Ghl, call: Call): RecurringTask {
  locationAt(ghl, call, param(call, 'locationId'));
  const id = param(call, 'id');
  const task = ghl.state.recurringTasks.get(id);
  if (!task || task.deleted || !sees(call, task)) throw recordNotFound('Recurring task', id);
  return task;
}

function answer(status: number, recurringTask: RecurringTask): Answer {
  return { status, body: { recurringTask }, recordId: recurringTask.id };
}
