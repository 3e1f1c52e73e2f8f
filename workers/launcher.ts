import { readFileSync } from 'node:fs';
import { isRunning, type ProcessId, self } from '../store/processes.ts';

const LOOK_EVERY_MS = 1_000;
const MAX_DEPTH = 4;

/**
 * The processes that `npm start` put between the person and this one: npm, its shell, the set-up script. Without npm there are
 * none. When one of them is killed, this process would live on unseen and keep the ports and the data folder.
 */
export function launchers(env: NodeJS.ProcessEnv = process.env): ProcessId[] {
  if (!env['npm_lifecycle_event'] || process.ppid <= 1) return [];
  const above = [process.ppid];
  while (above.length < MAX_DEPTH && !isNpm(above.at(-1) ?? 0)) above.push(parentOf(above.at(-1) ?? 0));
  const chain = isNpm(above.at(-1) ?? 0) ? above : [process.ppid];
  return chain.map((pid) => self(pid)).filter(isRunning);
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

/** npm names its process after its command: `npm start`. */
function isNpm(pid: number): boolean {
  return /^npm\b|\bnpm(-cli\.js)?\0/.test(about(pid, 'cmdline'));
}

function parentOf(pid: number): number {
  return Number(
    about(pid, 'stat')
      .replace(/^.*\) /s, '')
      .split(' ')[1] ?? 0,
  );
}

/** '' where the system does not tell. */
function about(pid: number, what: 'cmdline' | 'stat'): string {
  try {
    return readFileSync(`/proc/${pid}/${what}`, 'utf8');
  } catch {
    return '';
  }
}
