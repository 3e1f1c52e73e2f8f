import { DateTime } from 'luxon';
import { type Candidate, chooseContact, comparableName } from './matching.ts';
import { normalizeCountry, normalizeEmail, normalizePhone } from '../forms/normalize.ts';
import type { ClaimKey } from '../plan.ts';
import type { CandidateState, Data, LinkKind, LinkState } from '../records.ts';
import type { ConnectionState, CustomerState } from '../state.ts';

/** Stands for a member or referral where the customer has none: no record is it, and nothing is known of it. */
export function noLink(kind: LinkKind): LinkState {
  return {
    recordId: '',
    kind,
    vendorId: '',
    data: {},
    gone: false,
    linked: false,
    baselines: {},
    seen: undefined,
    candidates: [],
    referringContactId: undefined,
    lines: [],
  };
}

/** Where the person of a Referral Rock record is in GHL. */
export type LinkChoice =
  | { readonly kind: 'linked' | 'found'; readonly contactId: string; readonly data: Data; readonly sentence: string }
  | { readonly kind: 'create'; readonly claims: readonly ClaimKey[] }
  | { readonly kind: 'moved'; readonly to: string | 'new'; readonly sentence: string }
  /** `ask`: a person can say which of these contacts it is. */
  | { readonly kind: 'held'; readonly sentence: string; readonly ask?: readonly CandidateState[] }
  | { readonly kind: 'none'; readonly sentence: string };

const FOUND_BY = {
  link: 'its link',
  'external-id': 'its external id',
  email: 'e-mail',
  phone: 'phone and last name',
} as const;

/**
 * Finds the contact of a member or referral: the one that a person chose, else its link, else the matching rule over the contacts
 * that were read. A record whose contact is another customer's moves there; one that is nobody's gets a contact of its own.
 */
export function chooseLink(state: CustomerState, link: LinkState): LinkChoice {
  const own = state.contact;
  const chosen = chosenContact(state, link);
  if (chosen !== undefined) return linkChosen(state, link, chosen);
  if (link.linked && own) return { kind: 'linked', contactId: own.contactId, data: own.data, sentence: '' };
  if (link.linked)
    return { kind: 'none', sentence: `the linked contact is gone from GHL; the ${link.kind} is left as it is` };

  const country = countryOf(state.connection.country, link.data);
  const choice = chooseContact(personOf(link), link.candidates.map(toCandidate), { country });
  if (choice.kind === 'ambiguous') {
    return {
      kind: 'held',
      sentence: `held: ${choice.reason} (${choice.contactIds.join(', ')}); choose one in the approvals, or make them differ and retry`,
      ask: link.candidates.filter(({ contactId }) => choice.contactIds.includes(contactId)),
    };
  }
  const blocking = link.candidates.find(({ blocks }) => blocks);
  if (choice.kind === 'create' && blocking) {
    return {
      kind: 'held',
      sentence: `held: GHL makes no contact beside ${blocking.contactId}, which shares an e-mail or phone but is not surely the same person; say in the approvals that it is, or correct one of them and retry`,
      ask: [blocking],
    };
  }
  if (choice.kind === 'create') return own ? leaveForNew(link) : mayCreate(state.connection, link);

  const found = link.candidates.find(({ contactId }) => contactId === choice.contactId);
  if (!found) return { kind: 'none', sentence: `the contact ${choice.contactId} could not be read` };
  return linkFound(own?.contactId, link, found, `matched its contact by ${FOUND_BY[choice.by]}`);
}

function linkFound(own: string | undefined, link: LinkState, found: CandidateState, sentence: string): LinkChoice {
  if (found.owner.kind === 'other') {
    return {
      kind: 'moved',
      to: found.owner.customerId,
      sentence: `the ${link.kind} is the same person as contact ${found.contactId} and moves there`,
    };
  }
  if (own !== undefined && own !== found.contactId) return leaveForNew(link);
  return { kind: 'found', contactId: found.contactId, data: found.data, sentence };
}

/** The contact that a person said this record is. */
function chosenContact({ decided }: CustomerState, link: LinkState): string | undefined {
  return decided?.approved && decided.recordId === link.recordId ? (decided.contactId ?? undefined) : undefined;
}

