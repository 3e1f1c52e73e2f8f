import { DateTime } from 'luxon';
import { closingReference, type Said } from './line-text.ts';
import { normalizeText } from '../forms/normalize.ts';
import { referenceOf } from '../forms/reference.ts';
import type { ItemState, Line } from '../records.ts';
import type { ConnectionState, CustomerState } from '../state.ts';

/** What a task, note or appointment of GHL says, as a line tells it. */
export interface ItemSays extends Said {
  /** Differs whenever the note or appointment itself differs; '' of a task, whose fields merge one by one. */
  readonly source: string;
  /** Lines stand in the order of their days: `2026-12-01`, perhaps with a time. */
  readonly day: string;
  /** Nothing of it is still to come. */
  readonly isFinished: boolean;
}

/** So many letters of a note or of an appointment's title stand in a line. */
const LENGTH = 280;
const LAST_DAY = '9999-12-31';
const OVER = new Set(['cancelled', 'showed', 'noshow', 'invalid', 'completed']);

export function isLineKind(kind: string): kind is Line['kind'] {
  return kind === 'task' || kind === 'note' || kind === 'appointment';
}

/** Deleted in GHL; an appointment is still found then, and says so. */
export function isGone({ gone, data }: ItemState): boolean {
  return gone || data['deleted'] === true;
}

export function isRead({ data }: ItemState): boolean {
  return Object.keys(data).length > 0;
}

/** The reference that closes the body of a task or note of ours, or undefined. */
export function bodyReference({ kind, data }: ItemState): string | undefined {
  return kind === 'appointment' ? undefined : closingReference(plainText(data['body']));
}

/** The referral whose vendor id stands in the closing line of a task of ours, or undefined. */
export function referralNamedIn(body: unknown): string | undefined {
  return /Referral Rock referral (\S+) · rb:[0-9A-Z]+\s*$/u.exec(plainText(body))?.[1];
}

/** The reference of the line of an item that somebody made in GHL. */
export function referenceOfItem({ kind, vendorId }: Pick<ItemState, 'kind' | 'vendorId'>): string {
  return referenceOf(`line|${kind}|${vendorId}`);
}

/** What an item's line says; undefined: it gets none, as a note of ours, or one that is not marked where only marked ones count. */
export function itemSays(state: CustomerState, item: ItemState): ItemSays | undefined {
  if (isGone(item) || !isRead(item)) return undefined;
  if (item.kind === 'task') return taskSays(state.connection, item);
  if (item.kind === 'appointment') return appointmentSays(state, item);
  return item.kind === 'note' ? noteSays(state, item) : undefined;
}

function taskSays({ timeZone }: ConnectionState, { data }: ItemState): ItemSays {
  const dueDate = timeOf(data['dueDate'], timeZone)?.toISODate() ?? null;
  const done = data['completed'] === true;
  return { text: titleText(data['title']), dueDate, done, source: '', day: dueDate ?? LAST_DAY, isFinished: done };
}

/** A task's title as its line has it. */
export function titleText(title: unknown): string {
  return normalizeText(title) || 'Task without a title';
}

/** `2026-12-01 Jane: text`. */
function noteSays({ connection, rules }: CustomerState, item: ItemState): ItemSays | undefined {
  const { data } = item;
  const body = normalizeText(plainText(data['bodyText'] ?? data['body'])) || normalizeText(data['title']);
  const isMarked = /(?:^|[^\w#])#rr(?!\w)/iu.test(body);
  if (item.ours || bodyReference(item) !== undefined || body === '') return undefined;
  if (rules.settings.notes !== 'all' && !isMarked) return undefined;
  const author = normalizeText(connection.names.user[normalizeText(data['userId'])]) || 'GHL';
  const at = timeOf(data['dateAdded'], connection.timeZone);
  const words = [at?.toISODate(), `${author}:`, shortened(body)].filter((word) => word);
  return {
    text: words.join(' '),
    dueDate: null,
    done: false,
    source: referenceOf(body),
    day: at?.toFormat("yyyy-MM-dd'T'HH:mm") ?? LAST_DAY,
    isFinished: true,
  };
}

/** `2026-12-01 14:00 CST Title (confirmed)`. */
function appointmentSays({ connection, now }: CustomerState, { data }: ItemState): ItemSays {
  const at = timeOf(data['startTime'], connection.timeZone);
  const title = shortened(normalizeText(data['title'])) || 'Appointment';
  // GHL spells it in two ways, one of them wrong.
  const words = [data['appointmentStatus'], data['appoinmentStatus'], data['status']].map(normalizeText);
  const status = words.find((word) => word !== '')?.toLowerCase();
  const when = at?.setLocale('en-US').toFormat('yyyy-MM-dd HH:mm ZZZZ');
  return {
    text: [when, title, status && `(${status})`].filter((part) => part).join(' '),
    dueDate: null,
    done: false,
    source: referenceOf(JSON.stringify([at?.toMillis() ?? null, title, status ?? ''])),
    day: at?.toFormat("yyyy-MM-dd'T'HH:mm") ?? LAST_DAY,
    isFinished: OVER.has(status ?? '') || (at !== undefined && at.toMillis() < Date.parse(now)),
  };
}

/** A time without an offset is one of the location's zone. */
function timeOf(value: unknown, zone: string): DateTime<true> | undefined {
  const text = value instanceof Date ? value.toISOString() : String(value ?? '').trim();
  const at = DateTime.fromISO(text.replace(/^(\d{4}-\d{2}-\d{2}) (?=\d)/u, '$1T'), { zone });
  return at.isValid ? at : undefined;
}

/** GHL's editor writes notes and task bodies as HTML. */
function plainText(body: unknown): string {
  const text = typeof body === 'string' ? body : '';
  return text
    .replace(/<(?:br|\/p|\/div|\/li)\b[^<>]*>/giu, '\n')
    .replace(/<\/?[a-z][^<>]*>/giu, '')
    .replace(/&nbsp;/gu, ' ')
    .replace(/&lt;/gu, '<')
    .replace(/&gt;/gu, '>')
    .replace(/&amp;/gu, '&');
}

/** Cut between words where there are some. */
function shortened(text: string): string {
  const letters = Array.from(new Intl.Segmenter('en').segment(text), ({ segment }) => segment);
  if (letters.length <= LENGTH) return text;
  const cut = letters.slice(0, LENGTH).join('');
  const space = cut.lastIndexOf(' ');
  return `${(space > cut.length * 0.7 ? cut.slice(0, space) : cut).trimEnd()}…`;
}
