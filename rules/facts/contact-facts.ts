import { DateTime } from 'luxon';
import { factMaker, withWaiting } from './facts.ts';
import { normalizeText } from '../forms/normalize.ts';
import { referenceOf } from '../forms/reference.ts';
import type { ContactHighlights, ContactState, Data, Fact } from '../records.ts';
import type { CustomerState } from '../state.ts';
import { asTag } from './tags.ts';

/** What a contact's story acts on, and what it takes note of by that. */
export interface ContactNews {
  readonly facts: readonly Fact[];
  readonly highlights: ContactHighlights;
}

/** A contact's tags but our own `rr-*`, in lower case, each once, sorted. */
export function tagsOf(contact: Data): string[] {
  const tags = Array.isArray(contact['tags']) ? contact['tags'] : [];
  return [...new Set(tags.map((tag) => asTag(normalizeText(tag))))]
    .filter((tag) => tag !== '' && !tag.startsWith('rr-'))
    .toSorted();
}

/** GHL says it for all channels (`dnd`), or for e-mail alone; `permanent` is what cannot be switched off again. */
export function isEmailDnd(contact: Data): boolean {
  const settings = contact['dndSettings'] as Readonly<Record<string, Data | null | undefined>> | null | undefined;
  return contact['dnd'] === true || ['active', 'permanent'].includes(normalizeText(settings?.['Email']?.['status']));
}

export function contactHighlights(contact: Pick<ContactState, 'data'>): ContactHighlights {
  return { tags: tagsOf(contact.data), emailDnd: isEmailDnd(contact.data) };
}

/**
 * What happened to the contact since it was last taken note of, and what still waits. One that was never seen has all its tags as
 * added. One from before the connection's start makes no facts, but that it shall not be e-mailed: that is the person's will.
 */
export function newsOfContact(state: CustomerState, contact: ContactState): ContactNews {
  const now = contactHighlights(contact);
  return withWaiting(contact, now, state.facts, () => newFacts(state, contact, now));
}

function newFacts(state: CustomerState, contact: ContactState, now: ContactHighlights): Fact[] {
  const fact = factMaker(contact, now);
  const isOld = isFromBefore(state, contact);
  const before = contact.seen?.value ?? firstSeen(state, now, isOld);
  const dnd =
    before.emailDnd === now.emailDnd ? [] : [fact(now.emailDnd ? 'contact.dnd.set' : 'contact.dnd.cleared', {})];
  if (isOld) return dnd;
  const [old, present] = [new Set(before.tags), new Set(now.tags)];
  return [
    ...now.tags.filter((tag) => !old.has(tag)).map((tag) => fact('contact.tag.added', { tag }, referenceOf(tag))),
    ...before.tags
      .filter((tag) => !present.has(tag))
      .map((tag) => fact('contact.tag.removed', { tag }, referenceOf(tag))),
    ...dnd,
  ];
}

/** An old contact has always been like this, unless the event that we first saw it by says what changed. */
function firstSeen({ trigger }: CustomerState, now: ContactHighlights, isOld: boolean): ContactHighlights {
  return { tags: [], emailDnd: isOld && trigger !== 'dnd' ? now.emailDnd : false };
}

/** Created before the connection's `since`; one without a date counts as new. */
export function isFromBefore(state: CustomerState, contact: Pick<ContactState, 'data'>): boolean {
  const added = DateTime.fromISO(normalizeText(contact.data['dateAdded']), { zone: 'utc' });
  return added.isValid && added.toMillis() < Date.parse(state.connection.since);
}
