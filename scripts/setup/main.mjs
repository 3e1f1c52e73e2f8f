import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { alone } from './alone.mjs';
import { installPackages, nodeBinary, packagesMissing } from './packages.mjs';
import { findTemporalCli, installTemporalCli, setting } from './temporal-cli.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const lockFile = join(root, '.cache', 'setup.lock');

/** Sets up what is missing, then runs what follows `--then`; a failure is one message and exit code 1. */
export async function main(argv) {
  const then = argv.indexOf('--then');
  const flags = then < 0 ? argv : argv.slice(0, then);
  try {
    await setUp({ temporal: !flags.includes('--packages-only') });
  } catch (error) {
    console.error(`\n${error.message}`);
    process.exit(1);
  }
  if (then >= 0) runOnOwnNode(argv.slice(then + 1));
}

async function setUp({ temporal }) {
  if (packagesMissing(root)) {
    await alone(lockFile, async () => packagesMissing(root) && (await installPackages(root)));
  }
  // A Temporal server of one's own makes the CLI needless.
  if (temporal && !setting('TEMPORAL_ADDRESS') && !findTemporalCli()) {
    await alone(lockFile, async () => findTemporalCli() ?? (await installTemporalCli()));
  }
}

/** Runs `[file, ...args]` (a file of the project) on Node 24 as if it were this process: same folder and terminal, signals passed on, its exit code ours. */
function runOnOwnNode([file, ...args]) {
  const env = { ...process.env, PATH: join(root, 'node_modules', '.bin') + delimiter + (process.env.PATH ?? '') };
  const child = spawn(nodeBinary(root), [resolve(root, file), ...args], { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // Ctrl-C at a terminal reaches the whole foreground group: passed on as well, it would arrive twice.
    process.on(signal, () => (signal === 'SIGINT' && process.stdin.isTTY) || child.kill(signal));
  }
  child.on('error', (error) => {
    console.error(`cannot run ${file}: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}
