import type { Command } from 'commander';
import got from 'got';
import { pino } from 'pino';
import { readSettings, type Settings } from '../../config/settings.ts';
import { openDatabase } from '../../store/database.ts';
import { findInstance } from '../../store/lock.ts';
import { type Credentials, type Limiter, VendorError } from '../../vendors/operation.ts';
import { createVendorClients } from '../../vendors/clients.ts';
import { ghl, referralRock } from '../../vendors/operations.ts';
import { HOOK_EVENTS } from '../../workers/accounts.ts';
import { openClient, temporalTarget } from '../../workers/temporal.ts';
import { bridgeUrl } from '../support/api.ts';

/** One line of the report: what was looked at, whether it is well, what was found or how to mend it. */
interface Finding {
  name: string;
  well: boolean;
  says: string;
}

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('check settings, database, Temporal, the bridge and both vendor accounts; change nothing')
    .addHelpText(
      'after',
      `
Example:
  npx rockbridge doctor

Exit codes: 0 all is well; 1 something is not (its line says how to mend it).`,
    )
    .action(doctor);
}

async function doctor(): Promise<void> {
  const settings = readSettings(process.env);
  const what = settings.sandbox
    ? 'no real account is named: the sandbox'
    : `accounts named, mode ${settings.ROCKBRIDGE_MODE}`;
  const findings: Finding[] = [{ name: 'settings', well: true, says: what }];
  for (const check of [checkDatabase, checkTemporal, checkBridge, checkGhl, checkReferralRock, checkWebhooks])
    findings.push(await check(settings));
  for (const { name, well, says } of findings) console.log(`${well ? 'ok  ' : 'BAD '} ${name.padEnd(14)} ${says}`);
  if (findings.some(({ well }) => !well)) process.exitCode = 1;
}

async function look(name: string, work: () => Promise<string>, mend: string): Promise<Finding> {
  try {
    return { name, well: true, says: await work() };
  } catch (error) {
    const away = error instanceof VendorError && ['NotConnected', 'Unavailable'].includes(error.kind);
    const [first] = (error as Error).message.split('\n');
    return { name, well: false, says: `${first}: ${away ? 'look at the network and at the base URL' : mend}` };
  }
}

function checkDatabase(settings: Settings): Promise<Finding> {
  const url = settings.DATABASE_URL;
  if (!url) return look('database', async () => `embedded, in ${settings.DATA_DIR}`, '');
  const connect = async (): Promise<string> => {
    const database = await openDatabase({ url });
    await database.close();
    return 'answers, schema up to date';
  };
  return look('database', connect, 'look at DATABASE_URL and whether PostgreSQL runs');
}

function checkTemporal(settings: Settings): Promise<Finding> {
  const instance = findInstance(settings.DATA_DIR);
  if (!settings.TEMPORAL_ADDRESS && !instance?.temporal)
    return look('temporal', async () => 'embedded, started by npm start', '');
  const target = temporalTarget(
    settings,
    instance?.temporal ? { address: instance.temporal, uiUrl: instance.temporalUi } : undefined,
  );
  const connect = async (): Promise<string> => {
    const temporal = openClient(target);
    try {
      await temporal.connection.withDeadline(Date.now() + 5_000, () =>
        temporal.connection.workflowService.describeNamespace({ namespace: target.namespace }),
      );
      return `answers at ${target.address}, namespace ${target.namespace}`;
    } finally {
      await temporal.close();
    }
  };
  return look(
    'temporal',
    connect,
    `look at TEMPORAL_ADDRESS (${target.address}) and TEMPORAL_NAMESPACE (${target.namespace})`,
  );
}

function checkBridge(settings: Settings): Promise<Finding> {
  const url = bridgeUrl(settings);
  const read = async (): Promise<string> => {
    const { ready } = await got(`${url}/readyz`, { retry: { limit: 0 } }).json<{ ready: boolean }>();
    return ready ? `ready at ${url}` : `takes events in at ${url}; Temporal does not answer it`;
  };
  return look('bridge', read, `no bridge at ${url}; start it with npm start`);
}

function checkGhl(settings: Settings): Promise<Finding> {
  const locationId = settings.accounts?.ghlLocationId ?? '';
  const read = async (): Promise<string> => {
    if (!settings.accounts) return 'sandbox';
    const { location } = await clientsOf(settings).ghl.call(
      ghl.location.get,
      { locationId },
      { account: { vendor: 'ghl', id: locationId } },
    );
    return `answers: ${location.name ?? locationId}, ${location.timezone ?? 'no time zone'}`;
  };
  return look('gohighlevel', read, 'look at GHL_LOCATION_ID, GHL_PRIVATE_TOKEN and its scope locations.readonly');
}

function checkReferralRock(settings: Settings): Promise<Finding> {
  const read = async (): Promise<string> => {
    if (!settings.accounts) return 'sandbox';
    const account = { vendor: 'referral-rock', id: 'default' } as const;
    const { programs } = await clientsOf(settings)['referral-rock'].call(referralRock.program.list, {}, { account });
    return `answers: ${programs.length} programs (${programs.map(({ name }) => name).join(', ')})`;
  };
  return look('referral rock', read, 'look at REFERRAL_ROCK_PUBLIC_KEY and REFERRAL_ROCK_PRIVATE_KEY');
}

async function checkWebhooks(settings: Settings): Promise<Finding> {
  const name = 'webhooks';
  if (settings.sandbox) return { name, well: true, says: 'sandbox: made at each start' };
  if (settings.PUBLIC_URL) {
    return {
      name,
      well: true,
      says: `Referral Rock's are made at start; in GoHighLevel's app set the webhook URL ${settings.PUBLIC_URL}/webhooks/ghl`,
    };
  }
  const token =
    findInstance(settings.DATA_DIR)?.referralRockWebhooks?.split('/').at(-1) ?? '<REFERRAL_ROCK_WEBHOOK_TOKEN>';
  const url = `https://<your address>/webhooks/referral-rock/${token}`;
  const byHand = `set PUBLIC_URL, or make by hand in Referral Rock: ${HOOK_EVENTS.map((event) => `${url}/${event}`).join(', ')}`;
  return { name, well: false, says: `PUBLIC_URL is not set: ${byHand}` };
}

/** Straight to the vendors with the settings' own keys: nothing stored, no quota shared. */
function clientsOf(settings: Settings): ReturnType<typeof createVendorClients> {
  const { ghlPrivateToken = '', referralRockPublicKey = '', referralRockPrivateKey = '' } = settings.accounts ?? {};
  const basic = Buffer.from(`${referralRockPublicKey}:${referralRockPrivateKey}`).toString('base64');
  const credentials: Credentials = {
    authorization: async ({ vendor }) => (vendor === 'ghl' ? `Bearer ${ghlPrivateToken}` : `Basic ${basic}`),
    refresh: async () => false,
  };
  const limiter: Limiter = { turn: async () => 0, learn: async () => undefined };
  const addresses = { ghlBaseUrl: settings.GHL_BASE_URL, referralRockBaseUrl: settings.REFERRAL_ROCK_BASE_URL };
  return createVendorClients(addresses, { credentials, limiter, timeoutMs: 10_000, log: pino({ level: 'silent' }) });
}
