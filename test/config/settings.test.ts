import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureSecrets } from '../../config/secrets.ts';
import { readSettings, SETTING_NAMES, SettingsError } from '../../config/settings.ts';

const SECRET = Buffer.alloc(32, 7).toString('base64');
const ACCOUNTS = {
  GHL_LOCATION_ID: 'loc',
  GHL_PRIVATE_TOKEN: 'pit-1',
  REFERRAL_ROCK_PUBLIC_KEY: 'pub',
  REFERRAL_ROCK_PRIVATE_KEY: 'priv',
};

describe('settings', () => {
  it('have a default for every name, and the sandbox when no account is named', () => {
    const settings = readSettings({});
    assert.equal(settings.PORT, 8080);
    assert.equal(settings.portIsSet, false);
    assert.equal(settings.HOST, '127.0.0.1');
    assert.equal(settings.GHL_BASE_URL, 'https://services.leadconnectorhq.com');
    assert.equal(settings.REFERRAL_ROCK_BASE_URL, 'https://api.referralrock.com');
    assert.equal(settings.ROCKBRIDGE_MODE, 'observe');
    assert.equal(settings.RECONCILE_SECONDS, 300);
    assert.equal(settings.GHL_WEBHOOK_PUBLIC_KEYS.length, 1);
    assert.equal(settings.sandbox, true);
  });

  it('take an empty variable for unset', () => {
    assert.equal(readSettings({ PORT: '', ROCKBRIDGE_MODE: ' ' }).PORT, 8080);
  });

  it('leave the sandbox out when all four credentials are there', () => {
    const settings = readSettings(ACCOUNTS);
    assert.equal(settings.sandbox, false);
    assert.equal(settings.accounts?.ghlLocationId, 'loc');
  });

  for (const name of Object.keys(ACCOUNTS)) {
    it(`name ${name} when only it is missing`, () => {
      assert.throws(
        () => readSettings({ ...ACCOUNTS, [name]: undefined }),
        (error: Error) => {
          assert.ok(error instanceof SettingsError);
          assert.match(error.message, new RegExp(`^${name}: is missing`));
          return error.message.split('\n').length === 1;
        },
      );
    });
  }

  const bad: [string, string, RegExp][] = [
    ['PORT', 'eighty', /^PORT: wants a whole number from 0 to 65535; it is "eighty"$/],
    ['PORT', '70000', /^PORT: wants a whole number/],
    ['PUBLIC_URL', 'sync.example.com', /^PUBLIC_URL: wants an address that starts with http/],
    ['DATABASE_URL', 'mysql://x', /DATABASE_URL: wants an address that starts with postgres/],
    ['TEMPORAL_ADDRESS', 'localhost', /^TEMPORAL_ADDRESS: wants host:port/],
    ['GHL_BASE_URL', 'ftp://x', /^GHL_BASE_URL: wants/],
    ['GHL_WEBHOOK_PUBLIC_KEYS', 'abc', /^GHL_WEBHOOK_PUBLIC_KEYS: wants one or more Ed25519/],
    ['REFERRAL_ROCK_WEBHOOK_TOKEN', 'a/b', /^REFERRAL_ROCK_WEBHOOK_TOKEN: wants letters/],
    ['ROCKBRIDGE_MODE', 'on', /^ROCKBRIDGE_MODE: wants observe or live/],
    ['SANDBOX_MODE', 'on', /^SANDBOX_MODE: wants observe or live/],
    ['RECONCILE_SECONDS', '-1', /^RECONCILE_SECONDS: wants a whole number/],
    ['ROCKBRIDGE_SECRET', 'short', /^ROCKBRIDGE_SECRET: wants 32 bytes in base64/],
    ['LOG_LEVEL', 'loud', /^LOG_LEVEL: wants trace/],
  ];
  for (const [name, value, line] of bad) {
    it(`refuse ${name}=${value} with a line that says what it wants`, () => {
      assert.throws(() => readSettings({ [name]: value }), { name: 'SettingsError', message: line });
    });
  }

  it('give one line for each bad variable', () => {
    assert.throws(
      () => readSettings({ PORT: 'x', LOG_LEVEL: 'y' }),
      (error: Error) => error.message.split('\n').length === 2,
    );
  });

  it('never print a secret', () => {
    assert.throws(
      () =>
        readSettings({
          ROCKBRIDGE_SECRET: 'hunter2',
          REFERRAL_ROCK_WEBHOOK_TOKEN: 'hunter/2',
          DATABASE_URL: 'hunter2',
        }),
      (error: Error) => !error.message.includes('hunter'),
    );
  });

  it('want ROCKBRIDGE_SECRET with DATABASE_URL', () => {
    assert.throws(
      () => readSettings({ DATABASE_URL: 'postgres://h/d' }),
      /^SettingsError: ROCKBRIDGE_SECRET: is missing/,
    );
    assert.equal(
      readSettings({ DATABASE_URL: 'postgres://h/d', ROCKBRIDGE_SECRET: SECRET }).ROCKBRIDGE_SECRET?.length,
      32,
    );
  });

  it('read several PEM keys in one line', () => {
    const pem = () => generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const value = `${pem()}${pem()}`.replaceAll('\n', '\\n');
    assert.equal(readSettings({ GHL_WEBHOOK_PUBLIC_KEYS: value }).GHL_WEBHOOK_PUBLIC_KEYS.length, 2);
  });

  it('are all in .env.example, each with a line of explanation, and nothing else is', () => {
    const lines = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8').split('\n');
    const names = lines.flatMap((line) => /^([A-Z_]+)=/.exec(line)?.[1] ?? []);
    assert.deepEqual(names, SETTING_NAMES);
    for (const name of names) assert.match(lines[lines.indexOf(`${name}=`) - 1] ?? '', /^# \S/, name);
  });
});

describe('secrets of the installation', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rockbridge-secrets-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are made once, kept for their owner alone, and shown as new only the first time', () => {
    const settings = readSettings({ DATA_DIR: folder });
    const first = ensureSecrets(settings);
    const again = ensureSecrets(settings);
    assert.equal(first.secret.length, 32);
    assert.deepEqual(again.secret, first.secret);
    assert.equal(again.adminToken, first.adminToken);
    assert.deepEqual([first.adminTokenIsNew, again.adminTokenIsNew], [true, false]);
    for (const name of ['secret', 'admin-token']) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600);
  });

  it('come from the environment when they are there', () => {
    const secrets = ensureSecrets(
      readSettings({ DATA_DIR: folder, ROCKBRIDGE_SECRET: SECRET, ROCKBRIDGE_ADMIN_TOKEN: 'tok' }),
    );
    assert.equal(secrets.adminToken, 'tok');
    assert.deepEqual(secrets.secret, Buffer.from(SECRET, 'base64'));
  });
});
