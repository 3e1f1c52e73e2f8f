import { setTimeout as sleep } from 'node:timers/promises';
import {
  ScheduleAlreadyRunning,
  type ScheduleClient,
  type ScheduleHandle,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import type { Logger } from 'pino';
import type { Database } from '../store/database.ts';
import { listConnections } from '../store/routing.ts';
import { WORKFLOW_QUEUE } from '../workflows/triggers.ts';

/** Between two times that the schedules are brought in step with the connections. */
const KEEP_EVERY_MS = 60_000;
const DEADLINE_MS = 10_000;
const CONNECTION = defineSearchAttributeKey('RockbridgeConnection', 'KEYWORD');
/** Shown at a schedule that is paused because of its connection; one that a person paused in Temporal stays so. */
const NOTE = 'The connection is paused';

export interface SchedulesOptions {
  schedules: ScheduleClient;
  database: Database;
  /** Between two looks over a connection. */
  everySeconds: number;
  log: Logger;
}

/** Brings the schedules in step until it is closed: at the start as soon as Temporal answers, then every minute. */
export function startSchedules(options: SchedulesOptions): { close(): Promise<void> } {
  const closing = new AbortController();
  const run = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      await options.schedules
        .withDeadline(Date.now() + DEADLINE_MS, () => keepSchedules(options))
        .catch((error: unknown) =>
          options.log.debug({ error: String(error) }, 'the schedules could not be looked after'),
        );
      await sleep(KEEP_EVERY_MS, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  };
  const running = run();
  return {
    async close() {
      closing.abort();
      await running;
    },
  };
}

/**
 * Makes the schedule `reconcile/<connectionId>` of each connection, or brings it in step: its interval, and that it is paused with its
 * connection. Many processes may do so at once.
 */
export async function keepSchedules(options: SchedulesOptions): Promise<void> {
  const { schedules, database } = options;
  for (const { id, pausedAt } of await listConnections(database)) {
    const wanted = scheduleOf(id, options.everySeconds, pausedAt !== null);
    try {
      await schedules.create(wanted);
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
      await bringInStep(schedules.getHandle(wanted.scheduleId), options.everySeconds, pausedAt !== null);
    }
  }
}

function scheduleOf(connectionId: string, everySeconds: number, paused: boolean): ScheduleOptions {
  return {
    scheduleId: `reconcile/${connectionId}`,
    spec: specOf(everySeconds),
    action: {
      type: 'startWorkflow',
      workflowType: 'reconcile',
      workflowId: `reconcile/${connectionId}`,
      taskQueue: WORKFLOW_QUEUE,
      args: [{ connectionId, everySeconds }],
      typedSearchAttributes: new TypedSearchAttributes([{ key: CONNECTION, value: connectionId }]),
    },
    // One look at a time; what was missed while nothing ran is not made up for: the next look sees it all.
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: `${Math.max(10, everySeconds)} s` },
    state: paused ? { paused, note: NOTE } : {},
  };
}

function specOf(everySeconds: number): ScheduleOptions['spec'] {
  return { intervals: [{ every: everySeconds * 1000 }], jitter: everySeconds * 100 };
}

async function bringInStep(handle: ScheduleHandle, everySeconds: number, paused: boolean): Promise<void> {
  const { spec, state } = await handle.describe();
  if (spec.intervals?.[0]?.every !== everySeconds * 1000) {
    await handle.update(({ action, ...present }) => ({
      ...present,
      spec: specOf(everySeconds),
      action: { ...action, args: [{ connectionId: connectionOf(handle), everySeconds }] },
    }));
  }
  if (paused && !state.paused) await handle.pause(NOTE);
  if (!paused && state.paused && state.note === NOTE) await handle.unpause('The connection goes on');
}

function connectionOf({ scheduleId }: ScheduleHandle): string {
  return scheduleId.slice('reconcile/'.length);
}
