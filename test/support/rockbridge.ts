import { randomBytes } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { type FastifyInstance } from 'fastify';
import got from 'got';
import pino from 'pino';
import { Registry } from 'prom-client';
import { createActivities } from '../../activities/index.ts';
import type { Timing } from '../../activities/dependencies.ts';
import { createCaller } from '../../bridge/caller.ts';
import { createDoorbell } from '../../bridge/doorbell.ts';
import { createRelay, type Relay } from '../../bridge/relay.ts';
import { createBridge } from '../../bridge/server.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts';
import { ensureConnection, setInForce } from '../../store/connections.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { createLimiter } from '../../store/limits.ts';
import { createCredentials } from '../../store/tokens.ts';
import { createVendorClients } from '../../vendors/clients.ts';
import { connectAccounts } from '../../workers/accounts.ts';
import { installRuntime, ROLES, type RunningWorkers, startWorkers } from '../../workers/workers.ts';
import { temporalForTests } from './temporal.ts';

export type Json = Record<string, any>;

const ADMIN_TOKEN = 'test-admin-token';
const CONNECTION = 'sandbox';
let runtimeInstalled = false;

/** The whole of Rockbridge in this process: sandbox, store, bridge, relay and workers on a real Temporal server. */
export class RunningRockbridge {
  readonly sandbox: Sandbox;
  readonly database: Database;
  readonly url: string;
  readonly #parts: {
    bridge: FastifyInstance;
    relay: Relay;
    workers: RunningWorkers;
    native: NativeConnection;
    connection: Connection;
  };

  private constructor(sandbox: Sandbox, database: Database, url: string, parts: RunningRockbridge['parts']) {
    this.sandbox = sandbox;
    this.database = database;
    this.url = url;
    this.#parts = parts;
  }

  get parts(): {
    bridge: FastifyInstance;
    relay: Relay;
    workers: RunningWorkers;
    native: NativeConnection;
    connection: Connection;
  } {
    return this.#parts;
  }

  static async start(
    options: {
      timing?: Partial<Timing>;
      databaseUrl?: string;
      mode?: 'live' | 'observe';
      sandbox?: SandboxOptions;
      quota?: 'high';
    } = {},
  ): Promise<RunningRockbridge> {
    const log = pino({ level: process.env['TEST_LOG_LEVEL'] ?? 'silent' });
    if (!runtimeInstalled) installRuntime(log);
    runtimeInstalled = true;
    const temporal = await temporalForTests();
    const sandbox = await startSandbox({ seed: 'empty', ...options.sandbox });
    const database = await openDatabase({ url: options.databaseUrl });
    const secret = randomBytes(32);
    const { ghl, referralRock } = sandbox.info;
    await ensureConnection(database, secret, {
      id: CONNECTION,
      name: 'Sandbox',
      mode: options.mode ?? 'live',
      ghlLocationId: ghl.locationId,
      ghlToken: ghl.privateToken,
      referralRockKeys: `${referralRock.publicKey}:${referralRock.privateKey}`,
    });
    await setInForce(database, CONNECTION);
    const clients = createVendorClients(
      { ghlBaseUrl: ghl.url, referralRockBaseUrl: referralRock.url },
      { credentials: createCredentials(database, secret), limiter: createLimiter(database), log },
    );
    const connection = await Connection.connect({ address: temporal.address });
    const client = new Client({ connection, namespace: temporal.namespace });
    const native = await NativeConnection.connect({ address: temporal.address });
    const relay = createRelay({ database, ring: createDoorbell(client), log, metrics: new Registry() });
    const addressKey = randomBytes(32);
    const bridge = createBridge({
      database,
      settings: {
        ghlPublicKeys: [ghl.webhookPublicKeyPem],
        adminToken: ADMIN_TOKEN,
        temporal: () => ({ ready: true, address: temporal.address }),
        addressKey,
      },
      relay,
      call: createCaller(client),
      log,
      metrics: new Registry(),
    });
    const url = await bridge.listen({ host: '127.0.0.1', port: 0 });
    const workers = await startWorkers({
      roles: ROLES,
      connection: native,
      namespace: temporal.namespace,
      activities: createActivities({
        database,
        clients,
        addressKey,
        log,
        ...(options.timing ? { timing: options.timing } : {}),
      }),
    });
    const rockbridge = new RunningRockbridge(sandbox, database, url, { bridge, relay, workers, native, connection });
    await rockbridge.control('PUT', 'ghl-webhook-url', { url: `${url}/webhooks/ghl` });
    if (options.quota === 'high')
      await rockbridge.control('PUT', 'limits', {
        ghl: { max: 100_000, intervalMs: 10_000 },
        referralRock: { max: 100_000, intervalMs: 60_000 },
      });
    await relay.start();
    await connectAccounts(
      { database, clients, log },
      { connectionId: CONNECTION, defaultProgramId: undefined, publicUrl: url, signal: AbortSignal.timeout(20_000) },
    );
    return rockbridge;
  }

  /** A request as a person in that vendor's own page makes it. */
  async asUser(vendor: 'ghl' | 'referral-rock', method: string, path: string, body?: unknown): Promise<Json> {
    const base = vendor === 'ghl' ? this.sandbox.ghlUrl : this.sandbox.referralRockUrl;
    return got
      .post(`${base}/__sandbox/as-user`, { json: { method, path, body }, throwHttpErrors: false, retry: { limit: 0 } })
      .json();
  }

  async control(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<Json> {
    return got(`${this.sandbox.ghlUrl}/__sandbox/${path}`, {
      method,
      ...(body === undefined ? {} : { json: body }),
    }).json();
  }

  async api(path: string): Promise<Json> {
    return got(`${this.url}/api/${path}`, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } }).json();
  }

  /** Waits until every webhook is delivered and every event closed, for a while without a new one. */
  async settled(timeoutMs = 40_000): Promise<Json[]> {
    const end = Date.now() + timeoutMs;
    let calm = 0;
    while (Date.now() < end) {
      await this.control('GET', 'idle');
      const { events } = await this.api('events?limit=500');
      const open = (events as Json[]).filter(({ status }) => status === 'stored' || status === 'running');
      calm = open.length === 0 ? calm + 1 : 0;
      if (calm >= 3) return events as Json[];
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    const { events } = await this.api('events?limit=500');
    throw new Error(
      `Events are still open: ${JSON.stringify((events as Json[]).filter(({ status }) => status === 'stored' || status === 'running'))}`,
    );
  }

  async close(): Promise<void> {
    const { bridge, relay, workers, native, connection } = this.#parts;
    await bridge.close();
    await relay.close();
    await workers.shutdown();
    await native.close();
    await connection.close();
    await this.sandbox.close();
    await this.database.close();
  }
}
