import { bodyReference, titleText } from './item-lines.ts';
import { composeNote, parseNote, type ParsedNote, type SectionLine } from './kept-section.ts';
import { draftLine, type Placed, type Work } from './line-drafts.ts';
import { type Entry, entriesOf, homeOf, isLive, type MadeLine, matchLines, typedReferences } from './line-entries.ts';
import { mergeLine } from './line-merge.ts';
import { nextDueDay } from './line-steps.ts';
import { adoptedLine, closingReference, readLine, renderLine, rewriteLine } from './line-text.ts';
import { isBefore } from '../links/link.ts';
import type { RuleMode } from '../rule-set.ts';
import type { Change, LineDraft, StepDraft } from '../plan.ts';
import type { Line, LinkState } from '../records.ts';
import type { CustomerState } from '../state.ts';
import { updateLink } from '../links/steps.ts';

export { targetReferral } from './line-entries.ts';

/** What keeping a referral's note comes to. */
export interface Kept {
  /** None, or one of the field `note`. */
  readonly note: readonly Change[];
  /** The steps that the note's update waits for: those that make the tasks of its new lines. */
  readonly after: readonly string[];
  /** Tasks made and changed by what people wrote into the note. */
  readonly steps: readonly StepDraft[];
  readonly lines: readonly LineDraft[];
  readonly sentences: readonly string[];
}

export const NOTHING_KEPT: Kept = { note: [], after: [], steps: [], lines: [], sentences: [] };

/**
 * Keeps the lines of a referral's note, which is or is about to be linked, and the tasks, notes and appointments of its customer
 * in step, both ways. `made` are the lines of tasks that this plan's actions make for it; `step` is the name of the step that
 * updates the referral. What a rule only watches is planned as steps of mode `observe`.
 */
export function keepSection(
  state: CustomerState,
  link: LinkState,
  made: readonly MadeLine[] = [],
  contactId: string | undefined = state.contact?.contactId,
  step = 'referral',
): Kept {
  if (link.kind !== 'referral' || link.gone || Object.keys(link.data).length === 0) return NOTHING_KEPT;
  const isOwed = link.lines.some(({ itemId, removed }) => itemId === null && !removed);
  const wasTyped = new Set(isOwed ? typedReferences(link, 2 * link.lines.length + 50) : []);
  const live = kindsThatAre(state, ['live']);
  const watched = kindsThatAre(state, ['live', 'observe']);
  const keep = (kinds: ReadonlySet<Line['kind']>, name: string): Kept =>
    kinds.size === 0 ? NOTHING_KEPT : keepKinds({ state, link, made, contactId, step: name, kinds, wasTyped });
  const kept = keep(live, step);
  if (watched.size === live.size) return kept;
  const name = `${step}-lines`;
  const would = keep(watched, name);
  const isNew = would.note.length > 0 && would.note[0]?.after !== kept.note[0]?.after;
  const known = new Set(kept.steps.map((one) => one.name));
  const steps = [
    ...(isNew ? updateLink(link, name, would.note, would.after) : []),
    ...would.steps.filter((one) => !known.has(one.name)),
  ];
  return { ...kept, steps: [...kept.steps, ...steps.map((one) => ({ ...one, mode: 'observe' as const }))] };
}

/**
 * Keeps the notes of all live referrals of the customer, each in a step of its own; what actions made gets its line in the
 * referral that it is about.
 */
export function keepLines(
  state: CustomerState,
  acted: { readonly lines: readonly MadeLine[]; readonly steps: readonly StepDraft[] },
): Pick<Kept, 'steps' | 'lines' | 'sentences'> {
  const bodyOf = ({ step }: MadeLine): unknown => acted.steps.find(({ name }) => name === step)?.input['body'];
  const kept = state.links.filter(isLive).map((link, n): Pick<Kept, 'steps' | 'lines' | 'sentences'> => {
    const name = n === 0 ? 'referral' : `referral-${n + 1}`;
    const own = acted.lines.filter((line) => homeOf(state.links, bodyOf(line))?.recordId === link.recordId);
    const { note, after, steps, lines, sentences } = keepSection(state, link, own, state.contact?.contactId, name);
    return { steps: [...updateLink(link, name, note, after), ...steps], lines, sentences };
  });
  return {
    steps: kept.flatMap(({ steps }) => steps),
    lines: kept.flatMap(({ lines }) => lines),
    sentences: kept.flatMap(({ sentences }) => sentences),
  };
}

function kindsThatAre({ rules }: CustomerState, modes: readonly RuleMode[]): Set<Line['kind']> {
  const { sync, settings } = rules;
  const kinds = {
    task: sync.tasks,
    note: settings.notes === 'off' ? 'off' : sync.notes,
    appointment: sync.appointments,
  };
  return new Set((['task', 'note', 'appointment'] as const).filter((kind) => modes.includes(kinds[kind])));
}

