import { DateTime } from 'luxon';
import {
  bodyReference,
  isGone,
  isLineKind,
  isRead,
  type ItemSays,
  itemSays,
  referenceOfItem,
  referralNamedIn,
} from './item-lines.ts';
import type { NoteLine } from './kept-section.ts';
import { closingReference, hasBox, isTaskLine, referencesIn } from './line-text.ts';
import { normalizeText } from '../forms/normalize.ts';
import { referenceOf } from '../forms/reference.ts';
import type { ItemState, Line, LinkState } from '../records.ts';
import type { CustomerState } from '../state.ts';

/** A task that a step of the same plan makes, with its line. */
export type MadeLine = Line & { readonly step: string };

/** A line that a referral's note has, had or shall have. */
export interface Entry {
  readonly reference: string;
  readonly kind: Line['kind'];
  /** As it was last agreed on. */
  readonly row: Line | undefined;
  /** It comes from a referral that is no more: it never stood in this note. */
  readonly arrives: boolean;
  readonly item: ItemState | undefined;
  readonly says: ItemSays | undefined;
  readonly made: MadeLine | undefined;
}

/** The newest linked, live referral that is not denied: it takes the lines of what has none yet. */
export function targetReferral(links: readonly LinkState[]): LinkState | undefined {
  const created = ({ data }: LinkState): number =>
    DateTime.fromISO(String(data['createDate'] ?? ''), { zone: 'utc' }).toMillis() || 0;
  return links
    .filter((link) => isLive(link) && normalizeText(link.data['status']).toLowerCase() !== 'denied')
    .toSorted((one, other) => created(other) - created(one) || (one.vendorId < other.vendorId ? 1 : -1))[0];
}

/** A referral that lines can stand in. */
export function isLive({ kind, linked, gone }: LinkState): boolean {
  return kind === 'referral' && linked && !gone;
}

/** The referral that a task which names one in its closing line belongs to, else the target. */
export function homeOf(links: readonly LinkState[], body: unknown): LinkState | undefined {
  const named = referralNamedIn(body);
  return links.find((link) => isLive(link) && link.vendorId === named) ?? targetReferral(links);
}

/** All lines of a referral: those that are known, those that this plan makes, those of items that have none yet. */
export function entriesOf(state: CustomerState, link: LinkState, made: readonly MadeLine[]): Entry[] {
  const links = state.links.map((one) => (one.recordId === link.recordId ? { ...link, linked: true } : one));
  const items = state.items.filter(({ kind }) => isLineKind(kind));
  const live = links.filter(isLive);
  const covered = new Set<string>();
  const known = (row: Line, arrives: boolean): Entry => {
    const item = itemOf(items, row);
    if (item) covered.add(item.recordId);
    const says = item && itemSays(state, item);
    const ofPlan = made.find(({ reference }) => reference === row.reference);
    return { reference: row.reference, kind: row.kind, row, arrives, item, says, made: ofPlan };
  };
  const rows = live.flatMap((one) =>
    one.lines.map((row) => ({ entry: known(row, false), own: one.recordId === link.recordId })),
  );
  const entries = rows.filter(({ own }) => own).map(({ entry }) => entry);
  const taken = new Set(rows.map(({ entry }) => entry.reference));
  const add = (entry: Entry): void => {
    if (taken.has(entry.reference)) return;
    taken.add(entry.reference);
    if (entry.item) covered.add(entry.item.recordId);
    entries.push(entry);
  };
  for (const line of made) {
    const item = items.find((one) => bodyReference(one) === line.reference);
    add({ ...line, row: undefined, arrives: false, item, says: item && itemSays(state, item), made: line });
  }
  const left = links.filter((one) => one.kind === 'referral' && !isLive(one)).flatMap(({ lines }) => lines);
  for (const item of items.toSorted((one, other) => (one.vendorId < other.vendorId ? -1 : 1))) {
    const says = itemSays(state, item);
    if (covered.has(item.recordId) || !(says || isGone(item) || isRead(item))) continue;
    // Where there is nothing to say, a line that an earlier plan wrote and did not store goes.
    if (says && homeOf(links, item.data['body'])?.recordId !== link.recordId) continue;
    const last = left.find((one) => itemOf([item], one));
    // Somebody has deleted it there.
    if (last?.removed && last.vanished > 1) continue;
    const row = last && { ...last, removed: false, vanished: 0 };
    const ours = item.ours ? bodyReference(item) : undefined;
    const reference = row?.reference ?? (ours && !taken.has(ours) ? ours : referenceOfItem(item));
    add({ reference, kind: item.kind as Line['kind'], row, arrives: row !== undefined, item, says, made: undefined });
  }
  return entries;
}

