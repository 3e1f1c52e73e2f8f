import { countryOf } from '../links/link.ts';
import { normalForm, normalizeText, type SyncedField } from '../forms/normalize.ts';
import type { Change, MergeDraft } from '../plan.ts';
import type { Data } from '../records.ts';
import type { CustomerState, DoneStep } from '../state.ts';
import { contactInput } from '../links/steps.ts';
import { left, NOTHING_BACK, type TakenBack, undoStep } from './undo-step.ts';

/** A record that a step wrote to, as it is now. */
interface Target {
  readonly what: 'contact' | 'task' | 'note' | 'member' | 'referral';
  readonly recordId: string;
  readonly data: Data;
}

/**
 * Puts fields back to what they were before a step wrote them, each where it still holds what we wrote. The difference that this
 * makes between the two sides is known from then on: the baselines become what both sides hold, so that nothing is written again
 * before one of them changes.
 */
export function putBack(state: CustomerState, step: DoneStep): TakenBack {
  const target = targetOf(state, step);
  if (!target) return left(step, 'its record is not there any more');
  const sorted = step.changes
    // Lines of the kept section go one by one, by takeLinesBack.
    .filter(({ field }) => !(target.what === 'referral' && field === 'note'))
    .map((change) => ({ change, what: lookAt(state, target, step, change) }));
  const changes = sorted.flatMap(({ change, what }) =>
    what === 'back'
      ? [{ ...change, before: valueOf(target.data, change.field) ?? null, after: change.before ?? '' }]
      : [],
  );
  const sentences = sorted.flatMap(({ change, what }) =>
    what === 'back' || what === 'settled' ? [] : [`left ${labelOf(step, change)} of the ${target.what}: ${WHY[what]}`],
  );
  if (changes.length === 0) return { ...NOTHING_BACK, sentences };
  const fields = changes.map((change) => labelOf(step, change)).join(', ');
  const back = undoStep(step, {
    operation: step.operation,
    queue: step.queue,
    recordId: target.recordId,
    input: inputOf(step, target.what, changes),
    changes,
    summary: `undo: update ${target.what}: ${fields}`,
    sentence: `put the ${target.what} back: ${fields}`,
  });
  return { ...NOTHING_BACK, steps: [back], merges: changes.flatMap((one) => mergesOf(state, step, one)), sentences };
}

const WHY = {
  changed: 'it was changed since',
  link: 'it is what links the two, and would be written again',
  opted: 'whether somebody may be written to is for that person to say; correct it where it is wrong',
  followed: 'it would be written again at once; switch its rule off',
} as const;

/** `settled`: there is nothing to put back: it is so already, or the vendor had not taken it. */
function lookAt(
  state: CustomerState,
  { what, data }: Target,
  step: DoneStep,
  { field, before, after }: Change,
): 'back' | 'settled' | keyof typeof WHY {
  const refused = step.answer['refused'];
  if (Array.isArray(refused) && refused.includes(field)) return 'settled';
  const merge = step.merges.find(({ written }) => written?.as === field);
  const country = countryOf(state.connection.country, data);
  const form = (value: unknown): string =>
    merge ? normalForm(merge.field as SyncedField, value, { country }) : plainForm(value);
  const present = form(valueOf(data, field));
  if (present === form(before)) return 'settled';
  if (field === 'externalIdentifier') return 'link';
  if (field === 'dndSettings') return 'opted';
  if (!merge && what !== 'task' && what !== 'note') return 'followed';
  const taken = (step.answer['taken'] as Data | undefined)?.[field];
  return present === form(after) || (taken !== undefined && present === form(taken)) ? 'back' : 'changed';
}

function targetOf(state: CustomerState, { operation, input, recordId }: DoneStep): Target | undefined {
  const what = operation.split('.')[1] as Target['what'];
  if (what === 'contact') {
    const { contact } = state;
    return contact?.contactId === input['contactId'] && contact
      ? { what, recordId: contact.recordId, data: contact.data }
      : undefined;
  }
  const records = what === 'task' || what === 'note' ? state.items : state.links;
  const record = records.find((one) => one.recordId === recordId && !one.gone);
  return record && { what, recordId: record.recordId, data: record.data };
}

function inputOf({ input }: DoneStep, what: Target['what'], changes: readonly Change[]): Data {
  const fields = Object.fromEntries(changes.map(({ field, after }) => [field, after]));
  if (what === 'contact') return { contactId: input['contactId'], ...contactInput(changes) };
  if (what === 'member' || what === 'referral') return { query: input['query'], [what]: fields };
  return { contactId: input['contactId'], [`${what}Id`]: input[`${what}Id`], ...fields };
}

/** The other side's baseline stays what it is: a change of it that nobody has seen yet must not be lost. */
function mergesOf(state: CustomerState, step: DoneStep, { field: as, after }: Change): MergeDraft[] {
  return step.merges.flatMap(({ recordId, field, ghl, rr, written }) => {
    const link = state.links.find((one) => one.recordId === recordId);
    if (!link || !written || written.as !== as) return [];
    const known = link.baselines[field];
    return [
      {
        recordId,
        field,
        ghl: known?.ghl ? known.ghl.value : ghl,
        rr: known?.rr ? known.rr.value : rr,
        written: { side: written.side, step: `undo-${step.name}`, as, value: String(after ?? '') },
      },
    ];
  });
}

const CUSTOM_FIELD = 'customField:';

function valueOf(data: Data, field: string): unknown {
  if (!field.startsWith(CUSTOM_FIELD)) return data[field];
  const fields = Array.isArray(data['customFields']) ? (data['customFields'] as Data[]) : [];
  return fields.find(({ id }) => id === field.slice(CUSTOM_FIELD.length))?.['value'];
}

/** People know a custom field by its name, which its baselines have. */
function labelOf({ merges }: DoneStep, { field }: Change): string {
  return field.startsWith(CUSTOM_FIELD) ? (merges.find(({ written }) => written?.as === field)?.field ?? field) : field;
}

/** Instants are written in several ways; a vendor may answer `true` and `12` as texts. */
function plainForm(value: unknown): string {
  if (Array.isArray(value)) return value.map(plainForm).join(', ');
  const text = value !== null && typeof value === 'object' ? JSON.stringify(value) : normalizeText(value);
  return /^\d{4}-\d\d-\d\dT/u.test(text) ? String(Date.parse(text)) : text;
}
