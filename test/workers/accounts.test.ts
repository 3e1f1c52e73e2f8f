import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { type Connection, ensureConnection, loadConnection } from '../../store/connections.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { createLimiter } from '../../store/limits.ts';
import { listConnections } from '../../store/routing.ts';
import { createCredentials } from '../../store/tokens.ts';
import { createVendorClients } from '../../vendors/clients.ts';
import { connectAccounts, HOOK_EVENTS, hookAddress } from '../../workers/accounts.ts';

const KEY = randomBytes(32);
const log = pino({ level: 'silent' });

describe('connecting the accounts', () => {
  let sandbox: Sandbox;
  let database: Database;
  let connection: Connection;

  beforeEach(async () => {
    sandbox = await startSandbox({ seed: 'lifelike' });
    database = await openDatabase({});
    const { ghl, referralRock } = sandbox.info;
    const referralRockKeys = `${referralRock.publicKey}:${referralRock.privateKey}`;
    connection = await ensureConnection(database, KEY, {
      id: 'main',
      name: 'Main',
      ghlLocationId: ghl.locationId,
      mode: 'live',
      ghlToken: ghl.privateToken,
      referralRockKeys,
    });
  });
  afterEach(async () => {
    await database.close();
    await sandbox.close();
  });

  function connect(publicUrl: string | undefined, defaultProgramId?: string): Promise<void> {
    const fast = { max: 1_000_000, intervalMs: 1_000 };
    const clients = createVendorClients(
      { ghlBaseUrl: sandbox.ghlUrl, referralRockBaseUrl: sandbox.referralRockUrl },
      {
        credentials: createCredentials(database, KEY),
        limiter: createLimiter(database, { defaults: { ghl: fast, 'referral-rock': fast } }),
        log,
      },
    );
    return connectAccounts(
      { database, clients, log },
      { connectionId: 'main', defaultProgramId, publicUrl, signal: AbortSignal.timeout(10_000) },
    );
  }

  /** The subscriptions as Referral Rock has them: event and address. */
  const subscriptions = () =>
    sandbox.referralRock.hooks
      .all()
      .map((hook) => `${hook.event} ${hook.target_url}`)
      .toSorted();
  const wanted = (publicUrl: string) =>
    HOOK_EVENTS.map((event) => `${event} ${hookAddress(publicUrl, connection)}/${event}`).toSorted();

  it('learns the time zone, the country and the programs, the named one as default', async () => {
    const [, second] = sandbox.info.referralRock.programs;
    await connect(undefined, second?.id);
    const [line] = await listConnections(database);
    assert.equal(line?.timeZone, 'America/Chicago');
    assert.equal(line?.country, 'US');
    assert.deepEqual(
      line?.programs.filter(({ isDefault }) => isDefault).map(({ id }) => id),
      [second?.id],
    );
    assert.equal(line?.programs.length, 2);
  });

  it('has Referral Rock post every event that a trigger handles, once', async () => {
    await connect('https://sync.example.com');
    await connect('https://sync.example.com');
    assert.deepEqual(subscriptions(), wanted('https://sync.example.com'));
  });

  it('moves the webhooks when the public address changes, leaving those of others', async () => {
    await connect('https://old.example.com');
    const others = {
      id: '00000000-0000-4000-8000-000000000009',
      event: 'ReferralAdd',
      target_url: 'https://else.example.com',
    } as const;
    sandbox.referralRock.hooks.put(others);
    await connect('https://new.example.com');
    assert.deepEqual(
      subscriptions(),
      [...wanted('https://new.example.com'), `ReferralAdd ${others.target_url}`].toSorted(),
    );
  });

  it('makes no webhooks without a public address', async () => {
    await connect(undefined);
    assert.deepEqual(subscriptions(), []);
    assert.equal((await loadConnection(database, 'main'))?.settings['hooks'], undefined);
  });
});
