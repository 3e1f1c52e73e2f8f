import { DateTime } from 'luxon';
import { normalizeText } from './normalize.ts';
import { referenceOf } from './reference.ts';
import type { ContactHighlights, ContactState, CustomerState, Data, Fact, FactKind } from './state.ts';
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
 * added; one from before the connection's start makes no facts, but that it shall not be e-mailed: that is the person's will.
 */
export function newsOfContact(state: CustomerState): ContactNews {
  const { contact } = state;
  if (!contact) return { facts: state.facts, highlights: { tags: [], emailDnd: false } };
  const waiting = state.facts.filter(({ recordId }) => recordId === contact.recordId);
  // A plan that was given up may have done part of its steps: what it was about is carried on before what came since.
  const carried = waiting.find(({ version }) => version === (contact.seen?.version ?? 0));
  const told = carried?.data['highlights'] as ContactHighlights | undefined;
  if (told) return { facts: waiting, highlights: told };
  return { facts: [...waiting, ...newFacts(state, contact)], highlights: contactHighlights(contact) };
}

function newFacts(state: CustomerState, contact: ContactState): Fact[] {
  const now = contactHighlights(contact);
  const isOld = isFromBefore(state, contact);
  const fact = (kind: FactKind, name: string, data: Data): Fact => ({
    key: [contact.recordId, kind, contact.seen?.version ?? 0, ...(name === '' ? [] : [referenceOf(name)])].join('|'),
    recordId: contact.recordId,
    kind,
    version: contact.seen?.version ?? 0,
    data: { ...data, highlights: now },
  });
  const before = contact.seen?.value ?? firstSeen(state, now, isOld);
  const dnd =
    before.emailDnd === now.emailDnd ? [] : [fact(now.emailDnd ? 'contact.dnd.set' : 'contact.dnd.cleared', '', {})];
  if (isOld) return dnd;
  const [old, present] = [new Set(before.tags), new Set(now.tags)];
  return [
    ...now.tags.filter((tag) => !old.has(tag)).map((tag) => fact('contact.tag.added', tag, { tag })),
    ...before.tags.filter((tag) => !present.has(tag)).map((tag) => fact('contact.tag.removed', tag, { tag })),
    ...dnd,
  ];
}

/** A contact that is old has always been like this, unless the event that we saw it by says what changed. */
function firstSeen({ trigger }: CustomerState, now: ContactHighlights, isOld: boolean): ContactHighlights {
  return { tags: [], emailDnd: isOld && trigger !== 'dnd' ? now.emailDnd : false };
}

/** Created before the connection's `since`; one without a date counts as new. */
export function isFromBefore(state: CustomerState, contact: Pick<ContactState, 'data'>): boolean {
  const added = DateTime.fromISO(normalizeText(contact.data['dateAdded']), { zone: 'utc' });
  return added.isValid && added.toMillis() < Date.parse(state.connection.since);
}
