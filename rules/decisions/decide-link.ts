import { actOn, type Acted } from '../actions/act.ts';
import { askContact } from './ask-contact.ts';
import { DELETED, highlightsOf, newsOf } from '../facts/facts.ts';
import { findingsOf } from './findings.ts';
import { chooseLink, isBefore, type LinkChoice } from '../links/link.ts';
import { keepLines, type Kept, keepSection, NOTHING_KEPT } from '../lines/lines.ts';
import { memberFieldChanges } from '../links/member-fields.ts';
import { contactIdOf, mergeLink, mergesOfCreate, withExternalId } from '../links/merge-link.ts';
import { overtaken } from '../actions/money.ts';
import { act, type Decision } from '../plan.ts';
import type { Data, LinkState } from '../records.ts';
import type { CustomerState } from '../state.ts';
import { contactFields, createContact, updateContact, updateLink } from '../links/steps.ts';
import { tagSlotChanges } from '../links/tag-slot.ts';

/** A member or referral changed: its contact is found or made, fields merge, actions fire on what happened. */
export function decideLink(state: CustomerState): Decision {
  const link = state.links.find(({ recordId }) => recordId === state.focus);
  if (!link) return act({ sentences: ['the record does not exist any more; nothing was written'] });
  if (link.gone) return decideDeleted(state, link);
  const choice = chooseLink(state, link);
  switch (choice.kind) {
    case 'moved':
      return { outcome: 'moved', to: choice.to, sentence: choice.sentence };
    case 'held':
      return askContact(state, link, choice);
    case 'none': {
      // What happens while its contact is gone is news once that is there again.
      const highlights = link.linked ? [] : [{ recordId: link.recordId, value: highlightsOf(link) }];
      const superseded = overtaken(state.approvals, link);
      return act({ highlights, superseded, findings: findingsOf(state, link, false), sentences: [choice.sentence] });
    }
    default:
      // One that leaves a contact which is gone is matched as if for the first time.
      return keepInStep(state, choice.kind === 'found' ? { ...link, linked: false } : link, choice);
  }
}

/** Keeps a link whose contact is known, or is made by this plan, in step with it. */
function keepInStep(
  state: CustomerState,
  link: LinkState,
  choice: Extract<LinkChoice, { kind: 'linked' | 'found' | 'create' }>,
): Decision {
  const found = choice.kind === 'create' ? undefined : choice;
  const given = contactFields(state, link);
  const contact = { id: contactIdOf(found), data: found?.data ?? { ...given } };
  const joins = choice.kind === 'linked' ? undefined : (found?.contactId ?? 'new');
  const { facts, highlights, told } = newsOf(state.connection, link, state.facts, joins);
  const acted = actOn(state, facts, { contact, link: told });
  const { toGhl, toRr, merges, conflicts } = fieldsOf(state, link, contact.id, found?.data, given);
  const member = memberFields(state, link, contact.data);
  const slot = tagSlotChanges(state, link, (contact.data['tags'] as string[] | undefined) ?? []);
  // Nothing is written to a record from before the start when it is matched.
  const isOld = !link.linked && isBefore(state.connection.since, link);
  const kept = isOld && acted.lines.length === 0 ? NOTHING_KEPT : keepSection(state, link, acted.lines, contact.id);
  const steps = [
    ...member.steps,
    ...(choice.kind === 'create'
      ? createContact(state, link, choice.claims, given, member.changes)
      : updateContact(choice, [...toGhl, ...member.changes])),
    ...acted.steps,
    ...updateLink(link, link.kind, [...toRr, ...slot.toRr, ...kept.note], kept.after, factOf(kept, acted)),
    ...kept.steps,
  ];
  const sentences = [
    ...(found && found.sentence !== '' ? [found.sentence] : []),
    ...conflicts,
    ...slot.warnings,
    ...acted.sentences,
    ...kept.sentences,
  ];
  return act({
    ends: conflicts.length > 0 || acted.ends === 'held' ? 'held' : 'done',
    link:
      choice.kind === 'linked' ? null : found ? { contactId: found.contactId, data: found.data } : { step: 'contact' },
    facts: acted.facts,
    waiting: acted.waiting,
    steps,
    merges: [...merges, ...member.merges, ...slot.merges],
    highlights: [{ recordId: link.recordId, value: highlights }],
    lines: kept.lines,
    findings: findingsOf(state, link, choice.kind !== 'linked'),
    approvals: acted.approvals,
    runs: acted.runs,
    superseded: [...overtaken(state.approvals, link), ...acted.superseded],
    sentences: steps.length + sentences.length === 0 ? [whyNothing(state, link)] : sentences,
  });
}

