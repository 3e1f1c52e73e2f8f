import { condition, defineSignal, setHandler } from '@temporalio/workflow';
import { store } from './support/steps.ts';
import { RING } from './triggers.ts';

const ring = defineSignal(RING);

/** A run that a person is to mend, or whose customer's pass is under way, is looked at again after so long; a ring tells sooner. */
const LOOK_AGAIN = '1 day';

/**
 * One run of an automation that waits: a timer for each wait. When one is over, the customer's pass goes on with the run, and
 * rings when it has: its next wait begins, or it has ended. Answers how.
 *
 * Cost of a wait: 2 workflow tasks, 1 timer, 2 local activities; the pass in between is the customer's.
 */
export async function automation({ runId }: { runId: string }): Promise<string> {
  let rung = false;
  setHandler(ring, () => void (rung = true));
  for (;;) {
    rung = false;
    const next = await store.nextWait({ runId });
    if (next.status === 'ended') return next.how;
    if (next.status === 'open') await condition(() => rung, LOOK_AGAIN);
    else if (next.ms === 0 || !(await condition(() => rung, next.ms))) await store.wake({ runId, at: next.at });
  }
}
