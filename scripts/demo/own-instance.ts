import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Reach, startOwnInstance } from '../support/instance.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Does `work` on an instance of its own, in a folder that is gone afterwards, however it ends: also by Ctrl-C. */
export async function onOwnInstance<T>(mode: 'live' | 'observe', work: (reach: Reach) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'rockbridge-demo-'));
  const asked = new AbortController();
  const end = (): void => asked.abort();
  for (const signal of SIGNALS) process.on(signal, end);
  process.stderr.write(`Starting a Rockbridge of the demo’s own, mode ${mode} ...\n`);
  try {
    const env = { SANDBOX_MODE: mode, LOG_LEVEL: 'warn' };
    const instance = await startOwnInstance(folder, { env, signal: asked.signal });
    try {
      return await Promise.race([work(instance), untilAborted(asked.signal)]);
    } finally {
      await instance.stop();
    }
  } finally {
    for (const signal of SIGNALS) process.off(signal, end);
    rmSync(folder, { recursive: true, force: true });
    if (asked.signal.aborted) process.exit(130);
  }
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('Ended by a signal')), { once: true });
  });
}
