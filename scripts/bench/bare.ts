import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import got from 'got';
import type { SandboxInfo } from '../../sandbox/sandbox.ts';
import { type OneByOne, oneByOne } from './figures.ts';

/** The records that the bare workflow reads and writes: those of one of Rockbridge's own customers. */
export interface BareRecords {
  contactId: string;
  referralId: string;
}

/**
 * Measures, in a worker of this process, a workflow of two activities that make the two vendor calls a contact's edit costs, and
 * nothing else: no inbox, no plan, no limiter.
 */
export async function measureBare(
  address: string,
  info: SandboxInfo,
  records: BareRecords,
  runs: { single: number; atOnce: number; rounds: number },
): Promise<OneByOne & { perSecond: number }> {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  const taskQueue = `bench-${randomUUID()}`;
  const native = await NativeConnection.connect({ address });
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  const writtenAt = new Map<number, number>();
  const worker = await Worker.create({
    connection: native,
    taskQueue,
    workflowsPath: fileURLToPath(new URL('bare-workflow.ts', import.meta.url)),
    activities: activitiesOn(info, records, (n) => writtenAt.set(n, performance.now())),
  });
  /** Milliseconds until each write was done, which is where Rockbridge's time is taken as well: before the workflow has ended. */
  const run = async (numbers: readonly number[]): Promise<number[]> => {
    const startedAt = performance.now();
    await Promise.all(
      numbers.map((n) => client.workflow.execute('bare', { taskQueue, workflowId: `${taskQueue}/${n}`, args: [n] })),
    );
    return numbers.map((n) => (writtenAt.get(n) ?? Number.NaN) - startedAt);
  };
  let next = 0;
  const numbers = (count: number): number[] => Array.from({ length: count }, () => (next += 1));
  const figures = await worker.runUntil(async () => {
    for (let n = 0; n < 10; n++) await run(numbers(1));
    const singles: number[] = [];
    for (let n = 0; n < runs.single; n++) singles.push(...(await run(numbers(1))));
    const rates: number[] = [];
    for (let n = 0; n < runs.rounds; n++)
      rates.push((runs.atOnce / Math.max(...(await run(numbers(runs.atOnce))))) * 1_000);
    return { ...oneByOne(singles), perSecond: Math.max(...rates) };
  });
  await native.close();
  await connection.close();
  return figures;
}

function activitiesOn(
  { ghl, referralRock }: SandboxInfo,
  { contactId, referralId }: BareRecords,
  onWritten: (n: number) => void,
) {
  const basic = Buffer.from(`${referralRock.publicKey}:${referralRock.privateKey}`).toString('base64');
  const ghlHeaders = { authorization: `Bearer ${ghl.privateToken}`, version: '2021-07-28' };
  return {
    async read(): Promise<void> {
      await got(`${ghl.url}/contacts/${contactId}`, { headers: ghlHeaders, retry: { limit: 0 } });
    },
    async write(n: number): Promise<void> {
      const json = [{ query: { primaryInfo: { referralId } }, referral: { companyName: `Company ${n}` } }];
      const headers = { authorization: `Basic ${basic}` };
      await got.post(`${referralRock.url}/api/referral/update`, { json, headers, retry: { limit: 0 } });
      onWritten(n);
    },
  };
}