function keepKinds(work: Work): Kept {
  const { state, link, made, kinds } = work;
  const parsed = parseNote(link.data['note']);
  const entries = entriesOf(state, link, made);
  const matched = matchLines(link, parsed.lines, entries, knownReferences(state, made));
  const known = entries.map((entry): Placed => {
    const at = matched.lineOf.get(entry.reference);
    const there = at === undefined ? undefined : parsed.lines[at]?.text;
    const outcome = mergeLine(entry, there, parsed.isFolded);
    return {
      entry,
      at,
      outcome: kinds.has(entry.kind) ? outcome : { ...outcome, what: 'leave' },
      isOutside: isOutside(parsed, at),
      isTyped: false,
    };
  });
  const { typed, sentences } = adopt(work, parsed, matched.typed);
  const placed = [...known, ...typed];

  const before = String(link.data['note'] ?? '');
  const after = composeNote(
    parsed,
    peoplesLines(parsed, placed),
    sectionLines(parsed, placed),
    state.rules.settings.sectionLength,
  );
  const isWritten = after !== before;
  const drafts = placed.filter(({ outcome }) => outcome.what !== 'leave').map((one) => draftLine(work, one, isWritten));
  return {
    note: isWritten ? [{ field: 'note', before, after }] : [],
    after: isWritten
      ? known.flatMap(({ entry, at }) => (entry.made && at === undefined && kinds.has('task') ? [entry.made.step] : []))
      : [],
    steps: drafts.flatMap(({ steps }) => steps),
    lines: drafts.flatMap(({ lines }) => lines),
    sentences: [...sentences, ...drafts.flatMap(({ sentence }) => sentence ?? [])],
  };
}

function isOutside({ lines }: ParsedNote, at: number | undefined): boolean {
  return at !== undefined && lines[at]?.inSection === false;
}

/** References that are given for ever, whose lines may stand anywhere. */
function knownReferences(state: CustomerState, made: readonly MadeLine[]): string[] {
  const rows = state.links.flatMap(({ lines }) => lines.map(({ reference }) => reference));
  const items = state.items.flatMap((item) => bodyReference(item) ?? []);
  return [...rows, ...items, ...made.map(({ reference }) => reference)];
}

/** Lines that people typed become tasks; one that is ticked a completed one. */
function adopt(
  { state, link, contactId, kinds }: Work,
  parsed: ParsedNote,
  typed: ReadonlyMap<number, string>,
): { typed: Placed[]; sentences: string[] } {
  if (typed.size === 0 || !kinds.has('task') || contactId === undefined) return { typed: [], sentences: [] };
  const { since } = state.connection;
  if (isBefore(since, link))
    return {
      typed: [],
      sentences: [
        `the referral was created before ${since.slice(0, 10)}, so no tasks are made of the lines typed into it`,
      ],
    };
  const adopted = [...typed].map(([at, reference]): Placed => {
    const line = typedLine(state, reference, parsed.lines[at]?.text ?? '');
    const nothing = { row: undefined, item: undefined, says: undefined, made: undefined };
    return {
      entry: { reference, kind: 'task', arrives: false, ...nothing },
      at,
      outcome: { what: 'show', line, pushed: {}, sentence: undefined },
      isOutside: isOutside(parsed, at),
      isTyped: true,
    };
  });
  return { typed: adopted, sentences: [] };
}

/** The line of a task that a person typed: due when it says, else as far off as tasks are by default. */
function typedLine(state: CustomerState, reference: string, text: string): Line {
  const said = readLine(text, reference, undefined, 'task');
  return {
    reference,
    kind: 'task',
    text: titleText(said.text),
    dueDate: said.dueDate ?? nextDueDay(state),
    done: said.done,
    itemId: null,
    source: '',
    typed: true,
    vanished: 0,
    removed: false,
  };
}

/** The lines outside of the section: people's as they are, ours rewritten only where they say something else. */
function peoplesLines({ lines }: ParsedNote, placed: readonly Placed[]): (string | undefined)[] {
  const byLine = new Map(placed.flatMap((one) => (one.at === undefined ? [] : [[one.at, one] as const])));
  return lines.map(({ text, inSection }, n) => {
    const one = byLine.get(n);
    if (!one) return text;
    const { what, line } = one.outcome;
    if (inSection || what === 'drop') return undefined;
    if (what === 'leave') return text;
    const said = readLine(text, line.reference, line, line.kind);
    if (one.isTyped && closingReference(text) === undefined) return adoptedLine(text, line, said.dueDate !== null);
    const isSaid = said.text === line.text && said.dueDate === line.dueDate && said.done === line.done;
    return isSaid || (line.kind !== 'task' && said.text === line.text) ? text : rewriteLine(text, line);
  });
}

/** The section as it shall be, in the order of the days that its lines are about. */
function sectionLines({ lines }: ParsedNote, placed: readonly Placed[]): SectionLine[] {
  const shown = placed.filter(
    ({ outcome, at, isOutside: outside }) =>
      !outside && (outcome.what === 'show' || (outcome.what === 'leave' && at !== undefined)),
  );
  const day = ({ entry, outcome }: Placed): string =>
    (entry.kind === 'task' ? outcome.line.dueDate : entry.says?.day) ?? '9999-12-31';
  const key = (one: Placed): string => `${day(one)} ${one.entry.reference}`;
  return shown
    .toSorted((one, other) => (key(one) < key(other) ? -1 : 1))
    .map(({ entry, outcome, at }) => ({
      text: outcome.what === 'leave' ? (lines[at ?? -1]?.text ?? '') : renderLine(outcome.line),
      isFinished: outcome.what === 'show' && isFinished(entry, outcome.line),
    }));
}

function isFinished({ kind, says }: Entry, line: Line): boolean {
  return kind === 'task' ? line.done : (says?.isFinished ?? true);
}
