import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { cut, type Fault, type Faults, strikeBefore } from './faults.ts';
import type { Ledger, LedgerEntry } from './ledger.ts';
import {
  type Actor,
  type Answer,
  type Call,
  type Fields,
  isFields,
  type Operation,
  type Reach,
  Refusal,
  type VendorName,
} from './operation.ts';
import type { Store } from './store.ts';

/** What differs from vendor to vendor in how HTTP is answered. */
export type VendorRules = {
  name: VendorName;
  /** Routes as ASP.NET does: case and a trailing slash do not matter. */
  relaxedPaths: boolean;
  operations: readonly Operation[];
  /** Credentials, then quota: what they open. Throws a Refusal. */
  admit(request: FastifyRequest, operation: Operation, now: number): Reach;
  /** Throws a Refusal for a request that is not as the vendor's documents want it. */
  check?(operation: Operation, call: Call): void;
  headers(request: FastifyRequest, now: number): Record<string, string>;
  /** What goes on the wire for an answer. */
  dress(answer: Answer): Answer;
  unknownRoute(request: FastifyRequest): Answer;
  badJson(): Answer;
};

export type ServerParts = { store: Store; faults: Faults; ledger: Ledger; now: () => number };

export const actorHeader = 'x-sandbox-actor';

/** One vendor's HTTP server. `userKey` is the secret by which `inject` acts as a person instead of a program. */
export function vendorServer(vendor: VendorRules, parts: ServerParts, userKey: string): FastifyInstance {
  const app = Fastify({
    forceCloseConnections: true,
    bodyLimit: 2 * 1024 * 1024,
    routerOptions: {
      caseSensitive: !vendor.relaxedPaths,
      ignoreTrailingSlash: vendor.relaxedPaths,
      maxParamLength: 300,
    },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(['application/json', 'text/json'], { parseAs: 'string' }, (_request, text, done) => {
    try {
      done(null, text === '' ? undefined : JSON.parse(String(text)));
    } catch (error) {
      done(Object.assign(error as Error, { statusCode: 400 }));
    }
  });
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, text, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(text)))),
  );
  app.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' }, (request: FastifyRequest, bytes: Buffer) =>
    formOf(request.headers['content-type'] ?? '', bytes),
  );
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, _text, done) => done(null, undefined));
  for (const operation of vendor.operations) {
    app.route({
      method: operation.method,
      url: operation.path,
      handler: (request, reply) => serve(vendor, parts, operation, request, reply, userKey),
    });
  }
  app.setNotFoundHandler((request, reply) => send(request, reply, vendor, parts.now(), vendor.unknownRoute(request)));
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    if (error.statusCode === 400) return send(request, reply, vendor, parts.now(), vendor.badJson());
    request.log.error(error);
    return reply.code(error.statusCode ?? 500).send({ message: error.message });
  });
  return app;
}

/** A form's texts by name, and of its files what they are called and hold. */
async function formOf(contentType: string, bytes: Buffer): Promise<Fields> {
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } })
    .formData()
    .catch((error: Error) => {
      throw Object.assign(error, { statusCode: 400 });
    });
  const told = (value: string | File): unknown =>
    typeof value === 'string' ? value : { fileName: value.name, contentType: value.type, size: value.size };
  return Object.fromEntries([...form].map(([name, value]) => [name, told(value)]));
}

async function serve(
  vendor: VendorRules,
  parts: ServerParts,
  operation: Operation,
  request: FastifyRequest,
  reply: FastifyReply,
  userKey: string,
): Promise<FastifyReply> {
  const actor: Actor = request.headers[actorHeader] === userKey ? 'user' : 'api';
  const now = parts.now();
  const fault = actor === 'user' ? undefined : parts.faults.take(vendor.name, request.method, request.url);
  const note = (outcome: Outcome): void => record(vendor, parts, operation, request, actor, outcome, fault, now);
  if (fault && (await strikeBefore(fault, request, reply))) {
    const status = fault.kind === 'status' ? (fault.status ?? 500) : fault.kind === 'html-502' ? 502 : 0;
    note({ status, recordId: undefined, changed: false });
    return reply;
  }
  const before = parts.store.changes;
  const answer = run(vendor, operation, request, actor, now);
  note({ status: answer.status, recordId: answer.recordId, changed: parts.store.changes !== before });
  parts.store.flush();
  if (fault?.kind === 'cut-after') {
    cut(request, reply);
    return reply;
  }
  return send(request, reply, vendor, now, answer);
}

function callOf(request: FastifyRequest, actor: Actor, reach: Reach, now: number): Call {
  return {
    path: request.url.split('?')[0] ?? '',
    params: request.params as Record<string, string>,
    query: request.query as Record<string, string | undefined>,
    body: request.body,
    actor,
    reach,
    now,
  };
}

function run(vendor: VendorRules, operation: Operation, request: FastifyRequest, actor: Actor, now: number): Answer {
  try {
    const reach = actor === 'user' ? {} : vendor.admit(request, operation, now);
    const call = callOf(request, actor, reach, now);
    vendor.check?.(operation, call);
    return operation.run(call);
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    throw error;
  }
}

type Outcome = Pick<LedgerEntry, 'status' | 'recordId' | 'changed'>;

function record(
  vendor: VendorRules,
  parts: ServerParts,
  operation: Operation,
  request: FastifyRequest,
  actor: Actor,
  outcome: Outcome,
  fault: Fault | undefined,
  now: number,
): void {
  parts.ledger.count(vendor.name, actor, request.method, operation.path, outcome.status);
  if (actor === 'user' || operation.effect === 'read') return;
  parts.ledger.write({
    at: new Date(now).toISOString(),
    vendor: vendor.name,
    method: request.method,
    path: request.url,
    operation: operation.name,
    ...outcome,
    body: request.body,
    ...(fault && { fault: fault.kind }),
  });
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  vendor: VendorRules,
  now: number,
  answer: Answer,
): FastifyReply {
  const { status, body, headers = {} } = vendor.dress(answer);
  reply.code(status).headers({ ...vendor.headers(request, now), ...headers });
  if (body === undefined) return reply.send('');
  return reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(body));
}

/** Adds GHL's `traceId` to an object body. */
export function withTraceId(answer: Answer): Answer {
  if (answer.bare || !isFields(answer.body)) return answer;
  return { ...answer, body: { ...answer.body, traceId: randomUUID() } };
}