function linkChosen({ contact, decided }: CustomerState, link: LinkState, chosen: string): LinkChoice {
  const sentence = `linked to contact ${chosen}, as ${decided?.decidedBy || 'a person'} chose`;
  if (contact?.contactId === chosen)
    return { kind: link.linked ? 'linked' : 'found', contactId: chosen, data: contact.data, sentence };
  const found = link.candidates.find(({ contactId }) => contactId === chosen);
  if (found) return linkFound(contact?.contactId, link, found, sentence);
  return {
    kind: 'held',
    sentence: `held: the chosen contact ${chosen} could not be found any more; retry the event that asked`,
  };
}

function leaveForNew(link: LinkState): LinkChoice {
  return {
    kind: 'moved',
    to: 'new',
    sentence: `the ${link.kind} is not the person of this contact and becomes a customer of its own`,
  };
}

function mayCreate(connection: ConnectionState, link: LinkState): LinkChoice {
  if (isBefore(connection.since, link)) {
    return {
      kind: 'none',
      sentence: `it was created before ${connection.since.slice(0, 10)}, so no contact is made for it`,
    };
  }
  const claims = claimsOf(link, connection.country);
  if (claims.length > 0) return { kind: 'create', claims };
  return {
    kind: 'held',
    sentence: `held: the ${link.kind} is unsyncable: it has neither a valid e-mail nor a phone with a last name; add one in Referral Rock, then retry`,
  };
}

/**
 * Created before the connection's `since`: matched, but nothing is made for it. A record without a date counts as new; a time
 * without a zone is read as UTC, whatever zone this machine is in.
 */
export function isBefore(since: string, link: LinkState): boolean {
  const created = DateTime.fromISO(String(link.data['createDate'] ?? link.data['createDt'] ?? ''), { zone: 'utc' });
  return created.isValid && created.toMillis() < Date.parse(since);
}

/** The first country that is one, of a person's records; else `fallback`, the location's. */
export function countryOf(fallback: string, ...records: Data[]): string {
  return records.map(({ country }) => normalizeCountry(country)).find((code) => code !== '') ?? fallback;
}

/** What makes a person one: the e-mail; only without one the phone together with the last name. */
export function claimsOf(link: Pick<LinkState, 'kind' | 'data'>, country: string): ClaimKey[] {
  const email = normalizeEmail(link.data['email']);
  if (email !== '') return [{ kind: 'email', value: email }];
  const phone = normalizePhone(phoneOf(link), countryOf(country, link.data));
  const lastName = comparableName(link.data['lastName']);
  return phone !== '' && lastName !== '' ? [{ kind: 'phone', value: `${phone} ${lastName}` }] : [];
}

/** RR spells a member's phone `phone` and a referral's `phoneNumber`. */
function phoneOf(link: Pick<LinkState, 'kind' | 'data'>): unknown {
  return link.kind === 'member' ? link.data['phone'] : link.data['phoneNumber'];
}

function personOf(link: LinkState): Parameters<typeof chooseContact>[0] {
  const { email, firstName, lastName, externalIdentifier, memberEmail } = link.data;
  return {
    email,
    firstName,
    lastName,
    phone: phoneOf(link),
    externalIdentifier: typeof externalIdentifier === 'string' ? externalIdentifier : null,
    referringMember: link.kind === 'referral' ? { email: memberEmail, contactId: link.referringContactId } : null,
  };
}

function toCandidate({ contactId, data }: CandidateState): Candidate {
  const { email, phone, firstName, lastName } = data;
  const [additionalEmails, additionalPhones] = [further(data, 'email'), further(data, 'phone')];
  return { contactId, email, phone, firstName, lastName, additionalEmails, additionalPhones };
}

/** GHL lists a contact's further addresses as `additionalEmails: [{email}]`, its numbers as `additionalPhones: [{phone}]`. */
function further(data: Data, name: 'email' | 'phone'): string[] {
  const list = data[name === 'email' ? 'additionalEmails' : 'additionalPhones'];
  return Array.isArray(list) ? list.map((item: Data | null) => String(item?.[name] ?? '')) : [];
}

/** The contacts read for a record that are its person, as far as the matching rule goes: by e-mail, or by phone and last name. */
export function candidatesOf(state: CustomerState, link: LinkState): CandidateState[] {
  const country = countryOf(state.connection.country, link.data);
  const isPerson = (one: CandidateState): boolean =>
    chooseContact(personOf(link), [toCandidate(one)], { country }).kind === 'link';
  return link.candidates.filter(isPerson);
}
