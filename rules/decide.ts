import { actionSteps, type ActionSteps, nameApart } from './act.ts';
import { type Action, defaultActions } from './default-actions.ts';
import { highlightsOf, newsOf } from './facts.ts';
import { chooseLink, type LinkChoice } from './link.ts';
import { contactIdOf, type LinkMerge, mergeLink, mergesOfCreate, withExternalId } from './merge-link.ts';
import { renderNote } from './kept-section.ts';
import type { Change, ContactState, CustomerState, Decision, LinkState, PlanDraft } from './state.ts';
import { contactFields, createContact, updateContact, updateLink } from './steps.ts';

/**
 * Decides what the rows of the focus record lead to. Pure: the same state gives the same decision. Never a step of effect
 * `money`.
 */
export function decide(state: CustomerState, actions: readonly Action[] = defaultActions): Decision {
  const { contact } = state;
  if (contact?.recordId === state.focus) return { outcome: 'act', plan: decideContact(state, contact) };
  const link = state.links.find(({ recordId }) => recordId === state.focus);
  if (!link) return { outcome: 'act', plan: { ...NOTHING, sentences: [goneSentence(state)] } };
  if (link.gone)
    return {
      outcome: 'act',
      plan: { ...NOTHING, sentences: [`the ${link.kind} no longer exists in Referral Rock; nothing was written`] },
    };
  const choice = chooseLink(state, link);
  if (choice.kind === 'moved') return { outcome: 'moved', to: choice.to, sentence: choice.sentence };
  return { outcome: 'act', plan: decideLink(state, link, choice, actions) };
}

const NOTHING: PlanDraft = {
  ends: 'done',
  link: null,
  facts: [],
  steps: [],
  merges: [],
  highlights: null,
  newLines: [],
  sentences: [],
};

/** Of a contact that is gone, or a record that was gone before it was ever read. */
function goneSentence({ contactGone }: CustomerState): string {
  return contactGone
    ? 'the contact no longer exists in GHL; nothing was written'
    : 'the record does not exist any more; nothing was written';
}

/** A contact changed: each linked member and referral follows. */
function decideContact(state: CustomerState, contact: ContactState): PlanDraft {
  const links = state.links.filter(({ linked, gone }) => linked && !gone);
  if (links.length === 0)
    return { ...NOTHING, sentences: ['nothing to do: no member or referral is linked to this contact'] };

  const merged = oneValueEach(
    links.map((link) => {
      const name = `${link.kind}-${link.vendorId}`;
      const fields = mergeLink(state, link, contact.data, { ghl: 'contact', rr: name });
      return { link, name, merge: withExternalId(fields, state, link, contact.contactId, name) };
    }),
  );
  const conflicts = merged.flatMap(({ merge }) => merge.conflicts);
  const steps = [
    ...updateContact(
      contact,
      merged.flatMap(({ merge }) => merge.toGhl),
    ),
    ...merged.flatMap(({ link, name, merge }) => updateLink(link, name, merge.toRr, [])),
  ];
  return {
    ...NOTHING,
    ends: conflicts.length > 0 ? 'held' : 'done',
    steps,
    merges: merged.flatMap(({ merge }) => merge.merges),
    sentences: [
      ...conflicts,
      ...(steps.length + conflicts.length === 0 ? ['nothing to do: Referral Rock already holds the same values'] : []),
    ],
  };
}

/**
 * Several links may want to write the same field of the contact: the first does. One that wants another value is left as it is:
 * it follows when the contact comes back with the first one's.
 */
function oneValueEach<Merged extends { readonly merge: LinkMerge }>(merged: readonly Merged[]): Merged[] {
  const chosen = new Map<string, unknown>();
  return merged.map((one) => {
    const toGhl = one.merge.toGhl.filter(({ field }) => !chosen.has(field));
    for (const { field, after } of toGhl) chosen.set(field, after);
    const merges = one.merge.merges.filter(
      ({ written }) => written?.side !== 'ghl' || chosen.get(written.as) === written.value,
    );
    return { ...one, merge: { ...one.merge, toGhl, merges } };
  });
}

/** A member or referral changed: its contact is found or made, fields merge, actions fire on what happened. */
function decideLink(
  state: CustomerState,
  link: LinkState,
  choice: Exclude<LinkChoice, { kind: 'moved' }>,
  actions: readonly Action[],
): PlanDraft {
  if (choice.kind === 'held') return { ...NOTHING, ends: 'held', sentences: [choice.sentence] };
  if (choice.kind === 'none') {
    const highlights = { recordId: link.recordId, value: highlightsOf(link) };
    return { ...NOTHING, highlights, sentences: [choice.sentence] };
  }

  const found = choice.kind === 'create' ? undefined : choice;
  const given = contactFields(link, state.connection.country);
  const contact = { id: contactIdOf(found), data: found?.data ?? { ...given } };
  const fields = found
    ? mergeLink(state, link, found.data, { ghl: 'contact', rr: link.kind })
    : { toGhl: [], toRr: [], merges: mergesOfCreate(link, given), conflicts: [] };
  const { toGhl, toRr, merges, conflicts } = withExternalId(fields, state, link, contact.id, link.kind);
  const { facts, highlights, told } = newsOf(state.connection, link, state.facts);
  const acted = nameApart(facts.map((fact) => actionSteps(state, told, fact, contact, actions)));
  const { note, newLines, after, factKey } = noteOf(link, acted);
  const steps = [
    ...(choice.kind === 'create' ? [createContact(state, link, choice.claims, given)] : updateContact(choice, toGhl)),
    ...acted.flatMap((one) => one.steps),
    ...updateLink(link, link.kind, [...toRr, ...note], after, factKey),
  ];
  return {
    ends: conflicts.length > 0 ? 'held' : 'done',
    link: link.linked ? null : found ? { contactId: found.contactId, data: found.data } : { step: 'contact' },
    facts,
    steps,
    merges,
    highlights: { recordId: link.recordId, value: highlights },
    newLines,
    sentences: linkSentences(link, choice, conflicts, steps.length),
  };
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
): { note: Change[]; after: string[]; factKey: string | null; newLines: PlanDraft['newLines'] } {
  const lines = link.kind === 'referral' ? acted.flatMap((one) => one.lines) : [];
  if (lines.length === 0) return { note: [], after: [], factKey: null, newLines: [] };
  const known = new Set(link.lines.map(({ reference }) => reference));
  const newLines = lines.filter(({ reference }) => !known.has(reference));
  const before = String(link.data['note'] ?? '');
  const note = { field: 'note', before, after: renderNote(before, [...link.lines, ...newLines]) };
  const isWritten = note.after === before;
  return {
    note: isWritten ? [] : [note],
    after: lines.map(({ step }) => step),
    factKey: isWritten ? null : (acted.find((one) => one.lines.length > 0)?.steps[0]?.factKey ?? null),
    newLines: newLines.map((line) => ({ ...line, recordId: link.recordId })),
  };
}
