import { randomBytes, sign } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type { FastifyInstance } from 'fastify';
import got from 'got';
import { Registry } from 'prom-client';
import type { Timing } from '../../activities/dependencies.ts';
import { createActivities } from '../../activities/index.ts';
import { createCaller } from '../../bridge/caller.ts';
import { createDoorbell } from '../../bridge/doorbell.ts';
import { createJobs } from '../../bridge/jobs.ts';
import { createRelay, type Relay } from '../../bridge/relay.ts';
import { createBridge } from '../../bridge/server.ts';
import { webhookPrivateKey } from '../../sandbox/ghl/constants.ts';
import type { LedgerEntry } from '../../sandbox/ledger.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { createRelayStore } from '../../store/relay.ts';
import { createConnecting } from '../../workers/connecting.ts';
import { ROLES, type RunningWorkers, startWorkers } from '../../workers/workers.ts';
import { CONNECTION, connectSandbox, readSandboxAccounts } from './accounts.ts';
import { type Around, between } from './between.ts';
import { Runs } from './runs.ts';
import { logForTests } from './runtime.ts';
import { temporalForTests } from './temporal.ts';

/** What came over HTTP: a test that reads a field which is not there fails by itself. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Json = Record<string, any>;

export interface RockbridgeOptions {
  timing?: Partial<Timing>;
  databaseUrl?: string;
  mode?: 'live' | 'observe';
  sandbox?: SandboxOptions;
  /** Quotas so wide that no test waits for a turn. */
  quota?: 'high';
}

interface Parts {
  bridge: FastifyInstance;
  relay: Relay;
  workers: RunningWorkers;
  native: NativeConnection;
  connection: Connection;
  leaving: AbortController;
}

const ADMIN_TOKEN = 'test-admin-token';
const HIGH_QUOTA = {
  ghl: { max: 100_000, intervalMs: 10_000 },
  referralRock: { max: 100_000, intervalMs: 60_000 },
};

/** The whole of Rockbridge in this process: sandbox, store, bridge, relay and workers on a real Temporal server. */
export class RunningRockbridge {
  readonly database: Database;
  readonly url: string;
  readonly client: Client;
  /** Every run of a workflow that was rung. */
  readonly runs: Runs;
  /** Stands between the workflows and their activities when set. */
  around: Around | undefined;
  #sandbox: Sandbox;
  readonly #options: RockbridgeOptions;
  readonly #parts: Parts;

  private constructor(
    options: RockbridgeOptions,
    made: { sandbox: Sandbox; database: Database; url: string; client: Client; runs: Runs; parts: Parts },
  ) {
    this.#options = options;
    this.#sandbox = made.sandbox;
    this.database = made.database;
    this.url = made.url;
    this.client = made.client;
    this.runs = made.runs;
    this.#parts = made.parts;
  }

  get sandbox(): Sandbox {
    return this.#sandbox;
  }

  get connectionId(): string {
    return CONNECTION;
  }

  static async start(options: RockbridgeOptions = {}): Promise<RunningRockbridge> {
    const log = logForTests();
    const [temporal, sandbox, database] = await Promise.all([
      temporalForTests(),
      startSandbox({ seed: 'empty', ...options.sandbox }),
      openDatabase({ url: options.databaseUrl }),
    ]);
    const secret = randomBytes(32);
    const clients = await connectSandbox(database, sandbox, { ...options, secret });
    const leaving = new AbortController();
    let publicUrl: string | undefined;
    const [connection, native] = await Promise.all([
      Connection.connect({ address: temporal.address }),
      NativeConnection.connect({ address: temporal.address }),
    ]);
    const client = new Client({ connection, namespace: temporal.namespace });
    const runs = new Runs(client);
    const relay = createRelay({ database, ring: runs.noting(createDoorbell(client)), log, metrics: new Registry() });
    const addressKey = randomBytes(32);
    const bridge = createBridge({
      database,
      settings: {
        ghlPublicKeys: [sandbox.info.ghl.webhookPublicKeyPem],
        adminToken: ADMIN_TOKEN,
        temporal: () => ({ ready: true, address: temporal.address }),
        addressKey,
      },
      relay,
      call: createCaller(client),
      jobs: createJobs(client),
      connecting: createConnecting({
        database,
        clients,
        addresses: { ghlBaseUrl: sandbox.info.ghl.url, referralRockBaseUrl: sandbox.info.referralRock.url },
        secret,
        log,
        publicUrl: () => publicUrl,
        signal: leaving.signal,
      }),
      log,
      metrics: new Registry(),
    });
    const url = await bridge.listen({ host: '127.0.0.1', port: 0 });
    publicUrl = url;
    const { timing = {} } = options;
    const workers = await startWorkers({
      roles: ROLES,
      connection: native,
      namespace: temporal.namespace,
      activities: between(createActivities({ database, clients, addressKey, log, timing }), () => rockbridge.around),
    });
    const parts = { bridge, relay, workers, native, connection, leaving };
    const rockbridge = new RunningRockbridge(options, { sandbox, database, url, client, runs, parts });
    await rockbridge.control('PUT', 'ghl-webhook-url', { url: `${url}/webhooks/ghl` });
    if (options.quota === 'high') await rockbridge.control('PUT', 'limits', HIGH_QUOTA);
    await relay.start();
    await readSandboxAccounts(database, clients, url);
    return rockbridge;
  }

