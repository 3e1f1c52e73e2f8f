import { operations } from '../vendors/operations.ts';
import type { Operation, Vendor } from '../vendors/operation.ts';
import type {
  ApplyActivities,
  ObserveActivities,
  StoreActivities,
  WalkActivities,
} from '../workflows/support/contract.ts';
import { createApply } from './apply.ts';
import { createCalled } from './call.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { createObserveSteps } from './observe.ts';
import { createStoreSteps } from './store-steps.ts';
import { createWalk } from './walk.ts';

/** The activities of each queue: the store's run as local activities of the workflow worker, the vendors' on their own queues. */
export interface Activities {
  local: StoreActivities;
  ghl: Partial<ObserveActivities> & WalkActivities & ApplyActivities;
  'referral-rock': Partial<ObserveActivities> & WalkActivities & ApplyActivities;
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
  return {
    local: createStoreSteps(dependencies),
    ghl: { ...applying('ghl'), ...observing.ghl, walk } as Activities['ghl'],
    'referral-rock': {
      ...applying('referral-rock'),
      ...observing['referral-rock'],
      walk,
    } as Activities['referral-rock'],
  };
}