/** By its record; of a line whose task was not known to be made yet, by the reference in the task. */
function itemOf(items: readonly ItemState[], row: Line): ItemState | undefined {
  return row.itemId === null
    ? items.find((item) => item.kind === row.kind && bodyReference(item) === row.reference)
    : items.find(({ recordId }) => recordId === row.itemId);
}

/** Which line of the note is which line of ours, by its number. */
export interface Matched {
  readonly byLine: ReadonlyMap<number, Entry>;
  readonly lineOf: ReadonlyMap<string, number>;
  /** Lines that a person typed and that shall become tasks, each with the reference that it gets, or has by a plan that was given up. */
  readonly typed: ReadonlyMap<number, string>;
}

/**
 * Finds our lines by their references, wherever they were moved and however they were re-worded. The first line of a reference
 * counts, a copy is people's text; so is a mention of a task outside of a task-list line.
 */
export function matchLines(
  link: LinkState,
  lines: readonly NoteLine[],
  entries: readonly Entry[],
  taken: readonly string[],
): Matched {
  const byReference = new Map(entries.map((entry) => [entry.reference, entry]));
  const byLine = new Map<number, Entry>();
  const lineOf = new Map<string, number>();
  const match = (n: number, reference: string | undefined): void => {
    const entry = reference === undefined ? undefined : byReference.get(reference);
    if (!entry || byLine.has(n) || lineOf.has(entry.reference)) return;
    if (entry.kind === 'task' && !hasBox(lines[n]?.text ?? '')) return;
    byLine.set(n, entry);
    lineOf.set(entry.reference, n);
  };
  for (const [n, { text }] of lines.entries()) match(n, closing(text));
  // Only then the references that somebody wrote behind.
  for (const [n, { text }] of lines.entries())
    for (const reference of referencesIn(text).toReversed())
      if (byReference.get(reference)?.kind === 'task') match(n, reference);

  return { byLine, lineOf, typed: typedLines(link, lines, byLine, new Set([...taken, ...byReference.keys()])) };
}

/**
 * Lines that a person typed, without a reference or with one that a plan gave them which was given up later: it is known by its
 * number. A line that mentions a reference is left alone.
 */
function typedLines(
  link: LinkState,
  lines: readonly NoteLine[],
  byLine: ReadonlyMap<number, Entry>,
  used: ReadonlySet<string>,
): Map<number, string> {
  const typed = new Map<number, string>();
  const candidates = [...lines.entries()].filter(([n, { text }]) => !byLine.has(n) && isTaskLine(text));
  if (candidates.length === 0) return typed;
  const given = typedReferences(link, used.size + 2 * lines.length + 1);
  const free = new Set(given.filter((reference) => !used.has(reference)));
  for (const [n, { text }] of candidates) {
    const reference = closingReference(text);
    if (reference !== undefined && free.delete(reference)) typed.set(n, reference);
  }
  // What a copy of such a line has is not given to another.
  for (const { text } of lines) for (const reference of referencesIn(text)) free.delete(reference);
  for (const [n, { text }] of candidates) {
    if (typed.has(n) || closingReference(text) !== undefined) continue;
    if (referencesIn(text).some((reference) => used.has(reference))) continue;
    const [next] = free;
    if (next === undefined) break;
    free.delete(next);
    typed.set(n, next);
  }
  return typed;
}

/** So many of the references that lines get which are typed into a referral's note, in their order. */
export function typedReferences({ recordId }: LinkState, count: number): string[] {
  return Array.from({ length: count }, (_, n) => referenceOf(`typed|${recordId}|${n}`));
}

function closing(text: string): string | undefined {
  return /\s(rb:[0-9A-Z]+)\s*$/u.exec(` ${text}`)?.[1];
}
