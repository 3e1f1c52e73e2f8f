import { operations } from '../vendors/operations.ts';
import type { Operation, Vendor } from '../vendors/operation.ts';
import type {
  ApplyActivities,
  BackfillActivities,
  MatchActivities,
  ObserveActivities,
  StoreActivities,
  WalkActivities,
} from '../workflows/support/contract.ts';
import { createApply } from './apply.ts';
import { createBackfillSteps } from './backfill.ts';
import { createCalled } from './call.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { guarded } from './failures.ts';
import { createMatchSteps } from './match.ts';
import { createObserveSteps } from './observe.ts';
import { createStoreSteps } from './store-steps.ts';
import { createWalk } from './walk.ts';

/** The activities of each queue: the store's run as local activities of the workflow worker, the vendors' on their own queues. */
export interface Activities {
  local: StoreActivities & Partial<MatchActivities & BackfillActivities>;
  ghl: Partial<ObserveActivities & MatchActivities> & WalkActivities & ApplyActivities;
  'referral-rock': Partial<ObserveActivities & MatchActivities & BackfillActivities> & WalkActivities & ApplyActivities;
}

export function createActivities(dependencies: ActivityDependencies): Activities {
  const apply = createApply(dependencies);
  const called = createCalled(dependencies);
  const activityOf = (operation: Operation): ApplyActivities[string] => {
    const [step, call] = [apply(operation), called(operation)];
    return (input) => ('callId' in input ? call(input) : step(input));
  };
  const applying = (vendor: Vendor): ApplyActivities =>
    Object.fromEntries(
      [...operations.values()]
        .filter((operation) => operation.vendor === vendor)
        .map((operation) => [operation.id, activityOf(operation)]),
    );
  const observing = createObserveSteps(dependencies);
  const walk = createWalk(dependencies);
  const match = createMatchSteps(dependencies);
  const backfill = createBackfillSteps(dependencies);
  const safely = <Steps extends object>(steps: Steps): Steps => guarded(steps, dependencies.log);
  return {
    local: { ...createStoreSteps(dependencies), ...safely({ ...match.local, ...backfill.local }) },
    ghl: { ...applying('ghl'), ...observing.ghl, walk, ...safely(match.ghl) } as Activities['ghl'],
    'referral-rock': {
      ...applying('referral-rock'),
      ...observing['referral-rock'],
      walk,
      ...safely({ ...match['referral-rock'], ...backfill['referral-rock'] }),
    } as Activities['referral-rock'],
  };
}
