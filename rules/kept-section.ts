import type { Line } from './state.ts';

const HEADING = '--- GoHighLevel (kept by Rockbridge) ---';
const END = '--- end of GoHighLevel ---';
/** So many characters at the most; the oldest finished lines fold into one count. */
const MAX_LENGTH = 4_000;
/** As we render one, perhaps ticked by a person: whatever else stands in the section is people's text. */
const KEPT_LINE = /^- (?:\[[ xX]\] .* rb:[0-9A-Z]+|\d+ finished)$/u;
const TASK_LINE = /^\s*(?:- )?\[[ xX]\] /u;

/** Tells the people's text of a referral's note from the section that Rockbridge keeps in it, or from what is left of one; line ends are `\n`. */
export function peoplesText(note: unknown): string {
  const { before, inside, after } = split(text(note).replaceAll('\r\n', '\n'));
  return [...before, ...inside, ...after].filter((line) => line.trim() !== HEADING && line.trim() !== END).join('\n');
}

/**
 * The note with its kept section rendered anew from the lines. People's text is left as and where it stands; what they typed
 * into the section comes to stand below it. A line that stands in people's text already is not rendered a second time.
 */
export function renderNote(note: unknown, lines: readonly Line[]): string {
  const { before, inside, after } = split(text(note));
  const elsewhere = [...before, ...inside, ...after].filter((line) => TASK_LINE.test(line));
  const ours = lines.filter(({ reference }) => !elsewhere.some((line) => line.includes(reference)));
  const section = ours.length === 0 ? [] : [HEADING, ...foldedLines(ours), END];
  return [...before, ...section, ...inside, ...after].join('\n');
}

/** `- [ ] Call Jane (due 2026-12-01) rb:7KQ2ZD3M`. */
export function renderLine(line: Line): string {
  const due = line.dueDate ? ` (due ${line.dueDate})` : '';
  return `- [${line.done ? 'x' : ' '}] ${line.text.replace(/\s+/gu, ' ').trim()}${due} ${line.reference}`;
}

function foldedLines(lines: readonly Line[]): string[] {
  const kept = [...lines];
  let folded = 0;
  const render = (): string[] => [...(folded > 0 ? [`- ${folded} finished`] : []), ...kept.map(renderLine)];
  while (render().join('\n').length + HEADING.length + END.length + 2 > MAX_LENGTH) {
    const oldestDone = kept.findIndex((line) => line.done);
    if (oldestDone < 0) break;
    kept.splice(oldestDone, 1);
    folded += 1;
  }
  return render();
}

/** A note's lines around the section, and people's lines in it. Without its end line the section is as long as its lines look like ours. */
function split(note: string): Record<'before' | 'inside' | 'after', string[]> {
  const lines = note === '' ? [] : note.split('\n');
  const start = lines.findIndex((line) => line.trim() === HEADING);
  if (start < 0) return { before: lines, inside: [], after: [] };
  const end = lines.findIndex((line, index) => index > start && line.trim() === END);
  const foreign = lines.findIndex((line, index) => index > start && !KEPT_LINE.test(line.trim()));
  const endOfSection = end >= 0 ? end : foreign >= 0 ? foreign : lines.length;
  const inside = lines
    .slice(start + 1, endOfSection)
    .filter((line) => line.trim() !== '' && line.trim() !== HEADING && !KEPT_LINE.test(line.trim()));
  return { before: lines.slice(0, start), inside, after: lines.slice(end >= 0 ? end + 1 : endOfSection) };
}

function text(note: unknown): string {
  return typeof note === 'string' ? note : '';
}
