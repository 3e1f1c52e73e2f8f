import { actOn } from '../actions/act.ts';
import { newsOfItem } from '../facts/item-facts.ts';
import { isLineKind, itemSays } from '../lines/item-lines.ts';
import { homeOf, isLive } from '../lines/line-entries.ts';
import { keepLines } from '../lines/lines.ts';
import { act, type Decision } from '../plan.ts';
import type { ItemState, LinkState } from '../records.ts';
import type { CustomerState } from '../state.ts';

/** A task changed: its line in the referral's note follows, actions fire on what happened. */
export const decideTask = decideItem;
/** A note changed: its line in the referral's note follows, actions fire on what happened. */
export const decideNote = decideItem;
/** An appointment changed: its line in the referral's note follows, actions fire on what happened. */
export const decideAppointment = decideItem;

function decideItem(state: CustomerState): Decision {
  const item = state.items.find(({ recordId }) => recordId === state.focus);
  if (!item || !isLineKind(item.kind))
    return act({ sentences: ['the record does not exist any more; nothing was written'] });
  const { contact } = state;
  // Its facts wait, unstored, until there is somebody to act on.
  if (!contact) {
    const why = state.goneContact ? 'no longer exists in GHL' : 'is not known: nobody in Referral Rock is linked to it';
    return act({ sentences: [`nothing to do: the contact of this ${item.kind} ${why}`] });
  }
  const news = newsOfItem(state, item);
  const acted = actOn(state, news.facts, { contact: { id: contact.contactId, data: contact.data }, item });
  const kept = keepLines(state, acted);
  const steps = [...acted.steps, ...kept.steps];
  return act({
    ends: acted.ends,
    facts: acted.facts,
    waiting: acted.waiting,
    steps,
    highlights: [news.highlights],
    lines: kept.lines,
    approvals: acted.approvals,
    runs: acted.runs,
    superseded: acted.superseded,
    sentences: [...acted.sentences, ...kept.sentences, ...(steps.length === 0 ? [nothing(state, item)] : [])],
  });
}

function nothing(state: CustomerState, item: ItemState): string {
  const { sync, settings } = state.rules;
  const mode = { task: sync.tasks, note: sync.notes, appointment: sync.appointments }[item.kind as string];
  if (mode === 'off' || (item.kind === 'note' && settings.notes === 'off'))
    return `nothing to do: ${item.kind}s get no lines by the rules`;
  if (item.gone) return `nothing to do: the ${item.kind} was deleted and has no line`;
  if (itemSays(state, item) === undefined) return `nothing to do: this ${item.kind} gets no line`;
  const hasLine = state.links.some((link) => isLive(link) && hasLineOf(link, item));
  if (!hasLine && homeOf(state.links, item.data['body']) === undefined)
    return 'nothing to do: no referral of this contact takes its lines';
  return "nothing to do: the referral's note already says it";
}

function hasLineOf({ lines }: LinkState, { recordId }: ItemState): boolean {
  return lines.some(({ itemId }) => itemId === recordId);
}
