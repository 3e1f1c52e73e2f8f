import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import got, { type Method } from 'got';
import { privateToken } from '../../sandbox/ghl/constants.ts';
import { privateKey, publicKey } from '../../sandbox/referral-rock/rock.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts';
import { programIds } from '../../sandbox/seed/account.ts';

export type Json = Record<string, unknown>;
export type Answer = { status: number; headers: http.IncomingHttpHeaders; text: string; body: unknown };
export type Hook = { path: string; headers: http.IncomingHttpHeaders; raw: Buffer; body: Json };

/** What stands at a dotted path of a JSON value: `at(body, 'contacts.0.id')`. */
export function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, key) => (inner as Json | undefined)?.[key], value);
}

export function textAt(value: unknown, path: string): string {
  return String(at(value, path));
}

/** One HTTP request; JSON bodies are parsed, no status throws, nothing is retried. */
export async function ask(
  method: Method,
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const answer = await got(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    throwHttpErrors: false,
    retry: { limit: 0 },
  });
  const text = answer.body;
  const isJson = String(answer.headers['content-type']).startsWith('application/json') && text !== '';
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text,
    body: isJson ? (JSON.parse(text) as unknown) : undefined,
  };
}

export const ghlHeaders = { authorization: `Bearer ${privateToken}`, version: '2021-07-28' };
export const rockHeaders = { authorization: `Basic ${Buffer.from(`${publicKey}:${privateKey}`).toString('base64')}` };

/** A sandbox with callers for both vendors and a receiver of webhooks. */
export class World {
  readonly sandbox: Sandbox;
  readonly hooks: Hook[] = [];
  /** Statuses to answer to the next webhooks; 200 when there is none left. */
  answers: number[] = [];
  readonly #receiver: http.Server;

  constructor(sandbox: Sandbox, receiver: http.Server) {
    this.sandbox = sandbox;
    this.#receiver = receiver;
    receiver.on('request', (request: http.IncomingMessage, response: http.ServerResponse) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const raw = Buffer.concat(chunks);
        this.hooks.push({
          path: request.url ?? '',
          headers: request.headers,
          raw,
          body: JSON.parse(raw.toString()) as Json,
        });
        response.writeHead(this.answers.shift() ?? 200).end();
      });
    });
  }

  static async open(options: SandboxOptions = {}): Promise<World> {
    const receiver = http.createServer();
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const { port } = receiver.address() as AddressInfo;
    const ghlWebhookUrl = `http://127.0.0.1:${port}/ghl`;
    return new World(await startSandbox({ seed: 'empty', ghlWebhookUrl, ...options }), receiver);
  }

  get receiverUrl(): string {
    return `http://127.0.0.1:${(this.#receiver.address() as AddressInfo).port}`;
  }

  ghl(method: Method, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return ask(method, `${this.sandbox.ghlUrl}${path}`, body, { ...ghlHeaders, ...headers });
  }

  rock(method: Method, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return ask(method, `${this.sandbox.referralRockUrl}/api${path}`, body, { ...rockHeaders, ...headers });
  }

  control(method: Method, path: string, body?: unknown): Promise<Answer> {
    return ask(method, `${this.sandbox.ghlUrl}/__sandbox/${path}`, body);
  }

  /** Waits until all webhooks are delivered, and hands over and forgets those received. */
  async received(): Promise<Hook[]> {
    await this.control('GET', 'idle?timeoutMs=5000');
    return this.hooks.splice(0);
  }

  async types(): Promise<string[]> {
    return (await this.received()).map((hook) => String(hook.body['type']));
  }

  async close(): Promise<void> {
    await this.sandbox.close();
    this.#receiver.closeAllConnections();
    this.#receiver.close();
  }

  /** Adds a member to the first program; its answer. */
  async addMember(fields: object = {}): Promise<{ id: string; referralCode: string }> {
    const required = { programId: programIds.customers, firstName: 'Mia', email: 'mia@example.com' };
    const { body } = await this.rock('POST', '/members', { ...required, ...fields });
    return at(body, 'member') as { id: string; referralCode: string };
  }

  /** Adds a referral under a new member; its id. */
  async addReferral(fields: object = {}): Promise<string> {
    const { referralCode } = await this.addMember({ email: `${randomUUID()}@example.com` });
    const { body } = await this.rock('POST', '/referrals', { referralCode, ...fields });
    return textAt(body, 'referral.id');
  }

  /** Updates one referral by id; the item of the answer. */
  async updateReferral(referralId: string, referral: object): Promise<unknown> {
    const query = { primaryInfo: { referralId } };
    return at((await this.rock('POST', '/referral/update', [{ query, referral }])).body, '0');
  }
}
