import type { Client } from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import { type CustomerInput, RING, type Trigger, triggers, WORKFLOW_QUEUE } from '../workflows/triggers.ts';

/** Rings a customer's workflow, starting it when it does not run; resolves with where it runs. */
export type Ring = (customer: CustomerInput) => Promise<{ workflowId: string; runId: string }>;

const RING_WITHIN_MS = 5_000;
const TRIGGER = defineSearchAttributeKey('RockbridgeTrigger', 'KEYWORD_LIST');
const CONNECTION = defineSearchAttributeKey('RockbridgeConnection', 'KEYWORD');

/** The doorbell at Temporal: `signalWithStart` of the trigger's workflow under the customer's id, answered within five seconds or failed. */
export function createDoorbell(client: Client): Ring {
  return async ({ connectionId, customerId, trigger }) => {
    const workflowId = `customer/${connectionId}/${customerId}`;
    const handle = await client.withDeadline(Date.now() + RING_WITHIN_MS, () =>
      client.workflow.signalWithStart(triggers[trigger as Trigger].workflow, {
        workflowId,
        taskQueue: WORKFLOW_QUEUE,
        workflowIdConflictPolicy: 'USE_EXISTING',
        args: [{ connectionId, customerId, trigger } satisfies CustomerInput],
        signal: RING,
        typedSearchAttributes: new TypedSearchAttributes([
          { key: TRIGGER, value: [trigger] },
          { key: CONNECTION, value: connectionId },
        ]),
      }),
    );
    return { workflowId, runId: handle.signaledRunId };
  };
}
