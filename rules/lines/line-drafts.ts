import type { Entry, MadeLine } from './line-entries.ts';
import type { Outcome } from './line-merge.ts';
import { createTask, updateTask } from './line-steps.ts';
import type { LineDraft, StepDraft } from '../plan.ts';
import type { Line, LinkState } from '../records.ts';
import type { CustomerState } from '../state.ts';

/** What one keeping works on. */
export interface Work {
  readonly state: CustomerState;
  readonly link: LinkState;
  readonly made: readonly MadeLine[];
  readonly contactId: string | undefined;
  readonly step: string;
  /** The other kinds' lines stay as they stand, and none is made. */
  readonly kinds: ReadonlySet<Line['kind']>;
  /** References that lines typed into this note have: one that still has no task is owed it. */
  readonly wasTyped: ReadonlySet<string>;
}

/** A line with what is decided about it and where it stands in the note. */
export interface Placed {
  readonly entry: Entry;
  readonly outcome: Outcome;
  /** The number of its line in the note; undefined: it does not stand there. */
  readonly at: number | undefined;
  /** It stands in people's text. */
  readonly isOutside: boolean;
  /** A person typed it, and no task was made of it yet. */
  readonly isTyped: boolean;
}

/** What a line leads to: its task made or changed, the row that is stored of it. */
export interface Drafts {
  readonly steps: readonly StepDraft[];
  readonly lines: readonly LineDraft[];
  readonly sentence: string | undefined;
}

/** `isWritten`: the note is written by the work's step, and everything else about its lines waits for that. */
export function draftLine(work: Work, placed: Placed, isWritten: boolean): Drafts {
  const { entry, outcome, isOutside } = placed;
  const { what, sentence } = outcome;
  const { row, item, made } = entry;
  const isForeign = row !== undefined && row.itemId !== null && !item;
  if (isForeign || (what === 'drop' && !row)) return { steps: [], lines: [], sentence };
  const line = { ...outcome.line, typed: what === 'show' && isOutside };
  const step = what === 'show' ? taskStep(work, placed, line, isWritten ? [work.step] : []) : undefined;
  const itemStep = item ? null : (made?.step ?? step?.name ?? null);
  const isChanged = !row || entry.arrives || itemStep !== null || !isSameLine(row, line);
  const waitsFor = item && step ? step.name : isWritten ? work.step : null;
  return {
    steps: step ? [step] : [],
    lines: isChanged ? [{ ...line, recordId: work.link.recordId, step: waitsFor, itemStep }] : [],
    sentence,
  };
}

function taskStep(
  { state, link, contactId, wasTyped }: Work,
  { entry, outcome, isTyped }: Placed,
  line: Line,
  after: readonly string[],
): StepDraft | undefined {
  const { row, item, made } = entry;
  if (line.kind !== 'task') return undefined;
  if (item) {
    const owner = item.parentId ?? contactId;
    const isPushed = Object.keys(outcome.pushed).length > 0;
    return isPushed && owner !== undefined ? updateTask(state, item, line, outcome.pushed, owner, after) : undefined;
  }
  const isOwed = isTyped || (row?.itemId === null && !made && wasTyped.has(row.reference));
  return isOwed && contactId !== undefined ? createTask(state, link, line, contactId, after) : undefined;
}

function isSameLine(one: Line, other: Line): boolean {
  const fields = ['text', 'dueDate', 'done', 'itemId', 'source', 'typed', 'vanished', 'removed'] as const;
  return fields.every((field) => one[field] === other[field]);
}
