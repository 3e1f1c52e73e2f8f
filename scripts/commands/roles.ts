import { type Command, InvalidArgumentError } from 'commander';
import type { Logger } from 'pino';
import { createLog } from '../../config/log.ts';
import { addressKeyFrom, ensureSecrets } from '../../config/secrets.ts';
import { readSettings, type Settings, SettingsError } from '../../config/settings.ts';
import { openDatabase } from '../../store/database.ts';
import { connectAccounts } from '../../workers/accounts.ts';
import { startBridgePart } from '../../workers/bridge-part.ts';
import { createConnecting, setUpAdded } from '../../workers/connecting.ts';
import { connectFromSettings, vendorAddresses, vendorClients } from '../../workers/core.ts';
import { openClient, temporalTarget } from '../../workers/temporal.ts';
import { startWorkerPart } from '../../workers/worker-part.ts';
import { installRuntime, type Role, ROLES } from '../../workers/workers.ts';
import { untilAskedToStop } from '../support/signals.ts';

const NEEDS = `
Needs DATABASE_URL and TEMPORAL_ADDRESS: the embedded database and Temporal server belong to one process, that of \`start\`.
Exit codes: 0 stopped as asked; 1 a setting is wrong or the part failed (the message says why).`;

export function addRoles(program: Command): void {
  program
    .command('bridge')
    .description('run only the bridge: take webhooks in, serve /api, ring the workflows')
    .addHelpText('after', `\nExample:\n  npx rockbridge bridge\n${NEEDS}`)
    .action(runBridge);
  program
    .command('worker')
    .description('run only workers')
    .option('--roles <list>', `what to take on, of ${ROLES.join(',')}`, roles, [...ROLES])
    .addHelpText(
      'after',
      `\nExamples:\n  npx rockbridge worker\n  npx rockbridge worker --roles ghl,referral-rock     only the calls to the vendors\n${NEEDS}`,
    )
    .action((options: { roles: Role[] }) => runWorker(options.roles));
}

function roles(list: string): Role[] {
  const wanted = list.split(',').map((role) => role.trim());
  const unknown = wanted.find((role) => !(ROLES as readonly string[]).includes(role));
  if (unknown !== undefined) throw new InvalidArgumentError(`wants some of ${ROLES.join(',')}, not "${unknown}".`);
  return wanted as Role[];
}

async function runBridge(): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const { settings, secrets, log, database, temporal, client } = await openCommon(stack);
  await connectFromSettings(database, secrets, settings);
  const { adminToken } = secrets;
  const addressKey = addressKeyFrom(secrets.secret);
  const leaving = new AbortController();
  stack.defer(() => leaving.abort());
  const connecting = createConnecting({
    database,
    clients: vendorClients(database, secrets, settings, log),
    addresses: vendorAddresses(settings),
    secret: secrets.secret,
    log,
    publicUrl: () => settings.PUBLIC_URL,
    signal: leaving.signal,
  });
  const bridge = await startBridgePart({
    settings,
    connecting,
    moreKeys: [],
    adminToken,
    addressKey,
    database,
    temporal,
    client,
    anyPort: false,
    log,
  });
  stack.defer(() => bridge.close());
  log.info({ url: bridge.url }, `the bridge takes webhooks at ${bridge.url}`);
  await untilAskedToStop();
}

async function runWorker(wanted: readonly Role[]): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const { settings, secrets, log, database, temporal, client } = await openCommon(stack);
  installRuntime(log);
  const connection = await connectFromSettings(database, secrets, settings);
  const clients = vendorClients(database, secrets, settings, log);
  const worker = startWorkerPart({
    roles: wanted,
    temporal,
    client,
    database,
    clients,
    addressKey: addressKeyFrom(secrets.secret),
    reconcileSeconds: settings.RECONCILE_SECONDS,
    log,
  });
  stack.defer(() => worker.close());
  const leaving = new AbortController();
  stack.defer(() => leaving.abort());
  if (wanted.includes('referral-rock'))
    await setUpAdded({
      database,
      clients,
      addresses: vendorAddresses(settings),
      secret: secrets.secret,
      log,
      publicUrl: () => settings.PUBLIC_URL,
      signal: leaving.signal,
    });
  if (connection && wanted.includes('referral-rock')) {
    const options = {
      connectionId: connection.id,
      defaultProgramId: settings.REFERRAL_ROCK_PROGRAM_ID,
      publicUrl: settings.PUBLIC_URL,
      signal: leaving.signal,
    };
    void connectAccounts({ database, clients, log }, options);
  }
  void worker.ready(600_000).then(
    () => log.info({ roles: wanted }, `working on ${wanted.join(', ')}`),
    () => undefined,
  );
  await Promise.race([untilAskedToStop(), worker.failed]);
}

/** What every role of its own needs: the settings of many processes, the database and a way to Temporal. */
async function openCommon(stack: AsyncDisposableStack) {
  const settings = readSettings(process.env);
  refuseEmbedded(settings);
  const log: Logger = createLog(settings);
  const secrets = ensureSecrets(settings);
  const database = await openDatabase({ url: settings.DATABASE_URL });
  stack.defer(() => database.close());
  const temporal = temporalTarget(settings);
  const client = openClient(temporal);
  stack.defer(() => client.close());
  return { settings, secrets, log, database, temporal, client };
}

function refuseEmbedded(settings: Settings): void {
  const missing = [
    ...(settings.DATABASE_URL
      ? []
      : [
          'DATABASE_URL: is missing; a process of its own wants a PostgreSQL that it shares with the others (postgres://...)',
        ]),
    ...(settings.TEMPORAL_ADDRESS
      ? []
      : [
          'TEMPORAL_ADDRESS: is missing; a process of its own wants a Temporal server that it shares with the others (host:port)',
        ]),
  ];
  if (missing.length > 0) throw new SettingsError(missing.join('\n'));
}
