import { normalForm, normalizeText, type SyncedField } from '../rules/forms/normalize.ts';
import type { Change } from '../rules/plan.ts';
import type { DueStep, StepAnswer } from '../store/steps.ts';
import type { Data } from './read.ts';

type Compared = Pick<DueStep, 'merges' | 'snapshot'>;

/** Whether a record holds all that the changes say of this side of them. */
export function holdsAll(step: Compared, record: Data, changes: readonly Change[], side: 'before' | 'after'): boolean {
  return changes.every((change) => isSame(step, change.field, valueOf(record, change.field), change[side]));
}

/** Whether something else than before or after stands where the changes are to be made: somebody was there meanwhile. */
export function hasMoved(step: Compared, record: Data, changes: readonly Change[]): boolean {
  return changes.some(
    (change) => !holdsAll(step, record, [change], 'before') && !holdsAll(step, record, [change], 'after'),
  );
}

/**
 * What the vendor made of our values. One that is still as it was before was refused; one that is neither was overtaken by
 * somebody's edit: it counts as taken, so that the edit is a change from it.
 */
export function whatWasTaken(
  step: Compared,
  changes: readonly Change[],
  record: Data,
): Pick<StepAnswer, 'taken' | 'refused'> {
  const taken: Record<string, unknown> = {};
  const refused: string[] = [];
  for (const change of changes) {
    const { field, after } = change;
    const isTaken = holdsAll(step, record, [change], 'after');
    const isAsBefore = holdsAll(step, record, [change], 'before');
    if (!isTaken && isAsBefore) refused.push(field);
    taken[field] = isTaken || isAsBefore ? valueOf(record, field) : after;
  }
  return refused.length > 0 ? { taken, refused } : { taken };
}

/** The synced fields that a create gives its record, as changes of what was empty; what it gives no value the vendor may fill in by itself. */
export function givenFields({ merges }: Pick<DueStep, 'merges'>): Change[] {
  return merges.flatMap(({ written }) =>
    written && written.value !== '' ? [{ field: written.as, before: null, after: written.value }] : [],
  );
}

const CUSTOM_FIELD = 'customField:';

/** A record's value of a change's field: `customField:<id>` stands in its list of custom fields, under `value`. */
function valueOf(record: Data, field: string): unknown {
  if (!field.startsWith(CUSTOM_FIELD)) return record[field];
  const fields = record['customFields'];
  const id = field.slice(CUSTOM_FIELD.length);
  return Array.isArray(fields) ? (fields as Data[]).find((one) => one['id'] === id)?.['value'] : undefined;
}

/** The same in normal form; fields outside the field map in the form that their name or type asks for. */
function isSame(step: Compared, field: string, standing: unknown, wanted: unknown): boolean {
  const mapped = step.merges.find(({ written }) => written?.as === field)?.field as SyncedField | undefined;
  if (mapped) {
    const country = normalizeText(step.snapshot?.data['country']) || 'US';
    return normalForm(mapped, standing, { country }) === normalForm(mapped, wanted, { country });
  }
  if (field === 'dndSettings') return isSameDnd(standing, wanted);
  return plainForm(field, standing, wanted) === plainForm(field, wanted, standing);
}

/** GHL writes instants in its own layout; Referral Rock's letter case of a status is not certain. */
const INSTANTS: readonly string[] = ['dueDate', 'startTime', 'endTime'];

/** A value as text. The other side's type tells how to read it: `true` and `12.5` may be answered as texts. */
function plainForm(field: string, value: unknown, other: unknown): string {
  if (Array.isArray(value)) return value.map((item) => plainForm('', item, '')).join(', ');
  if (typeof value === 'boolean' || typeof other === 'boolean') return String(value === true || value === 'true');
  const text = textOf(value);
  const isNumber = typeof value === 'number' || typeof other === 'number';
  if (isNumber && text !== '' && Number.isFinite(Number(text))) return String(Number(text));
  const time = INSTANTS.includes(field) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return String(time);
  return field === 'status' ? text.toLowerCase() : text;
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.replaceAll('\r\n', '\n').trim();
}

/** What we write names the channels that it is about, the record names all that were ever set; one that is not named is off. */
function isSameDnd(record: unknown, wanted: unknown): boolean {
  const [standing, named] = [record ?? {}, wanted ?? {}] as Record<string, { status?: unknown } | null>[];
  const channels = Object.keys(Object.keys(named ?? {}).length > 0 ? (named ?? {}) : (standing ?? {}));
  const status = (settings: typeof named, channel: string): string => String(settings?.[channel]?.status ?? 'inactive');
  return channels.every((channel) => status(standing, channel) === status(named, channel));
}
