import { randomBytes } from 'node:crypto';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { ensureConnection, setInForce } from '../../store/connections.ts';
import type { Database } from '../../store/database.ts';
import { createLimiter } from '../../store/limits.ts';
import { createCredentials } from '../../store/tokens.ts';
import { createVendorClients } from '../../vendors/clients.ts';
import { connectAccounts } from '../../workers/accounts.ts';
import { logForTests } from './runtime.ts';

export const CONNECTION = 'sandbox';

/** Referral Rock's answers tell no quota: ours must be told. */
const HIGH_LIMITS = { 'referral-rock': { max: 100_000, intervalMs: 10_000 } };

type Clients = ReturnType<typeof createVendorClients>;

/** Stores the sandbox's connection and makes the clients that speak for it. */
export async function connectSandbox(
  database: Database,
  { info: { ghl, referralRock } }: Sandbox,
  options: { mode?: 'live' | 'observe'; quota?: 'high'; timeoutMs?: number; secret?: Buffer } = {},
): Promise<Clients> {
  const { secret = randomBytes(32) } = options;
  await ensureConnection(database, secret, {
    id: CONNECTION,
    name: 'Sandbox',
    mode: options.mode ?? 'live',
    ghlLocationId: ghl.locationId,
    ghlToken: ghl.privateToken,
    referralRockKeys: `${referralRock.publicKey}:${referralRock.privateKey}`,
  });
  await setInForce(database, CONNECTION);
  const limiter = createLimiter(database, options.quota === 'high' ? { defaults: HIGH_LIMITS } : {});
  return createVendorClients(
    { ghlBaseUrl: ghl.url, referralRockBaseUrl: referralRock.url },
    {
      credentials: createCredentials(database, secret),
      limiter,
      log: logForTests(),
      ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    },
  );
}

/** Reads the accounts' programs and time zone; with a `publicUrl` Referral Rock posts its events there. */
export function readSandboxAccounts(database: Database, clients: Clients, publicUrl?: string): Promise<void> {
  return connectAccounts(
    { database, clients, log: logForTests() },
    { connectionId: CONNECTION, defaultProgramId: undefined, publicUrl, signal: AbortSignal.timeout(20_000) },
  );
}
