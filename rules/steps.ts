import { fieldMap } from './fields.ts';
import { countryOf } from './link.ts';
import { writtenValue } from './merge.ts';
import { nameOf, type SyncedField } from './normalize.ts';
import { referenceOf } from './reference.ts';
import type { Change, ClaimKey, CustomerState, Data, LinkState, StepDraft } from './state.ts';

const STEP = {
  factKey: null,
  rule: 'sync.fields',
  after: [],
  claims: [],
  mode: 'live',
  allowedBy: null,
  changes: [],
  reference: null,
} as const;

/** What a new contact is given: the record's fields in the form that they are written in, without those that GHL would refuse. */
export function contactFields(link: LinkState, fallback: string): Partial<Record<SyncedField, string>> {
  const country = countryOf(fallback, link.data);
  const values = fieldMap[link.kind].map(
    ({ field, rr }) => [field, writtenValue(field, link.data[rr], country)] as const,
  );
  return Object.fromEntries(values.filter(([, value]) => value !== undefined && value !== ''));
}

/** Makes the contact of a record that has none; only who holds the claim may. */
export function createContact(
  state: CustomerState,
  link: LinkState,
  claims: readonly ClaimKey[],
  given: Data,
): StepDraft {
  return {
    ...STEP,
    name: 'contact',
    operation: 'ghl.contact.create',
    queue: 'ghl',
    recordId: null,
    factKey: `${link.recordId}|${link.kind}.added|0`,
    rule: 'sync.contact|0',
    input: { locationId: state.connection.locationId, ...given, source: 'Referral Rock' },
    claims,
    summary: `create contact: ${Object.keys(given).join(', ')}`,
    sentence: `created the contact ${nameOf(given)}`,
  };
}

/** Writes changed fields to a contact that is there; no step without a change. */
export function updateContact(contact: { contactId: string }, changes: readonly Change[]): StepDraft[] {
  if (changes.length === 0) return [];
  const fields = changes.map(({ field }) => field).join(', ');
  return [
    {
      ...STEP,
      name: 'contact',
      operation: 'ghl.contact.update',
      queue: 'ghl',
      recordId: 'contact',
      input: { contactId: contact.contactId, ...asFields(changes) },
      changes,
      summary: `update contact: ${fields}`,
      sentence: `updated the contact: ${fields}`,
    },
  ];
}

/**
 * Writes changed fields to a member or referral; `after` names steps that must have succeeded; `factKey` the fact that is not
 * spent before this is written. No step without a change.
 */
export function updateLink(
  link: LinkState,
  name: string,
  changes: readonly Change[],
  after: readonly string[],
  factKey: string | null = null,
): StepDraft[] {
  if (changes.length === 0) return [];
  const fields = changes.map(({ field }) => field).join(', ');
  const key = link.kind === 'referral' ? { referralId: link.vendorId } : { memberId: link.vendorId };
  return [
    {
      ...STEP,
      factKey,
      // Another write for the same fact is another step.
      ...(factKey === null ? {} : { rule: `${STEP.rule}|${referenceOf(JSON.stringify(changes))}` }),
      name,
      operation: `referral-rock.${link.kind}.update`,
      queue: 'referral-rock',
      recordId: link.recordId,
      input: { query: { primaryInfo: key }, [link.kind]: asFields(changes) },
      after,
      changes,
      summary: `update ${link.kind}: ${fields}`,
      sentence: `updated the ${link.kind}: ${fields}`,
    },
  ];
}

function asFields(changes: readonly Change[]): Data {
  return Object.fromEntries(changes.map(({ field, after }) => [field, after]));
}
