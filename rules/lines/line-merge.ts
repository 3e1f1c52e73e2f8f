import { isGone, isRead, titleText } from './item-lines.ts';
import type { Entry } from './line-entries.ts';
import { readLine, type Said } from './line-text.ts';
import type { Line } from '../records.ts';

/** What becomes of a line that is known. */
export interface Outcome {
  /** `show`: it stands in the note; `drop`: it goes from it; `leave`: it is not ours to decide. */
  readonly what: 'show' | 'drop' | 'leave';
  /** As both sides shall agree on it. */
  readonly line: Line;
  /** Of a task: what a person changed in its line and GHL does not have yet. */
  readonly pushed: Partial<Said>;
  readonly sentence: string | undefined;
}

/**
 * Decides a line from what it was agreed to be, what the item says and what the note says (`there`; undefined: it does not stand
 * in it). `isFolded`: the section has left finished lines out, so a finished one may well be there.
 */
export function mergeLine(entry: Entry, there: string | undefined, isFolded: boolean): Outcome {
  const { row, item, says } = entry;
  const line = lineOf(entry);
  const outcome = (what: Outcome['what'], more: Partial<Line> = {}, sentence?: string): Outcome => ({
    what,
    line: { ...line, ...more },
    pushed: {},
    sentence,
  });
  // Another contact's: its own customer keeps its line.
  if (row && row.itemId !== null && !item) return outcome('drop');
  if (item && isRead(item) && !says) return outcome('drop', { removed: true, vanished: 0 });
  if (item && isGone(item)) return outcome('drop', { removed: true, vanished: 0 });
  if (there === undefined) {
    const lost = lostLine(entry, isFolded);
    if (lost === 'deleted')
      return outcome(
        'drop',
        { removed: true, vanished: 2 },
        `its line was deleted twice, the ${entry.kind} itself stays: ${line.text}`,
      );
    if (lost === 'absent') return outcome('drop');
    const vanished = lost === 'once' ? 1 : (row?.removed ?? false) ? 0 : line.vanished;
    return merged(entry, { ...line, vanished, removed: false, typed: false }, undefined);
  }
  if (!line.removed) return merged(entry, line, there);
  const back = merged(entry, { ...line, removed: false, vanished: 0 }, there);
  return { ...back, sentence: `a deleted line is back: ${back.line.text}` };
}

/** Why a line does not stand in the note: it never did, it was left out, or somebody deleted it, once or again. */
function lostLine(
  { row, arrives, made, says }: Entry,
  isFolded: boolean,
): 'new' | 'folded' | 'once' | 'deleted' | 'absent' {
  if (!row || arrives || made) return 'new';
  if (row.removed) return says && row.vanished < 2 ? 'new' : 'absent';
  if (isFolded && (row.kind !== 'task' || row.done)) return 'folded';
  return row.vanished === 0 ? 'once' : 'deleted';
}

/** The line as it was agreed on; of a new one as it is made. */
function lineOf({ reference, kind, row, item, says, made }: Entry): Line {
  if (row) return { ...row, itemId: item?.recordId ?? row.itemId };
  const { text, dueDate, done } = made ? { ...made, text: titleText(made.text) } : (says ?? EMPTY);
  return {
    reference,
    kind,
    text,
    dueDate,
    done,
    itemId: item?.recordId ?? null,
    source: says?.source ?? '',
    typed: false,
    vanished: 0,
    removed: false,
  };
}

const EMPTY: Said = { text: '', dueDate: null, done: false };

function merged(entry: Entry, line: Line, there: string | undefined): Outcome {
  const said = there === undefined ? undefined : readLine(there, line.reference, line, line.kind);
  const shown = { what: 'show' as const, pushed: {}, sentence: undefined };
  if (line.kind !== 'task') return { ...shown, line: { ...line, ...mergeText(entry, line, said) } };
  if (!entry.says) return { ...shown, line: said ? { ...line, ...withoutEmpty(said) } : line };
  const { says } = entry;
  const isAgreed = entry.row !== undefined || entry.made !== undefined;
  const pushed: Partial<Said> = {};
  const fields: Said = { text: line.text, dueDate: line.dueDate, done: line.done };
  for (const field of ['text', 'dueDate', 'done'] as const) {
    const inNote = said && withoutEmpty(said)[field];
    // GHL wins where both changed.
    if (!isAgreed || says[field] !== line[field]) Object.assign(fields, { [field]: says[field] });
    else if (inNote !== undefined && inNote !== line[field]) {
      Object.assign(fields, { [field]: inNote });
      Object.assign(pushed, { [field]: inNote });
    }
  }
  return { ...shown, line: { ...line, ...fields }, pushed };
}

/** A task has a title, and GHL lets none be without a date: what somebody emptied stays as it was. */
function withoutEmpty({ text, dueDate, done }: Said): Partial<Said> {
  return { done, ...(text === '' ? {} : { text }), ...(dueDate === null ? {} : { dueDate }) };
}

/** A person's wording of a note or appointment stays until that itself changes. */
function mergeText({ says, row }: Entry, line: Line, said: Said | undefined): Pick<Line, 'text' | 'source'> {
  if (says && (!row || row.source !== says.source)) return { text: says.text, source: says.source };
  return { text: said && said.text !== '' ? said.text : line.text, source: line.source };
}
