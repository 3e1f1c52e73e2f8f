import { closingReference, isOwnText } from './line-text.ts';

const HEADING = '--- GoHighLevel (kept by Rockbridge) ---';
const END = '--- end of GoHighLevel ---';
/** So many finished lines are there, for which the section had no room. */
const COUNT_LINE = /^- (\d+) finished$/u;

/** A line of a referral's note, without the `\r` of a Windows line end. */
export interface NoteLine {
  readonly text: string;
  readonly isWindows: boolean;
  /** It stands in the kept section, not in what people wrote. */
  readonly inSection: boolean;
}

/** A referral's note, line by line: what is around the kept section and what is in it, without its heading, end and count. */
export interface ParsedNote {
  readonly lines: readonly NoteLine[];
  /** The section stands before the line of this number. */
  readonly sectionAt: number;
  /** The section as it stands, from heading to end; '' if there is none. */
  readonly section: string;
  /** It says that finished lines were left out. */
  readonly isFolded: boolean;
}

/** A line of the section that is to be written; one that is finished may be left out and counted. */
export interface SectionLine {
  readonly text: string;
  readonly isFinished: boolean;
}

/** Tells the people's text of a referral's note from our section, from lines of ours and task-list lines wherever they stand, and from what is left of them; line ends are `\n`. */
export function peoplesText(note: unknown): string {
  return parseNote(note)
    .lines.map(({ text }) => text)
    .filter((line) => !isOwnText(line))
    .join('\n');
}

/** Without its heading or its end, which somebody deleted, the section is as long as its lines look like ours. */
export function parseNote(note: unknown): ParsedNote {
  const raw = typeof note === 'string' && note !== '' ? note.split('\n') : [];
  const { from, to } = sectionIn(raw);
  const inside = raw.slice(from, to);
  const isOurs = (line: string): boolean => line.trim() === '' || isMarker(line) || COUNT_LINE.test(line.trim());
  // What is left of another section is nobody's text.
  const peoples = (lines: readonly string[]): NoteLine[] =>
    lines.filter((line) => !isMarker(line)).map(noteLine(false));
  const before = peoples(raw.slice(0, from));
  return {
    lines: [...before, ...inside.filter((line) => !isOurs(line)).map(noteLine(true)), ...peoples(raw.slice(to))],
    sectionAt: before.length,
    section: inside.join('\n'),
    isFolded: inside.some((line) => COUNT_LINE.test(line.trim())),
  };
}

/** From the heading up to behind the end; where there is no section, behind the last line. */
function sectionIn(raw: readonly string[]): { from: number; to: number } {
  const looksOurs = (line: string): boolean => COUNT_LINE.test(line.trim()) || closingReference(line) !== undefined;
  const start = raw.findIndex((line) => line.trim() === HEADING);
  const end = raw.findIndex((line, n) => n > start && line.trim() === END);
  if (start < 0 && end < 0) return { from: raw.length, to: raw.length };
  if (start < 0) return { from: raw.findLastIndex((line, n) => n < end && !looksOurs(line)) + 1, to: end + 1 };
  if (end >= 0) return { from: start, to: end + 1 };
  const foreign = raw.findIndex((line, n) => n > start && !looksOurs(line));
  return { from: start, to: foreign < 0 ? raw.length : foreign };
}

function isMarker(line: string): boolean {
  return line.trim() === HEADING || line.trim() === END;
}

function noteLine(inSection: boolean): (raw: string) => NoteLine {
  return (raw) => {
    const isWindows = raw.endsWith('\r');
    return { text: isWindows ? raw.slice(0, -1) : raw, isWindows, inSection };
  };
}

/**
 * Puts a note together again: people's lines in their order (undefined: the line goes), the section where it stood, else at the
 * end. What people typed into the section comes to stand below it. A section that says the same already stays to the letter.
 */
export function composeNote(
  parsed: ParsedNote,
  peoples: readonly (string | undefined)[],
  section: readonly SectionLine[],
  maxLength: number,
): string {
  const kept = parsed.lines.map((line, n) => {
    const text = peoples[n];
    return text === undefined ? [] : [line.isWindows ? `${text}\r` : text];
  });
  const rendered = section.length === 0 ? [] : [HEADING, ...foldedLines(section, maxLength), END];
  const whole = isSame(parsed.section, rendered) ? parsed.section.split('\n') : rendered;
  return [...kept.slice(0, parsed.sectionAt).flat(), ...whole, ...kept.slice(parsed.sectionAt).flat()].join('\n');
}

function isSame(section: string, rendered: readonly string[]): boolean {
  if (section === '' || rendered.length === 0) return false;
  const lines = section.split('\n').map((line) => line.trimEnd());
  return lines.join('\n') === rendered.join('\n');
}

/** The oldest finished lines, which stand first, fold into one count until the section is short enough. */
function foldedLines(lines: readonly SectionLine[], maxLength: number): string[] {
  const room = maxLength - HEADING.length - END.length - 1;
  const finished = lines.filter(({ isFinished }) => isFinished);
  let length = lines.reduce((sum, { text }) => sum + text.length + 1, 0);
  let folded = 0;
  const count = (): string[] => (folded > 0 ? [`- ${folded} finished`] : []);
  for (const { text } of finished) {
    if (count().reduce((sum, line) => sum + line.length + 1, length) <= room) break;
    length -= text.length + 1;
    folded += 1;
  }
  const left = new Set(finished.slice(0, folded));
  return [...count(), ...lines.filter((line) => !left.has(line)).map(({ text }) => text)];
}
