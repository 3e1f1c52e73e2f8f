import { claimsOf } from '../rules/link.ts';
import { normalizeEmail, normalizePhone } from '../rules/normalize.ts';
import type { LinkKind } from '../rules/state.ts';
import { addressKeyOf } from '../store/address.ts';
import { contactsHolding } from '../store/claims.ts';
import type { ConnectionFacts } from '../store/customer-state.ts';
import { contactOf, type KnownRecord, saveCandidates, saveSnapshot, snapshotOf } from '../store/records.ts';
import * as contact from '../vendors/ghl/operations/contact.ts';
import { type CallOptions, VendorError } from '../vendors/operation.ts';
import { type ActivityDependencies, emailKey } from './dependencies.ts';
import { accountOf, type Data, readRecord } from './read.ts';

/**
 * Reads the contacts that may be the person of a member or referral: by its place in the queue, external id, claim, e-mail and
 * phone. They are kept with the record; the matching rule of the plan chooses.
 */
export async function findCandidates(
  dependencies: ActivityDependencies,
  record: KnownRecord,
  connection: ConnectionFacts,
  signal: AbortSignal,
): Promise<void> {
  const { database, addressKey } = dependencies;
  const person = await snapshotOf(database.db, record.id);
  if (!person) return;
  const options = { account: accountOf(connection, 'ghl'), signal };
  const own = await contactOf(database.db, record.customerId);
  const [byId, byAddress] = await Promise.all([
    readNamed(dependencies, record, person.data, connection, options, own?.vendorId),
    findDuplicates(dependencies, person.data, connection, options),
  ]);
  const contacts = new Map([...byId, ...byAddress].map((data) => [String(data['id']), data]));
  const ownData = own && contacts.get(own.vendorId);
  if (own && ownData) {
    await saveSnapshot(database.db, own.id, ownData, emailKey(addressKey, ownData['email']));
  }
  const candidates = [...contacts].map(([id, data]) => ({ id, data }));
  await saveCandidates(database.db, record.id, candidates);
}

/** A GHL id; an external identifier that is none belongs to another system. */
const GHL_ID = /^[A-Za-z0-9]{10,40}$/u;

/** The contacts that something names by id: the queue, a claim on the person's address, the record's external id. */
async function readNamed(
  { database, clients, addressKey }: ActivityDependencies,
  record: KnownRecord,
  person: Data,
  connection: ConnectionFacts,
  options: CallOptions,
  ownId: string | undefined,
): Promise<Data[]> {
  const keys = claimsOf({ kind: record.kind as LinkKind, data: person }, connection.country).map(
    ({ kind, value }) => `${kind}:${addressKeyOf(addressKey, value)}`,
  );
  const holders = await contactsHolding(database.db, connection.id, keys);
  const externalId = String(person['externalIdentifier'] ?? '');
  const ids = new Set([ownId ?? '', ...holders, GHL_ID.test(externalId) ? externalId : '']);
  ids.delete('');
  const found = await Promise.all(
    [...ids].map((contactId) => readRecord(clients, 'contact', contactId, options).catch(unlessNotFound)),
  );
  return found.filter((data) => data !== undefined);
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
    queries.map((by) => clients.ghl.call(contact.findDuplicate, { locationId: connection.locationId, ...by }, options)),
  );
  return answers.flatMap((answer) => answer.contact ?? []);
}

function unlessNotFound(error: unknown): undefined {
  if (error instanceof VendorError && error.kind === 'NotFound') return undefined;
  throw error;
}
