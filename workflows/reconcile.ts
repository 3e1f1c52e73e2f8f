import { ActivityFailure, continueAsNew, isCancellation } from '@temporalio/workflow';
import type { VendorQueue, WalkName } from './support/contract.ts';
import { store, walking } from './support/steps.ts';

/** What a look over a connection is started with. */
export interface ReconcileInput {
  connectionId: string;
  /** Between two looks, by the schedule. */
  everySeconds: number;
  /** Through everything, from the beginning, whatever share of the quota it takes: somebody asked for it. */
  whole?: boolean;
  /** Set when a run goes on as a new one: the walks that are not through. */
  going?: WalkName[];
}

const QUEUES: Record<WalkName, VendorQueue> = {
  contacts: 'ghl',
  lists: 'ghl',
  items: 'ghl',
  'referral-rock': 'referral-rock',
};

/** Activities of one run, so that its history stays short. */
const MAX_ACTIVITIES = 200;

/**
 * Looks for what no webhook told: contacts that were edited, and all else by walks that go on where they stopped. What they find enters the
 * inbox like any event. Started by a schedule for each connection; one where nothing happens is looked at less often.
 *
 * Cost of a look that finds nothing: 2 workflow tasks, 4 activities, 1 local activity.
 */
export async function reconcile(input: ReconcileInput): Promise<void> {
  const { connectionId, everySeconds, whole = false, going } = input;
  if (!whole && !going && !(await store.isDue({ connectionId, everySeconds }))) return;
  const names = going ?? (Object.keys(QUEUES) as WalkName[]);
  let activities = 0;

  /** Answers whether the walk is through, for this time. */
  const goThrough = async (name: WalkName): Promise<boolean> => {
    for (let restart = whole && !going; activities < MAX_ACTIVITIES; restart = false) {
      activities += 1;
      try {
        const { more } = await walking(QUEUES[name]).walk({ connectionId, name, whole, restart });
        if (!more) return true;
      } catch (error) {
        if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
        // The next look goes on where this one stopped.
        return true;
      }
    }
    return false;
  };

  const through = await Promise.all(names.map(goThrough));
  const left = names.filter((_, index) => !through[index]);
  if (left.length > 0) await continueAsNew<typeof reconcile>({ ...input, going: left });
}
