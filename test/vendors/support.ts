import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Credentials, Limiter, QuotaSeen, VendorAccount, VendorErrorKind } from '../../vendors/operation.ts';
import { VendorError } from '../../vendors/operation.ts';

export const account: VendorAccount = { vendor: 'ghl', id: 'location-1' };
export const secret = 'pit-0123456789abcdef';

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Parsed JSON, else the bytes; undefined: none. */
  readonly body: unknown;
}

/** What a server answers next: `cut` ends the connection, `hang` never answers. */
export type Reply =
  | {
      readonly status: number;
      readonly body?: unknown;
      readonly text?: string;
      readonly headers?: Record<string, string>;
    }
  | 'cut'
  | 'hang';

/** A vendor of a few lines on a free port: gives the replies in turn, the last one for ever, and keeps what it received. */
export async function startVendor(...replies: Reply[]): Promise<{
  url: string;
  received: Received[];
  close(): Promise<void>;
}> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const bytes = Buffer.concat(chunks);
      const { method = '', url = '', headers } = request;
      const isJson = headers['content-type']?.startsWith('application/json');
      const reply = replies[Math.min(received.length, replies.length - 1)] ?? { status: 200, body: {} };
      const body: unknown = isJson ? JSON.parse(bytes.toString()) : bytes;
      received.push({ method, url, headers, body: bytes.length === 0 ? undefined : body });
      if (reply === 'hang') return;
      if (reply === 'cut') {
        request.socket.destroy();
        return;
      }
      response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
      response.end(reply.text ?? (reply.body === undefined ? '' : JSON.stringify(reply.body)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A limiter that says `waitMs` for each turn and remembers what it was asked and told. */
export function limiterOf(waitMs = 0): Limiter & { turns: (string | undefined)[]; learned: QuotaSeen[] } {
  const turns: (string | undefined)[] = [];
  const learned: QuotaSeen[] = [];
  return {
    turns,
    learned,
    turn: (_account, key) => {
      turns.push(key);
      return Promise.resolve(waitMs);
    },
    learn: (_account, seen) => {
      learned.push(seen);
      return Promise.resolve();
    },
  };
}

/** Credentials with a token that each refresh replaces, or none to refresh. */
export function credentialsOf(scheme = 'Bearer', canRefresh = false): Credentials & { refreshes: number } {
  const credentials = {
    refreshes: 0,
    authorization: () => Promise.resolve(`${scheme} ${secret}${'x'.repeat(credentials.refreshes)}`),
    refresh: () => {
      if (canRefresh) credentials.refreshes += 1;
      return Promise.resolve(canRefresh);
    },
  };
  return credentials;
}

/** The vendor error that a call ends with; fails if it ends well or otherwise. */
export async function vendorErrorOf(call: Promise<unknown>): Promise<VendorError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof VendorError) return error;
    throw error;
  }
  throw new Error('the call was expected to fail');
}

export async function kindOf(call: Promise<unknown>): Promise<VendorErrorKind> {
  return (await vendorErrorOf(call)).kind;
}
