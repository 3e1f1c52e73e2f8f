import { actionSteps } from './act.ts';
import { type Action, defaultActions } from './default-actions.ts';
import { highlightsOf, newFacts } from './facts.ts';
import { chooseLink, isBefore, type LinkChoice } from './link.ts';
import { contactIdOf, mergeLink, mergesOfCreate } from './merge-link.ts';
import { normalizeText } from './normalize.ts';
import { renderNote } from './kept-section.ts';
import type { Change, CustomerState, Decision, Line, LinkState, PlanDraft } from './state.ts';
import { contactFields, createContact, updateContact, updateLink } from './steps.ts';

/**
 * Decides what the rows of the focus record lead to. Pure: the same state gives the same decision. Never a step of effect
 * `money`.
 */
export function decide(state: CustomerState, actions: readonly Action[] = defaultActions): Decision {
  const link = state.links.find(({ recordId }) => recordId === state.focus);
  if (!link) return { outcome: 'act', plan: decideContact(state) };
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

/** A contact changed: each linked member and referral follows. */
function decideContact(state: CustomerState): PlanDraft {
  const { contact } = state;
  if (!contact) return { ...NOTHING, sentences: ['the contact no longer exists in GHL; nothing was written'] };
  const links = state.links.filter(({ linked, gone }) => linked && !gone);
  if (links.length === 0)
    return { ...NOTHING, sentences: ['nothing to do: no member or referral is linked to this contact'] };

  const merged = links
    .map((link) => ({ link, name: `${link.kind}-${link.vendorId}` }))
    .map(({ link, name }) => ({
      link,
      name,
      ...mergeLink(state, link, contact.data, { ghl: 'contact', rr: name }),
    }));
  const toGhl = merged.flatMap((one) => one.toGhl);
  const conflicts = merged.flatMap((one) => one.conflicts);
  const steps = [
    ...updateContact(contact, toGhl),
    ...merged.flatMap(({ link, name, toRr }) => updateLink(link, name, toRr, [])),
  ];
  return {
    ...NOTHING,
    ends: conflicts.length > 0 ? 'held' : 'done',
    steps,
    merges: merged.flatMap((one) => one.merges),
    sentences: [
      ...conflicts,
      ...(steps.length + conflicts.length === 0 ? ['nothing to do: Referral Rock already holds the same values'] : []),
    ],
  };
}

/** A member or referral changed: its contact is found or made, fields merge, actions fire on what happened. */
function decideLink(
  state: CustomerState,
  link: LinkState,
  choice: Exclude<LinkChoice, { kind: 'moved' }>,
  actions: readonly Action[],
): PlanDraft {
  if (choice.kind === 'held') return { ...NOTHING, ends: 'held', sentences: [choice.sentence] };
  const highlights = { recordId: link.recordId, value: highlightsOf(link) };
  if (choice.kind === 'none') return { ...NOTHING, highlights, sentences: [choice.sentence] };

  const found = choice.kind === 'create' ? undefined : choice;
  const given = contactFields(link, state.connection.country);
  const merged = found
    ? mergeLink(state, link, found.data, { ghl: 'contact', rr: link.kind })
    : { toGhl: [], toRr: [], merges: mergesOfCreate(link, given), conflicts: [] };
  const fresh = newFacts(state.connection, link);
  const facts = [...state.facts, ...fresh.filter(({ key }) => !state.facts.some((old) => old.key === key))];
  const contact = { id: contactIdOf(found), data: found?.data ?? { ...given } };
  const acted = facts.map((fact) => actionSteps(state, link, fact, contact, actions));
  const lines = link.kind === 'referral' ? acted.flatMap((one) => one.lines) : [];
  const newLines = lines.filter((line) => !link.lines.some(({ reference }) => reference === line.reference));
  const toRr = [...merged.toRr, ...externalIdChange(state, link, contact.id), ...noteChange(link, lines, newLines)];
  const steps = [
    ...(choice.kind === 'create'
      ? [createContact(state, link, choice.claims, given)]
      : updateContact(choice, merged.toGhl)),
    ...acted.flatMap((one) => one.steps),
    ...updateLink(
      link,
      link.kind,
      toRr,
      lines.map(({ step }) => step),
    ),
  ];
  return {
    ends: merged.conflicts.length > 0 ? 'held' : 'done',
    link: link.linked ? null : found ? { contactId: found.contactId, data: found.data } : { step: 'contact' },
    facts,
    steps,
    merges: merged.merges,
    highlights,
    newLines: newLines.map((line) => ({ ...line, recordId: link.recordId })),
    sentences: linkSentences(link, choice, merged.conflicts, steps.length),
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

/** The contact's id in RR, only where none is: an id of another system stays. */
function externalIdChange(state: CustomerState, link: LinkState, contactId: string): Change[] {
  const there = normalizeText(link.data['externalIdentifier']);
  const refused = link.baselines['externalIdentifier']?.rr?.refused !== undefined;
  if (there !== '' || refused || isBefore(state.connection.since, link)) return [];
  return [{ field: 'externalIdentifier', before: '', after: contactId }];
}

/** The kept section gets the lines of this plan's tasks, also those that an earlier plan did not get to write. */
function noteChange(link: LinkState, lines: readonly Line[], newLines: readonly Line[]): Change[] {
  const before = String(link.data['note'] ?? '');
  const after = renderNote(before, [...link.lines, ...newLines]);
  return lines.length === 0 || after === before ? [] : [{ field: 'note', before, after }];
}