  /** A request as a person in that vendor's own page makes it. */
  async asUser(vendor: 'ghl' | 'referral-rock', method: string, path: string, body?: unknown): Promise<Json> {
    const base = vendor === 'ghl' ? this.#sandbox.ghlUrl : this.#sandbox.referralRockUrl;
    return got
      .post(`${base}/__sandbox/as-user`, { json: { method, path, body }, throwHttpErrors: false, retry: { limit: 0 } })
      .json();
  }

  async control(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<Json> {
    return got(`${this.#sandbox.ghlUrl}/__sandbox/${path}`, {
      method,
      ...(body === undefined ? {} : { json: body }),
    }).json();
  }

  async api(path: string, method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' = 'GET', body?: unknown): Promise<Json> {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    const json = body === undefined ? {} : { json: body };
    return got(`${this.url}/api/${path}`, { method, headers, ...json, retry: { limit: 0 } }).json();
  }

  /** A webhook as GHL signs and sends it. */
  async postGhl(payload: Json): Promise<void> {
    const body = JSON.stringify(payload);
    const signature = sign(null, Buffer.from(body), webhookPrivateKey).toString('base64');
    const headers = { 'content-type': 'application/json', 'x-ghl-signature': signature };
    await got.post(`${this.url}/webhooks/ghl`, { body, headers, retry: { limit: 0 } });
  }

  /** What was asked of the vendors' APIs: writes only, each with its status. Without the making of webhooks. */
  async ledger(since = 0): Promise<LedgerEntry[]> {
    const { entries } = await this.control('GET', `ledger?since=${since}`);
    return (entries as LedgerEntry[]).filter(({ path }) => path !== '/api/hooks');
  }

  /** The writes that were asked of the vendors while `work` went on and until all came to rest. */
  async writesDuring(work: () => Promise<unknown>): Promise<LedgerEntry[]> {
    const before = (await this.ledger()).at(-1)?.n ?? 0;
    await work();
    await this.settled();
    return this.ledger(before);
  }

  /** Waits until every webhook is delivered and every event closed, for a while without a new one. Answers the newest events. */
  async settled(timeoutMs = 40_000): Promise<Json[]> {
    const end = Date.now() + timeoutMs;
    for (let calm = 0; calm < 3; await sleep(50)) {
      await this.control('GET', 'idle');
      const open = await this.#openEvents();
      calm = open.length === 0 ? calm + 1 : 0;
      if (Date.now() > end) throw new Error(`Events are still open: ${JSON.stringify(open)}`);
    }
    const { events } = await this.api('events?limit=500');
    return events as Json[];
  }

  async #openEvents(): Promise<Json[]> {
    const answers = await Promise.all(['stored', 'running'].map((status) => this.api(`events?status=${status}`)));
    return answers.flatMap(({ events }) => events as Json[]);
  }

  /** The customer that a vendor's record belongs to, with the id of its workflow. */
  async customerOf(vendorId: string): Promise<{ customerId: string; workflowId: string }> {
    const { customer_id: customerId } = await this.database.db
      .selectFrom('records')
      .select('customer_id')
      .where('vendor_id', '=', vendorId)
      .executeTakeFirstOrThrow();
    return { customerId, workflowId: `customer/${CONNECTION}/${customerId}` };
  }

  /** Rings a customer again as the relay does when it is due. */
  async ringAgain(customerId: string): Promise<void> {
    await createRelayStore(this.database).release([customerId], 0);
    this.#parts.relay.nudge();
  }

  /** Both vendors refuse connections while `work` goes on, and are as they were when they come back. Wants a `dataDir`. */
  async withVendorsDown(work: () => Promise<unknown>): Promise<void> {
    const { sandbox: given } = this.#options;
    const [ghlPort, referralRockPort] = [this.#sandbox.ghlUrl, this.#sandbox.referralRockUrl].map((url) =>
      Number(new URL(url).port),
    );
    await this.#sandbox.close();
    try {
      await work();
    } finally {
      this.#sandbox = await startSandbox({ ...given, ghlPort: ghlPort ?? 0, referralRockPort: referralRockPort ?? 0 });
      if (this.#options.quota === 'high') await this.control('PUT', 'limits', HIGH_QUOTA);
    }
  }

  async close(): Promise<void> {
    const { bridge, relay, workers, native, connection, leaving } = this.#parts;
    leaving.abort();
    this.around = undefined;
    await bridge.close();
    await relay.close();
    // The next one polls the same task queues: nothing of this one may be left on them.
    await this.runs.terminate();
    await workers.shutdown();
    await native.close();
    await connection.close();
    await this.#sandbox.close();
    await this.database.close();
  }
}
