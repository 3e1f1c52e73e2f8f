import { normalizeDate, normalizeText } from '../forms/normalize.ts';
import type { Line } from '../records.ts';

/*
 * A line of ours as it stands in a referral's note, perhaps moved or re-worded by a person:
 * `- [ ] Call Jane (due 2026-12-01) rb:7KQ2ZD3M`, `- 2026-12-01 Jane: wants to know more rb:7KQ2ZD3M`.
 */

/** What a line of ours says. */
export interface Said {
  readonly text: string;
  readonly dueDate: string | null;
  readonly done: boolean;
}

const BULLET = /^\s*(?:[-*+•]\s+)?/u;
/** As people type one; `[](…)` is none. */
const TYPED_BOX = /^\[[ xX]\]\s+/u;
/** A box of a line that is known by its reference, however somebody left it. */
const BOX = /^\[\s*([xX✓✔]?)\s*\]\s*/u;
const REFERENCE = /\brb:[0-9A-Z]+/gu;
const CLOSING_REFERENCE = /\s(rb:[0-9A-HJKMNP-TV-Z]{8})\s*$/u;
const DUE = /\s*\(due:?\s+(\d[\d/._-]{6,8}\d)\)/giu;

/** All that looks like a reference of ours, in its order. */
export function referencesIn(text: string): string[] {
  return [...text.matchAll(REFERENCE)].map(([reference]) => reference);
}

/** The reference that closes a line or a text, or undefined. */
export function closingReference(text: string): string | undefined {
  return CLOSING_REFERENCE.exec(` ${text}`)?.[1];
}

/** A task-list line, or one that closes with a reference: not what people tell about the referral. */
export function isOwnText(line: string): boolean {
  return isTaskLine(line) || closingReference(line) !== undefined;
}

/** `[ ] Call Jane`, with or without a leading `- `. */
export function isTaskLine(line: string): boolean {
  return TYPED_BOX.test(line.replace(BULLET, '')) && normalizeText(withoutBox(line, TYPED_BOX)) !== '';
}

/** Whether a line that holds a task's reference is the line of the task, not a mention of it. */
export function hasBox(line: string): boolean {
  return BOX.test(line.replace(BULLET, ''));
}

function withoutBox(line: string, box: RegExp): string {
  return line.replace(BULLET, '').replace(box, '');
}

/**
 * What a line with that reference says. A date that was agreed to be part of the title is not mistaken for a due date; an
 * unreadable one is part of the text.
 */
export function readLine(line: string, reference: string, agreed: Said | undefined, kind: Line['kind']): Said {
  const at = line.lastIndexOf(reference);
  const bare = at < 0 ? line : `${line.slice(0, at)} ${line.slice(at + reference.length)}`;
  if (kind !== 'task') return { text: normalizeText(bare.replace(BULLET, '')), dueDate: null, done: false };
  const done = (BOX.exec(bare.replace(BULLET, ''))?.[1] ?? '') !== '';
  const words = normalizeText(withoutBox(bare, BOX));
  return { ...readDue(words, agreed), done };
}

/** The last date of the words is the due date, but for one that was agreed to be part of the title. */
function readDue(words: string, agreed: Said | undefined): Pick<Said, 'text' | 'dueDate'> {
  const last = datesIn(words).at(-1);
  const inTitle = last === undefined ? [] : datesIn(agreed?.text ?? '').filter(({ date }) => date === last.date);
  const isTitle =
    inTitle.length > 0 && inTitle.length >= datesIn(words).filter(({ date }) => date === last?.date).length;
  if (last === undefined || isTitle) return { text: words, dueDate: null };
  const text = normalizeText(`${words.slice(0, last.index)} ${words.slice(last.index + last.length)}`);
  return { text, dueDate: last.date };
}

function datesIn(words: string): { date: string; index: number; length: number }[] {
  return [...words.matchAll(DUE)]
    .map((match) => ({ date: normalizeDate(match[1]), index: match.index, length: match[0].length }))
    .filter(({ date }) => date !== '');
}

/** `Call Jane (due 2026-12-01)`. */
function wordsOf({ text, dueDate }: Pick<Said, 'text' | 'dueDate'>): string {
  return normalizeText(`${text}${dueDate ? ` (due ${dueDate})` : ''}`);
}

/** `- [ ] Call Jane (due 2026-12-01) rb:7KQ2ZD3M`. */
export function renderLine(line: Pick<Line, 'kind' | 'reference' | 'text' | 'dueDate' | 'done'>): string {
  return renderedIn('- ', line);
}

/** A line that stands in people's text, rewritten there: its indent and bullet stay. */
export function rewriteLine(
  there: string,
  line: Pick<Line, 'kind' | 'reference' | 'text' | 'dueDate' | 'done'>,
): string {
  return renderedIn(BULLET.exec(there)?.[0] ?? '', line);
}

/** A line that a person typed gets its reference; what they typed stays as they typed it. */
export function adoptedLine(typed: string, line: Pick<Line, 'reference' | 'dueDate'>, hadDate: boolean): string {
  const due = line.dueDate && !hadDate ? ` (due ${line.dueDate})` : '';
  return `${typed.trimEnd()}${due} ${line.reference}`;
}

function renderedIn(
  start: string,
  { kind, reference, text, dueDate, done }: Pick<Line, 'kind' | 'reference' | 'text' | 'dueDate' | 'done'>,
): string {
  const box = kind === 'task' ? `[${done ? 'x' : ' '}] ` : '';
  const words = wordsOf({ text, dueDate: kind === 'task' ? dueDate : null });
  return `${start}${box}${words === '' ? '' : `${words} `}${reference}`;
}
