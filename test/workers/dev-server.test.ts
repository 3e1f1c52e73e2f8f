import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection, WorkflowClient } from '@temporalio/client';
import getPort from 'get-port';
import {
  type DevServer,
  type DevServerOptions,
  rockbridgeSearchAttributes,
  startDevServer,
} from '../../workers/dev-server.ts';

const searchAttributes = rockbridgeSearchAttributes;

describe('the dev server', () => {
  let folder: string;
  let server: DevServer | undefined;
  let said: string[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rockbridge-dev-server-'));
    said = [];
  });
  afterEach(async () => {
    await server?.close();
    server = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(options: Partial<DevServerOptions> = {}): Promise<DevServer> {
    const say = (message: string) => void said.push(message);
    const log = { info: say, warn: say, error: say };
    const ports = { port: await getPort({ host: '127.0.0.1' }), uiPort: await getPort({ host: '127.0.0.1' }) };
    server = await startDevServer({ ...ports, searchAttributes, log, ...options });
    return server;
  }

  it('serves gRPC and the web UI once it has started', async () => {
    const { address, uiUrl } = await start();
    await startWorkflow(address, 'one');
    assert.equal((await fetch(String(uiUrl))).status, 200);
  });

  it('keeps its workflows in its file over a restart', async () => {
    const first = await start({ dbFile: join(folder, 'temporal.db') });
    await startWorkflow(first.address, 'kept');
    await first.close();
    const second = await start({ dbFile: join(folder, 'temporal.db') });
    assert.equal((await describeWorkflow(second.address, 'kept')).status.name, 'RUNNING');
  });

  it('comes back on the same ports when its process is killed', async () => {
    const { address, pid } = await start({ dbFile: join(folder, 'temporal.db') });
    await startWorkflow(address, 'survives');
    process.kill(Number(pid), 'SIGKILL');
    while (!said.some((line) => line.includes('serves again'))) await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal((await describeWorkflow(address, 'survives')).status.name, 'RUNNING');
    assert.notEqual(server?.pid, pid);
  });

  it('adds search attributes that an older database lacks', async () => {
    const dbFile = join(folder, 'temporal.db');
    await (await start({ dbFile, searchAttributes: {} })).close();
    const { address } = await start({ dbFile });
    const connection = await Connection.connect({ address });
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
    await connection.close();
    assert.deepEqual(
      Object.keys(searchAttributes).filter((name) => !(name in customAttributes)),
      [],
    );
  });

  it('ends the server that a killed instance left on its file, and takes its port', async () => {
    const dbFile = join(folder, 'temporal.db');
    const port = await getPort({ host: '127.0.0.1' });
    const left = await leaveServerBehind(dbFile, port);
    const { address } = await start({ dbFile, port });
    assert.equal(address, `127.0.0.1:${port}`);
    assert.notEqual(server?.pid, left);
    assert.match(said.join('\n'), new RegExp(`left behind \\(process ${left}\\)`));
  });

  it('is gone after close, pid file too', async () => {
    const dbFile = join(folder, 'temporal.db');
    const { pid } = await start({ dbFile });
    assert.ok(existsSync(`${dbFile}.pid`));
    await server?.close();
    assert.throws(() => process.kill(Number(pid), 0), { code: 'ESRCH' });
    assert.ok(!existsSync(`${dbFile}.pid`));
  });

  it('names the address when another process has its port', async () => {
    const { address } = await start({ headless: true });
    const port = Number(address.split(':')[1]);
    await assert.rejects(startDevServer({ port, headless: true, log: console }), new RegExp(`${address} is taken`));
  });

  it('says what the server said when it cannot start', async () => {
    const dbFile = join(folder, 'a-folder');
    mkdirSync(dbFile);
    await assert.rejects(start({ dbFile }), /does not serve at .*unable to open database/s);
  });
});

async function startWorkflow(address: string, workflowId: string) {
  const connection = await Connection.connect({ address });
  await new WorkflowClient({ connection }).start('nobodyRunsThis', { workflowId, taskQueue: 'none' });
  await connection.close();
}

async function describeWorkflow(address: string, workflowId: string) {
  const connection = await Connection.connect({ address });
  const description = await new WorkflowClient({ connection }).getHandle(workflowId).describe();
  await connection.close();
  return description;
}

/** Starts a dev server from a process of its own and kills that process the hard way. Returns the server's pid. */
async function leaveServerBehind(dbFile: string, port: number): Promise<number> {
  const module = new URL('../../workers/dev-server.ts', import.meta.url).href;
  const code = `
    const { startDevServer } = await import(${JSON.stringify(module)});
    const server = await startDevServer({ dbFile: ${JSON.stringify(dbFile)}, port: ${port}, headless: true, log: console });
    process.stdout.write(String(server.pid), () => process.kill(process.pid, 'SIGKILL'));`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += String(chunk)));
  await once(child, 'close');
  return Number(output);
}
