import { decide } from '../rules/decide.ts';
import { addressKeyOf } from '../store/address.ts';
import { closePlan } from '../store/close.ts';
import { loadCustomerState } from '../store/customer-state.ts';
import { storeDecision } from '../store/decisions.ts';
import { failRows, focusOf, hasOpenRows, takeRows } from '../store/passes.ts';
import { giveUpPlan, planOfPass, type StoredPlan, unfinishedPlan } from '../store/plans.ts';
import type { PlanInput, Planned, PlannedStep, StoreActivities } from '../workflows/support/contract.ts';
import type { Trigger } from '../workflows/triggers.ts';
import { type ActivityDependencies, emailKey } from './dependencies.ts';

/** The steps on our own store, run as local activities: quick, and safe to run again. */
export function createStoreSteps({ database, addressKey }: ActivityDependencies): StoreActivities {
  const { db } = database;
  return {
    async take({ customerId, runId }) {
      const unfinished = await unfinishedPlan(db, customerId);
      if (unfinished) return { unfinished: toPlanned(unfinished), stories: [] };
      const rows = await takeRows(db, customerId, runId);
      return { stories: rows.map(({ trigger, rowIds }) => ({ trigger: trigger as Trigger, rowIds })) };
    },

    async plan(input: PlanInput) {
      const stored = await planOfPass(db, input.passKey);
      if (stored) return toPlanned(stored);
      const focus = await focusOf(db, input.customerId, input.rowIds);
      if (!focus) {
        // Another pass moved the rows to the customer whose contact this is, perhaps in the middle of our steps.
        if (input.insteadOf !== undefined) await giveUpPlan(db, input.insteadOf);
        return { outcome: 'moved', planId: '', steps: [] };
      }
      const state = await loadCustomerState(db, input.customerId, focus.recordId, new Date());
      const decision = await storeDecision(
        db,
        {
          customerId: input.customerId,
          passKey: input.passKey,
          trigger: input.trigger,
          rowIds: focus.rowIds,
          runId: input.passKey.split('/')[0] ?? '',
          insteadOf: input.insteadOf,
          emailKeyOf: (email) => emailKey(addressKey, email),
          claimKeyOf: ({ kind, value }) => `${kind}:${addressKeyOf(addressKey, value)}`,
        },
        state,
        decide(state),
      );
      return decision.outcome === 'act'
        ? toPlanned(decision.plan)
        : { outcome: decision.outcome, planId: '', steps: [] };
    },

    close: ({ planId }) => closePlan(db, planId),

    async fail({ customerId, rowIds, type }) {
      await failRows(
        db,
        rowIds,
        FAILURES[type] ?? `Could not read the record: ${type}. Retry it when the cause is mended.`,
        { type, message: type },
      );
      return { open: await hasOpenRows(db, customerId) };
    },
  };
}

const FAILURES: Readonly<Record<string, string>> = {
  Unauthorized: 'The vendor refused our credentials. Mend the token or keys of this connection, then retry.',
  Forbidden:
    'The vendor does not let this token read the record: a scope or the location is missing. Mend it, then retry.',
  Invalid: 'The vendor refused to read the record. Its words are kept with this event.',
  TimedOut: 'The vendor did not answer for a day. Retry when it is reachable again.',
  KeptChanging: 'The record changed each time it was about to be written. Retry when its editing has come to rest.',
};

function toPlanned({ planId, steps }: StoredPlan): Planned {
  return { outcome: 'act', planId, steps: steps as PlannedStep[] };
}
