import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { READABLE_NAMES, readNames } from '../activities/names.ts';
import { readPrograms } from '../activities/programs.ts';
import type { Database } from '../store/database.ts';
import {
  claimHookSetUp,
  type Connection,
  type Hooks,
  loadConnection,
  saveHooks,
  saveLocationFacts,
} from '../store/connections.ts';
import { type Vendor, type VendorClient, VendorError } from '../vendors/operation.ts';
import { ghl, referralRock } from '../vendors/operations.ts';
import { triggers } from '../workflows/triggers.ts';

export interface AccountParts {
  database: Database;
  clients: Readonly<Record<Vendor, VendorClient>>;
  log: Logger;
}

const RETRY_MS = 15_000;

/** Every event of Referral Rock that a trigger handles. */
export const HOOK_EVENTS: readonly string[] = Object.values(triggers).flatMap(({ events }) => events['referral-rock']);

/** The address that Referral Rock calls, without the event that follows after a slash. */
export function hookAddress(publicUrl: string, connection: Connection): string {
  return `${publicUrl}/webhooks/referral-rock/${connection.referral_rock_webhook_token}`;
}

/**
 * Reads what must be known of a connection's accounts (time zone, country, programs, what GHL calls its things) and has Referral Rock post its events to
 * `publicUrl` (undefined: they are made by hand). Tries again every 15 s until both vendors have answered or the signal fires.
 */
export async function connectAccounts(
  parts: AccountParts,
  options: {
    connectionId: string;
    defaultProgramId: string | undefined;
    publicUrl: string | undefined;
    signal: AbortSignal;
  },
): Promise<void> {
  while (!options.signal.aborted) {
    try {
      const connection = await loadConnection(parts.database, options.connectionId);
      if (!connection) throw new Error(`There is no connection ${options.connectionId}`);
      await readAccounts(parts, connection, options.defaultProgramId, options.signal);
      if (options.publicUrl) await registerHooks(parts, connection, options.publicUrl);
      for (const kind of READABLE_NAMES)
        await readNames(parts, { id: connection.id, locationId: connection.ghl_location_id }, kind, options.signal);
      return;
    } catch (error) {
      if (options.signal.aborted) return;
      const reason = error instanceof VendorError ? `${error.operation}: ${error.kind}` : String(error);
      parts.log.warn(
        { connection: options.connectionId, reason },
        `the accounts of connection ${options.connectionId} are not set up yet (${reason}); trying again`,
      );
      await sleep(RETRY_MS, undefined, { signal: options.signal }).catch(() => undefined);
    }
  }
}

async function readAccounts(
  parts: AccountParts,
  connection: Connection,
  defaultProgramId: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { database, clients } = parts;
  const locationId = connection.ghl_location_id;
  const options = { account: { vendor: 'ghl', id: locationId }, signal } as const;
  const [{ location }] = await Promise.all([
    clients.ghl.call(ghl.location.get, { locationId }, options),
    readPrograms(parts, connection.id, { signal, defaultId: defaultProgramId }),
  ]);
  const { timezone, country } = location;
  await saveLocationFacts(database, connection.id, { timeZone: timezone ?? undefined, country: country ?? undefined });
}

/** Makes the webhooks that are missing and removes ours that point elsewhere; RR lists none, so their ids are kept in the connection. */
async function registerHooks(
  { database, clients, log }: AccountParts,
  connection: Connection,
  publicUrl: string,
): Promise<void> {
  const claimed = await claimHookSetUp(database, connection.id);
  if (!claimed) return;
  const options = { account: { vendor: 'referral-rock', id: connection.id } } as const;
  const hooks: Hooks = { ...claimed.hooks };
  try {
    for (const event of HOOK_EVENTS) {
      const url = `${hookAddress(publicUrl, connection)}/${event}`;
      const present = hooks[event];
      if (present?.url === url) continue;
      const { web_hook_id: id } = await clients['referral-rock'].call(
        referralRock.hook.create,
        { target_url: url, event },
        options,
      );
      hooks[event] = { id, url };
      if (present && present.id !== id) await removeHook(clients['referral-rock'], present.id, options);
      log.info({ connection: connection.id, event }, 'Referral Rock posts this event to us now');
    }
  } finally {
    await saveHooks(database, connection.id, hooks);
  }
}

async function removeHook(
  client: VendorClient,
  id: string,
  options: Parameters<VendorClient['call']>[2],
): Promise<void> {
  try {
    await client.call(referralRock.hook.delete, { web_hook_id: id }, options);
  } catch (error) {
    if (!(error instanceof VendorError) || error.kind !== 'NotFound') throw error;
  }
}
