import { actionSteps, type ActionSteps, nameApart } from './act.ts';
import { highlightsOf, newsOf } from './facts.ts';
import { renderNote } from './kept-section.ts';
import { chooseLink, type LinkChoice } from './link.ts';
import { contactIdOf, mergeLink, mergesOfCreate, withExternalId } from './merge-link.ts';
import { act } from './plan.ts';
import type { Change, CustomerState, Decision, LineDraft, LinkState } from './state.ts';
import { contactFields, createContact, updateContact, updateLink } from './steps.ts';

/** A member or referral changed: its contact is found or made, fields merge, actions fire on what happened. */
export function decideLink(state: CustomerState): Decision {
  const link = state.links.find(({ recordId }) => recordId === state.focus);
  if (!link) return act({ sentences: ['the record does not exist any more; nothing was written'] });
  if (link.gone) return act({ sentences: [`the ${link.kind} no longer exists in Referral Rock; nothing was written`] });
  const choice = chooseLink(state, link);
  if (choice.kind === 'moved') return { outcome: 'moved', to: choice.to, sentence: choice.sentence };
  if (choice.kind === 'held') return act({ ends: 'held', sentences: [choice.sentence] });
  if (choice.kind === 'none') {
    const highlights = [{ recordId: link.recordId, value: highlightsOf(link) }];
    return act({ highlights, sentences: [choice.sentence] });
  }

  const found = choice.kind === 'create' ? undefined : choice;
  const given = contactFields(state, link);
  const contact = { id: contactIdOf(found), data: found?.data ?? { ...given } };
  const fields = found
    ? mergeLink(state, link, found.data, { ghl: 'contact', rr: link.kind })
    : { toGhl: [], toRr: [], merges: mergesOfCreate(state, link, given), conflicts: [] };
  const { toGhl, toRr, merges, conflicts } = withExternalId(fields, state, link, contact.id, link.kind);
  const { facts, highlights, told } = newsOf(state.connection, link, state.facts);
  const acted = nameApart(facts.map((fact) => actionSteps(state, told, fact, contact)));
  const { note, lines, after, factKey } = noteOf(link, acted);
  const steps = [
    ...(choice.kind === 'create' ? createContact(state, link, choice.claims, given) : updateContact(choice, toGhl)),
    ...acted.flatMap((one) => one.steps),
    ...updateLink(link, link.kind, [...toRr, ...note], after, factKey),
  ];
  return act({
    ends: conflicts.length > 0 ? 'held' : 'done',
    link: link.linked ? null : found ? { contactId: found.contactId, data: found.data } : { step: 'contact' },
    facts,
    steps,
    merges,
    highlights: [{ recordId: link.recordId, value: highlights }],
    lines,
    sentences: linkSentences(link, choice, conflicts, steps.length),
  });
}

function linkSentences(link: LinkState, choice: LinkChoice, conflicts: readonly string[], steps: number): string[] {
  const found = choice.kind === 'found' ? [choice.sentence] : [];
  const nothing =
    steps + found.length + conflicts.length === 0
      ? [`nothing to do: the contact already holds what the ${link.kind} says`]
      : [];
  return [...found, ...conflicts, ...nothing];
}

/**
 * The kept section gets the lines of this plan's tasks, also those that an earlier plan did not get to write. Its update waits
 * for those tasks, and the fact that they come from is not spent before it is written.
 */
function noteOf(
  link: LinkState,
  acted: readonly ActionSteps[],
): { note: Change[]; after: string[]; factKey: string | null; lines: LineDraft[] } {
  const made = link.kind === 'referral' ? acted.flatMap((one) => one.lines) : [];
  if (made.length === 0) return { note: [], after: [], factKey: null, lines: [] };
  const known = new Set(link.lines.map(({ reference }) => reference));
  const added = made.filter(({ reference }) => !known.has(reference));
  const before = String(link.data['note'] ?? '');
  const note = { field: 'note', before, after: renderNote(before, [...link.lines, ...added]) };
  const isWritten = note.after === before;
  return {
    note: isWritten ? [] : [note],
    after: made.map(({ step }) => step),
    factKey: isWritten ? null : (acted.find((one) => one.lines.length > 0)?.steps[0]?.factKey ?? null),
    lines: added.map((line) => ({ ...line, recordId: link.recordId, itemStep: line.step })),
  };
}
