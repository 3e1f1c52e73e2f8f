import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import getPort from 'get-port';
import { findInstance, type InstanceAddresses } from '../../store/lock.ts';

/** What reaches a whole running Rockbridge with its sandbox. */
export interface Reach {
  bridge: string;
  ghl: string;
  referralRock: string;
  adminToken: string;
}

export interface OwnInstance extends Reach {
  temporal: string;
  process: ChildProcess;
  /** Ends it as Ctrl-C does and waits; the exit code. */
  stop(): Promise<number | null>;
}

const READY_WITHIN_MS = 60_000;
const root = fileURLToPath(new URL('../..', import.meta.url));
const rockbridge = join(root, 'scripts/rockbridge.ts');

/** Settings that would make it something else than the embedded defaults with the sandbox; set to nothing, .env cannot bring them back. */
const NEUTRAL = {
  ...empty([
    'DATABASE_URL',
    'TEMPORAL_ADDRESS',
    'TEMPORAL_UI_URL',
    'PUBLIC_URL',
    'HOST',
    'ROCKBRIDGE_SECRET',
    'ROCKBRIDGE_ADMIN_TOKEN',
  ]),
  ...empty(['GHL_LOCATION_ID', 'GHL_PRIVATE_TOKEN', 'GHL_WEBHOOK_PUBLIC_KEYS', 'GHL_WORKFLOW_TOKEN']),
  ...empty([
    'REFERRAL_ROCK_PUBLIC_KEY',
    'REFERRAL_ROCK_PRIVATE_KEY',
    'REFERRAL_ROCK_PROGRAM_ID',
    'REFERRAL_ROCK_WEBHOOK_TOKEN',
  ]),
};

/**
 * Runs `rockbridge start` (or another command, in the project's folder) on embedded defaults in `dataDir` as a child process and resolves once it is ready;
 * throws with its output, once it has ended. `signal` has it ended before it is ready.
 */
export async function startOwnInstance(
  dataDir: string,
  options: { env?: Record<string, string>; command?: readonly [string, ...string[]]; signal?: AbortSignal } = {},
): Promise<OwnInstance> {
  const port = String(await getPort({ host: '127.0.0.1' }));
  const [command, ...args] = options.command ?? [process.execPath, rockbridge, 'start'];
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, ...NEUTRAL, npm_lifecycle_event: '', DATA_DIR: dataDir, PORT: port, ...options.env },
    // A group of its own gets its Ctrl-C as a whole, as at a terminal.
    detached: options.command !== undefined,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += String(chunk)));
  const until = Date.now() + READY_WITHIN_MS;
  const stop = async (): Promise<number | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const ended = once(child, 'exit');
    if (options.command && child.pid) process.kill(-child.pid, 'SIGINT');
    else child.kill('SIGINT');
    const [code] = (await ended) as [number | null];
    return code;
  };
  let found: InstanceAddresses | undefined;
  while (!(found = findInstance(dataDir))?.bridge) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`Rockbridge ended at its start:\n${output}`);
    if (Date.now() > until || options.signal?.aborted) {
      await stop();
      throw new Error(`Rockbridge was not ready within ${READY_WITHIN_MS / 1000} s:\n${output}`);
    }
    await sleep(50);
  }
  return {
    ...reachOf(found, dataDir),
    temporal: found.temporal ?? '',
    process: child,
    stop,
  };
}

/** The instance that runs on a data folder, if it has a sandbox. */
export function findReach(dataDir: string): Reach | undefined {
  const found = findInstance(dataDir);
  return found?.bridge && found.ghl ? reachOf(found, dataDir) : undefined;
}

function reachOf(found: InstanceAddresses, dataDir: string): Reach {
  const { bridge = '', ghl = '', referralRock = '' } = found;
  return { bridge, ghl, referralRock, adminToken: readFileSync(join(dataDir, 'admin-token'), 'utf8').trim() };
}

function empty(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, '']));
}
