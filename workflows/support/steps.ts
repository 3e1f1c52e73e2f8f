import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow';
import type {
  ApplyActivities,
  BackfillActivities,
  MatchActivities,
  ObserveActivities,
  Planned,
  PlannedStep,
  StoreActivities,
  VendorQueue,
  WalkActivities,
} from './contract.ts';

/** A vendor call is retried for up to a day, at most 2 minutes apart; each try is bounded a little above the HTTP timeout. */
const VENDOR_CALL = {
  startToCloseTimeout: '60 s',
  scheduleToCloseTimeout: '24 h',
  retry: { initialInterval: '1 s', backoffCoefficient: 2, maximumInterval: '2 min' },
} as const;

/** Somebody waits for it. */
const CALL_BY_HAND = { ...VENDOR_CALL, startToCloseTimeout: '30 s', scheduleToCloseTimeout: '60 s' } as const;

export const store = proxyLocalActivities<StoreActivities>({
  startToCloseTimeout: '2 s',
  localRetryThreshold: '1 s',
  retry: { initialInterval: '200 ms', backoffCoefficient: 2, maximumInterval: '1 min' },
});

/** The steps of match reports and backfills that only touch our own store: bounded pages of it. */
const OWN_PAGE = {
  startToCloseTimeout: '30 s',
  localRetryThreshold: '10 s',
  retry: { initialInterval: '500 ms', backoffCoefficient: 2, maximumInterval: '1 min' },
} as const;

export const matchingHere = proxyLocalActivities<Pick<MatchActivities, 'matchRest' | 'failMatch'>>(OWN_PAGE);
export const backfillingHere = proxyLocalActivities<Omit<BackfillActivities, 'backfillRecords'>>(OWN_PAGE);

/** The reading steps of a match report, on one vendor's queue. */
export function matching(queue: VendorQueue): MatchActivities {
  return proxyActivities<MatchActivities>({ ...VENDOR_CALL, taskQueue: queue });
}

/** The reading step of a backfill. */
export function backfilling(queue: VendorQueue): BackfillActivities {
  return proxyActivities<BackfillActivities>({ ...VENDOR_CALL, taskQueue: queue });
}

/** The observing activities of one vendor's queue. */
export function observing(queue: VendorQueue): ObserveActivities {
  return proxyActivities<ObserveActivities>({ ...VENDOR_CALL, taskQueue: queue });
}

/** The walk on its vendor's queue. What it cannot read now it reads at the next look: it is not tried for long. */
export function walking(queue: VendorQueue): WalkActivities {
  return proxyActivities<WalkActivities>({ ...VENDOR_CALL, scheduleToCloseTimeout: '10 min', taskQueue: queue });
}

/** Runs an operation's activity for a call made by hand; rejects with an ActivityFailure. */
export async function callOnce(queue: VendorQueue, operation: string, callId: string): Promise<void> {
  const call = proxyActivities<ApplyActivities>({ ...CALL_BY_HAND, taskQueue: queue })[operation];
  if (!call) throw ApplicationFailure.nonRetryable('The call names no operation', 'Invalid');
  await call({ callId });
}

/** `failed`: for good; the store holds why. `skipped`: a step it depends on did not succeed. */
type Outcome = 'done' | 'stale' | 'failed' | 'skipped';

/**
 * Carries out a plan's steps: each as soon as the steps it depends on are done, the independent ones side by side.
 * Answers `stale` when a step found that the plan was made from outdated values.
 */
export async function carryOut(plan: Planned): Promise<'finished' | 'stale'> {
  const outcomes = new Map<number, Promise<Outcome>>();
  for (const step of plan.steps) {
    const before = step.after.map((n) => outcomes.get(n) ?? Promise.resolve<Outcome>('skipped'));
    outcomes.set(step.n, runStep(plan.planId, step, before));
  }
  const all = await Promise.all(outcomes.values());
  return all.includes('stale') ? 'stale' : 'finished';
}

async function runStep(planId: string, step: PlannedStep, before: Promise<Outcome>[]): Promise<Outcome> {
  if (step.done) return 'done';
  const earlier = await Promise.all(before);
  if (earlier.some((outcome) => outcome !== 'done')) return 'skipped';
  const activities = proxyActivities<ApplyActivities>({ ...VENDOR_CALL, taskQueue: step.queue, summary: step.summary });
  const apply = activities[step.operation];
  if (!apply) throw ApplicationFailure.nonRetryable(`A step names no operation`, 'Invalid');
  try {
    return await apply({ planId, n: step.n });
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    return 'failed';
  }
}

/** The stable type of a failed activity: the contract between activities and workflows. */
export function failureType(error: ActivityFailure): string {
  return error.cause instanceof ApplicationFailure ? (error.cause.type ?? 'Unexpected') : 'TimedOut';
}
