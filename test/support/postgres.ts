import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import pg from 'pg';
import { afterAllTests } from './hooks.ts';

const debianFolder = '/usr/lib/postgresql';

export interface TestPostgres {
  /** Of the database `postgres`, as its superuser. */
  url: string;
  /** Makes an empty database and returns its URL. */
  createDatabase(): Promise<string>;
  /** Ends the cluster and removes its files. */
  stop(): Promise<void>;
}

let shared: Promise<TestPostgres> | undefined;

/** One cluster for the whole mocha run; give each test file a database of its own. */
export function postgresForTests(): Promise<TestPostgres> {
  shared ??= startPostgres().then((cluster) => {
    afterAllTests(() => cluster.stop());
    return cluster;
  });
  return shared;
}

/** The folder with initdb and postgres: Debian's newest, else the one on PATH; undefined when there is none. */
export function findPostgres(): string | undefined {
  const debian = existsSync(debianFolder) ? readdirSync(debianFolder).toSorted((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...debian.map((version) => join(debianFolder, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

/** Starts a throw-away PostgreSQL cluster on a free port of the loopback, without fsync; throws when PostgreSQL is not installed. */
export async function startPostgres(): Promise<TestPostgres> {
  const binaries = findPostgres();
  if (!binaries)
    throw new Error(
      'PostgreSQL is not installed: no initdb in /usr/lib/postgresql or on PATH (Debian: apt-get install postgresql)',
    );
  const folder = mkdtempSync(join(tmpdir(), 'rockbridge-postgres-'));
  const port = await getPort({ host: '127.0.0.1' });
  const server = startCluster(binaries, folder, port);
  const end = () => server.kill('SIGQUIT');
  process.once('exit', end);
  const url = `postgres://rockbridge@127.0.0.1:${port}/postgres`;
  await untilAnswering(url, server);
  return {
    url,
    createDatabase: () => createDatabase(url),
    async stop() {
      process.off('exit', end);
      if (server.exitCode === null && server.signalCode === null) {
        end();
        await once(server, 'exit');
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function startCluster(binaries: string, folder: string, port: number): ChildProcess {
  const user = serverUser();
  if (user) chownSync(folder, user.uid, user.gid);
  const options = { ...user, cwd: folder };
  const data = join(folder, 'data');
  const setUp = [
    '--pgdata',
    data,
    '--username',
    'rockbridge',
    '--auth',
    'trust',
    '--encoding',
    'UTF8',
    '--locale',
    'C',
    '--no-sync',
  ];
  execFileSync(join(binaries, 'initdb'), setUp, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
  const reach = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', `port=${port}`, 'max_connections=200'];
  const haste = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'log_min_messages=panic'];
  const run = ['-D', data, ...[...reach, ...haste].flatMap((setting) => ['-c', setting])];
  return spawn(join(binaries, 'postgres'), run, { ...options, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** PostgreSQL refuses to run as root: then it runs as Debian's user for it, else as nobody. */
function serverUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) =>
    Number(execFileSync('sh', ['-c', `id ${flag} postgres 2>/dev/null || id ${flag} nobody`], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function untilAnswering(url: string, server: ChildProcess): Promise<void> {
  for (;;) {
    try {
      return await query(url, 'select 1');
    } catch (error) {
      if (server.exitCode !== null || server.signalCode !== null)
        throw new Error('PostgreSQL ended at its start', { cause: error });
      await sleep(50);
    }
  }
}

async function createDatabase(url: string): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await query(url, `create database ${name}`);
  return url.replace(/postgres$/, name);
}

async function query(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    await client.query(sql);
  } finally {
    await client.end();
  }
}
