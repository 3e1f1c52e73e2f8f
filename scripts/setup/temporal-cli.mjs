import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runWithProgress, say } from './progress.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const executable = process.platform === 'win32' ? 'temporal.exe' : 'temporal';

/** The project's own place for the CLI; nothing else writes there. */
export const cacheFolder = join(root, '.cache', 'temporal');

/** The newest version that `go install` takes: later ones have a replace line in their go.mod, which it refuses. */
const goVersion = 'v1.5.1';

/** A setting from the environment, else from the project's .env. */
export function setting(name, env = process.env, envFile = join(root, '.env')) {
  if (env[name]) return env[name];
  if (!existsSync(envFile)) return undefined;
  const line = new RegExp(`^\\s*(?:export\\s+)?${name}\\s*=\\s*(["']?)(.*?)\\1\\s*$`, 'm');
  return line.exec(readFileSync(envFile, 'utf8'))?.[2] || undefined;
}

/**
 * Finds a Temporal CLI of 1.5.0 or newer: TEMPORAL_CLI_PATH, PATH, Go's bin folder, the project's cache folder.
 * Throws, naming the variable, when TEMPORAL_CLI_PATH leads to none; undefined when there is none anywhere.
 */
export function findTemporalCli(env = process.env, cache = cacheFolder) {
  const named = setting('TEMPORAL_CLI_PATH', env);
  if (named) {
    const problem = problemWith(named);
    if (problem) throw new Error(`TEMPORAL_CLI_PATH must name a Temporal CLI 1.5.0 or newer: ${named} ${problem}.`);
    return named;
  }
  const goFolders = [
    env.GOBIN,
    ...(env.GOPATH ?? join(homedir(), 'go')).split(delimiter).map((path) => join(path, 'bin')),
  ];
  const folders = [...(env.PATH ?? '').split(delimiter), ...goFolders, cache];
  return folders
    .filter(Boolean)
    .map((folder) => join(folder, executable))
    .find((path) => existsSync(path) && !problemWith(path));
}

/** Why `path` cannot be used, or undefined. A CLI built by Go calls itself 0.0.0-DEV, so its server's version decides: CLI 1.5.0 came with 1.29.0. */
export function problemWith(path) {
  if (!existsSync(path)) return 'does not exist';
  const { error, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 20_000 });
  if (error) return `does not run (${error.message})`;
  const [, major, minor] = /\(Server (\d+)\.(\d+)\./.exec(stdout) ?? [];
  if (!major) return 'does not answer --version as a Temporal CLI does';
  if (Number(major) < 1 || (Number(major) === 1 && Number(minor) < 29)) return `is too old (${stdout.trim()})`;
  return undefined;
}

/** Puts a Temporal CLI into the cache folder: the official download, else a build with Go. Resolves to its path; throws an error that says what a person can do. */
export async function installTemporalCli({
  cache = cacheFolder,
  downloads = 'https://temporal.download',
  build = buildWithGo,
} = {}) {
  mkdirSync(cache, { recursive: true });
  try {
    return await download(downloads, cache);
  } catch (error) {
    say(
      `the Temporal CLI cannot be downloaded (${error.cause?.message ?? error.message}); building it with Go instead`,
    );
  }
  try {
    return await build(cache);
  } catch (error) {
    throw new Error(
      `${error.message}\n\nRockbridge runs on Temporal, whose command-line tool (1.5.0 or newer) could be neither found, downloaded nor built. Do one of these:\n` +
        '  - install it (https://docs.temporal.io/cli), so that `temporal` is on PATH\n' +
        '  - set TEMPORAL_CLI_PATH to where it is\n' +
        '  - install Go 1.25 or newer (https://go.dev/dl) and try again: it is then built, once, in about 3 minutes\n' +
        '  - set TEMPORAL_ADDRESS to a Temporal server that is already running',
      { cause: error },
    );
  }
}

/** The route by which Temporal's SDKs fetch their dev server: a JSON answer names the archive. */
async function download(downloads, cache) {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const format = platform === 'windows' ? 'zip' : 'tar.gz';
  const query = new URLSearchParams({ arch, platform, format, 'sdk-name': 'sdk-typescript' });
  const { archiveUrl, fileToExtract } = JSON.parse(String(await get(`${downloads}/cli/default?${query}`, 8_000)));
  say('downloading the Temporal CLI ...');
  const folder = mkdtempSync(join(cache, 'download-'));
  try {
    const archive = join(folder, `cli.${format}`);
    writeFileSync(archive, await get(archiveUrl, 600_000));
    await runWithProgress('unpacking the Temporal CLI', 'tar', ['-xf', archive, '-C', folder, fileToExtract]);
    chmodSync(join(folder, fileToExtract), 0o755);
    return keep(join(folder, fileToExtract), cache);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function get(url, timeoutMs) {
  const answer = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  if (!answer.ok) throw new Error(`${new URL(url).host} answered ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}

async function buildWithGo(cache) {
  const folder = mkdtempSync(join(cache, 'build-'));
  const version = `-s -w -X github.com/temporalio/cli/temporalcli.Version=${goVersion.slice(1)}`;
  const args = ['install', '-v', `-ldflags=${version}`, `github.com/temporalio/cli/cmd/temporal@${goVersion}`];
  const env = { ...process.env, GOBIN: folder, CGO_ENABLED: '0' };
  try {
    await runWithProgress(`building the Temporal CLI ${goVersion} with Go (once, about 3 minutes)`, 'go', args, {
      env,
    });
    return keep(join(folder, executable), cache);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Moves a new CLI to its place in one step, once it has proved itself. */
function keep(path, cache) {
  const problem = problemWith(path);
  if (problem) throw new Error(`the Temporal CLI just made ${problem}`);
  renameSync(path, join(cache, executable));
  return join(cache, executable);
}
