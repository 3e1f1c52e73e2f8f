import { loadConnection, markBroken, markMended, saveLocationFacts } from '../store/connections.ts';
import type { ConnectionFacts } from '../store/connection-state.ts';
import { noteMissing, saveSnapshot } from '../store/records.ts';
import { type CallOptions, type Vendor, VendorError } from '../vendors/operation.ts';
import { ghl, referralRock } from '../vendors/operations.ts';
import type { StoryInput } from '../workflows/support/contract.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { callingFor, loadStory } from './observing.ts';
import { readPrograms } from './programs.ts';

/** Reads the account's programs and reward rules anew; the program of the rows is gone if it is not among them. */
export async function observePrograms(dependencies: ActivityDependencies, input: StoryInput): Promise<void> {
  const { database } = dependencies;
  const { connection, records } = await loadStory(dependencies, input, 'program');
  const { signal } = callingFor(connection, 'referral-rock');
  const programs = await readPrograms(dependencies, connection.id, signal ? { signal } : {});
  for (const record of records) {
    const data = programs.find(({ id }) => id === record.vendorId);
    await (data ? saveSnapshot(database.db, record.id, data, null) : noteMissing(database.db, record.id, 0));
  }
}

const TAKEN_OFF = 'the app was taken off this location; install it again';

/**
 * Asks one vendor something harmless with the connection's credentials. A refusal marks the connection; an answer of GHL, which is
 * asked first, takes the mark away. An app that was taken off its location is not asked.
 */
export async function checkConnection(
  dependencies: ActivityDependencies,
  vendor: Vendor,
  input: StoryInput,
): Promise<void> {
  const { database } = dependencies;
  const { connection, hints } = await loadStory(dependencies, input, 'location');
  const isTakenOff = hints.find(({ event }) => event.endsWith('INSTALL'))?.event === 'UNINSTALL';
  if (isTakenOff) return markBroken(database, connection.id, TAKEN_OFF);
  try {
    await (vendor === 'ghl' ? askGhl(dependencies, connection) : askReferralRock(dependencies, connection));
  } catch (error) {
    if (!(error instanceof VendorError) || (error.kind !== 'Unauthorized' && error.kind !== 'Forbidden')) throw error;
    await markOnce(dependencies, connection.id, error);
  }
}

async function askGhl({ database, clients }: ActivityDependencies, connection: ConnectionFacts): Promise<void> {
  const { locationId } = connection;
  const { location } = await clients.ghl.call(ghl.location.get, { locationId }, callingFor(connection, 'ghl'));
  const { timezone, country } = location;
  await saveLocationFacts(database, connection.id, { timeZone: timezone ?? undefined, country: country ?? undefined });
  await markMended(database, connection.id);
}

async function askReferralRock({ clients }: ActivityDependencies, connection: ConnectionFacts): Promise<void> {
  const options: CallOptions = callingFor(connection, 'referral-rock');
  await clients['referral-rock'].call(referralRock.program.list, { count: 1 }, options);
}

/** What the first vendor is refused for stays the reason. */
async function markOnce(
  { database, log }: ActivityDependencies,
  connectionId: string,
  { operation, kind, status }: VendorError,
): Promise<void> {
  log.warn({ connection: connectionId, operation, status }, `connection ${connectionId} is refused by its vendor`);
  const present = await loadConnection(database, connectionId);
  if (present?.broken_at && operation !== ghl.location.get.id) return;
  await markBroken(database, connectionId, `${operation} is refused (HTTP ${status ?? 'unknown'}): ${kind}`);
}
