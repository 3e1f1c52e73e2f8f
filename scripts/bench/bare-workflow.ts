import { proxyActivities } from '@temporalio/workflow';

const { read, write } = proxyActivities<{ read(): Promise<void>; write(n: number): Promise<void> }>({
  startToCloseTimeout: '30 s',
});

/** The least that a sync can be on Temporal: read one record, write another. */
export async function bare(n: number): Promise<void> {
  await read();
  await write(n);
}
