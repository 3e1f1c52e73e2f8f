import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, type NativeConnectionOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { Settings } from '../config/settings.ts';
import { rockbridgeSearchAttributes } from './dev-server.ts';
import { addSearchAttributes } from './until-serving.ts';

/** Where Temporal is and how to reach it. */
export interface TemporalTarget {
  /** host:port */
  address: string;
  namespace: string;
  /** Base address of the web page, for links. */
  ui: string | undefined;
  options: NativeConnectionOptions;
}

/** A client that may be there before its server is, and what it last saw of it. */
export interface TemporalClient {
  client: Client;
  connection: Connection;
  isReady(): boolean;
  close(): Promise<void>;
}

const LOOK_EVERY_MS = 2_000;
const LOOK_DEADLINE_MS = 2_000;
const RETRY_MS = 2_000;

/** The server that the environment names by TEMPORAL_* (of @temporalio/envconfig), or the embedded one at `embedded`. */
export function temporalTarget(
  settings: Settings,
  embedded?: { address: string; uiUrl: string | undefined },
): TemporalTarget {
  if (embedded) {
    const { address, uiUrl } = embedded;
    return { address, namespace: 'default', ui: settings.TEMPORAL_UI_URL ?? uiUrl, options: { address } };
  }
  const given = Object.entries(process.env).filter((entry): entry is [string, string] =>
    Boolean(entry[0].startsWith('TEMPORAL_') && entry[1]),
  );
  const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(given) });
  return {
    address: connectionOptions.address ?? 'localhost:7233',
    namespace: namespace ?? settings.TEMPORAL_NAMESPACE,
    ui: settings.TEMPORAL_UI_URL,
    options: connectionOptions,
  };
}

/** A client at once, whether or not the server answers; it is looked at every 2 s. */
export function openClient(target: TemporalTarget): TemporalClient {
  const connection = Connection.lazy(target.options);
  let ready = false;
  const look = async (): Promise<void> => {
    try {
      await connection.withDeadline(Date.now() + LOOK_DEADLINE_MS, () => connection.workflowService.getSystemInfo({}));
      ready = true;
    } catch {
      ready = false;
    }
  };
  void look();
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  return {
    client: new Client({ connection, namespace: target.namespace }),
    connection,
    isReady: () => ready,
    async close() {
      clearInterval(timer);
      await connection.close();
    },
  };
}

/** The workers' connection; tries until the server answers or the signal fires. */
export async function openNativeConnection(
  target: TemporalTarget,
  log: Logger,
  signal: AbortSignal,
): Promise<NativeConnection> {
  for (let told = false; ; told = true) {
    try {
      return await NativeConnection.connect(target.options);
    } catch (error) {
      signal.throwIfAborted();
      if (!told)
        log.warn(
          { error: String(error) },
          `Temporal does not answer at ${target.address}; trying again every ${RETRY_MS / 1000} s`,
        );
      await sleep(RETRY_MS, undefined, { signal });
    }
  }
}

/** Adds the search attributes that the server lacks; where that is not allowed (Temporal Cloud), the log says what to add by hand. */
export async function ensureSearchAttributes(connection: Connection, namespace: string, log: Logger): Promise<void> {
  try {
    await addSearchAttributes(connection, namespace, rockbridgeSearchAttributes);
  } catch (error) {
    const list = Object.entries(rockbridgeSearchAttributes).map(([name, type]) => `${name} (${type})`);
    log.warn(
      { error: String(error) },
      `cannot add search attributes to namespace ${namespace}; add by hand what is missing of: ${list.join(', ')}`,
    );
  }
}
