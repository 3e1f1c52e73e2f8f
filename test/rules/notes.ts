import { composeNote, parseNote } from '../../rules/kept-section.ts';
import { renderLine } from '../../rules/line-text.ts';
import type { Line } from '../../rules/state.ts';

/** A note whose kept section, where it stands or at the end, holds these lines as they are agreed on. */
export function renderNote(note: unknown, lines: readonly Line[]): string {
  const parsed = parseNote(note);
  const peoples = parsed.lines.map(({ text, inSection }) => (inSection ? undefined : text));
  const section = lines.map((line) => ({ text: renderLine(line), isFinished: line.done }));
  return composeNote(parsed, peoples, section, 4_000);
}
