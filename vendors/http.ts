import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import got, { RequestError, TimeoutError } from 'got';
import { VendorError } from './operation.ts';
import type { InputFile, VendorRequest } from './request.ts';

/** What came back over HTTP, whatever its status. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The parsed JSON; undefined if the answer is empty or no JSON. */
  readonly body: unknown;
  readonly text: string;
  readonly isHtml: boolean;
}

export type Send = (
  operationId: string,
  request: VendorRequest,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
) => Promise<Answer>;

const CONNECT_TIMEOUT_MS = 5_000;

/** Nothing of the request left this machine, or nobody was there to take it. */
const NEVER_SENT_CODES = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);
const NEVER_SENT_PHASES = new Set(['lookup', 'connect', 'secureConnect']);

/**
 * One request, one answer: no retries, no redirects, connections kept alive. Throws `NotConnected` or `Unavailable`;
 * an abort throws the signal's reason. got's own errors carry the headers, hence the secret: none is passed on.
 */
export function createSend(timeoutMs: number): Send {
  const agent = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
  const client = got.extend({
    agent,
    retry: { limit: 0 },
    timeout: { request: timeoutMs, connect: Math.min(CONNECT_TIMEOUT_MS, timeoutMs) },
    throwHttpErrors: false,
    followRedirect: false,
    responseType: 'text',
  });
  return async (operationId, request, headers, signal) => {
    try {
      const response = await client(request.url, {
        method: request.method,
        headers,
        ...bodyOf(request),
        ...(signal !== undefined && { signal }),
      });
      return toAnswer(response.statusCode, response.headers, response.body, headers['authorization']);
    } catch (error) {
      signal?.throwIfAborted();
      throw networkError(operationId, error, timeoutMs);
    }
  };
}

function bodyOf({ body, form }: VendorRequest): { json?: unknown; form?: Record<string, string>; body?: FormData } {
  if (body === undefined) return {};
  if (form === 'json') return { json: body };
  const { files = {}, ...texts } = body as Record<string, unknown> & { files?: Record<string, InputFile> };
  const fields = Object.entries(texts).map(([name, value]) => [name, String(value)] as const);
  if (form === 'form') return { form: Object.fromEntries(fields) };
  const parts = new FormData();
  for (const [name, value] of fields) parts.append(name, value);
  for (const [name, { filename, contentType = 'application/octet-stream', content }] of Object.entries(files))
    parts.append(name, new Blob([Buffer.from(content, 'base64')], { type: contentType }), filename);
  return { body: parts };
}

function toAnswer(
  status: number,
  headers: Answer['headers'],
  received: string,
  authorization: string | undefined,
): Answer {
  const text = withoutSecret(received, authorization);
  const isHtml = /^text\/html/i.test(String(headers['content-type'] ?? '')) || /^\s*<(!doctype|html)/i.test(text);
  return { status, headers, body: parseJson(text), text, isHtml };
}

/** Gateways have been seen to echo request headers in their error pages. */
function withoutSecret(text: string, authorization: string | undefined): string {
  const secret = authorization?.split(' ').at(-1) ?? '';
  return secret.length < 8 ? text : text.replaceAll(secret, '[secret]');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function networkError(operationId: string, error: unknown, timeoutMs: number): unknown {
  if (!(error instanceof RequestError)) return error;
  if (error instanceof TimeoutError) {
    const kind = NEVER_SENT_PHASES.has(error.event) ? 'NotConnected' : 'Unavailable';
    return new VendorError(kind, operationId, `${operationId}: no answer within ${timeoutMs} ms (${error.event})`);
  }
  const kind = NEVER_SENT_CODES.has(error.code) ? 'NotConnected' : 'Unavailable';
  const what = kind === 'NotConnected' ? 'the vendor cannot be reached' : 'the connection broke';
  return new VendorError(kind, operationId, `${operationId}: ${what} (${error.code}: ${error.message})`);
}
