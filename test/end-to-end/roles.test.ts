import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import getPort from 'get-port';
import got from 'got';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { Stage } from '../../scripts/demo/stage.ts';
import { findPostgres, postgresForTests } from '../support/postgres.ts';
import { temporalForTests } from '../support/temporal.ts';

const rockbridge = fileURLToPath(new URL('../../scripts/rockbridge.ts', import.meta.url));

describe('the command line, a role on its own', () => {
  for (const role of ['bridge', 'worker']) {
    it(`${role} says what it needs instead of the embedded defaults, and exits with 1`, async () => {
      const child = run([role], { DATABASE_URL: '', TEMPORAL_ADDRESS: '' });
      let errors = '';
      child.stderr?.on('data', (chunk: Buffer) => (errors += String(chunk)));
      assert.deepEqual(await once(child, 'close'), [1, null]);
      assert.match(errors, /^DATABASE_URL: is missing.*\nTEMPORAL_ADDRESS: is missing.*\n$/);
    });
  }

  it('worker refuses a role that there is not', async () => {
    const child = run(['worker', '--roles', 'ghl,salesforce'], {});
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => (errors += String(chunk)));
    assert.deepEqual(await once(child, 'close'), [1, null]);
    assert.match(errors, /wants some of workflows,ghl,referral-rock, not "salesforce"/);
  });
});

const suite = findPostgres() ? describe : describe.skip;
suite('bridge and workers as processes of their own, on PostgreSQL', function () {
  this.timeout(120_000);
  const processes: ChildProcess[] = [];
  let folder: string;
  let sandbox: Sandbox;
  let stage: Stage;
  let env: Record<string, string>;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rockbridge-roles-'));
    sandbox = await startSandbox({ seed: 'lifelike' });
    env = await settings(sandbox, folder);
    const bridge = `http://127.0.0.1:${env['PORT']}`;
    const client = { bridge, ghl: sandbox.ghlUrl, referralRock: sandbox.referralRockUrl, adminToken: 'admin' };
    stage = await Stage.open(client);
    await stage.sandbox.setWebhookUrl(`${bridge}/webhooks/ghl`);
    for (const args of [['bridge'], ['worker', '--roles', 'workflows'], ['worker', '--roles', 'ghl,referral-rock']])
      processes.push(run(args, env));
    await until(() =>
      got(`${bridge}/readyz`)
        .json<{ ready: boolean }>()
        .then(({ ready }) => ready),
    );
    await until(async () => sandbox.referralRock.hooks.size > 0);
  });
  after(async () => {
    for (const child of processes) child.kill('SIGKILL');
    await sandbox?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function refer(name: string): Promise<string> {
    const [member] = sandbox.referralRock.members.all();
    const person = { firstName: 'Role', lastName: name, email: `${name}@example.com` };
    const body = { referralCode: member?.referralCode, ...person };
    const { referral } = await stage.sandbox.asUser<{ referral: { id: string } }>(
      'referralRock',
      'POST',
      '/api/referrals',
      body,
    );
    return referral.id;
  }

  it('take a referral to GoHighLevel together', async () => {
    const id = await refer('together');
    await stage.settled();
    const contact = await stage.contact((await stage.referral(id)).externalIdentifier);
    assert.equal(contact.email, 'together@example.com');
    assert.ok(contact.tags.includes('rr-referral'));
  });

  it('end with 0 when they are asked to, in any order', async () => {
    const codes = processes.map((child) => once(child, 'exit'));
    for (const child of processes) child.kill('SIGTERM');
    assert.deepEqual(
      (await Promise.all(codes)).map(([code]) => code),
      [0, 0, 0],
    );
  });
});

async function settings({ info }: Sandbox, folder: string): Promise<Record<string, string>> {
  const temporal = await temporalForTests();
  const port = String(await getPort({ host: '127.0.0.1' }));
  return {
    DATA_DIR: folder,
    DATABASE_URL: await (await postgresForTests()).createDatabase(),
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    PORT: port,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    ROCKBRIDGE_SECRET: randomBytes(32).toString('base64'),
    ROCKBRIDGE_ADMIN_TOKEN: 'admin',
    ROCKBRIDGE_MODE: 'live',
    LOG_LEVEL: 'warn',
    GHL_BASE_URL: info.ghl.url,
    GHL_LOCATION_ID: info.ghl.locationId,
    GHL_PRIVATE_TOKEN: info.ghl.privateToken,
    GHL_WEBHOOK_PUBLIC_KEYS: info.ghl.webhookPublicKeyPem,
    REFERRAL_ROCK_BASE_URL: info.referralRock.url,
    REFERRAL_ROCK_PUBLIC_KEY: info.referralRock.publicKey,
    REFERRAL_ROCK_PRIVATE_KEY: info.referralRock.privateKey,
  };
}

function run(args: string[], env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [rockbridge, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

async function until(check: () => Promise<boolean>): Promise<void> {
  while (!(await check().catch(() => false))) await sleep(100);
}
