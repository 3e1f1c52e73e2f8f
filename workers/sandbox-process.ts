import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { SandboxClient } from '../sandbox/client.ts';
import type { SandboxInfo } from '../sandbox/sandbox.ts';
import { endProcess } from './stale-server.ts';

export interface SandboxProcessOptions {
  ghlPort: number;
  referralRockPort: number;
  /** Keeps the state over restarts. */
  dataDir: string;
  log: Logger;
  /** Told of each process, so that it can be ended should this one be killed. */
  onStart: (pid: number) => void;
}

/** The sandbox of both vendors as a process of its own: as far away as the real ones. */
export interface SandboxProcess {
  info: SandboxInfo;
  /** Points GHL's webhooks at the bridge. */
  setWebhookUrl(url: string): Promise<void>;
  /** Rejects when the sandbox cannot be kept running. */
  failed: Promise<never>;
  close(): Promise<void>;
}

const READY_WITHIN_MS = 20_000;
/** So many ends in a row, each within `STEADY_MS` of its start, and the sandbox is given up. */
const MAX_QUICK_ENDS = 3;
const STEADY_MS = 10_000;

const main = fileURLToPath(new URL('../sandbox/main.ts', import.meta.url));

/** Starts the sandbox and resolves once it serves; one that ends is started again on the same ports. */
export async function startSandboxProcess(options: SandboxProcessOptions): Promise<SandboxProcess> {
  const closing = new AbortController();
  let child = await run(options);
  const client = new SandboxClient({
    ghl: `http://127.0.0.1:${options.ghlPort}`,
    referralRock: `http://127.0.0.1:${options.referralRockPort}`,
  });
  const info = await client.info();
  const keepRunning = async (): Promise<never> => {
    for (let quickEnds = 0; ;) {
      const began = Date.now();
      await ended(child);
      if (closing.signal.aborted) await new Promise(() => undefined);
      quickEnds = Date.now() - began > STEADY_MS ? 1 : quickEnds + 1;
      if (quickEnds > MAX_QUICK_ENDS)
        throw new Error('The sandbox ends again and again as soon as it is started; its last words are in the log');
      options.log.warn('the sandbox ended; starting it again');
      await sleep(250 * quickEnds);
      child = await run(options);
    }
  };
  const endWithUs = (): boolean => child.kill();
  process.once('exit', endWithUs);
  const failed = keepRunning();
  failed.catch(() => undefined);
  return {
    info,
    failed,
    async setWebhookUrl(url) {
      await client.setWebhookUrl(url);
    },
    async close() {
      closing.abort();
      process.off('exit', endWithUs);
      await endProcess(child, 'SIGTERM');
    },
  };
}

/** Resolves when the process has told that it serves. In a group of its own: Ctrl-C must end the workers before it. */
async function run({ ghlPort, referralRockPort, dataDir, log, onStart }: SandboxProcessOptions): Promise<ChildProcess> {
  const args = ['--ghl-port', String(ghlPort), '--rr-port', String(referralRockPort), '--data-dir', dataDir];
  const child = spawn(process.execPath, [main, ...args], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  if (child.pid) onStart(child.pid);
  const words: string[] = [];
  createInterface(child.stderr).on('line', (line) => {
    words.push(line);
    log.error({ sandbox: line }, `sandbox: ${line}`);
  });
  const ready = once(createInterface(child.stdout), 'line', { signal: AbortSignal.timeout(READY_WITHIN_MS) });
  const outcome = await Promise.race([ready, ended(child)]).catch((error: unknown) => error as Error);
  if (outcome === undefined || outcome instanceof Error) {
    await endProcess(child, 'SIGTERM');
    throw new Error(`The sandbox did not start: ${words.at(-1) ?? 'it said nothing'}`, { cause: outcome });
  }
  return child;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
