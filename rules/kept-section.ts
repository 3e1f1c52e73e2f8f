import type { Line } from './state.ts';

const HEADING = '--- GoHighLevel (kept by Rockbridge) ---';
const END = '--- end of GoHighLevel ---';
/** So many characters at the most; the oldest finished lines fold into one count. */
const MAX_LENGTH = 4_000;
const KEPT_LINE = /^- (?:\[[ x]\] .* rb:[0-9A-Z]+|\d+ finished)$/u;

/** Tells the people's text of a referral's note from the section that Rockbridge keeps in it. */
export function peoplesText(note: unknown): string {
  const { before, after } = split(text(note));
  return [before, after].filter((part) => part !== '').join('\n');
}

/** The note with its kept section rendered anew from the lines; people's text is left as and where it stands. */
export function renderNote(note: unknown, lines: readonly Line[]): string {
  const { before, after } = split(text(note));
  const section = lines.length === 0 ? '' : [HEADING, ...foldedLines(lines), END].join('\n');
  return [before, section, after].filter((part) => part !== '').join('\n');
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

/** Without its end line (somebody deleted it) the section is as long as its lines look like ours: people's text is never taken for it. */
function split(note: string): { before: string; after: string } {
  const lines = note.split('\n');
  const start = lines.findIndex((line) => line.trim() === HEADING);
  if (start < 0) return { before: note, after: '' };
  const end = lines.findIndex((line, index) => index > start && line.trim() === END);
  const foreign = lines.findIndex((line, index) => index > start && !KEPT_LINE.test(line));
  const afterAt = end >= 0 ? end + 1 : foreign >= 0 ? foreign : lines.length;
  return { before: lines.slice(0, start).join('\n'), after: lines.slice(afterAt).join('\n') };
}

function text(note: unknown): string {
  return typeof note === 'string' ? note.replaceAll('\r\n', '\n') : '';
}
