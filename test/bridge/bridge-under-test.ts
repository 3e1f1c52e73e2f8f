import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import type { Caller } from '../../bridge/caller.ts';
import type { Jobs } from '../../bridge/jobs.ts';
import type { Connecting } from '../../bridge/new-connection.ts';
import { createBridge, type TemporalState } from '../../bridge/server.ts';
import type { Database } from '../../store/database.ts';

export const ADMIN_TOKEN = 'admin-token';
export const ADDRESS_KEY = Buffer.alloc(32, 7);

export interface BridgeUnderTest {
  server: FastifyInstance;
  registry: Registry;
  temporal: TemporalState;
  /** How often the relay was nudged. */
  nudges(): number;
  /** Everything that was logged, as text. */
  logged(): string;
  sign(body: string | Buffer): string;
  /** Posts `body` as GHL would: signed, as JSON; `headers` replace these. */
  postGhl(body: string | Buffer, headers?: Record<string, string>): Promise<Answer>;
  post(url: string, body: string | Buffer, headers?: Record<string, string>): Promise<Answer>;
  get(url: string, token?: string): Promise<Answer>;
}

export interface Answer {
  status: number;
  body: Record<string, unknown>;
  headers: Record<string, unknown>;
}

/** A bridge on `database` that trusts two keys, as during GHL's change of keys, and signs with the second. */
export function startBridge(
  database: Database,
  call: Caller = refuseCall,
  jobs: Jobs = noJobs,
  connecting: Connecting = noConnecting,
): BridgeUnderTest {
  const retired = generateKeyPairSync('ed25519');
  const current = generateKeyPairSync('ed25519');
  const registry = new Registry();
  const temporal: TemporalState = { ready: true, address: '127.0.0.1:7233', ui: 'http://127.0.0.1:8233/' };
  const lines: string[] = [];
  let nudges = 0;
  const server = createBridge({
    database,
    settings: {
      ghlPublicKeys: [pemOf(retired.publicKey), pemOf(current.publicKey)],
      adminToken: ADMIN_TOKEN,
      temporal: () => temporal,
      addressKey: ADDRESS_KEY,
    },
    relay: { nudge: () => void (nudges += 1) },
    call,
    jobs,
    connecting,
    log: pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) }),
    metrics: registry,
  });
  const signed = (body: string | Buffer): string =>
    sign(null, Buffer.from(body), current.privateKey).toString('base64');
  const post: BridgeUnderTest['post'] = async (url, payload, headers = {}) =>
    answerOf(
      await server.inject({
        method: 'POST',
        url,
        payload,
        headers: { 'content-type': 'application/json', ...headers },
      }),
    );
  return {
    server,
    registry,
    temporal,
    nudges: () => nudges,
    logged: () => lines.join('\n'),
    sign: signed,
    post,
    postGhl: (body, headers = {}) => post('/webhooks/ghl', body, { 'x-ghl-signature': signed(body), ...headers }),
    get: async (url, token = ADMIN_TOKEN) =>
      answerOf(await server.inject({ url, headers: token ? { authorization: `Bearer ${token}` } : {} })),
  };
}

const noJobs: Jobs = { match: () => Promise.resolve(), backfill: () => Promise.resolve() };
const noConnecting: Connecting = {
  check: () => Promise.resolve(['no vendor is there']),
  add: () => Promise.reject(new Error('no vendor is there')),
};
const refuseCall: Caller = () => Promise.reject(new Error('Temporal is away'));

function answerOf(response: { statusCode: number; body: string; headers: Record<string, unknown> }): Answer {
  const isJson = String(response.headers['content-type']).startsWith('application/json');
  return {
    status: response.statusCode,
    body: isJson ? (JSON.parse(response.body) as Record<string, unknown>) : { text: response.body },
    headers: response.headers,
  };
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }).toString();
}
