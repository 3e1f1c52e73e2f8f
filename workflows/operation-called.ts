import { ActivityFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import type { CalledOperation } from './support/contract.ts';
import { callOnce, failureType, store } from './support/steps.ts';

/**
 * Somebody calls one operation by hand: it runs as the activity of its name, for a minute at most. Input and answer stay in the
 * store. Ends with `done`, or with the type of the failure: a refusal is an answer too.
 *
 * Cost: 2 workflow tasks, 1 activity.
 */
export async function operationCalled({ callId, operation, queue }: CalledOperation): Promise<string> {
  try {
    await callOnce(queue, operation, callId);
    return 'done';
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    const type = failureType(error);
    await CancellationScope.nonCancellable(() => store.closeCall({ callId, type }));
    if (isCancellation(error)) throw error;
    return type;
  }
}
