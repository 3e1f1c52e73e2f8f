import { type NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import { WORKFLOW_QUEUE } from '../workflows/triggers.ts';
import { buildWorkflowBundle } from './bundle.ts';

/** What a worker process takes on: the workflows, and the calls to each vendor. */
export const ROLES = ['workflows', 'ghl', 'referral-rock'] as const;
export type Role = (typeof ROLES)[number];

/** Activities by queue, as `createActivities` makes them. */
export type QueueActivities = Readonly<Record<'local' | 'ghl' | 'referral-rock', object>>;

export interface RunningWorkers {
  /** Resolves when all have stopped; rejects when one fails. */
  ended: Promise<void>;
  /** Lets what runs come to its end (30 s at most). */
  shutdown(): Promise<void>;
}

/** Longer than the longest HTTP timeout (20 s), so that no call is cut in the middle. */
const GRACE = '30 s';
const CUT_OFF = '40 s';

type Level = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
/** What the SDK tells as information is of interest only when one looks for a fault. */
const OURS = { TRACE: 'trace', DEBUG: 'trace', INFO: 'debug', WARN: 'warn', ERROR: 'error' } as const;

/** Sends the SDK's log to ours and leaves signals to the application. Once per process, before any connection. */
export function installRuntime(log: Logger): void {
  const say = (level: Level) => (message: string, meta?: object) => {
    // A vendor's worker has activities only, which the SDK takes for an oversight.
    if (!message.startsWith('No workflows registered')) log[OURS[level]]({ ...meta }, message);
  };
  Runtime.install({
    logger: {
      log: (level, message, meta) => say(level)(message, meta),
      trace: say('TRACE'),
      debug: say('DEBUG'),
      info: say('INFO'),
      warn: say('WARN'),
      error: say('ERROR'),
    },
    telemetryOptions: { logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} } },
    shutdownSignals: [],
  });
}

/** Starts one worker for each role, on its own queue; a vendor's queue carries no workflow code. */
export async function startWorkers(options: {
  roles: readonly Role[];
  connection: NativeConnection;
  namespace: string;
  activities: QueueActivities;
}): Promise<RunningWorkers> {
  const { roles, connection, namespace, activities } = options;
  const shared = {
    connection,
    namespace,
    shutdownGraceTime: GRACE,
    shutdownForceTime: CUT_OFF,
  } satisfies Partial<WorkerOptions>;
  const workers = await Promise.all(
    roles.map(async (role) =>
      role === 'workflows'
        ? Worker.create({
            ...shared,
            taskQueue: WORKFLOW_QUEUE,
            workflowBundle: await buildWorkflowBundle(),
            activities: activities.local,
            workflowTaskPollerBehavior: { type: 'autoscaling' },
          })
        : Worker.create({
            ...shared,
            taskQueue: role,
            activities: activities[role],
            activityTaskPollerBehavior: { type: 'autoscaling' },
          }),
    ),
  );
  const ended = Promise.all(workers.map((worker) => worker.run())).then(() => undefined);
  return {
    ended,
    async shutdown() {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended.catch(() => undefined);
    },
  };
}
