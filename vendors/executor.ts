import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, createSend, type Send } from './http.ts';
import {
  type CallOptions,
  type Credentials,
  type Limiter,
  type Operation,
  type QuotaSeen,
  type VendorAccount,
  type VendorClient,
  VendorError,
} from './operation.ts';
import { createQuotaReport, type QuotaReport } from './quota-report.ts';
import { wordsOf } from './refusal.ts';
import { issuesOf, toRequest } from './request.ts';

/** How one vendor speaks HTTP. */
export interface Protocol {
  /** Of the `authorization` header. */
  readonly scheme: 'Bearer' | 'Basic';
  headers(operation: Pick<Operation, 'version'>): Readonly<Record<string, string>>;
  /** Brings a parsed body into the form that the operation records describe. */
  read(body: unknown): unknown;
  /** The error that an answer (its body read) stands for; undefined: it was taken. */
  refusal(operation: Pick<Operation, 'id' | 'effect' | 'output' | 'decode'>, answer: Answer): VendorError | undefined;
  /** True if a fresh token, or one plain repeat, may mend a refusal. */
  isTokenRefusal(answer: Answer): boolean;
  quota(answer: Answer): QuotaSeen | undefined;
}

export interface Log {
  debug(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface ClientParts {
  /** Scheme and host, perhaps a path before the vendor's own. */
  readonly baseUrl: string;
  readonly credentials: Credentials;
  readonly limiter: Limiter;
  /** For one request, from connecting to the last byte. */
  readonly timeoutMs?: number;
  readonly log?: Log;
}

/** A turn farther away than this is not waited for: the caller comes back (design section 8). */
const LONGEST_WAIT_MS = 2_000;

/** The one way to a vendor: check the input, wait for the turn, send, classify the answer, check it. */
export function createClient(protocol: Protocol, parts: ClientParts): VendorClient {
  const send = createSend(parts.timeoutMs ?? 20_000);
  const report = createQuotaReport(parts.limiter, parts.log);
  return {
    async call(operation, input, options) {
      refuseUnpermitted(operation, options);
      const request = toRequest(parts.baseUrl, operation, input);
      const attempt: Attempt = { protocol, parts, send, report, operation, options };
      let { answer, refusal } = await sendInTurn(attempt, request, options.turnKey, options.beforeSend);
      if (!operation.anonymous && protocol.isTokenRefusal(answer)) {
        const refreshed = await parts.credentials.refresh(options.account);
        parts.log?.warn(
          { operation: operation.id, account: options.account, refreshed },
          'token refused, repeating once',
        );
        ({ answer, refusal } = await sendInTurn(attempt, request, options.turnKey && `${options.turnKey}/repeat`));
      }
      if (refusal !== undefined) throw refusal;
      return outputOf(operation, answer);
    },
    preview(operation, input) {
      const { method, url, body } = toRequest(parts.baseUrl, operation, input);
      const secret = operation.anonymous ? {} : { authorization: `${protocol.scheme} [secret]` };
      const headers = { ...protocol.headers(operation), ...secret };
      return { method, url, headers, body };
    },
  };
}

/** The last gate before money moves: whatever calls the executor, and why, must name who permits it. */
function refuseUnpermitted({ id, effect }: Pick<Operation, 'id' | 'effect'>, { permit }: CallOptions): void {
  if (effect !== 'money' || (permit !== undefined && permit.id !== '')) return;
  const message = `${id}: not sent, it may move money and nobody has permitted it: approve it, or let a rule allow it`;
  throw new VendorError('Forbidden', id, message);
}

interface Attempt {
  readonly protocol: Protocol;
  readonly parts: ClientParts;
  readonly send: Send;
  readonly report: QuotaReport;
  readonly operation: Pick<Operation, 'id' | 'effect' | 'version' | 'anonymous' | 'output' | 'decode'>;
  readonly options: CallOptions;
}

async function sendInTurn(
  { protocol, parts, send, report, operation, options }: Attempt,
  request: Parameters<Send>[1],
  turnKey: string | undefined,
  beforeSend?: () => Promise<void>,
): Promise<{ answer: Answer; refusal: VendorError | undefined }> {
  const { account, signal, background = false } = options;
  await takeTurn(parts.limiter, operation.id, account, turnKey, background, signal);
  const secret = operation.anonymous ? {} : { authorization: await parts.credentials.authorization(account) };
  signal?.throwIfAborted();
  await beforeSend?.();
  const startedAt = performance.now();
  const received = await send(operation.id, request, { ...protocol.headers(operation), ...secret }, signal);
  const answer = { ...received, body: protocol.read(received.body) };
  const ms = Math.round(performance.now() - startedAt);
  parts.log?.debug({ operation: operation.id, account, status: answer.status, ms }, 'vendor answered');
  const refusal = protocol.refusal(operation, answer);
  await report(account, protocol.quota(answer), refusal);
  return { answer, refusal };
}

async function takeTurn(
  limiter: Limiter,
  operationId: string,
  account: VendorAccount,
  turnKey: string | undefined,
  background: boolean,
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted();
  const waitMs = await limiter.turn(account, turnKey, background);
  if (waitMs > LONGEST_WAIT_MS) {
    const message = `${operationId}: its turn within the vendor's quota comes in ${Math.ceil(waitMs)} ms`;
    throw new VendorError('RateLimited', operationId, message, { retryAfterMs: Math.ceil(waitMs) });
  }
  if (waitMs <= 0) return;
  try {
    await sleep(waitMs, undefined, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

function outputOf<I, O>(operation: Operation<I, O>, answer: Answer): O {
  const unreadable = answer.body === undefined && answer.text.trim() !== '';
  const parsed = operation.output.safeParse(operation.decode ? operation.decode(answer.body) : answer.body);
  if (parsed.success && !unreadable) return parsed.data;
  const what = parsed.success || unreadable ? `no JSON: ${wordsOf(answer)}` : issuesOf(parsed.error);
  const message = `${operation.id}: the answer (${answer.status}) has another shape than documented: ${what}`;
  throw new VendorError('Unexpected', operation.id, message, { status: answer.status });
}
