import { DateTime } from 'luxon';
import type { Said } from './line-text.ts';
import { normalizeText } from '../forms/normalize.ts';
import { type Change, PLAIN_STEP, type StepDraft } from '../plan.ts';
import { closingLine } from '../forms/reference.ts';
import type { Data, ItemState, Line, LinkState } from '../records.ts';
import type { CustomerState } from '../state.ts';

const STEP = { ...PLAIN_STEP, queue: 'ghl', rule: 'sync.tasks' } as const;

/** Makes the task of a line that a person typed; once for ever, by the line's reference. */
export function createTask(
  state: CustomerState,
  link: LinkState,
  line: Line,
  contactId: string,
  after: readonly string[],
): StepDraft {
  const assignedTo = normalizeText(state.contact?.data['assignedTo']);
  return {
    ...STEP,
    name: stepName(line),
    operation: 'ghl.task.create',
    factKey: `line|${line.reference}`,
    input: {
      contactId,
      title: line.text,
      body: closingLine(link, line.reference),
      dueDate: dueTime(state, line.dueDate ?? nextDueDay(state)),
      completed: line.done,
      ...(assignedTo === '' ? {} : { assignedTo }),
    },
    after,
    reference: line.reference,
    summary: 'create task: title, due date, completed',
    sentence: `created the task of a line that was typed: ${line.text}`,
  };
}

/** Brings to a task what a person changed in its line. */
export function updateTask(
  state: CustomerState,
  item: ItemState,
  line: Line,
  pushed: Partial<Said>,
  contactId: string,
  after: readonly string[],
): StepDraft {
  const values: Data = {
    ...(pushed.text === undefined ? {} : { title: pushed.text }),
    ...(typeof pushed.dueDate === 'string' ? { dueDate: dueTime(state, pushed.dueDate) } : {}),
    ...(pushed.done === undefined ? {} : { completed: pushed.done }),
  };
  const changes = Object.entries(values).map(([field, value]): Change => ({
    field,
    before: item.data[field] ?? null,
    after: value,
  }));
  const fields = changes.map(({ field }) => field).join(', ');
  return {
    ...STEP,
    name: stepName(line),
    operation: 'ghl.task.update',
    recordId: item.recordId,
    input: { contactId, taskId: item.vendorId, ...values },
    after,
    changes,
    summary: `update task: ${fields}`,
    sentence: `brought the line to its task: ${fields}`,
  };
}

function stepName({ reference }: Line): string {
  return `task-${reference.replace('rb:', '')}`;
}

/** ISO time in UTC at which a task that was read from a line is due. */
function dueTime({ connection, rules }: CustomerState, day: string): string {
  const due = DateTime.fromISO(day, { zone: connection.timeZone }).set({ hour: rules.settings.taskDueHour });
  return due.toUTC().toISO() ?? day;
}

/** GHL lets no task be without a date: today while its hour is to come, else tomorrow. */
export function nextDueDay({ connection, rules, now }: CustomerState): string {
  const at = DateTime.fromISO(now, { zone: connection.timeZone });
  return at.plus({ days: at.hour < rules.settings.taskDueHour ? 0 : 1 }).toISODate() ?? '';
}
