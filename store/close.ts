import { type Selectable, sql, type Transaction } from 'kysely';
import { sentenceOf } from '../rules/sentence.ts';
import { supersede } from './approvals.ts';
import { moveBaselines, noteHighlights } from './baselines.ts';
import type { Db } from './database.ts';
import { storeFindings } from './findings.ts';
import { closeDecided, holdSteps } from './held.ts';
import { toJson } from './json.ts';
import { storeLines } from './lines.ts';
import { belongsTo } from './moves.ts';
import { hasOpenRows } from './passes.ts';
import { giveUpPlan } from './plans.ts';
import { runsOfPlan, storeRuns } from './runs.ts';
import type { Closed } from '../workflows/support/contract.ts';
import type { EventStatus, Plans, Tables } from './schema.ts';
import { type ClosingStep, isUnclear, linkFocus, settle, spendFacts, storeUndone } from './settled.ts';

type Tx = Transaction<Tables>;

/**
 * Closes a plan in one transaction: baselines become what each side last returned, facts whose steps are all done are spent, what a
 * person must approve is asked, the rows get their sentence. A plan with a stale step, or whose record has moved to another
 * customer, is given up instead: its rows stay open.
 */
export async function closePlan(db: Db, planId: string): Promise<Closed> {
  return db.transaction().execute(async (tx) => {
    const about = await tx
      .selectFrom('plans')
      .select(['focus', 'customer_id'])
      .where('id', '=', planId)
      .executeTakeFirstOrThrow();
    // The record before the plan, as whoever locks both: forgetting holds all records of a customer.
    const moved = !(await belongsTo(tx, about.focus, about.customer_id));
    const plan = await tx
      .selectFrom('plans')
      .selectAll()
      .where('id', '=', planId)
      .forUpdate()
      .executeTakeFirstOrThrow();
    if (plan.status === 'open') {
      const steps = settle(
        await tx.selectFrom('steps').selectAll().where('plan_id', '=', planId).orderBy('n').execute(),
      );
      if (moved || steps.some(({ status }) => status === 'stale')) await giveUpPlan(tx, planId);
      else await close(tx, plan, steps);
    }
    const runs = await runsOfPlan(tx, plan);
    return { open: await hasOpenRows(tx, plan.customer_id), ...(runs.length > 0 ? { runs } : {}) };
  });
}

async function close(tx: Tx, plan: Selectable<Plans>, steps: readonly ClosingStep[]): Promise<void> {
  await storeUndone(tx, plan, steps);
  await moveBaselines(tx, plan.merges, steps);
  await noteHighlights(tx, plan.highlights, steps);
  await storeLines(tx, plan.connection_id, plan.lines, steps);
  if (plan.links) await linkFocus(tx, plan, steps);
  const sentence = sentenceOf(
    [...plan.sentences, ...questionsOf(plan, steps)],
    steps.filter(isTold(plan)).map(outcomeOf),
  );
  await tx
    .updateTable('plans')
    .set({ status: 'closed', sentence, closed_at: sql<Date>`now()` })
    .where('id', '=', plan.id)
    .execute();
  await supersede(tx, plan.superseded);
  const { heldIn, asked } = await holdSteps(tx, plan, steps);
  await spendFacts(tx, plan.id, plan.fact_keys, steps, heldIn);
  await storeFindings(tx, plan.connection_id, plan.findings);
  await storeRuns(tx, plan, steps);
  if (plan.row_ids.length > 0) await closeRows(tx, plan, steps, sentence, asked);
}

async function closeRows(
  tx: Tx,
  plan: Selectable<Plans>,
  steps: readonly ClosingStep[],
  sentence: string,
  asked: boolean,
): Promise<void> {
  // What a connection that observes would do is not done: the decision waits for its row's retry.
  const waits = plan.trigger === 'approval' && plan.mode === 'observe';
  const status = waits ? 'held' : statusOf(plan.ends, steps, asked);
  if (plan.trigger === 'approval' && !waits)
    await closeDecided(tx, plan, asked && status === 'held' ? 'done' : status, sentence);
  const failed = steps.find((step) => step.status === 'failed');
  await tx
    .updateTable('inbox')
    .set({
      status,
      sentence,
      plan_id: plan.id,
      error: failed?.error ? toJson(failed.error) : null,
      closed_at: sql<Date>`now()`,
    })
    .where('id', 'in', plan.row_ids)
    .where('status', 'in', ['stored', 'running'])
    .execute();
}

function outcomeOf(step: ClosingStep) {
  const { summary, sentence, error } = step;
  return { summary, sentence, status: isUnclear(step) ? 'unclear' : step.status, error: error?.message };
}

/** What may have paid is held until a person has looked, whatever else failed. */
function statusOf(ends: 'done' | 'held', steps: readonly ClosingStep[], asked: boolean): EventStatus {
  const failed = steps.filter(({ status }) => status === 'failed');
  if (failed.some((step) => isUnclear(step) && step.error?.type === 'MayHavePaid')) return 'held';
  if (failed.length > 0) return 'failed';
  return asked || steps.some(({ status }) => status === 'held') ? 'held' : ends;
}

/** What a person is asked, in the words that they are asked in. */
function questionsOf({ approvals }: Selectable<Plans>, steps: readonly ClosingStep[]): string[] {
  const held = new Set(steps.filter(({ status }) => status === 'held').map(({ name }) => name));
  return approvals
    .filter((approval) => approval.steps.some((name) => held.has(name)))
    .map(({ sentence }) => `waits for a person’s approval: ${sentence}`);
}

/** A held step is told of by the question that it waits for. */
function isTold({ approvals }: Selectable<Plans>): (step: ClosingStep) => boolean {
  return ({ name, status }) => status !== 'held' || !approvals.some(({ steps }) => steps.includes(name));
}
