import type { Logger } from 'pino';
import { addressKeyOf } from '../store/address.ts';
import type { Database } from '../store/database.ts';
import type { Vendor, VendorClient } from '../vendors/operation.ts';

/** What the activities are made of. */
export interface ActivityDependencies {
  database: Database;
  clients: Readonly<Record<Vendor, VendorClient>>;
  /** Key of the HMAC that stands for an e-mail or phone in keys. */
  addressKey: Buffer;
  log: Logger;
  timing?: Partial<Timing>;
}

/** Milliseconds. */
export interface Timing {
  /** A record that a vendor does not know counts as gone only after so long. */
  goneAfter: number;
  /**
   * A create whose answer was lost is looked up not before so long after it was sent: longer than any request may take (20 s), since
   * a run that Temporal has forgotten may still be waiting for the answer.
   */
  lookUpAfter: number;
  /** A step that moves money whose answer was lost re-reads its record not before so long after it was sent. */
  confirmAfter: number;
  /** An update re-reads a record whose snapshot is older. */
  freshFor: number;
  /** A walk leaves what changed within so long to its own webhook. */
  walkTrails: number;
}

export const DEFAULT_TIMING: Timing = {
  goneAfter: 60_000,
  lookUpAfter: 25_000,
  confirmAfter: 15_000,
  freshFor: 60_000,
  walkTrails: 60_000,
};

/** The key of a record's e-mail, or null if it has none. */
export function emailKey(addressKey: Buffer, email: unknown): string | null {
  return typeof email === 'string' && email.trim() !== '' ? addressKeyOf(addressKey, email) : null;
}
