import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runWithProgress } from './progress.mjs';

/** The project's own Node, from the npm package `node`. */
export function nodeBinary(root) {
  return join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/** Whether node_modules is not what package-lock.json says. npm keeps a copy of the lock of what it installed; only packages for other platforms may differ. */
export function packagesMissing(root) {
  const installed = lockedPackages(join(root, 'node_modules', '.package-lock.json'));
  if (!installed || !existsSync(nodeBinary(root))) return true;
  return Object.entries(lockedPackages(join(root, 'package-lock.json')) ?? {}).some(
    ([path, wanted]) => path !== '' && !wanted.optional && installed[path]?.version !== wanted.version,
  );
}

/** `npm ci` with the development packages, also under NODE_ENV=production: without them there is no Node 24. */
export async function installPackages(root) {
  const [npm, ...npmArgs] = npmCommand();
  const options = { cwd: root, shell: process.platform === 'win32' };
  await runWithProgress(
    'installing packages (npm ci)',
    npm,
    [...npmArgs, 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'],
    options,
  );
  if (!existsSync(nodeBinary(root))) {
    // npm may be told not to run the install scripts of packages; this one fetches the binary.
    const cwd = join(root, 'node_modules', 'node');
    await runWithProgress('installing Node 24', process.execPath, ['installArchSpecificPackage.js'], { cwd });
  }
  const { error, status, stderr } = spawnSync(nodeBinary(root), ['--version'], { encoding: 'utf8' });
  if (error || status !== 0) {
    throw new Error(
      `The Node 24 of the npm package "node" does not run on this system (${error?.message ?? stderr.trim()}). ` +
        'It wants Linux with glibc 2.28 or newer, macOS or Windows, on x64 or arm64.',
    );
  }
}

function lockedPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The npm that runs us, else the one on PATH. */
function npmCommand() {
  const running = process.env.npm_execpath;
  return running?.endsWith('npm-cli.js') && existsSync(running) ? [process.execPath, running] : ['npm'];
}
