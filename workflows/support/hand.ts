import { getExternalWorkflowHandle, isCancellation, ParentClosePolicy, startChild } from '@temporalio/workflow';
import { AUTOMATION, RING } from '../triggers.ts';
import type { AutomationRun, Closed } from './contract.ts';
import { store } from './steps.ts';

const TRIGGER = { name: 'RockbridgeTrigger', type: 'KEYWORD_LIST' } as const;
const CONNECTION = { name: 'RockbridgeConnection', type: 'KEYWORD' } as const;

/** Closes a plan, and hands the runs of automations that it moved to their workflows, which outlive this one. */
export async function closeAndHand(planId: string): Promise<Closed> {
  const closed = await store.close({ planId });
  for (const run of closed.runs ?? []) await (run.isNew ? start(run) : ring(run));
  return closed;
}

async function start({ runId, workflowId, connectionId }: AutomationRun): Promise<void> {
  try {
    await startChild(AUTOMATION, {
      workflowId,
      args: [{ runId }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      typedSearchAttributes: [
        { key: TRIGGER, value: ['automation'] },
        { key: CONNECTION, value: connectionId },
      ],
    });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'WorkflowExecutionAlreadyStartedError') throw error;
    await ring({ runId, workflowId, connectionId, isNew: false });
  }
}

/** One that is not there any more has ended, or is lost: then the relay wakes its run. */
async function ring({ workflowId }: AutomationRun): Promise<void> {
  try {
    await getExternalWorkflowHandle(workflowId).signal(RING);
  } catch (error) {
    if (isCancellation(error)) throw error;
  }
}
