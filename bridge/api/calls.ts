import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Call, type CallsStore, createCallsStore } from '../../store/calls.ts';
import { findOperation, UnknownOperation } from '../../vendors/find-operation.ts';
import { type Operation, VendorError } from '../../vendors/operation.ts';
import { toRequest } from '../../vendors/request.ts';
import { Refusal } from '../payload.ts';
import type { TemporalState } from '../server.ts';
import { parseBody } from './body.ts';
import type { ApiDeps } from './index.ts';
import { knownConnection } from './known-connection.ts';
import { workflowUrl } from './workflow-url.ts';

/** A call that takes longer is answered as it stands; `GET /calls/:id` tells the rest. */
const WAIT_MS = 25_000;

const Body = z.strictObject({
  operation: z.string({ error: 'wants the id of an operation, such as ghl.contact.get' }),
  input: z.record(z.string(), z.unknown(), { error: 'wants an object' }).default({}),
  confirm: z.boolean({ error: 'wants true or false' }).optional(),
});

/** `POST /connections/:id/calls`: one operation, run at once for this connection's accounts; `GET /calls/:id`: what came of it. */
export function registerCalls(server: FastifyInstance, { database, settings, call: start }: ApiDeps): void {
  const calls = createCallsStore(database, settings.addressKey);

  server.post<{ Params: { id: string } }>('/connections/:id/calls', async ({ params, body }, reply) => {
    const connection = await knownConnection(database, params.id);
    const { operation, input, confirm = false } = readBody(body);
    refuseTokens(operation);
    checkInput(operation, input);
    if (!confirm) refuseUnconfirmed(operation, connection.mode);
    const callId = await calls.add({ connectionId: connection.id, operation: operation.id, input });
    const run = await started(calls, callId, () =>
      start(connection.id, { callId, operation: operation.id, queue: operation.vendor }),
    );
    await calls.place(callId, run);
    await run.ended(WAIT_MS);
    const call = await calls.load(callId);
    return reply.code(STATUS_CODES[call?.status ?? 'open']).send(bodyOf(call, settings.temporal()));
  });

  server.get<{ Params: { id: string } }>('/calls/:id', async ({ params: { id } }) => {
    const call = z.uuid().safeParse(id).success ? await calls.load(id) : undefined;
    return bodyOf(call, settings.temporal());
  });
}

function readBody(body: unknown): {
  operation: Operation;
  input: Record<string, unknown>;
  confirm?: boolean | undefined;
} {
  const read = parseBody(Body, body, 'call');
  try {
    return { ...read, operation: findOperation(read.operation) };
  } catch (error) {
    if (error instanceof UnknownOperation) throw new Refusal(404, 'operation', error.message);
    throw error;
  }
}

/** What the executor would refuse is refused here, before anything is stored. */
function checkInput(operation: Operation, input: unknown): void {
  try {
    toRequest('', operation, input);
  } catch (error) {
    if (error instanceof VendorError) throw new Refusal(400, 'input', `${error.message}.`);
    throw error;
  }
}

/** Operations that answer with a token of the account. */
const HAND_OUT_TOKENS: readonly string[] = ['ghl.oauth.get-token', 'ghl.oauth.get-location-token'];

function refuseTokens({ id }: Operation): void {
  if (!HAND_OUT_TOKENS.includes(id)) return;
  throw new Refusal(400, 'operation', `${id} is not called: Rockbridge manages tokens itself and never shows them.`);
}

function refuseUnconfirmed({ id, effect }: Operation, mode: 'observe' | 'live'): void {
  const asks = effect === 'money' || effect === 'delete' || (mode === 'observe' && effect !== 'read');
  if (!asks) return;
  const why = effect === 'write' ? 'writes, and this connection only observes' : EFFECTS[effect];
  throw new Refusal(409, 'confirm', `${id} ${why}: send \`confirm: true\` if that is wanted.`);
}

const EFFECTS: Readonly<Record<Operation['effect'], string>> = {
  read: 'reads',
  write: 'writes',
  delete: 'deletes',
  money: 'may create, change or pay out a reward',
};

/** Starts the call; one that Temporal does not take within its time is withdrawn, unless it is on its way already. */
async function started<T>(calls: CallsStore, callId: string, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (cause) {
    const message = 'Temporal does not take the call. Nothing was sent to the vendor: try again once /readyz is well.';
    if (await calls.withdraw(callId, { type: 'NotStarted', message }))
      throw new Refusal(503, 'temporal', message, { cause });
    const lost = `Temporal's answer was lost: GET /api/calls/${callId} tells what came of it.`;
    throw new Refusal(503, 'temporal', lost, { cause });
  }
}

/** What a call is answered with: done, still running, refused by the vendor. */
const STATUS_CODES: Readonly<Record<Call['status'], number>> = { done: 200, open: 202, failed: 502 };

function bodyOf(call: Call | undefined, temporal: TemporalState) {
  if (!call) throw new Refusal(404, 'call', 'There is no such call.');
  const { id, connectionId, operation, status, answer, error, workflowId, runId } = call;
  return {
    id,
    connection: connectionId,
    operation,
    status: status === 'open' ? 'running' : status,
    ...(status === 'done' ? { answer } : { error }),
    workflowUrl: workflowUrl(temporal, workflowId, runId),
  };
}
