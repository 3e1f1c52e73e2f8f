import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Agent } from 'node:http';
import type { AddressInfo } from 'node:net';
import got from 'got';
import { createGhlClient } from '../vendors/ghl/client.ts';
import { ghl } from '../vendors/operations.ts';

const LIMIT_MS = 0.2;
const ROUNDS = 11;
const CALLS = 300;

const contact = {
  id: 'ocQHyuzHvysMo5N5VsXc',
  locationId: 've9EPM428h8vShlRW1KT',
  firstName: 'Rosan',
  lastName: 'Deo',
  email: 'rosan@deos.example',
  phone: '+18887324197',
  address1: '3535 1st St N',
  city: 'Dolomite',
  state: 'AL',
  country: 'US',
  postalCode: '35061',
  tags: ['rr-referral', 'rr-status:approved'],
  customFields: [{ id: 'MgobCB14YMVKuE4Ka8p1', value: 'https://rock.example/l/1' }],
  dateAdded: '2026-07-17T09:39:04.169Z',
  dateUpdated: '2026-07-17T10:19:24.594Z',
};
const changes = { firstName: 'Rosan', lastName: 'Deo', email: 'rosan@deos.example', city: 'Dolomite', state: 'AL' };

/** The vendor, in a process of its own so that its CPU is not counted. */
async function serve(): Promise<void> {
  const body = JSON.stringify({ succeded: true, contact, traceId: '18da8022-0e2f-463c-8683-79f796921f51' });
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'x-ratelimit-max': '100',
    'x-ratelimit-remaining': '87',
    'x-ratelimit-interval-milliseconds': '10000',
    'x-ratelimit-limit-daily': '200000',
    'x-ratelimit-daily-remaining': '199601',
  };
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(200, headers).end(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.send?.((server.address() as AddressInfo).port);
}

/** Milliseconds of this process's CPU for each of `CALLS` calls, one after another. */
async function cpuOf(call: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  for (let n = 0; n < CALLS; n += 1) await call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / CALLS;
}

async function measure(): Promise<void> {
  const child = fork(import.meta.filename, ['serve']);
  try {
    const [port] = (await once(child, 'message')) as [number];
    const baseUrl = `http://127.0.0.1:${port}`;
    const client = createGhlClient({
      baseUrl,
      credentials: { authorization: async () => 'Bearer pit-0123456789abcdef', refresh: async () => false },
      limiter: { turn: async () => 0, learn: async () => undefined },
    });
    const account = { vendor: 'ghl', id: contact.locationId } as const;
    const executor = () => client.call(ghl.contact.update, { contactId: contact.id, ...changes }, { account });
    const agent = { http: new Agent({ keepAlive: true }) };
    const plain = got.extend({
      agent,
      retry: { limit: 0 },
      timeout: { request: 20_000, connect: 5_000 },
      throwHttpErrors: false,
    });
    const headers = { accept: 'application/json', version: '2021-07-28', authorization: 'Bearer pit-0123456789abcdef' };
    const bare = () => plain.put(`${baseUrl}/contacts/${contact.id}`, { headers, json: changes }).json();
    for (const call of [executor, bare]) await cpuOf(call);
    const differences: number[] = [];
    const bares: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      /* Turn and turn about, so that neither has the warmer seat. */
      const [first, second] = round % 2 === 0 ? [executor, bare] : [bare, executor];
      const [one, other] = [await cpuOf(first), await cpuOf(second)];
      const [withExecutor, without] = round % 2 === 0 ? [one, other] : [other, one];
      differences.push(withExecutor - without);
      bares.push(without);
    }
    report(medianOf(bares), medianOf(differences));
  } finally {
    child.kill();
  }
}

function report(bareMs: number, addedMs: number): void {
  console.log(
    `bare got: ${bareMs.toFixed(3)} ms of CPU a call; the executor adds ${addedMs.toFixed(3)} ms (at most ${LIMIT_MS})`,
  );
  if (addedMs >= LIMIT_MS) process.exitCode = 1;
}

const medianOf = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0;

await (process.argv[2] === 'serve' ? serve() : measure());
