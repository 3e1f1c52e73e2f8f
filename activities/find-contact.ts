import { claimsOf } from '../rules/links/link.ts';
import { normalizeEmail, normalizePhone } from '../rules/forms/normalize.ts';
import type { ClaimKey } from '../rules/plan.ts';
import type { LinkKind } from '../rules/records.ts';
import { addressKeyOf } from '../store/address.ts';
import { contactsHolding, freeLostClaim } from '../store/claims.ts';
import type { ConnectionFacts } from '../store/connection-state.ts';
import { contactOf, type KnownRecord, recordOf, saveCandidates, saveSnapshot, snapshotOf } from '../store/records.ts';
import { type CallOptions, VendorError } from '../vendors/operation.ts';
import { ghl } from '../vendors/operations.ts';
import { type ActivityDependencies, emailKey } from './dependencies.ts';
import { callingFor } from './observing.ts';
import { readKnown } from './read-known.ts';
import { type Data, readRecord } from './read.ts';

/**
 * Reads the contacts that may be the person of a member or referral: by its place in the queue, external id, claim, e-mail and
 * phone, with those of `also.ids` and without those of `also.not`. They are kept with the record; the matching rule of the plan
 * chooses.
 */
export async function findCandidates(
  dependencies: ActivityDependencies,
  record: KnownRecord,
  connection: ConnectionFacts,
  also: { ids?: readonly string[]; not?: readonly string[] } = {},
): Promise<void> {
  const { database, addressKey } = dependencies;
  const person = await snapshotOf(database.db, record.id);
  if (!person) return;
  const options = callingFor(connection, 'ghl');
  const own = await contactOf(database.db, record.customerId);
  const [byId, byAddress] = await Promise.all([
    readNamed(
      dependencies,
      record,
      person.data,
      connection,
      options,
      [own?.vendorId ?? '', ...(also.ids ?? [])],
      also.not,
    ),
    findDuplicates(dependencies, person.data, connection, options),
  ]);
  const contacts = new Map([...byId, ...byAddress].map((data) => [String(data['id']), data]));
  const ownData = own && contacts.get(own.vendorId);
  if (own && ownData) {
    await saveSnapshot(database.db, own.id, ownData, emailKey(addressKey, ownData['email']));
  }
  for (const id of also.not ?? []) contacts.delete(id);
  const candidates = [...contacts].map(([id, data]) => ({ id, data }));
  await saveCandidates(database.db, record.id, candidates);
}

/** A GHL id, as an external identifier names a contact by; one that is none belongs to another system. */
export const GHL_ID = /^[A-Za-z0-9]{10,40}$/u;

/** The contacts that something names by id: the queue, a claim on the person's address, the record's external id. */
async function readNamed(
  dependencies: ActivityDependencies,
  record: KnownRecord,
  person: Data,
  connection: ConnectionFacts,
  options: CallOptions,
  named: readonly string[],
  not: readonly string[] = [],
): Promise<Data[]> {
  const { db } = dependencies.database;
  const claims = claimsOf({ kind: record.kind as LinkKind, data: person }, connection.country);
  const keyed = claims.map((claim) => ({
    claim,
    key: `${claim.kind}:${addressKeyOf(dependencies.addressKey, claim.value)}`,
  }));
  const holders = await contactsHolding(
    db,
    connection.id,
    keyed.map(({ key }) => key),
  );
  const externalId = String(person['externalIdentifier'] ?? '');
  const ids = new Set([...named, ...holders, GHL_ID.test(externalId) ? externalId : '']);
  for (const id of ['', ...not]) ids.delete(id);
  const found = (
    await Promise.all([...ids].map((contactId) => readContact(dependencies, connection, contactId, options)))
  ).filter((data) => data !== undefined);
  for (const data of found.filter(({ id }) => holders.includes(String(id)))) {
    for (const { claim, key } of keyed)
      if (!hasKey(data, claim, connection.country)) await freeLostClaim(db, connection.id, key, String(data['id']));
  }
  return found;
}

/** A contact that we know is gone only once it has been missing for a while: until then its person waits for it. */
async function readContact(
  dependencies: ActivityDependencies,
  connection: ConnectionFacts,
  contactId: string,
  options: CallOptions,
): Promise<Data | undefined> {
  const known = await recordOf(dependencies.database.db, connection.id, 'contact', contactId);
  return known
    ? readKnown(dependencies, known, options)
    : readRecord(dependencies.clients, 'contact', contactId, options).catch(unlessNotFound);
}

/** Whether a contact still is who holds this claim, as it was read now. */
function hasKey(data: Data, { kind, value }: ClaimKey, country: string): boolean {
  if (kind === 'email') return normalizeEmail(data['email']) === value;
  const byPhone = claimsOf({ kind: 'member', data: { ...data, email: '' } }, country);
  return byPhone.some((own) => own.value === value);
}

/** The contacts that GHL itself takes for this person: by e-mail and by phone. */
async function findDuplicates(
  { clients }: ActivityDependencies,
  person: Data,
  connection: ConnectionFacts,
  options: CallOptions,
): Promise<Data[]> {
  const email = normalizeEmail(person['email']);
  const number = normalizePhone(person['phoneNumber'] ?? person['phone'], connection.country);
  const queries = [...(email === '' ? [] : [{ email }]), ...(number === '' ? [] : [{ number }])];
  const answers = await Promise.all(
    queries.map((by) =>
      clients.ghl.call(ghl.contact.findDuplicate, { locationId: connection.locationId, ...by }, options),
    ),
  );
  return answers.flatMap((answer) => answer.contact ?? []);
}

function unlessNotFound(error: unknown): undefined {
  if (error instanceof VendorError && error.kind === 'NotFound') return undefined;
  throw error;
}
