import { claimsOf } from '../rules/link.ts';
import { normalizeEmail, normalizePhone } from '../rules/normalize.ts';
import type { LinkKind } from '../rules/state.ts';
import { addressKeyOf } from '../store/address.ts';
import { contactsHolding, holdClaim } from '../store/claims.ts';
import { connectionOfCustomer, type ConnectionFacts } from '../store/customer-state.ts';
import { noteRowError } from '../store/passes.ts';
import {
  contactOf,
  type KnownRecord,
  noteMissing,
  type RecordKind,
  recordsOfRows,
  saveCandidates,
  saveSnapshot,
  snapshotOf,
} from '../store/records.ts';
import { VendorError } from '../vendors/operation.ts';
import { ghl } from '../vendors/operations.ts';
import type { ObserveActivities, StoryInput } from '../workflows/support/contract.ts';
import { type ActivityDependencies, DEFAULT_TIMING, emailKey } from './dependencies.ts';
import { cancellation, storedError, toFailure, tryAgain } from './failures.ts';
import { accountOf, type Data, readRecord, vendorOf } from './read.ts';

/** The steps that read a vendor's present state into the store. An event is only a hint that there is something to read. */
export function createObserveSteps(dependencies: ActivityDependencies): ObserveActivities {
  const { database, clients, addressKey } = dependencies;
  const { db } = database;
  const { goneAfter } = { ...DEFAULT_TIMING, ...dependencies.timing };

  /** A record that its vendor does not know is gone, once that has been so for a while: an index or a replica may lag. */
  async function observe(record: KnownRecord, connection: ConnectionFacts): Promise<Data | undefined> {
    const account = accountOf(connection, vendorOf(record.kind));
    try {
      const data = await readRecord(clients, record.kind, record.vendorId, { account, signal: cancellation() });
      await saveSnapshot(db, record.id, data, emailKey(addressKey, data['email']));
      return data;
    } catch (error) {
      if (!(error instanceof VendorError) || error.kind !== 'NotFound') throw error;
      const { gone, waitMs } = await noteMissing(db, record.id, goneAfter);
      if (!gone) throw tryAgain('NotThereYet', `The ${record.kind} is not there (yet)`, waitMs);
      return undefined;
    }
  }

  async function observeAll(input: StoryInput, kind: RecordKind): Promise<KnownRecord[]> {
    const [records, connection] = await Promise.all([
      recordsOfRows(db, input.rowIds, kind),
      connectionOfCustomer(db, input.customerId),
    ]);
    for (const record of records) {
      const data = await observe(record, connection);
      if (data && kind === 'contact') await holdOwnKey(connection.id, record, data);
    }
    return records;
  }

  /** A contact that is there claims its e-mail: nobody makes a second one for the same person. */
  async function holdOwnKey(connectionId: string, record: KnownRecord, data: Data): Promise<void> {
    const key = emailKey(addressKey, data['email']);
    if (key !== null) await holdClaim(db, connectionId, record.customerId, `email:${key}`, record.vendorId);
  }

  async function observeLink(input: StoryInput, kind: LinkKind): Promise<{ linked: boolean }> {
    const records = await observeAll(input, kind);
    const own = await contactOf(db, input.customerId);
    const known = own !== undefined && (await snapshotOf(db, own.id)) !== undefined;
    return { linked: known && records.every(({ linked, gone }) => linked || gone) };
  }

  /** Contacts by link, external id, claim, e-mail and phone; the matching rule of the plan chooses. */
  async function findFor(record: KnownRecord, connection: ConnectionFacts): Promise<void> {
    const person = await snapshotOf(db, record.id);
    if (!person) return;
    const options = { account: accountOf(connection, 'ghl'), signal: cancellation() };
    const own = await contactOf(db, record.customerId);
    const claims = claimsOf({ kind: record.kind as LinkKind, data: person.data }, connection.country);
    const holders = await contactsHolding(
      db,
      connection.id,
      claims.map(({ kind, value }) => `${kind}:${addressKeyOf(addressKey, value)}`),
    );
    const externalId = String(person.data['externalIdentifier'] ?? '');
    const ids = new Set([
      ...(own ? [own.vendorId] : []),
      ...holders,
      ...(/^[A-Za-z0-9]{10,40}$/u.test(externalId) ? [externalId] : []),
    ]);
    const email = normalizeEmail(person.data['email']);
    const phone = normalizePhone(person.data['phoneNumber'] ?? person.data['phone'], connection.country);
    const duplicate = (by: { email: string } | { number: string }): Promise<Data | undefined> =>
      clients.ghl
        .call(ghl.contact.findDuplicate, { locationId: connection.locationId, ...by }, options)
        .then((answer) => answer.contact ?? undefined);
    const found = await Promise.all([
      ...[...ids].map((contactId) => readRecord(clients, 'contact', contactId, options).catch(unlessNotFound)),
      ...(email === '' ? [] : [duplicate({ email })]),
      ...(phone === '' ? [] : [duplicate({ number: phone })]),
    ]);
    const contacts = new Map(found.flatMap((data) => (data ? [[String(data['id']), data] as const] : [])));
    const ownData = own && contacts.get(own.vendorId);
    if (own && ownData) await saveSnapshot(db, own.id, ownData, emailKey(addressKey, ownData['email']));
    await saveCandidates(
      db,
      record.id,
      [...contacts].map(([id, data]) => ({ id, data })),
    );
  }

  async function findContact(input: StoryInput): Promise<void> {
    const connection = await connectionOfCustomer(db, input.customerId);
    const records = [
      ...(await recordsOfRows(db, input.rowIds, 'referral')),
      ...(await recordsOfRows(db, input.rowIds, 'member')),
    ];
    for (const record of records.filter(({ linked, gone }) => !linked && !gone)) await findFor(record, connection);
  }

  /** The vendor's words go to the rows in the store; Temporal gets the failure's type. */
  const guarded =
    <Result>(step: (input: StoryInput) => Promise<Result>) =>
    async (input: StoryInput): Promise<Result> => {
      try {
        return await step(input);
      } catch (error) {
        if (error instanceof VendorError) await noteRowError(db, input.rowIds, storedError(error));
        throw toFailure(error, dependencies.log);
      }
    };

  return {
    observeContact: guarded(async (input) => void (await observeAll(input, 'contact'))),
    observeReferral: guarded((input) => observeLink(input, 'referral')),
    observeMember: guarded((input) => observeLink(input, 'member')),
    findContact: guarded(findContact),
  };
}

function unlessNotFound(error: unknown): undefined {
  if (error instanceof VendorError && error.kind === 'NotFound') return undefined;
  throw error;
}
