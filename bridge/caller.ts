import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import type { CalledOperation } from '../workflows/support/contract.ts';
import { OPERATION_CALLED, WORKFLOW_QUEUE } from '../workflows/triggers.ts';

/** The run of an operation that somebody called by hand. */
export interface CallRun {
  workflowId: string;
  runId: string;
  /** Resolves when it has come to its end, however that is, or after so many milliseconds. */
  ended(withinMs: number): Promise<void>;
}

/** Starts the workflow of a call; rejects when Temporal does not take it. */
export type Caller = (connectionId: string, call: CalledOperation) => Promise<CallRun>;

const START_WITHIN_MS = 5_000;
const TRIGGER = defineSearchAttributeKey('RockbridgeTrigger', 'KEYWORD_LIST');
const CONNECTION = defineSearchAttributeKey('RockbridgeConnection', 'KEYWORD');

/** Calls at Temporal: one workflow each, `call/<connection>/<call>`, whose history holds ids only. */
export function createCaller(client: Client): Caller {
  return async (connectionId, call) => {
    const workflowId = `call/${connectionId}/${call.callId}`;
    const handle = await client.withDeadline(Date.now() + START_WITHIN_MS, () =>
      client.workflow.start(OPERATION_CALLED, {
        workflowId,
        taskQueue: WORKFLOW_QUEUE,
        args: [call],
        typedSearchAttributes: new TypedSearchAttributes([
          { key: TRIGGER, value: ['manual'] },
          { key: CONNECTION, value: connectionId },
        ]),
      }),
    );
    return {
      workflowId,
      runId: handle.firstExecutionRunId,
      ended: async (withinMs) => {
        const waiting = new AbortController();
        const end = handle.result().catch(() => undefined);
        await Promise.race([end, sleep(withinMs, undefined, { signal: waiting.signal }).catch(() => undefined)]);
        waiting.abort();
      },
    };
  };
}
