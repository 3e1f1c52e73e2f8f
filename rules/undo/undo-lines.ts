import { keepSection } from '../lines/lines.ts';
import { referencesIn } from '../lines/line-text.ts';
import type { Line, LinkState } from '../records.ts';
import type { CustomerState, DoneStep } from '../state.ts';
import { updateLink } from '../links/steps.ts';
import { NOTHING_BACK, type TakenBack } from './undo-step.ts';

/** As often as this a line must have been deleted to stay away although what it tells of is there. */
const STAYS_AWAY = 2;

/**
 * Takes the lines that steps added to referrals' notes out again, and those of the tasks and notes (`deleted`, their records) that
 * are deleted now. The rest of a note is kept as ever: lines that were changed or removed follow what they tell of.
 */
export function takeLinesBack(state: CustomerState, steps: readonly DoneStep[], deleted: readonly string[]): TakenBack {
  const parts = state.links
    .filter(({ kind, gone }) => kind === 'referral' && !gone)
    .map((link) => takeOut(state, link, linesToGo(link, steps, deleted)));
  return { ...NOTHING_BACK, steps: parts.flatMap((part) => part.steps), lines: parts.flatMap((part) => part.lines) };
}

function linesToGo(link: LinkState, steps: readonly DoneStep[], deleted: readonly string[]): Line[] {
  const notes = steps
    .filter(({ operation, recordId }) => operation === 'referral-rock.referral.update' && recordId === link.recordId)
    .flatMap(({ changes }) => changes.filter(({ field }) => field === 'note'));
  const added = notes.flatMap(({ before, after }) => {
    const known = new Set(referencesIn(String(before ?? '')));
    return referencesIn(String(after ?? '')).filter((reference) => !known.has(reference));
  });
  return link.lines.filter(
    ({ reference, itemId, removed }) =>
      !removed && (added.includes(reference) || (itemId !== null && deleted.includes(itemId))),
  );
}

/** A line whose item is not this customer's goes from the note; without its item nothing makes it anew. */
function takeOut(state: CustomerState, link: LinkState, lines: readonly Line[]): Pick<TakenBack, 'steps' | 'lines'> {
  if (lines.length === 0) return NOTHING_BACK;
  const going = new Set(lines.map(({ reference }) => reference));
  const items = new Set(lines.map(({ itemId }) => itemId));
  const without: LinkState = {
    ...link,
    lines: link.lines.map((line) => (going.has(line.reference) ? { ...line, itemId: 'undone' } : line)),
  };
  const name = `undo-lines-${link.vendorId}`;
  const kept = keepSection(
    {
      ...state,
      items: state.items.filter(({ recordId }) => !items.has(recordId)),
      links: state.links.map((one) => (one.recordId === link.recordId ? without : one)),
    },
    without,
    [],
    state.contact?.contactId,
    name,
  );
  const [note] = updateLink(link, name, kept.note, kept.after);
  const sentence = `took ${lines.length === 1 ? 'a line' : `${lines.length} lines`} out of the referral's note`;
  const step = note && { ...note, rule: 'undo', sentence };
  return {
    steps: step ? [...kept.steps, step] : kept.steps,
    lines: [
      ...kept.lines,
      ...lines.map((line) => ({
        ...line,
        removed: true,
        vanished: STAYS_AWAY,
        recordId: link.recordId,
        step: step ? name : null,
        itemStep: null,
      })),
    ],
  };
}
