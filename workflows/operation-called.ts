import { ActivityFailure, CancellationScope } from '@temporalio/workflow';
import type { CalledOperation } from './support/contract.ts';
import { callOnce, failureType, store } from './support/steps.ts';

/**
 * Somebody calls one operation by hand: it runs as the activity of its name, for a minute at most. Input and answer stay in the
 * store.
 *
 * Cost: 2 workflow tasks, 1 activity.
 */
export async function operationCalled({ callId, operation, queue }: CalledOperation): Promise<void> {
  try {
    await callOnce(queue, operation, callId);
  } catch (error) {
    if (error instanceof ActivityFailure)
      await CancellationScope.nonCancellable(() => store.closeCall({ callId, type: failureType(error) }));
    throw error;
  }
}
