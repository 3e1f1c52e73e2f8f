import { createHash } from 'node:crypto';
import { DateTime } from 'luxon';
import { contactHighlights } from './facts/contact-facts.ts';
import { highlightsOf } from './facts/facts.ts';
import { itemHighlights } from './facts/item-facts.ts';
import { MAPPED_FIELDS } from './forms/normalize.ts';
import type { Data, ItemState, LinkHighlights, RecordKind, Seen } from './records.ts';

/** A record as a walk found it listed. */
export interface Listed {
  readonly kind: RecordKind;
  readonly vendorId: string;
  readonly parentKind?: RecordKind;
  readonly parentId?: string;
  readonly data: Data;
  /** As the vendor says it; undefined where it does not. */
  readonly createdAt?: unknown;
  readonly updatedAt?: unknown;
}

/** What we know of it. */
export interface KnownOfListed {
  readonly snapshot: Data | null;
  /** What was last taken note of. */
  readonly seen: Data | null;
  readonly gone: boolean;
  readonly forgotten: boolean;
}

/** What a walk last saw: of the record as it was listed, and of what was known of it then. */
export interface Digests {
  readonly listed: string;
  readonly known: string;
}

export interface Sifting {
  /** ISO time: what was made before it, and is not known, is a first connect's matter. */
  readonly start: string;
  /** Of the location: some lists tell times as on its walls. */
  readonly timeZone: string;
}

/** The fields of the records that a list gives in another form than a read of their own. */
const FIELDS: Partial<Record<RecordKind, readonly string[]>> = {
  contact: [
    ...MAPPED_FIELDS,
    'website',
    'timezone',
    'source',
    'assignedTo',
    'dateOfBirth',
    'dnd',
    'dndSettings',
    'tags',
    'customFields',
  ],
  task: ['title', 'body', 'dueDate', 'completed', 'assignedTo', 'contactId'],
  note: ['title', 'body', 'userId'],
  appointment: ['title', 'appointmentStatus', 'calendarId', 'assignedUserId', 'address', 'startTime', 'endTime'],
  opportunity: ['name', 'status', 'pipelineId', 'pipelineStageId', 'monetaryValue', 'contactId', 'assignedTo'],
};

/** What GHL's contact search calls otherwise than a read of the contact. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  address1: 'address',
  companyName: 'businessName',
};

/** What moves by itself, whatever anybody does: Referral Rock counts views, and tells when somebody was last there. */
const VOLATILE = /views?$|^(last|first)\w*(Date|Share|Address)$|^updateDate$/iu;
const TIMES = new Set(['startTime', 'endTime', 'dueDate']);
/** Referral Rock's times come without a zone: such a one may be off by most of a day. */
const ZONE_TOLERANCE_HOURS = 24;

/** What of a record a change of would matter, in one form whether it was listed or read. */
export function contentOf(kind: RecordKind, data: Data, timeZone: string): string {
  const names = FIELDS[kind] ?? Object.keys(data).filter((name) => !VOLATILE.test(name));
  const fields = names.map((name): [string, unknown] => [
    name,
    fieldOf(name, data[name] ?? data[OTHER_NAMES[name] ?? ''], timeZone),
  ]);
  return JSON.stringify(plain(Object.fromEntries(fields)));
}

function fieldOf(name: string, value: unknown, timeZone: string): unknown {
  if (name === 'tags' && Array.isArray(value)) return value.map(String).toSorted();
  if (name === 'customFields' && Array.isArray(value))
    return Object.fromEntries((value as Data[]).map((field) => [String(field['id']), field['value']]));
  if (TIMES.has(name) && typeof value === 'string') {
    return timeIn(timeZone, value)?.toMillis() ?? value;
  }
  return value;
}

/** A time that GHL writes as on the walls of a location where it gives no offset, perhaps with a space in it; undefined: it is none. */
export function timeIn(timeZone: string, text: string): DateTime | undefined {
  const time = DateTime.fromISO(text.replace(' ', 'T'), { zone: timeZone });
  return time.isValid ? time : undefined;
}

/** Without what is empty, names in order. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.length > 0 ? value.map(plain) : undefined;
  if (typeof value !== 'object' || value === null) return value === null || value === '' ? undefined : value;
  const fields = Object.entries(value)
    .map(([name, one]): [string, unknown] => [name, plain(one)])
    .filter(([, one]) => one !== undefined)
    .toSorted(([left], [right]) => (left < right ? -1 : 1));
  return fields.length > 0 ? Object.fromEntries(fields) : undefined;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/**
 * Whether a listed record is to be looked at by a pass, and by which triggers': because it is new, or another than it is known as, or
 * because something of it was never taken note of. Both digests as they were the last time: it has been found by that already.
 */
