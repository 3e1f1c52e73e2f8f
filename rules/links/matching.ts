import { normalizeEmail, normalizePhone, normalizeText, type FormContext } from '../forms/normalize.ts';

/** A person as a Referral Rock record (referral or member) shows them. */
export interface PersonToMatch {
  readonly email?: unknown;
  readonly phone?: unknown;
  readonly firstName?: unknown;
  readonly lastName?: unknown;
  /** RR's `externalIdentifier`: matches only if it is the id of a candidate. */
  readonly externalIdentifier?: string | null | undefined;
  /** The contact that the store already links to the record and that is not known to be gone. */
  readonly linkedContactId?: string | null | undefined;
  /** Of a referral: the member who made it. */
  readonly referringMember?: ReferringMember | null | undefined;
}

export interface ReferringMember {
  readonly email?: unknown;
  readonly phone?: unknown;
  readonly contactId?: string | null | undefined;
}

/** A GHL contact that exists now, found by id, e-mail or phone. */
export interface Candidate {
  readonly contactId: string;
  readonly email?: unknown;
  readonly phone?: unknown;
  readonly firstName?: unknown;
  readonly lastName?: unknown;
  readonly additionalEmails?: readonly string[] | undefined;
  readonly additionalPhones?: readonly string[] | undefined;
}

export type ContactChoice =
  | {
      readonly kind: 'link';
      readonly contactId: string;
      readonly by: 'link' | 'external-id' | 'email' | 'phone';
    }
  | { readonly kind: 'create' }
  | { readonly kind: 'ambiguous'; readonly contactIds: readonly string[]; readonly reason: string };

/**
 * Decides which GHL contact a Referral Rock person is: the strongest evidence that finds any contact decides (the stored
 * link, the external id, the e-mail, the phone); two contacts found by the same evidence are left to a person.
 */
export function chooseContact(
  person: PersonToMatch,
  candidates: readonly Candidate[],
  context: FormContext,
): ContactChoice {
  if (person.linkedContactId) return { kind: 'link', contactId: person.linkedContactId, by: 'link' };

  const externalId = normalizeText(person.externalIdentifier);
  if (externalId !== '' && candidates.some(({ contactId }) => contactId === externalId)) {
    return { kind: 'link', contactId: externalId, by: 'external-id' };
  }

  const email = normalizeEmail(person.email);
  const byEmail = email === '' ? [] : candidates.filter((candidate) => emailsOf(candidate).includes(email));
  if (byEmail.length > 0) return one(byEmail, 'email', 'e-mail address');

  const byPhone = candidates.filter((candidate) => isSamePersonByPhone(person, candidate, context));
  return byPhone.length > 0 ? one(byPhone, 'phone', 'phone and last name') : { kind: 'create' };
}

function one(found: readonly Candidate[], by: 'email' | 'phone', shared: string): ContactChoice {
  const contactIds = [...new Set(found.map(({ contactId }) => contactId))].toSorted();
  const [contactId] = contactIds;
  if (contactId !== undefined && contactIds.length === 1) return { kind: 'link', contactId, by };
  return {
    kind: 'ambiguous',
    contactIds,
    reason: `${contactIds.length} contacts have this ${shared}`,
  };
}

function isSamePersonByPhone(person: PersonToMatch, candidate: Candidate, context: FormContext): boolean {
  const phone = normalizePhone(person.phone, context.country);
  const lastName = comparableName(person.lastName);
  return (
    phone !== '' &&
    lastName !== '' &&
    phonesOf(candidate, context).includes(phone) &&
    lastName === comparableName(candidate.lastName) &&
    !isReferringMember(person.referringMember, candidate, context)
  );
}

/** A family shares phone and last name: a number alone must not turn the referred person into the one who referred them. */
function isReferringMember(
  member: ReferringMember | null | undefined,
  candidate: Candidate,
  context: FormContext,
): boolean {
  if (member === null || member === undefined) return false;
  if (member.contactId) return member.contactId === candidate.contactId;
  const email = normalizeEmail(member.email);
  const emails = emailsOf(candidate);
  if (email !== '' && emails.length > 0) return emails.includes(email);
  const phone = normalizePhone(member.phone, context.country);
  return phone !== '' && phonesOf(candidate, context).includes(phone);
}

function emailsOf(candidate: Candidate): string[] {
  return [candidate.email, ...(candidate.additionalEmails ?? [])].map(normalizeEmail).filter((email) => email !== '');
}

function phonesOf(candidate: Candidate, context: FormContext): string[] {
  return [candidate.phone, ...(candidate.additionalPhones ?? [])]
    .map((phone) => normalizePhone(phone, context.country))
    .filter((phone) => phone !== '');
}

/** Case and accents aside: `Núñez` and `NUNEZ` are one family. */
export function comparableName(name: unknown): string {
  return normalizeText(name).normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
