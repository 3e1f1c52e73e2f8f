import { ActivityFailure, isCancellation } from '@temporalio/workflow';
import type { Trigger } from '../triggers.ts';
import type { Closed, ObserveActivities, Planned, StoryInput, VendorQueue } from './contract.ts';
import { closeAndHand } from './hand.ts';
import { carryOut, failureType, observing, store } from './steps.ts';

/** A plan that keeps turning stale is being raced by a person's edits; so many tries, then the rows are failed for a later retry. */
const MAX_PLANS = 5;

/** How a pass ended. `parked`: its rows stay open for somebody else's ring. */
export type PassEnd = Closed | 'parked';

/** What a story is told with: reading, then settling. */
export type Telling = Pick<Pass, 'observe' | 'settle'>;
export type Story = (pass: Telling) => Promise<PassEnd>;

/** One pass over the rows of one trigger and record: what a story is told with. */
export class Pass {
  readonly trigger: Trigger;
  readonly #input: StoryInput;
  readonly #key: string;

  constructor(trigger: Trigger, input: StoryInput, key: string) {
    this.trigger = trigger;
    this.#input = input;
    this.#key = key;
  }

  /** Reads the present state of the story's records into the store: one activity on the vendor's queue. */
  observe<Name extends keyof ObserveActivities>(queue: VendorQueue, what: Name): ReturnType<ObserveActivities[Name]> {
    return observing(queue)[what](this.#input) as ReturnType<ObserveActivities[Name]>;
  }

  /** Decides, writes, records: plan and close on the store, apply on the vendors' queues. Plans again when a record moved meanwhile. */
  async settle(): Promise<PassEnd> {
    let insteadOf: string | undefined;
    for (let attempt = 1; attempt <= MAX_PLANS; attempt++) {
      const plan: Planned = await store.plan({
        ...this.#input,
        trigger: this.trigger,
        passKey: `${this.#key}/${attempt}`,
        ...(insteadOf === undefined ? {} : { insteadOf }),
      });
      if (plan.outcome !== 'act') return 'parked';
      if ((await carryOut(plan)) === 'finished') return closeAndHand(plan.planId);
      insteadOf = plan.planId;
    }
    return store.fail({ ...this.#input, type: 'KeptChanging' });
  }

  /** Runs a story; when its records cannot be read for good, its rows are parked as failed and the customer's other rows go on. */
  async run(story: Story): Promise<PassEnd> {
    try {
      return await story(this);
    } catch (error) {
      if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
      return store.fail({ ...this.#input, type: failureType(error) });
    }
  }
}
