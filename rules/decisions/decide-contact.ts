import { isFromBefore, newsOfContact, tagsOf } from '../facts/contact-facts.ts';
import { decideGoneContact, takenBack } from './contact-deletes.ts';
import { decideDnd } from './decide-dnd.ts';
import { actOnContact, type ContactActed } from './decide-tags.ts';
import { mayJoin } from '../actions/joining.ts';
import { waitingRewards } from './findings.ts';
import { type Kept, keepSection, NOTHING_KEPT, targetReferral } from '../lines/lines.ts';
import { type LinkMerge, mergeLink, withExternalId } from '../links/merge-link.ts';
import { act, type Decision, type Finding, type StepDraft } from '../plan.ts';
import type { ContactState, LinkState } from '../records.ts';
import type { CustomerState } from '../state.ts';
import { updateContact, updateLink } from '../links/steps.ts';
import { tagSlotChanges } from '../links/tag-slot.ts';

/**
 * A contact changed, its tags or its do-not-disturb: each linked member and referral follows, actions fire on what happened. All
 * three stories do the same, so that an event which was lost is made up for by any other of the contact.
 */
export function decideContact(state: CustomerState): Decision {
  const { contact } = state;
  if (!contact) return decideGoneContact(state);
  const links = state.links.filter(({ linked, gone }) => linked && !gone);
  const merged = oneValueEach(links.map((link) => followed(state, link, contact)));
  const conflicts = merged.flatMap(({ merge }) => merge.conflicts);
  const warnings = merged.flatMap(({ warnings: all }) => all);

  const news = newsOfContact(state, contact);
  const acted = actOnContact(state, contact, news.facts);
  const dnd = decideDnd(state, contact, news.facts);
  const { steps, kept } = stepsOf(state, contact, merged, acted);
  const waits = new Set([...acted.waiting, ...dnd.waiting].map(({ key }) => key));
  const said = [...conflicts, ...warnings, ...acted.sentences, ...dnd.sentences, ...kept.sentences];
  return act({
    ends: conflicts.length > 0 ? 'held' : acted.ends,
    facts: news.facts.filter(({ key }) => !waits.has(key)),
    waiting: news.facts.filter(({ key }) => waits.has(key)),
    steps: [...steps, ...dnd.steps],
    merges: merged.flatMap(({ merge }) => merge.merges),
    highlights: [...highlightsOf(contact, news.highlights), ...dnd.highlights],
    lines: kept.lines,
    findings: [...acted.findings, ...dnd.findings, ...missedBy(state, contact)],
    approvals: acted.approvals,
    runs: acted.runs,
    superseded: [...acted.superseded, ...takenBack(state, contact)],
    sentences: said.length > 0 ? said : nothingToDo(state, contact, links, [...steps, ...dnd.steps]),
  });
}

/** Custom fields are made first; tasks that a rule makes get their lines in the note of a referral. */
function stepsOf(
  state: CustomerState,
  contact: ContactState,
  merged: readonly Followed[],
  acted: ContactActed,
): { steps: StepDraft[]; kept: Kept } {
  const home = targetReferral(merged.map(({ link }) => link));
  const target = acted.lines.length > 0 ? merged.find(({ link }) => link === home) : undefined;
  const kept = target ? keepSection(state, target.link, acted.lines, contact.contactId, target.name) : NOTHING_KEPT;
  const toGhl = [...merged.flatMap(({ merge }) => merge.toGhl), ...acted.changes];
  const updates = merged.flatMap((one) =>
    one === target
      ? updateLink(one.link, one.name, [...one.merge.toRr, ...kept.note], kept.after)
      : updateLink(one.link, one.name, one.merge.toRr, []),
  );
  return {
    steps: [...acted.fields, ...acted.steps, ...updateContact(contact, toGhl), ...kept.steps, ...updates],
    kept,
  };
}

interface Followed {
  readonly link: LinkState;
  readonly name: string;
  readonly merge: LinkMerge;
  readonly warnings: readonly string[];
}

/** What the contact's fields, id and tags do to one of its links. */
function followed(state: CustomerState, link: LinkState, contact: ContactState): Followed {
  const name = `${link.kind}-${link.vendorId}`;
  const fields = mergeLink(state, link, contact.data, { ghl: 'contact', rr: name });
  const { toGhl, toRr, merges, conflicts } = withExternalId(fields, state, link, contact.contactId, name);
  const tags = tagSlotChanges(state, link, tagsOf(contact.data), name);
  return {
    link,
    name,
    merge: { toGhl, toRr: [...toRr, ...tags.toRr], merges: [...merges, ...tags.merges], conflicts },
    warnings: tags.warnings,
  };
}

/** What happened to the links of a contact while it was gone is told now that it is there again. */
function missedBy(state: CustomerState, { seen }: ContactState): Finding[] {
  if (!seen?.value.deleted) return [];
  const links = state.links.filter(({ linked }) => linked);
  const missed = links.map(({ kind, vendorId }) => ({ trigger: kind, kind, vendorId }));
  return [...missed, ...links.flatMap((link) => waitingRewards(state, link))];
}

function highlightsOf({ recordId, seen }: ContactState, value: object): { recordId: string; value: object }[] {
  return JSON.stringify(seen?.value) === JSON.stringify(value) ? [] : [{ recordId, value }];
}

function nothingToDo(
  state: CustomerState,
  contact: ContactState,
  links: readonly LinkState[],
  steps: readonly StepDraft[],
): string[] {
  if (steps.length > 0) return [];
  const isMember = links.some(({ kind }) => kind === 'member');
  if (!isMember && isFromBefore(state, contact) && mayJoin(state.rules, contact.data)) {
    const since = state.connection.since.slice(0, 10);
    return [
      `nothing to do: the contact was created before ${since}, so its tags make no member of it; add the member in Referral Rock, where it is wanted`,
    ];
  }
  return links.length === 0
    ? ['nothing to do: no member or referral is linked to this contact']
    : ['nothing to do: Referral Rock already holds the same values'];
}

/**
 * Several links may want to write the same field of the contact: the first does. One that wants another value is left as it is:
 * it follows when the contact comes back with the first one's.
 */
function oneValueEach(merged: readonly Followed[]): Followed[] {
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