export function sift(
  listed: Listed,
  known: KnownOfListed | undefined,
  before: Digests | undefined,
  { start, timeZone }: Sifting,
): { readonly triggers: readonly string[]; readonly digests: Digests } {
  const { kind, data } = listed;
  const content = contentOf(kind, data, timeZone);
  const present = known?.snapshot && !known.gone ? contentOf(kind, known.snapshot, timeZone) : undefined;
  const digests = { listed: digest(content), known: present === undefined ? '' : digest(present) };
  const none = { triggers: [], digests };
  if (known?.forgotten) return none;
  if (before && before.listed === digests.listed && before.known === digests.known) return none;
  if (known?.gone) return { triggers: [triggerOf(kind)], digests };
  if (!known?.snapshot) {
    const isNews = before ? before.listed !== digests.listed : isSince(listed, start);
    return isNews ? { triggers: [triggerOf(kind)], digests } : none;
  }
  const isChanged = content !== present;
  const unnoted = triggersOfUnnoted(kind, data, known.seen);
  if (kind === 'contact') {
    const changed = isChanged ? triggersOfUnnoted(kind, data, { ...contactHighlights({ data: known.snapshot }) }) : [];
    const triggers = [...new Set([...unnoted, ...changed])];
    return { triggers: triggers.length === 0 && isChanged ? ['contact'] : triggers, digests };
  }
  return { triggers: isChanged || unnoted.length > 0 ? [triggerOf(kind)] : [], digests };
}

/** Made or changed since the start; of what tells no time nobody can say that it is old. */
function isSince({ createdAt, updatedAt }: Listed, start: string): boolean {
  const told = [createdAt, updatedAt].filter((time) => time !== undefined && time !== null && time !== '');
  return told.length === 0 || told.some((time) => timeOf(time) >= Date.parse(start));
}

/** Epoch milliseconds; of a time without a zone the latest that it may stand for. NaN counts as never. */
function timeOf(value: unknown): number {
  if (typeof value === 'number') return value;
  const time = DateTime.fromISO(String(value), { zone: 'utc' });
  return (isZoned(value) ? time : time.plus({ hours: ZONE_TOLERANCE_HOURS })).toMillis();
}

function isZoned(value: unknown): boolean {
  return /(?:Z|[+-]\d\d:?\d\d)$/u.test(String(value));
}

/** Whether a record was made or changed after a moment (epoch ms), as far as its vendor tells that for sure. */
export function isAfter({ createdAt, updatedAt }: Pick<Listed, 'createdAt' | 'updatedAt'>, moment: number): boolean {
  const told = updatedAt ?? createdAt;
  return (typeof told === 'number' || isZoned(told)) && timeOf(told) > moment;
}

const TRIGGERS: Partial<Record<RecordKind, string>> = { address: 'unsubscribe', location: 'connection' };

/** The trigger that handles what happens to a record of this kind. */
export function triggerOf(kind: RecordKind): string {
  return TRIGGERS[kind] ?? kind;
}

/** The triggers that would take note of something that was not; of a record that was never taken note of nothing is. */
function triggersOfUnnoted(kind: RecordKind, data: Data, seen: Data | null): string[] {
  if (!seen) return [];
  if (kind === 'contact') {
    const now = contactHighlights({ data });
    const tags = JSON.stringify(now.tags) === JSON.stringify(seen['tags']) ? [] : ['tags'];
    return [...tags, ...(now.emailDnd === seen['emailDnd'] ? [] : ['dnd'])];
  }
  const now = highlightsNow(kind, data, seen);
  return Object.entries(now).some(([name, value]) => (seen[name] ?? '') !== value) ? [triggerOf(kind)] : [];
}

function highlightsNow(kind: RecordKind, data: Data, seen: Data): object {
  if (kind === 'referral' || kind === 'member')
    return highlightsOf({
      kind,
      data,
      gone: false,
      seen: { value: seen, version: 0 } as unknown as Seen<LinkHighlights>,
    });
  const isItem = ['task', 'note', 'appointment', 'opportunity', 'reward'].includes(kind);
  return isItem
    ? itemHighlights({ kind: kind as ItemState['kind'], data, gone: false, seen: { value: seen, version: 0 } })
    : {};
}
