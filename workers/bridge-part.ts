import type { AddressInfo } from 'node:net';
import getPort, { portNumbers } from 'get-port';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { createCaller } from '../bridge/caller.ts';
import { createDoorbell } from '../bridge/doorbell.ts';
import { createJobs } from '../bridge/jobs.ts';
import type { Connecting } from '../bridge/new-connection.ts';
import { createRelay } from '../bridge/relay.ts';
import { createBridge } from '../bridge/server.ts';
import { type Settings, SettingsError } from '../config/settings.ts';
import type { Database } from '../store/database.ts';
import type { TemporalClient, TemporalTarget } from './temporal.ts';

export interface BridgePartOptions {
  settings: Settings;
  /** Keys that may have signed GHL's webhooks besides those of the settings. */
  moreKeys: readonly string[];
  adminToken: string;
  addressKey: Buffer;
  database: Database;
  temporal: TemporalTarget;
  client: TemporalClient;
  connecting: Connecting;
  /** A busy port is answered with the next free one, unless PORT asks for it. */
  anyPort: boolean;
  /** Whether this process is through with its own part of the start. */
  isSetUp?: () => boolean;
  log: Logger;
}

/** Webhooks in, rings out. */
export interface BridgePart {
  /** http://host:port, as this machine reaches it. */
  url: string;
  close(): Promise<void>;
}

/** Starts the HTTP server and the relay. Throws SettingsError when the port cannot be had. */
export async function startBridgePart(options: BridgePartOptions): Promise<BridgePart> {
  const { settings, database, temporal, client, log } = options;
  const metrics = new Registry();
  const relay = createRelay({ database, ring: createDoorbell(client.client), log, metrics });
  const server = createBridge({
    database,
    settings: {
      ghlPublicKeys: [...settings.GHL_WEBHOOK_PUBLIC_KEYS, ...options.moreKeys],
      adminToken: options.adminToken,
      addressKey: options.addressKey,
      temporal: () => ({
        ready: client.isReady() && (options.isSetUp?.() ?? true),
        address: temporal.address,
        ui: temporal.ui,
        namespace: temporal.namespace,
      }),
    },
    relay,
    call: createCaller(client.client),
    jobs: createJobs(client.client),
    connecting: options.connecting,
    log,
    metrics,
  });
  const port =
    options.anyPort && !settings.portIsSet
      ? await getPort({ host: settings.HOST, port: portNumbers(8080, 8179) })
      : settings.PORT;
  try {
    await server.listen({ host: settings.HOST, port });
  } catch (error) {
    throw describe(error as NodeJS.ErrnoException, settings);
  }
  await relay.start();
  return {
    url: urlOf(server.server.address() as AddressInfo),
    async close() {
      await server.close();
      await relay.close();
    },
  };
}

function describe(error: NodeJS.ErrnoException, { PORT, HOST }: Settings): Error {
  if (error.code === 'EADDRINUSE')
    return new SettingsError(`PORT: ${PORT} is in use by another program; wants a free port`);
  if (error.code === 'EACCES')
    return new SettingsError(`PORT: ${PORT} may not be opened by this user; wants one from 1024 up`);
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    return new SettingsError(`HOST: wants an address of this machine; it is "${HOST}"`);
  return error;
}

function urlOf({ address, port, family }: AddressInfo): string {
  if (address === '0.0.0.0' || address === '::') return `http://127.0.0.1:${port}`;
  return family === 'IPv6' ? `http://[${address}]:${port}` : `http://${address}:${port}`;
}
