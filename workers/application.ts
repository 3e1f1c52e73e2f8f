import { join } from 'node:path';
import type { Logger } from 'pino';
import { addressKeyFrom, ensureSecrets, type InstallationSecrets } from '../config/secrets.ts';
import type { Settings } from '../config/settings.ts';
import type { SandboxInfo } from '../sandbox/sandbox.ts';
import type { Connection } from '../store/connections.ts';
import { type Database, openDatabase } from '../store/database.ts';
import type { LimiterOptions } from '../store/limits.ts';
import { type FolderLock, type InstanceAddresses, lockFolder } from '../store/lock.ts';
import type { ProcessId } from '../store/processes.ts';
import { connectAccounts, hookAddress } from './accounts.ts';
import { startBridgePart } from './bridge-part.ts';
import { connectFromSettings, vendorAddresses, vendorClients } from './core.ts';
import { createConnecting, setUpAdded } from './connecting.ts';
import { rockbridgeSearchAttributes, startDevServer } from './dev-server.ts';
import { keptPorts } from './ports.ts';
import { type SandboxProcess, startSandboxProcess } from './sandbox-process.ts';
import { openClient, type TemporalTarget, temporalTarget } from './temporal.ts';
import { startWorkerPart } from './worker-part.ts';
import { installRuntime, ROLES } from './workers.ts';

/** All of Rockbridge, running in this process but for the Temporal server and the sandbox. */
export interface Application {
  addresses: InstanceAddresses & { bridge: string; temporal: string };
  secrets: InstallationSecrets;
  database: Database;
  sandbox: SandboxInfo | undefined;
  /** False: Temporal has not answered yet; the workers start as soon as it does. */
  working: boolean;
  /** Rejects when a part dies that cannot be brought back. */
  failed: Promise<never>;
  /** Stops taking work, lets what runs come to its end (30 s at most), and ends all parts. */
  close(): Promise<void>;
}

const WORKERS_WITHIN_MS = 10_000;

export interface ApplicationOptions {
  settings: Settings;
  log: Logger;
  /** The processes without which this one ends by itself. */
  launchers?: ProcessId[];
  /** The vendors' quotas until their answers tell. */
  quotas?: LimiterOptions['defaults'];
}

/** Starts everything that the settings ask for and that is not there already; what had started is ended again when a part fails. */
export async function startApplication({ settings, log, launchers, quotas }: ApplicationOptions): Promise<Application> {
  await using stack = new AsyncDisposableStack();
  const lock = await lockFolder(settings.DATA_DIR, launchers);
  stack.defer(() => lock.release());
  const secrets = ensureSecrets(settings);
  const addressKey = addressKeyFrom(secrets.secret);
  installRuntime(log);

  const { temporal, database, sandbox } = await startServers(settings, log, lock, stack);
  const connection = await connectFromSettings(database, secrets, settings, sandbox?.info);
  const clients = vendorClients(database, secrets, settings, log, sandbox?.info, quotas);
  const client = openClient(temporal);
  stack.defer(() => client.close());
  const workers = startWorkerPart({
    roles: ROLES,
    temporal,
    client,
    database,
    clients,
    addressKey,
    reconcileSeconds: settings.RECONCILE_SECONDS,
    log,
  });
  stack.defer(() => workers.close());
  const leaving = new AbortController();
  stack.defer(() => leaving.abort());
  let bridgeUrl: string | undefined;
  const joining = {
    database,
    clients,
    addresses: vendorAddresses(settings, sandbox?.info),
    secret: secrets.secret,
    log,
    publicUrl: () => settings.PUBLIC_URL ?? (sandbox && bridgeUrl),
    signal: leaving.signal,
  };
  let isSetUp = false;
  const bridge = await startBridgePart({
    settings,
    database,
    temporal,
    client,
    connecting: createConnecting(joining),
    addressKey,
    log,
    adminToken: secrets.adminToken,
    moreKeys: sandbox ? [sandbox.info.ghl.webhookPublicKeyPem] : [],
    anyPort: true,
    isSetUp: () => isSetUp,
  });
  stack.defer(() => bridge.close());
  bridgeUrl = bridge.url;
  await sandbox?.setWebhookUrl(`${bridge.url}/webhooks/ghl`);
  if (connection) {
    const connected = connectAccounts(
      { database, clients, log },
      {
        connectionId: connection.id,
        defaultProgramId: settings.REFERRAL_ROCK_PROGRAM_ID,
        publicUrl: settings.PUBLIC_URL ?? (sandbox && bridge.url),
        signal: leaving.signal,
      },
    );
    // The sandbox answers at once; a real account that does not must not keep the bridge from taking events in.
    if (sandbox) await connected;
  }
  await setUpAdded(joining);
  const working = await workers.ready(WORKERS_WITHIN_MS);
  isSetUp = true;

  const addresses = addressesOf(temporal, bridge.url, sandbox, connection);
  lock.announce(addresses);
  const failed = Promise.race([workers.failed, ...(sandbox ? [sandbox.failed] : [])]);
  const closing = stack.move();
  return { addresses, secrets, database, sandbox: sandbox?.info, working, failed, close: () => closing.disposeAsync() };
}

