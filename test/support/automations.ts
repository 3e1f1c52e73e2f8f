import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { RING } from '../../workflows/triggers.ts';
import type { Json, RunningRockbridge } from './rockbridge.ts';

/** Stores actions on top of the built-in rules, as a person does. */
export async function withActions(rockbridge: RunningRockbridge, ...actions: readonly object[]): Promise<void> {
  await rockbridge.api('rule-sets/default', 'PUT', { actions });
}

/** The runs of an automation, the newest first. */
export async function runsOf(rockbridge: RunningRockbridge, action: string): Promise<Json[]> {
  const { runs } = await rockbridge.api(`automations/runs?action=${action}`);
  return runs as Json[];
}

/** The one run of an automation that is about a record. */
export async function runAbout(rockbridge: RunningRockbridge, action: string, recordId: string): Promise<Json> {
  const [run, ...more] = (await runsOf(rockbridge, action)).filter((one) => one['recordId'] === recordId);
  assert.ok(run, `no run of ${action}`);
  assert.equal(more.length, 0);
  return run;
}

/** Lets a run's wait be over: its time is now, and its workflow looks. Resolves when its pass has come to rest. */
export async function skipWait(rockbridge: RunningRockbridge, run: Json): Promise<void> {
  const { db } = rockbridge.database;
  await db.updateTable('automation_runs').set({ wake_at: new Date() }).where('id', '=', String(run['id'])).execute();
  await rockbridge.client.workflow.getHandle(String(run['workflowId'])).signal(RING);
  for (let status = 'waiting'; status === 'waiting'; await sleep(50)) {
    const row = await db
      .selectFrom('automation_runs')
      .select(['status', 'at', 'wake_at'])
      .where('id', '=', String(run['id']))
      .executeTakeFirstOrThrow();
    // Waiting again for a later time: its pass was quicker than this look.
    status = row.wake_at !== null && row.wake_at.getTime() > Date.now() + 1_000 ? 'again' : row.status;
  }
  await rockbridge.settled();
}
