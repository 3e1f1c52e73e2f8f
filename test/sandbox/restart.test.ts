import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { locationId } from '../../sandbox/ghl/constants.ts';
import { ask, at, ghlHeaders, textAt, World } from './world.ts';

const main = fileURLToPath(new URL('../../sandbox/main.ts', import.meta.url));

describe('sandbox: restart', () => {
  let dataDir: string;
  const children: ChildProcess[] = [];
  beforeEach(() => {
    dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'rockbridge-sandbox-'));
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    fs.rmSync(dataDir, { recursive: true });
  });

  const start = async (...flags: string[]): Promise<{ child: ChildProcess; ghlUrl: string }> => {
    const child = spawn(process.execPath, [main, '--data-dir', dataDir, '--seed', 'empty', ...flags], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    return { child, ghlUrl: (JSON.parse(line) as { ghlUrl: string }).ghlUrl };
  };
  const create = (url: string, firstName: string) =>
    ask('POST', `${url}/contacts/`, { locationId, firstName }, ghlHeaders);

  it('keeps every acknowledged write over kill -9', async () => {
    const first = await start();
    const id = textAt((await create(first.ghlUrl, 'Ann')).body, 'contact.id');
    const gone = textAt((await create(first.ghlUrl, 'Bob')).body, 'contact.id');
    await ask('DELETE', `${first.ghlUrl}/contacts/${gone}`, undefined, ghlHeaders);
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    const { ghlUrl } = await start();
    assert.partialDeepStrictEqual((await ask('GET', `${ghlUrl}/contacts/${id}`, undefined, ghlHeaders)).body, {
      contact: { firstName: 'Ann' },
    });
    assert.equal((await ask('GET', `${ghlUrl}/contacts/${gone}`, undefined, ghlHeaders)).status, 400);
    assert.equal((at((await ask('GET', `${ghlUrl}/__sandbox/ledger`)).body, 'entries') as object[]).length, 3);
  });

  it('ends with 0 on SIGTERM and comes back with what it had', async () => {
    const first = await start();
    await create(first.ghlUrl, 'Ann');
    first.child.kill('SIGTERM');
    assert.deepEqual(await once(first.child, 'exit'), [0, null]);
    const { ghlUrl } = await start();
    assert.equal(
      at((await ask('GET', `${ghlUrl}/contacts/?locationId=${locationId}`, undefined, ghlHeaders)).body, 'count'),
      1,
    );
  });

  it('leaves out a line that was cut within', async () => {
    const first = await start();
    await create(first.ghlUrl, 'Ann');
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    fs.appendFileSync(path.join(dataDir, 'sandbox.journal'), '["ghl.contacts","x",{"id":"x","first');
    const { ghlUrl } = await start();
    assert.equal(
      at((await ask('GET', `${ghlUrl}/contacts/?locationId=${locationId}`, undefined, ghlHeaders)).body, 'count'),
      1,
    );
  });

  it('delivers after a restart the webhook that it could not deliver before, to the new address', async () => {
    const nobody = 'http://127.0.0.1:9/ghl';
    const before = await World.open({ dataDir, ghlWebhookUrl: nobody });
    await before.ghl('POST', '/contacts/', { locationId, firstName: 'Ann' });
    await before.close();
    const after = await World.open({ dataDir });
    assert.deepEqual(await after.types(), ['ContactCreate']);
    await after.close();
  });

  it('says what is wrong with a flag and ends with 1', async () => {
    const child = spawn(process.execPath, [main, '--rr-port', 'high'], { stdio: ['ignore', 'ignore', 'pipe'] });
    const [line] = (await once(createInterface(child.stderr), 'line')) as [string];
    assert.match(line, /--rr-port wants a port number/);
    assert.deepEqual(await once(child, 'exit'), [1, null]);
  });
});