interface Servers {
  temporal: TemporalTarget;
  database: Database;
  sandbox: SandboxProcess | undefined;
}

/** The slow ones, side by side: Temporal, the database and the sandbox. */
async function startServers(
  settings: Settings,
  log: Logger,
  lock: FolderLock,
  stack: AsyncDisposableStack,
): Promise<Servers> {
  const folder = settings.DATA_DIR;
  const closedWith = <T extends { close(): Promise<void> }>(part: T): T => {
    stack.defer(() => part.close());
    return part;
  };
  const startTemporal = async (): Promise<TemporalTarget> => {
    if (settings.TEMPORAL_ADDRESS) return temporalTarget(settings);
    const dbFile = join(folder, 'temporal.db');
    return temporalTarget(
      settings,
      closedWith(await startDevServer({ dbFile, searchAttributes: rockbridgeSearchAttributes, log: plain(log) })),
    );
  };
  const startDatabase = async (): Promise<Database> =>
    closedWith(await openDatabase({ url: settings.DATABASE_URL, dataDir: join(folder, 'database') }));
  const startSandbox = async (): Promise<SandboxProcess | undefined> => {
    if (!settings.sandbox) return undefined;
    const start = async (): Promise<SandboxProcess> =>
      startSandboxProcess({
        ...(await keptPorts(folder, ['ghlPort', 'referralRockPort'], 4010)),
        dataDir: join(folder, 'sandbox'),
        log,
        onStart: (pid) => lock.addChild(pid),
      });
    // Another program may have taken a port between our look and the start: the next look gives others.
    return closedWith(await start().catch(start));
  };
  // All come to an end before one failure is told, so that the rest can be ended.
  const started = await Promise.allSettled([startTemporal(), startDatabase(), startSandbox()]);
  return { temporal: valueOf(started[0]), database: valueOf(started[1]), sandbox: valueOf(started[2]) };
}

function valueOf<T>(result: PromiseSettledResult<T>): T {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

function addressesOf(
  temporal: TemporalTarget,
  bridge: string,
  sandbox: SandboxProcess | undefined,
  connection: Connection | undefined,
): Application['addresses'] {
  return {
    bridge,
    temporal: temporal.address,
    ...(temporal.ui && { temporalUi: temporal.ui }),
    ...(sandbox && { ghl: sandbox.info.ghl.url, referralRock: sandbox.info.referralRock.url }),
    ...(connection && { referralRockWebhooks: hookAddress(bridge, connection) }),
  };
}

function plain(log: Logger): {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
} {
  return {
    info: (message) => log.info(message),
    warn: (message) => log.warn(message),
    error: (message) => log.error(message),
  };
}
