import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Database } from '../store/database.ts';
import { createInbox } from '../store/inbox.ts';
import { createRouting } from '../store/routing.ts';
import { registerApi } from './api/index.ts';
import type { Caller } from './caller.ts';
import type { Jobs } from './jobs.ts';
import { registerHealth } from './health.ts';
import { type BridgeMetrics, createBridgeMetrics } from './metrics.ts';
import type { Connecting } from './new-connection.ts';
import { Refusal } from './payload.ts';
import { createSignatureCheck } from './signature.ts';
import { registerWebhooks } from './webhooks.ts';

/** Where Temporal is, as the bridge sees it: the bridge itself never talks to it. */
export interface TemporalState {
  ready: boolean;
  /** `host:port` */
  address: string;
  /** The UI's base URL, for links to workflows. */
  ui?: string | undefined;
  /** Default: `default`. */
  namespace?: string | undefined;
}

export interface BridgeDeps {
  database: Database;
  settings: {
    /** PEM public keys; any of them may have signed. */
    ghlPublicKeys: readonly string[];
    adminToken: string;
    temporal: () => TemporalState;
    /** HMAC key for e-mail addresses. */
    addressKey: Buffer;
  };
  relay: { nudge(): void };
  /** Has a worker carry out an operation that somebody calls by hand. */
  call: Caller;
  /** Starts what takes longer: match reports, backfills. */
  jobs: Jobs;
  /** Checks and adds connections. */
  connecting: Connecting;
  log: Logger;
  metrics: Registry;
}

const MAX_BODY_BYTES = 1024 * 1024;
/** Longer than a proxy's idle time of 60 s, so that it is the proxy that ends a connection. */
const KEEP_ALIVE_MS = 65_000;
/** A sender gets so long for a whole request. */
const REQUEST_MS = 30_000;

/** The HTTP server of design section 9, not listening yet. It stores and shows; it calls no vendor and decides nothing. */
export function createBridge({
  database,
  settings,
  relay,
  call,
  jobs,
  connecting,
  log,
  metrics: registry,
}: BridgeDeps): FastifyInstance {
  const server = Fastify({
    bodyLimit: MAX_BODY_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_MS,
    routerOptions: { maxParamLength: 200 },
    forceCloseConnections: 'idle',
    frameworkErrors: (error, _request, reply) => {
      const answer = reply as FastifyReply;
      void answer.code(error.statusCode ?? 400).send({ error: sentence(error.message) });
    },
  });
  const metrics = createBridgeMetrics(registry);
  // Raw bytes: signatures are over what was sent, and the inbox keeps what was sent.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(['application/json', 'text/json'], { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  server.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'There is nothing at this address.' }));
  server.setErrorHandler((error: FastifyError, request, reply) => answerError(error, request, reply, metrics, log));

  const routing = createRouting(database);
  void server.register(async (scope) =>
    registerWebhooks(scope, {
      inbox: createInbox(database),
      routing,
      checkSignature: createSignatureCheck(settings.ghlPublicKeys),
      addressKey: settings.addressKey,
      relay,
      metrics,
      log,
    }),
  );
  void server.register(async (scope) => registerHealth(scope, { database, registry, temporal: settings.temporal }));
  void server.register(
    async (scope) => registerApi(scope, { database, routing, settings, relay, call, jobs, connecting }),
    {
      prefix: '/api',
    },
  );
  return server;
}

const FRAMEWORK_SENTENCES: Record<string, string> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is larger than 1 MiB.',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'The content type must be application/json.',
};

function answerError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
  metrics: BridgeMetrics,
  log: Logger,
): FastifyReply {
  const refusal = error instanceof Refusal ? error : undefined;
  const status = refusal?.status ?? error.statusCode ?? 500;
  const { source } = request.routeOptions.config;
  if (source) metrics.refused(source, refusal?.reason ?? String(status));
  // Without the message: a database's may quote a row.
  const failure = refusal ? (refusal.cause as FastifyError | undefined) : status >= 500 ? error : undefined;
  if (failure)
    log.error({ code: failure.code, type: failure.name, stack: framesOf(failure.stack) }, 'a request failed');
  const message = status >= 500 && !refusal ? 'Something went wrong here; the log says what.' : error.message;
  return reply.code(status).send({ error: FRAMEWORK_SENTENCES[error.code] ?? sentence(message) });
}

function sentence(message: string): string {
  return message.endsWith('.') ? message : `${message}.`;
}

/** Where it failed; nothing of the message, which may have several lines. */
function framesOf(stack: string | undefined): string[] | undefined {
  return stack?.split('\n').filter((line) => line.startsWith('    at '));
}
