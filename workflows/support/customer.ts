import {
  condition,
  allHandlersFinished,
  continueAsNew,
  defineSignal,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { type CustomerInput, RING, type Trigger } from '../triggers.ts';
import { closeAndHand } from './hand.ts';
import { Pass, type Story } from './pass.ts';
import { carryOut, store } from './steps.ts';

const ring = defineSignal(RING);
const TRIGGER = { name: 'RockbridgeTrigger', type: 'KEYWORD_LIST' } as const;

/** Past these the run goes on as a new one, so that a replay stays short and the server's limit of 10,000 signals is far away. */
const MAX_PASSES = 50;
const MAX_SIGNALS = 2_000;

const stories = new Map<Trigger, Story>();

/**
 * Makes the workflow of a trigger out of its story. A customer is attended by one workflow at a time, whatever rang it, so
 * each workflow can tell the stories of all triggers.
 */
export function trigger(name: Trigger, story: Story): (input: CustomerInput) => Promise<void> {
  stories.set(name, story);
  return attendCustomer;
}

/** The story of a trigger, for whoever tells it outside of a workflow. */
export function storyOf(name: Trigger): Story | undefined {
  return stories.get(name);
}

async function attendCustomer(input: CustomerInput): Promise<void> {
  const { runId } = workflowInfo();
  let rung = true;
  let signals = 0;
  let passes = 0;
  /** All whose stories this run has told: each finds it. */
  const told = [input.trigger];
  setHandler(ring, () => {
    rung = true;
    signals += 1;
  });

  for (let open = true; open || rung;) {
    if (passes >= MAX_PASSES || signals >= MAX_SIGNALS) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof attendCustomer>({ ...input, trigger: told.at(-1) ?? input.trigger });
    }
    rung = false;
    const taken = await store.take({ customerId: input.customerId, runId });
    passes += 1;
    open = false;
    if (taken.unfinished) {
      // A stale one is closed as well: what it did not do stays unspent, and the rows it did not reach are taken next.
      await carryOut(taken.unfinished);
      open = (await closeAndHand(taken.unfinished.planId)).open;
      continue;
    }
    for (const [index, { trigger: name, rowIds }] of taken.stories.entries()) {
      const story = stories.get(name);
      if (!story) continue;
      if (!told.includes(name)) {
        told.push(name);
        upsertSearchAttributes([{ key: TRIGGER, value: told }]);
      }
      const pass = new Pass(name, { customerId: input.customerId, rowIds }, `${runId}/${passes}.${index}`);
      const end = await pass.run(story);
      if (end !== 'parked') open = end.open;
    }
  }
}
