import { Context } from '@temporalio/activity';
import type { Activities } from '../../activities/index.ts';

/** One attempt of an activity. */
export interface ActivityCall {
  /** `observeReferral`, `ghl.task.create`, `close`. */
  name: string;
  workflowId: string;
  runId: string;
  attempt: number;
  input: unknown;
}

/** Stands between a workflow and an activity: does its work, or not, or answers otherwise. */
export type Around = (call: ActivityCall, work: () => Promise<unknown>) => Promise<unknown>;

type Activity = (input: unknown) => Promise<unknown>;

/** The activities with `around` (as it is at the time of the call) between them and the workflows. */
export function between(activities: Activities, around: () => Around | undefined): Activities {
  const wrap = (queue: object): object =>
    Object.fromEntries(
      Object.entries(queue as Record<string, Activity>).map(([name, work]) => [
        name,
        (input: unknown) => {
          const { workflowExecution, attempt } = Context.current().info;
          const { workflowId = '', runId = '' } = workflowExecution ?? {};
          const call = { name, workflowId, runId, attempt, input };
          return around()?.(call, () => work(input)) ?? work(input);
        },
      ]),
    );
  return {
    local: wrap(activities.local) as Activities['local'],
    ghl: wrap(activities.ghl) as Activities['ghl'],
    'referral-rock': wrap(activities['referral-rock']) as Activities['referral-rock'],
  };
}
