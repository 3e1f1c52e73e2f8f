import { readFileSync } from 'node:fs';
import { isRunning, type ProcessId, self } from '../store/processes.ts';

const LOOK_EVERY_MS = 1_000;

/**
 * The processes that `npm start` put between the person and this one: npm and the set-up script. Without npm there are none.
 * When one of them is killed, this process would live on unseen and keep the ports and the data folder.
 */
export function launchers(env: NodeJS.ProcessEnv = process.env): ProcessId[] {
  if (!env['npm_lifecycle_event'] || process.ppid <= 1) return [];
  const parent = self(process.ppid);
  const grandparent = parentOf(process.ppid);
  return [parent, ...(grandparent > 1 ? [self(grandparent)] : [])].filter(isRunning);
}

/** Calls back once when one of the launchers is gone; returns what ends the watch. */
export function watchLaunchers(watched: readonly ProcessId[], onGone: () => void): () => void {
  if (watched.length === 0) return () => undefined;
  const timer = setInterval(() => {
    if (watched.every(isRunning)) return;
    clearInterval(timer);
    onGone();
  }, LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** 0 where the system does not tell. */
function parentOf(pid: number): number {
  try {
    return Number(
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')[1],
    );
  } catch {
    return 0;
  }
}