/** What the fields of both sides come to; a contact that is made is `given` the record's, and has no `there` yet. */
function fieldsOf(state: CustomerState, link: LinkState, contactId: string, there: Data | undefined, given: Data) {
  const fields = there
    ? mergeLink(state, link, there, { ghl: 'contact', rr: link.kind })
    : { toGhl: [], toRr: [], merges: mergesOfCreate(state, link, given), conflicts: [] };
  return withExternalId(fields, state, link, contactId, link.kind);
}

function whyNothing({ connection: { since } }: CustomerState, link: LinkState): string {
  const isNews = link.seen && JSON.stringify(link.seen.value) !== JSON.stringify(highlightsOf(link));
  return isNews && isBefore(since, link)
    ? `nothing to do: the ${link.kind} was created before ${since.slice(0, 10)}, so no tag or note is made of what happens to it`
    : `nothing to do: the contact already holds what the ${link.kind} says`;
}

/** A member's code, link and sums over all members of the contact go to its custom fields. */
function memberFields(state: CustomerState, link: LinkState, contact: Data): ReturnType<typeof memberFieldChanges> {
  if (link.kind !== 'member') return { changes: [], steps: [], merges: [] };
  const others = state.links.filter(
    ({ kind, linked, gone, recordId }) => kind === 'member' && linked && !gone && recordId !== link.recordId,
  );
  return memberFieldChanges(state, link.gone ? others : [...others, link], contact);
}

/** A member or referral was deleted: once, its tags go and its note stays; what waited for a person about it is overtaken. */
function decideDeleted(state: CustomerState, link: LinkState): Decision {
  const { facts, highlights } = newsOf(state.connection, link, state.facts);
  const { contact } = state;
  const known = {
    highlights: link.linked && !contact ? [] : [{ recordId: link.recordId, value: highlights }],
    findings: findingsOf(state, link, false),
    superseded: overtaken(state.approvals, link),
  };
  const gone = `the ${link.kind} no longer exists in Referral Rock`;
  if (!contact || !link.linked) return act({ ...known, sentences: [`${gone}; nothing was written`] });
  // What had not been acted on is overtaken: only the deletion counts.
  const told = facts.filter(({ kind }) => kind === `${link.kind}.deleted`);
  const acted = actOn(state, told, { contact: { id: contact.contactId, data: contact.data }, link });
  const member = memberFields(state, link, contact.data);
  // What stood in its note goes to the referral that is left.
  const kept = link.kind === 'referral' ? keepLines(state, acted) : { steps: [], lines: [], sentences: [] };
  const steps = [...member.steps, ...updateContact(contact, member.changes), ...acted.steps, ...kept.steps];
  const isKnown = link.seen?.value.status === DELETED && steps.length === 0;
  return act({
    ...known,
    ends: acted.ends,
    facts: facts.filter((fact) => !acted.waiting.includes(fact)),
    waiting: acted.waiting,
    steps,
    merges: member.merges,
    lines: kept.lines,
    approvals: acted.approvals,
    runs: acted.runs,
    superseded: [...known.superseded, ...acted.superseded],
    sentences: [isKnown ? `nothing to do: ${gone}, as is known` : gone, ...acted.sentences, ...kept.sentences],
  });
}

/** The fact that a note with new lines comes from: it is not spent before the lines are written. */
function factOf({ after }: Kept, { steps }: Acted): string | null {
  return steps.find(({ name }) => name === after[0])?.factKey ?? null;
}
