import { normalizeEmail, normalizeText } from '../rules/forms/normalize.ts';
import type { ConnectionFacts } from '../store/connection-state.ts';
import type { DueStep } from '../store/steps.ts';
import type { CallOptions } from '../vendors/operation.ts';
import { ghl } from '../vendors/operations.ts';
import * as member from '../vendors/referral-rock/operations/member.ts';
import type { Clients, Data } from './read.ts';

/** What a look-up goes by. */
export interface Sought {
  clients: Clients;
  /** The create's input, earlier steps' answers filled in. */
  input: Data;
  reference: DueStep['reference'];
  connection: ConnectionFacts;
  options: CallOptions;
}

/** The strongest read there is of what a create makes, by its operation. */
const FINDERS: Readonly<Record<string, (sought: Sought) => Promise<Data | undefined>>> = {
  'ghl.task.create': async ({ clients, input, reference, options }) => {
    const { tasks } = await clients.ghl.call(ghl.task.list, { contactId: String(input['contactId']) }, options);
    return tasks.find(({ body }) => isOurs(reference, body));
  },
  'ghl.note.create': async ({ clients, input, reference, options }) => {
    const { notes } = await clients.ghl.call(ghl.note.list, { contactId: String(input['contactId']) }, options);
    return notes.find(({ body }) => isOurs(reference, body));
  },
  'ghl.contact.create': findContact,
  'ghl.custom-field.create': findField,
  'referral-rock.member.create': findMember,
};

/** Whether it can be found out if a create was carried out whose answer was lost. */
export function canBeFound({ operation, reference }: Pick<DueStep, 'operation' | 'reference'>): boolean {
  const isByReference = operation === 'ghl.task.create' || operation === 'ghl.note.create';
  return operation in FINDERS && (!isByReference || reference !== null);
}

/** Whether a vendor that refuses to make one beside another says no id of that: it is looked for. */
export function mayHaveTwin(operation: string): boolean {
  return operation === 'ghl.custom-field.create' || operation === 'referral-rock.member.create';
}

/**
 * Looks for the record that a create may have made: a task or note in its contact's own list by our reference, a contact by the
 * duplicate search, a member by its program and e-mail, a custom field by its name. Undefined: it was not made.
 */
export async function findCreated(operation: string, sought: Sought): Promise<Data | undefined> {
  return FINDERS[operation]?.(sought);
}

function isOurs(reference: string | null, body: string | null | undefined): boolean {
  return reference !== null && (body ?? '').includes(reference);
}

/** A contact with the same e-mail; without one, with the same phone and names: a number alone may be a relative's. */
async function findContact({ clients, input, connection, options }: Sought): Promise<Data | undefined> {
  const email = normalizeEmail(input['email']);
  const phone = typeof input['phone'] === 'string' ? input['phone'] : '';
  if (email === '' && phone === '') return undefined;
  const by = email === '' ? { number: phone } : { email };
  const query = { locationId: connection.locationId, ...by };
  const { contact: found } = await clients.ghl.call(ghl.contact.findDuplicate, query, options);
  if (!found) return undefined;
  const isSame = (field: 'firstName' | 'lastName'): boolean =>
    normalizeText(found[field]).toLowerCase() === normalizeText(input[field]).toLowerCase();
  if (email !== '') return normalizeEmail(found.email) === email ? found : undefined;
  return isSame('firstName') && isSame('lastName') ? found : undefined;
}

/** A GHL id, as a member's external identifier names its contact by. */
const GHL_ID = /^[A-Za-z0-9]{10,40}$/u;

/**
 * The member with the same e-mail in the same program. One that names another contact is another person's; Referral Rock does not
 * say whether a list shows disabled members by itself, so both kinds are asked for.
 */
async function findMember({ clients, input, options }: Sought): Promise<Data | undefined> {
  const email = normalizeEmail(input['email']);
  const programId = normalizeText(input['programId']).toLowerCase();
  if (email === '' || programId === '') return undefined;
  const contactId = normalizeText(input['externalIdentifier']);
  for (const showDisabled of [false, true]) {
    const query = { programId, query: email, showDisabled };
    const { members } = await clients['referral-rock'].call(member.list, query, options);
    const same = members.filter(
      (one) => normalizeEmail(one.email) === email && normalizeText(one.programId).toLowerCase() === programId,
    );
    const named = same.find(({ externalIdentifier }) => normalizeText(externalIdentifier) === contactId);
    const unnamed = same.find(({ externalIdentifier }) => !GHL_ID.test(normalizeText(externalIdentifier)));
    const found = named ?? unnamed;
    if (found) return found;
  }
  return undefined;
}

/** GHL makes the key of a custom field from its name, and refuses a second field of that key. */
async function findField({ clients, input, connection, options }: Sought): Promise<Data | undefined> {
  const model = input['model'] === 'opportunity' ? 'opportunity' : 'contact';
  const query = { locationId: connection.locationId, model } as const;
  const { customFields } = await clients.ghl.call(ghl.customField.list, query, options);
  const key = `${model}.${keyOf(input['name'])}`;
  const isNamed = (name: unknown): boolean => keyOf(name) === keyOf(input['name']);
  return customFields.find(({ fieldKey }) => fieldKey === key) ?? customFields.find(({ name }) => isNamed(name));
}

function keyOf(name: unknown): string {
  return normalizeText(name)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, '_')
    .replaceAll(/^_|_$/gu, '');
}
