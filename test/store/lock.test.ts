import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findInstance, FolderInUseError, lockFolder } from '../../store/lock.ts';
import { isRunning, self } from '../../store/processes.ts';

const lockModule = new URL('../../store/lock.ts', import.meta.url).href;

/** Another process that holds the folder, with a child of its own; `kill -9` leaves both its file and its child behind. */
async function startHolder(folder: string) {
  const script = `
    import { spawn } from 'node:child_process';
    import { lockFolder } from ${JSON.stringify(lockModule)};
    const lock = await lockFolder(${JSON.stringify(folder)});
    const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
    lock.addChild(child.pid);
    lock.announce({ bridge: 'http://127.0.0.1:1' });
    console.log(child.pid);
    setInterval(() => {}, 1000);`;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(holder.stdout, 'data')) as [Buffer];
  return { holder, orphan: self(Number(line)) };
}

describe('the hold on the data folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rockbridge-lock-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is refused while another process has it, naming that process and its address', async () => {
    const { holder, orphan } = await startHolder(folder);
    try {
      await assert.rejects(lockFolder(folder), (error: Error) => {
        assert.ok(error instanceof FolderInUseError);
        return error.message.includes(`process ${holder.pid}`) && error.message.includes('http://127.0.0.1:1');
      });
      assert.equal(findInstance(folder)?.bridge, 'http://127.0.0.1:1');
    } finally {
      holder.kill('SIGKILL');
      process.kill(orphan.pid);
    }
  });

  it('is taken over from a killed process, and what that one had started is ended', async () => {
    const { holder, orphan } = await startHolder(folder);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    assert.equal(findInstance(folder), undefined);
    assert.ok(isRunning(orphan));
    const lock = await lockFolder(folder);
    assert.equal(isRunning(orphan), false);
    lock.release();
  });

  it('is taken over when another process has got the dead one’s number', async () => {
    writeFileSync(
      join(folder, 'lock.json'),
      JSON.stringify({ owner: { pid: process.pid, startedAt: 'earlier' }, launchers: [], children: [] }),
    );
    (await lockFolder(folder)).release();
  });

  it('survives an unreadable file', async () => {
    writeFileSync(join(folder, 'lock.json'), '{"own');
    (await lockFolder(folder)).release();
  });

  it('has one winner when several start at once over a dead one', async () => {
    writeFileSync(
      join(folder, 'lock.json'),
      JSON.stringify({ owner: { pid: 999_999_999, startedAt: 'x' }, launchers: [], children: [] }),
    );
    const results = await Promise.allSettled([lockFolder(folder), lockFolder(folder), lockFolder(folder)]);
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
    assert.equal(JSON.parse(readFileSync(join(folder, 'lock.json'), 'utf8')).owner.pid, process.pid);
  });
});
