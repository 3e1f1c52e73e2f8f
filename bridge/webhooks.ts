import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { InboxStore } from '../store/inbox.ts';
import type { Route, Routing, Routes } from '../store/routing.ts';
import type { BridgeMetrics } from './metrics.ts';
import { parsePayload, Refusal } from './payload.ts';
import { type Reading, readGhl, readGhlWorkflow, readReferralRock } from './readings.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Set on webhook routes: whose webhooks they take. */
    source?: 'ghl' | 'ghl-workflow' | 'referral-rock';
  }
  interface FastifyRequest {
    /** The connections that the path's token stands for. */
    accounts: readonly Route[];
  }
}

export interface WebhookDeps {
  inbox: InboxStore;
  routing: Routing;
  checkSignature: (body: Uint8Array, header: unknown) => Promise<void>;
  addressKey: Buffer;
  relay: { nudge(): void };
  metrics: BridgeMetrics;
  log: Logger;
}

const NO_BODY = Buffer.alloc(0);

/** The three doors for webhooks: authenticity first, then the inbox, then the answer; what an event means is decided elsewhere. */
export function registerWebhooks(server: FastifyInstance, deps: WebhookDeps): void {
  const { routing, addressKey, metrics } = deps;
  server.decorateRequest('accounts', null as unknown as readonly Route[]);
  server.addHook('onRequest', async (request) => metrics.received(sourceOf(request)));
  server.addHook('onResponse', async (request, reply) =>
    metrics.acknowledged(sourceOf(request), reply.elapsedTime / 1000),
  );

  server.post('/webhooks/ghl', { config: { source: 'ghl' } }, async (request, reply) => {
    const body = bodyOf(request);
    await deps.checkSignature(body, request.headers['x-ghl-signature']);
    return receive(deps, request, reply, readGhl(parsePayload(body), await known(routing), addressKey));
  });

  server.post<{ Params: { token: string } }>(
    '/webhooks/ghl-workflow/:token',
    {
      config: { source: 'ghl-workflow' },
      onRequest: async (request) => {
        const route = (await known(routing)).byWorkflowToken(request.params.token);
        request.accounts = wanted(route ? [route] : []);
      },
    },
    async (request, reply) => {
      const payload = parsePayload(bodyOf(request));
      return receive(deps, request, reply, readGhlWorkflow(payload, request.accounts[0]!, addressKey));
    },
  );

  server.post<{ Params: { token: string; event: string } }>(
    '/webhooks/referral-rock/:token/:event',
    {
      config: { source: 'referral-rock' },
      onRequest: async (request) => {
        request.accounts = wanted((await known(routing)).byReferralRockToken(request.params.token));
      },
    },
    async (request, reply) => {
      const payload = parsePayload(bodyOf(request));
      const reading = readReferralRock(
        request.params.event,
        payload,
        request.accounts,
        await known(routing),
        addressKey,
      );
      return receive(deps, request, reply, reading);
    },
  );
}

async function receive(
  deps: WebhookDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  reading: Reading,
): Promise<FastifyReply> {
  const { ignoredFor, ...event } = reading;
  const { source, eventId, event: name } = event;
  const contentType = (request.headers['content-type'] ?? '').slice(0, 200);
  let added: 'stored' | 'duplicate';
  try {
    added = await deps.inbox.add({ ...event, body: bodyOf(request), contentType });
  } catch (error) {
    deps.log.error({ source, event: name, eventId, code: codeOf(error) }, 'an event could not be stored');
    throw storeAway();
  }
  const outcome = event.status === 'ignored' ? 'ignored' : added;
  deps.metrics.taken(source, outcome, ignoredFor);
  deps.log.debug({ source, event: name, eventId, outcome, reason: ignoredFor }, 'webhook taken');
  if (outcome === 'stored') deps.relay.nudge();
  return event.status === 'ignored'
    ? reply.code(202).send({ status: 'ignored', reason: event.sentence })
    : reply.code(source === 'ghl-workflow' ? 202 : 200).send({ status: added });
}

function wanted(accounts: readonly Route[]): readonly Route[] {
  if (accounts.length === 0) throw new Refusal(404, 'token', 'The token in the path is not one of ours.');
  return accounts;
}

async function known(routing: Routing): Promise<Routes> {
  try {
    return await routing.routes();
  } catch {
    throw storeAway();
  }
}

const storeAway = (): Refusal => new Refusal(503, 'store', 'The event could not be stored: please send it again.');

function bodyOf(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : NO_BODY;
}

function sourceOf(request: FastifyRequest): string {
  return request.routeOptions.config.source ?? 'unknown';
}

/** SQLSTATE or system code; a database's message may quote the row. */
function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code ?? (error as Error | null)?.name ?? 'unknown');
}
