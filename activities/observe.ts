import type { LinkKind } from '../rules/state.ts';
import { holdClaim } from '../store/claims.ts';
import { connectionOfCustomer, type ConnectionFacts } from '../store/connection-state.ts';
import { noteRowError } from '../store/passes.ts';
import {
  contactOf,
  type KnownRecord,
  type RecordKind,
  recordsOfRows,
  saveSnapshot,
  snapshotOf,
} from '../store/records.ts';
import { VendorError } from '../vendors/operation.ts';
import type { ObserveActivities, StoryInput } from '../workflows/support/contract.ts';
import { type ActivityDependencies, emailKey } from './dependencies.ts';
import { findCandidates } from './find-contact.ts';
import { cancellation, noteRefusal, storedError, toFailure } from './failures.ts';
import { readKnown } from './read-known.ts';
import { accountOf, type Data, vendorOf } from './read.ts';

/** The steps that read a vendor's present state into the store. An event is only a hint that there is something to read. */
export function createObserveSteps(
  dependencies: ActivityDependencies,
): Pick<ObserveActivities, 'observeContact' | 'observeReferral' | 'observeMember' | 'findContact'> {
  const { database, addressKey } = dependencies;
  const { db } = database;

  async function observe(record: KnownRecord, connection: ConnectionFacts): Promise<Data | undefined> {
    const account = accountOf(connection, vendorOf(record.kind));
    const data = await readKnown(dependencies, record, { account, signal: cancellation() });
    if (data) await saveSnapshot(db, record.id, data, emailKey(addressKey, data['email']));
    return data;
  }

  async function observeAll(input: StoryInput, kind: RecordKind): Promise<KnownRecord[]> {
    const [records, connection] = await Promise.all([
      recordsOfRows(db, input.rowIds, kind),
      connectionOfCustomer(db, input.customerId),
    ]);
    for (const record of records) {
      const data = await observe(record, connection);
      if (data && kind === 'contact' && connection.mode === 'live') await holdOwnKey(connection.id, record, data);
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

  async function findContact(input: StoryInput): Promise<void> {
    const connection = await connectionOfCustomer(db, input.customerId);
    const records = [
      ...(await recordsOfRows(db, input.rowIds, 'referral')),
      ...(await recordsOfRows(db, input.rowIds, 'member')),
    ];
    for (const record of records.filter(({ linked, gone }) => !linked && !gone)) {
      await findCandidates(dependencies, record, connection, cancellation());
    }
  }

  /** The vendor's words go to the rows in the store; Temporal gets the failure's type. */
  const guarded =
    <Result>(step: (input: StoryInput) => Promise<Result>) =>
    async (input: StoryInput): Promise<Result> => {
      try {
        return await step(input);
      } catch (error) {
        if (error instanceof VendorError) {
          await noteRowError(db, input.rowIds, storedError(error));
          await noteRefusal(dependencies, input.customerId, error, 'reads');
        }
        throw toFailure(error, dependencies.log);
      }
    };

  return {
    observeContact: guarded(async (input) => {
      const [contact] = await observeAll(input, 'contact');
      return { gone: contact?.gone ?? false, mayJoin: false };
    }),
    observeReferral: guarded((input) => observeLink(input, 'referral')),
    observeMember: guarded((input) => observeLink(input, 'member')),
    findContact: guarded(findContact),
  };
}
