import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort, { portNumbers } from 'get-port';
import { findTemporalCli as find } from '../scripts/setup/temporal-cli.mjs';
import { endProcess, endStaleServer, pidFileOf } from './stale-server.ts';
import { type SearchAttributes, accepts, untilServing } from './until-serving.ts';

const host = '127.0.0.1';
const firstPauseMs = 250;
const longestPauseMs = 10_000;
/** A server that lived this long did not fail at its start: the next restart is quick again. */
const steadyMs = 30_000;

export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export interface DevServerOptions {
  /** gRPC port; unset: 7233 or the next free one. */
  port?: number;
  /** Port of the web UI; unset: 8233 or the next free one. */
  uiPort?: number;
  /** SQLite file; unset: everything is in memory and gone at the end. Only one caller at a time may use a file: a server found on it is ended. */
  dbFile?: string;
  /** Without the web UI. */
  headless?: boolean;
  searchAttributes?: SearchAttributes;
  log: Log;
}

export interface DevServer {
  /** host:port of the gRPC frontend; the namespace is `default`. */
  address: string;
  /** http://host:port of the web UI; undefined when headless. */
  uiUrl: string | undefined;
  readonly pid: number | undefined;
  /** Ends the server and waits for it. */
  close(): Promise<void>;
}

/** The search attributes of every Rockbridge workflow (design section 5). */
export const rockbridgeSearchAttributes: SearchAttributes = {
  RockbridgeTrigger: 'KeywordList',
  RockbridgeConnection: 'Keyword',
};

/** Path of the Temporal CLI that starts dev servers; throws, saying what to do, when there is none. */
export function findTemporalCli(): string {
  const path = find();
  if (path) return path;
  throw new Error(
    'There is no Temporal CLI 1.5.0 or newer: run `node scripts/setup.mjs`, or set TEMPORAL_CLI_PATH to one',
  );
}

/**
 * Starts a Temporal dev server on the loopback and resolves once it serves; throws with its last output when it does not.
 * One that dies later is started again on the same ports, until `close()`.
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  const dbFile = options.dbFile === undefined ? undefined : resolve(options.dbFile);
  if (dbFile) {
    mkdirSync(dirname(dbFile), { recursive: true });
    await endStaleServer(dbFile, options.log);
  }
  for (let tries = 1; ; tries++) {
    try {
      return await startOn(options, dbFile);
    } catch (error) {
      if (tries === MAX_TRIES || options.port !== undefined) throw error;
      // Another program may have taken the port between our look and the server's start; the next look gives another one.
      options.log.warn(`${(error as Error).message}; trying once more`);
    }
  }
}

const MAX_TRIES = 2;

async function startOn(options: DevServerOptions, dbFile: string | undefined): Promise<DevServer> {
  const port = options.port ?? (await getPort({ host, port: portNumbers(7233, 7332) }));
  const uiPort = options.headless
    ? undefined
    : (options.uiPort ?? (await getPort({ host, port: portNumbers(8233, 8332) })));
  const server = new RestartingServer({
    cli: findTemporalCli(),
    args: serverArguments(port, uiPort, dbFile, options.searchAttributes ?? {}),
    address: `${host}:${port}`,
    uiUrl: uiPort === undefined ? undefined : `http://${host}:${uiPort}`,
    pidFile: dbFile && pidFileOf(dbFile),
    searchAttributes: options.searchAttributes ?? {},
    log: options.log,
  });
  await server.start();
  return server;
}

/** Without the two rates every step waits 50 ms under steady traffic; without WAL a file costs twice the CPU (both measured). */
function serverArguments(
  port: number,
  uiPort: number | undefined,
  dbFile: string | undefined,
  attributes: SearchAttributes,
) {
  const dynamicConfig = [
    'history.transferProcessorMaxPollRPS=2000',
    'history.timerProcessorMaxPollRPS=2000',
    'system.forceSearchAttributesCacheRefreshOnRead=true',
  ];
  return [
    'server',
    'start-dev',
    `--ip=${host}`,
    `--port=${port}`,
    '--log-level=warn',
    ...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)]),
    ...(dbFile
      ? ['--db-filename', dbFile, '--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=FULL']
      : []),
    ...dynamicConfig.flatMap((value) => ['--dynamic-config-value', value]),
    ...Object.entries(attributes).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
  ];
}

interface ServerPlan {
  cli: string;
  args: string[];
  address: string;
  uiUrl: string | undefined;
  pidFile: string | undefined;
  searchAttributes: SearchAttributes;
  log: Log;
}

class RestartingServer implements DevServer {
  readonly #plan: ServerPlan;
  readonly #closing = new AbortController();
  readonly #endWithUs = () => this.#child?.kill();
  #child: ChildProcess | undefined;
  #output: string[] = [];

  constructor(plan: ServerPlan) {
    this.#plan = plan;
  }

  get address() {
    return this.#plan.address;
  }

  get uiUrl() {
    return this.#plan.uiUrl;
  }

  get pid() {
    return this.#child?.pid;
  }

  async start() {
    process.once('exit', this.#endWithUs);
    try {
      await this.#run();
    } catch (error) {
      await this.close();
      throw error;
    }
    void this.#keepRunning();
  }

  async close() {
    this.#closing.abort();
    process.off('exit', this.#endWithUs);
    // In memory there is nothing to bring to an orderly end.
    if (this.#child) await endProcess(this.#child, this.#plan.pidFile ? 'SIGTERM' : 'SIGKILL');
    if (this.#plan.pidFile) rmSync(this.#plan.pidFile, { force: true });
  }

  /** Starts the process and resolves once it serves. */
  async #run() {
    const { cli, args, address, pidFile, searchAttributes } = this.#plan;
    this.#output = [];
    if (await accepts(address))
      throw new Error(`The Temporal dev server cannot start: ${address} is taken by another process`);
    // A group of its own: Ctrl-C at the terminal must end the workers before the server that they talk to.
    const child = spawn(cli, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    child.on('error', (error) => this.#output.push(error.message));
    for (const stream of [child.stdout, child.stderr]) {
      stream.on(
        'data',
        (chunk: Buffer) => (this.#output = [...this.#output, ...String(chunk).split('\n').filter(Boolean)].slice(-20)),
      );
    }
    if (pidFile && child.pid) writeFileSync(pidFile, String(child.pid));
    const ended = new AbortController();
    child.once('close', () => ended.abort());
    try {
      await untilServing(address, searchAttributes, AbortSignal.any([ended.signal, AbortSignal.timeout(30_000)]));
    } catch (error) {
      throw new Error(`The Temporal dev server does not serve at ${address}: ${this.#output.join('\n')}`, {
        cause: error,
      });
    }
  }

  async #keepRunning() {
    let pauseMs = firstPauseMs / 2;
    while (!this.#closing.signal.aborted) {
      const began = Date.now();
      const child = this.#child;
      if (child && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      if (this.#closing.signal.aborted) return;
      pauseMs = Date.now() - began > steadyMs ? firstPauseMs : Math.min(pauseMs * 2, longestPauseMs);
      this.#plan.log.warn(
        `the Temporal dev server ended, starting it again in ${pauseMs} ms: ${this.#output.join('\n')}`,
      );
      await sleep(pauseMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      if (this.#closing.signal.aborted) return;
      await this.#run().then(
        () => this.#plan.log.info(`the Temporal dev server serves again at ${this.#plan.address}`),
        (error: Error) => this.#plan.log.error(error.message),
      );
    }
  }
}
