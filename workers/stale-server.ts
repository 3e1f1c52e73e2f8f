import { type ChildProcess, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const patienceMs = 10_000;

export function pidFileOf(dbFile: string): string {
  return `${dbFile}.pid`;
}

/** Ends the server that a killed instance left on this database file; a process that took over its number is left alone. */
export async function endStaleServer(dbFile: string, log: { info(message: string): void }): Promise<void> {
  const pidFile = pidFileOf(dbFile);
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8'));
  if (pid > 0 && commandLine(pid).includes(dbFile)) {
    log.info(`ending the Temporal dev server that an earlier run left behind (process ${pid})`);
    await endPid(pid);
  }
  rmSync(pidFile, { force: true });
}

/** Ends a child process and waits for it; one that does not heed SIGTERM within 10 s is made to. */
export async function endProcess(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  const force = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  await ended;
  clearTimeout(force);
}

async function endPid(pid: number): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    process.kill(pid, signal);
    for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += 50) {
      if (commandLine(pid) === '') return;
      await sleep(50);
    }
  }
  throw new Error(`Process ${pid} does not end; end it by hand and start again`);
}

/** '' when there is no such process, or only a zombie of it. */
function commandLine(pid: number): string {
  if (existsSync('/proc/self')) {
    const file = `/proc/${pid}/cmdline`;
    return existsSync(file) ? readFileSync(file, 'utf8').replaceAll('\0', ' ').trim() : '';
  }
  return spawnSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
}
