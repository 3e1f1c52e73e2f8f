import type { Logger } from 'pino';
import type { Connecting, NewConnection } from '../bridge/new-connection.ts';
import { addConnection, addedConnections } from '../store/add-connection.ts';
import type { Database } from '../store/database.ts';
import { createLimiter } from '../store/limits.ts';
import { createVendorClients, type VendorAddresses } from '../vendors/clients.ts';
import { type Vendor, type VendorClient, VendorError } from '../vendors/operation.ts';
import { ghl, referralRock } from '../vendors/operations.ts';
import { connectAccounts } from './accounts.ts';

export interface ConnectingParts {
  database: Database;
  clients: Readonly<Record<Vendor, VendorClient>>;
  addresses: VendorAddresses;
  /** The key that secrets are sealed with. */
  secret: Buffer;
  log: Logger;
  /** Where Referral Rock is to post its events; undefined: its webhooks are made by hand. */
  publicUrl: () => string | undefined;
  signal: AbortSignal;
}

/** Checks and adds connections for the bridge of this process. */
export function createConnecting(parts: ConnectingParts): Connecting {
  return {
    check: (wish) => check(parts, wish),
    async add(wish) {
      const added = await addConnection(parts.database, parts.secret, wish);
      if (added === 'added') void setUp(parts, wish.id);
      return added;
    },
  };
}

/** Reads what must be known of every connection that people have added; resolves at once. */
export async function setUpAdded(parts: ConnectingParts): Promise<void> {
  for (const id of await addedConnections(parts.database)) void setUp(parts, id);
}

function setUp({ database, clients, log, publicUrl, signal }: ConnectingParts, connectionId: string): Promise<void> {
  return connectAccounts(
    { database, clients, log },
    { connectionId, defaultProgramId: undefined, publicUrl: publicUrl(), signal },
  );
}

const WHAT: Readonly<Record<Vendor, string>> = {
  ghl: 'GoHighLevel refuses this location and token',
  'referral-rock': 'Referral Rock refuses these keys',
};

/** With what was given, not with what is stored. */
async function check({ database, addresses, log, signal }: ConnectingParts, wish: NewConnection): Promise<string[]> {
  const authorization = {
    ghl: `Bearer ${wish.ghlToken}`,
    'referral-rock': `Basic ${Buffer.from(wish.referralRockKeys).toString('base64')}`,
  };
  const clients = createVendorClients(addresses, {
    credentials: {
      authorization: ({ vendor }) => Promise.resolve(authorization[vendor]),
      refresh: () => Promise.resolve(false),
    },
    limiter: createLimiter(database),
    log,
  });
  const { ghlLocationId: locationId, id } = wish;
  const reads = {
    ghl: () =>
      clients.ghl.call(ghl.location.get, { locationId }, { account: { vendor: 'ghl', id: locationId }, signal }),
    'referral-rock': () =>
      clients['referral-rock'].call(
        referralRock.program.list,
        {},
        { account: { vendor: 'referral-rock', id }, signal },
      ),
  };
  const refusals = await Promise.all(
    (['ghl', 'referral-rock'] as const).map(async (vendor) => {
      try {
        await reads[vendor]();
        return [];
      } catch (error) {
        if (!(error instanceof VendorError)) throw error;
        const { operation, kind, status } = error;
        return [`${WHAT[vendor]} (${operation}: ${kind}${status === undefined ? '' : `, HTTP ${status}`})`];
      }
    }),
  );
  return refusals.flat();
}
