import type { WalkLine } from '../../store/walks.ts';
import { WORKFLOW_QUEUE } from '../../workflows/triggers.ts';
import type { RunningRockbridge } from './rockbridge.ts';

let looks = 0;

/** One whole look over the connection, and all that follows from what it found. */
export async function lookOver(rockbridge: RunningRockbridge): Promise<void> {
  const { connectionId, client } = rockbridge;
  await client.workflow.execute('reconcile', {
    workflowId: `reconcile/${connectionId}/test-${Date.now()}-${++looks}`,
    taskQueue: WORKFLOW_QUEUE,
    args: [{ connectionId, everySeconds: 300, whole: true }],
  });
  await rockbridge.settled();
}

/** Looks until a look finds nothing. Answers how many found something. */
export async function lookUntilCalm(rockbridge: RunningRockbridge, atMost = 6): Promise<number> {
  for (let n = 0; n <= atMost; n++) {
    const before = await rowsFound(rockbridge);
    await lookOver(rockbridge);
    if ((await rowsFound(rockbridge)) === before) return n;
  }
  throw new Error(`The walk still finds something after ${atMost} laps`);
}

/** Rows that walks have made so far. */
export async function rowsFound({ database: { db } }: RunningRockbridge): Promise<number> {
  const { n } = await db
    .selectFrom('inbox')
    .select((all) => all.fn.countAll<string>().as('n'))
    .where('event', 'like', 'Found%')
    .executeTakeFirstOrThrow();
  return Number(n);
}

export async function walksOf(rockbridge: RunningRockbridge): Promise<Record<string, WalkLine>> {
  const { connections } = await rockbridge.api('connections');
  return Object.fromEntries((connections[0].walk as WalkLine[]).map((walk) => [walk.name, walk]));
}
