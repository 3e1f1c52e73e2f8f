import { decide } from '../rules/decide.ts';
import type { Decision } from '../rules/plan.ts';
import type { CustomerState } from '../rules/state.ts';
import { addressKeyOf } from '../store/address.ts';
import { createCallsStore } from '../store/calls.ts';
import { holdByBrake } from '../store/brakes.ts';
import { closePlan } from '../store/close.ts';
import { loadCustomerState } from '../store/customer-state.ts';
import { storeDecision } from '../store/decisions.ts';
import { failRows, focusOf, hasOpenRows, postponeRows, takeRows } from '../store/passes.ts';
import { giveUpOpenPlan, giveUpPlan, planOfPass, type StoredPlan, unfinishedPlan } from '../store/plans.ts';
import { isDue } from '../store/walks.ts';
import { nextWait, wakeRun } from '../store/runs.ts';
import type { PlanInput, Planned, PlannedStep, StoreActivities } from '../workflows/support/contract.ts';
import type { Trigger } from '../workflows/triggers.ts';
import { createBrakes } from './brakes.ts';
import { type ActivityDependencies, emailKey } from './dependencies.ts';
import { toFailure } from './failures.ts';

/** The steps on our own store, run as local activities: quick, and safe to run again. */
export function createStoreSteps({ database, addressKey, log }: ActivityDependencies): StoreActivities {
  const { db } = database;
  const brake = createBrakes(db);

  async function plan(input: PlanInput): Promise<Planned> {
    const stored = await planOfPass(db, input.passKey);
    if (stored) return toPlanned(stored);
    const focus = await focusOf(db, input.customerId, input.rowIds);
    if (!focus) {
      // Another pass moved the rows to the customer whose contact this is, perhaps in the middle of our steps.
      if (input.insteadOf !== undefined) await giveUpPlan(db, input.insteadOf);
      return PARKED;
    }
    const about = { customerId: input.customerId, trigger: input.trigger, ...focus };
    const state = await loadCustomerState(db, about, new Date());
    const decision = await decideOrFail(state, focus.rowIds);
    if (!decision) return PARKED;
    const braked = await brake(state, decision, focus.rowIds);
    if (braked) {
      const { insteadOf } = input;
      const held = { connectionId: state.connection.id, trigger: input.trigger, ...focus };
      await holdByBrake(db, { ...held, ...(insteadOf === undefined ? {} : { insteadOf }) }, braked);
      return PARKED;
    }
    const frame = {
      customerId: input.customerId,
      passKey: input.passKey,
      trigger: input.trigger,
      rowIds: focus.rowIds,
      runId: input.passKey.split('/')[0] ?? '',
      insteadOf: input.insteadOf,
      emailKeyOf: (email: unknown) => emailKey(addressKey, email),
      claimKeyOf: ({ kind, value }: { kind: string; value: string }) => `${kind}:${addressKeyOf(addressKey, value)}`,
    };
    const planned = await storeDecision(db, frame, state, decision);
    return planned ? toPlanned(planned) : PARKED;
  }

  /** A rule that cannot be applied (a template naming what is not there) fails its rows with the reason, not the worker. */
  async function decideOrFail(state: CustomerState, rowIds: readonly string[]): Promise<Decision | undefined> {
    try {
      return decide(state);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      await giveUpOpenPlan(db, state.customerId);
      await failRows(db, rowIds, `A rule could not be applied: ${message} Mend the rule, then retry.`, {
        type: 'RuleFailed',
        message,
      });
      return undefined;
    }
  }

  const guarded =
    <Input, Result>(step: (input: Input) => Promise<Result>) =>
    async (input: Input): Promise<Result> => {
      try {
        return await step(input);
      } catch (error) {
        throw toFailure(error, log);
      }
    };

  return {
    take: guarded(async ({ customerId, runId }) => {
      const unfinished = await unfinishedPlan(db, customerId);
      if (unfinished) return { unfinished: toPlanned(unfinished), stories: [] };
      const rows = await takeRows(db, customerId, runId);
      return { stories: rows.map(({ trigger, rowIds }) => ({ trigger: trigger as Trigger, rowIds })) };
    }),
    plan: guarded(plan),
    close: guarded(({ planId }) => closePlan(db, planId)),
    fail: guarded(async ({ customerId, rowIds, type }) => {
      await giveUpOpenPlan(db, customerId);
      const refused = REFUSED[type];
      if (refused) {
        await postponeRows(db, rowIds, refused);
        return { open: false };
      }
      const sentence =
        FAILURES[type] ?? `Could not read the record: ${type}. Retry the event when the cause is mended.`;
      await failRows(db, rowIds, sentence, { type, message: type });
      return { open: await hasOpenRows(db, customerId) };
    }),
    nextWait: guarded(({ runId }) => nextWait(db, runId)),
    wake: guarded((run) => wakeRun(db, run)),
    closeCall: guarded(({ callId, type }) => {
      const message = 'It did not come to an end within a minute: look whether it was done before calling it again.';
      return createCallsStore({ db }, addressKey).giveUp(callId, { type, message });
    }),
    isDue: guarded(({ connectionId, everySeconds }) => isDue(db, connectionId, everySeconds)),
  };
}

/** Refusals of the whole connection: its rows wait until that is mended. */
const REFUSED: Readonly<Record<string, string>> = {
  Unauthorized:
    'Waits: the vendor refuses our credentials. Mend the token or keys of this connection; it goes on by itself.',
  Forbidden:
    'Waits: the vendor does not let this token read the record. Add the scope or the location; it goes on by itself.',
};

const FAILURES: Readonly<Record<string, string>> = {
  Unstorable: "The record holds something that the database cannot keep. The worker's log names the place.",
  Invalid: 'The vendor refused to read the record. Its words are kept with this event.',
  TimedOut: 'The vendor did not answer for a day. Retry when it is reachable again.',
  KeptChanging: 'The record changed each time it was about to be written. Retry when its editing has come to rest.',
};

const PARKED: Planned = { outcome: 'parked', planId: '', steps: [] };

function toPlanned({ planId, steps }: StoredPlan): Planned {
  return { outcome: 'act', planId, steps: steps as PlannedStep[] };
}
