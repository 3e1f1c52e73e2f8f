import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process for certain: numbers are used again, but not with the same start. */
export interface ProcessId {
  pid: number;
  startedAt: string;
}

const PATIENCE_MS = 5_000;

/** Names a process, this one unless another is given. */
export function self(pid: number = process.pid): ProcessId {
  return { pid, startedAt: startOf(pid) };
}

/** True while this very process lives. */
export function isRunning(id: ProcessId): boolean {
  return id.pid > 0 && id.startedAt !== '' && startOf(id.pid) === id.startedAt;
}

/** Ends a process and waits for it: asked first, after `patienceMs` made to. */
export async function stop(id: ProcessId, patienceMs: number = PATIENCE_MS): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!isRunning(id)) return;
    process.kill(id.pid, signal);
    for (let waited = 0; waited < patienceMs && isRunning(id); waited += 50) await sleep(50);
  }
}

/** '' when there is no such process, or only a zombie of it. */
function startOf(pid: number): string {
  if (!existsSync('/proc/self/stat')) {
    return spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() ?? '';
  }
  try {
    // After the name, which is in brackets and may hold anything: the state first, the start time as the 20th (proc(5)).
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return fields[0] === 'Z' ? '' : `${boot}/${fields[19]}`;
  } catch {
    return '';
  }
}
