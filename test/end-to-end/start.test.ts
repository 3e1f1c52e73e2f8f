import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import getPort from 'get-port';
import got from 'got';
import { Stage } from '../../scripts/demo/stage.ts';
import { type OwnInstance, startOwnInstance } from '../../scripts/support/instance.ts';
import { isRunning, type ProcessId } from '../../store/processes.ts';

const rockbridge = fileURLToPath(new URL('../../scripts/rockbridge.ts', import.meta.url));
/** A worker that was killed in the middle of a call is missed by Temporal only when the call's minute is over. */
const RECOVERED_WITHIN_MS = 180_000;

describe('npm start', function () {
  this.timeout(RECOVERED_WITHIN_MS + 60_000);
  let folder: string;
  let port: string;
  let instance: OwnInstance;
  let stage: Stage;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rockbridge-start-'));
    port = String(await getPort({ host: '127.0.0.1' }));
    await start();
  });
  after(async () => {
    await instance?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(): Promise<void> {
    instance = await startOwnInstance(folder, { env: { LOG_LEVEL: 'warn', PORT: port } });
    stage = await Stage.open(instance);
  }

  async function kill(): Promise<void> {
    instance.process.kill('SIGKILL');
    await once(instance.process, 'exit');
  }

  /** Has so many people referred, and resolves when their webhooks are acknowledged. */
  async function refer(count: number, batch: string): Promise<string[]> {
    const path = '/api/members?showDisabled=false&count=1';
    const { members } = await stage.sandbox.asUser<{ members: { referralCode: string }[] }>(
      'referralRock',
      'GET',
      path,
    );
    const referrals = await Promise.all(
      Array.from({ length: count }, (_, n) =>
        stage.sandbox.asUser<{ referral: { id: string } }>('referralRock', 'POST', '/api/referrals', {
          referralCode: members[0]?.referralCode,
          firstName: 'Person',
          lastName: `${batch} ${n}`,
          email: `${batch}.${n}@example.com`,
        }),
      ),
    );
    const ids = referrals.map(({ referral }) => referral.id);
    while (!(await isAcknowledged(ids))) await new Promise((resolve) => setTimeout(resolve, 10));
    return ids;
  }

  async function isAcknowledged(ids: string[]): Promise<boolean> {
    const { events } = await stage.events();
    return ids.every((id) => events.some(({ event, recordId }) => event === 'ReferralAdd' && recordId === id));
  }

  async function assertSyncedOnce(referralIds: string[], batch: string): Promise<void> {
    for (const [n, id] of referralIds.entries()) {
      const { externalIdentifier: contactId, note } = await stage.referral(id);
      assert.equal((await stage.contactsByEmail(`${batch}.${n}@example.com`)).length, 1, 'one contact');
      const titles = await stage.taskTitles(contactId);
      assert.equal(titles.length, 1, `one task, not ${titles.join(' and ')}`);
      assert.equal((await stage.noteBodies(contactId)).length, 1, 'one note');
      assert.ok((await stage.contact(contactId)).tags.includes('rr-referral'));
      assert.ok(note.includes(`[ ] ${titles[0]}`), 'the task stands in the note of the referral');
    }
  }

  it('is ready, with the addresses of Temporal and its pages', async () => {
    const ready = await got(`${instance.bridge}/readyz`).json<Record<string, unknown>>();
    assert.deepEqual({ ready: ready['ready'], database: ready['database'] }, { ready: true, database: true });
    assert.equal(ready['temporal'], instance.temporal);
    assert.equal((await got(String(ready['temporalUi']))).statusCode, 200);
  });

  it('makes a contact with tags, a task and a note out of a referral, and tells so', async () => {
    const ids = await refer(1, 'first');
    await stage.settled();
    await assertSyncedOnce(ids, 'first');
    const { events } = await stage.events();
    const added = events.find(({ event, recordId }) => event === 'ReferralAdd' && recordId === ids[0]);
    assert.match(added?.sentence ?? '', /created contact|created the contact/i);
  });

  it('writes an edit of that contact to the referral', async () => {
    const [contact] = await stage.contactsByEmail('first.0@example.com');
    assert.ok(contact);
    await stage.sandbox.asUser('ghl', 'PUT', `/contacts/${contact.id}`, { lastName: 'Renamed' });
    await stage.settled();
    const { events } = await stage.events();
    const added = events.find(({ event }) => event === 'ReferralAdd');
    assert.equal((await stage.referral(added?.recordId ?? '')).lastName, 'Renamed');
  });

  it('takes a signed webhook and refuses a forged one', async () => {
    const [contact] = await stage.contactsByEmail('first.0@example.com');
    const webhookId = '00000000-0000-4000-8000-000000000001';
    const body = JSON.stringify({
      type: 'ContactUpdate',
      locationId: stage.info.ghl.locationId,
      id: contact?.id,
      webhookId,
    });
    assert.equal(await stage.postGhl(body, 'bm8='), 401);
    assert.equal(await stage.postGhl(body), 200);
    assert.equal(await stage.postGhl(body), 200);
    await stage.settled();
    const ours = (await stage.events()).events.filter(({ eventId }) => eventId === webhookId);
    assert.deepEqual(
      ours.map(({ status, sentence }) => [status, /nothing to do/i.test(sentence ?? '')]),
      [['done', true]],
    );
  });

  it('refuses a second start on the same folder, naming the first', async () => {
    const { code, errors } = await run({ DATA_DIR: folder });
    assert.equal(code, 1);
    assert.match(errors, new RegExp(`already running on .*process ${instance.process.pid}`));
  });

  it('loses nothing and does nothing twice when it is killed at work', async () => {
    const ids = await refer(8, 'killed');
    await kill();
    await start();
    await stage.settled(RECOVERED_WITHIN_MS);
    await assertSyncedOnce(ids, 'killed');
  });

  it('loses nothing and does nothing twice when Temporal’s memory is lost as well', async () => {
    const ids = await refer(8, 'amnesia');
    await kill();
    const temporal = Number(readFileSync(join(folder, 'temporal.db.pid'), 'utf8'));
    process.kill(temporal, 'SIGKILL');
    for (const file of globSync('temporal.db*', { cwd: folder })) rmSync(join(folder, file));
    await start();
    await stage.settled(RECOVERED_WITHIN_MS);
    await assertSyncedOnce(ids, 'amnesia');
  });

  it('ends cleanly on Ctrl-C: exit code 0 and no process left', async () => {
    const { children } = JSON.parse(readFileSync(join(folder, 'lock.json'), 'utf8')) as { children: ProcessId[] };
    assert.equal(await instance.stop(), 0);
    assert.deepEqual(children.filter(isRunning), []);
    assert.equal(existsSync(join(folder, 'lock.json')), false);
    assert.equal(existsSync(join(folder, 'temporal.db.pid')), false);
  });

  it('does the same when it is typed as `npm start`, set-up included', async () => {
    instance = await startOwnInstance(folder, { env: { LOG_LEVEL: 'warn', PORT: port }, command: ['npm', 'start'] });
    stage = await Stage.open(instance);
    const ids = await refer(1, 'typed');
    await stage.settled(RECOVERED_WITHIN_MS);
    await assertSyncedOnce(ids, 'typed');
    await instance.stop();
    while (existsSync(join(folder, 'lock.json'))) await new Promise((resolve) => setTimeout(resolve, 50));
  });

  it('names a wrong setting on one line and exits with 1', async () => {
    const { code, errors } = await run({ DATA_DIR: folder, PORT: 'eighty' });
    assert.equal(code, 1);
    assert.equal(errors, 'PORT: wants a whole number from 0 to 65535; it is "eighty"\n');
  });
});

async function run(env: Record<string, string>): Promise<{ code: number | null; errors: string }> {
  const child = spawn(process.execPath, [rockbridge, 'start'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, errors };
}
