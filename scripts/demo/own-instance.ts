import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Reach, startOwnInstance } from '../support/instance.ts';

/** Does `work` on an instance of its own, in a folder that is gone afterwards, however it ends. */
export async function onOwnInstance<T>(mode: 'live' | 'observe', work: (reach: Reach) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'rockbridge-demo-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  // Also when Ctrl-C ends us before the instance, which gets it as well.
  const end = (): never => process.exit(130);
  process.once('exit', remove);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
  process.stderr.write(`Starting a Rockbridge of the demo's own, mode ${mode} ...\n`);
  try {
    const instance = await startOwnInstance(folder, { env: { SANDBOX_MODE: mode, LOG_LEVEL: 'warn' } });
    try {
      return await work(instance);
    } finally {
      await instance.stop();
    }
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, end);
    process.off('exit', remove);
    remove();
  }
}
