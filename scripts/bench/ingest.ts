import { randomUUID, sign } from 'node:crypto';
import { Agent, request } from 'node:http';
import { webhookPrivateKey } from '../../sandbox/ghl/constants.ts';
import { percentile } from './figures.ts';

const CONNECTIONS = 32;

/** Posts signed webhooks that no trigger handles, so that nothing but taking them in is measured. */
export async function measureIngest(
  bridge: string,
  locationId: string,
  count: number,
): Promise<{ perSecond: number; p99: number }> {
  const prepared = Array.from({ length: count }, () => {
    const body = JSON.stringify({
      type: 'LocationUpdate',
      locationId,
      id: locationId,
      name: 'Bench',
      webhookId: randomUUID(),
    });
    return { body, signature: sign(null, Buffer.from(body), webhookPrivateKey).toString('base64') };
  });
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const times: number[] = [];
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      for (let next = prepared.pop(); next; next = prepared.pop()) {
        const sentAt = performance.now();
        await post(`${bridge}/webhooks/ghl`, next, agent);
        times.push(performance.now() - sentAt);
      }
    }),
  );
  const perSecond = (count / (performance.now() - startedAt)) * 1_000;
  agent.destroy();
  return { perSecond, p99: percentile(times, 0.99) };
}

function post(url: string, { body, signature }: { body: string; signature: string }, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'x-ghl-signature': signature };
    const sent = request(url, { method: 'POST', headers, agent }, (answer) => {
      answer
        .resume()
        .on('end', () =>
          (answer.statusCode ?? 500) < 300 ? resolve() : reject(new Error(`The bridge answered ${answer.statusCode}`)),
        );
    });
    sent.on('error', reject).end(body);
  });
}
