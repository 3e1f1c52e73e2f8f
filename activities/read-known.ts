import { type KnownRecord, noteMissing } from '../store/records.ts';
import { type CallOptions, VendorError } from '../vendors/operation.ts';
import { type ActivityDependencies, DEFAULT_TIMING } from './dependencies.ts';
import { tryAgain } from './failures.ts';
import { type Data, readRecord } from './read.ts';

/** How a record is read where not simply by its id, and whether an event tells of its deletion. */
interface Reading {
  isDeleted?: boolean;
  read?: () => Promise<Data>;
}

/**
 * Reads a known record at its vendor; undefined: it is gone. A record that its vendor does not know is gone at once if an event told
 * of its deletion, else only when that has been so for a while (an index or a replica may lag); until then it throws
 * `NotThereYet`, to be tried again.
 */
export async function readKnown(
  { database, clients, timing }: ActivityDependencies,
  record: KnownRecord,
  options: CallOptions,
  { isDeleted = false, read }: Reading = {},
): Promise<Data | undefined> {
  const { goneAfter } = { ...DEFAULT_TIMING, ...timing };
  try {
    return await (read ? read() : readRecord(clients, record.kind, record.vendorId, options, record.parentId));
  } catch (error) {
    if (!(error instanceof VendorError) || error.kind !== 'NotFound') throw error;
    const { gone, waitMs } = await noteMissing(database.db, record.id, isDeleted ? 0 : goneAfter);
    if (!gone) throw tryAgain('NotThereYet', `The ${record.kind} is not there (yet)`, waitMs);
    return undefined;
  }
}
