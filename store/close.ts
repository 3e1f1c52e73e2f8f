import { sql, type Transaction } from 'kysely';
import type { LineDraft, MergeDraft } from '../rules/state.ts';
import { sentenceOf } from '../rules/sentence.ts';
import { freeClaims } from './claims.ts';
import type { Db } from './database.ts';
import { belongsTo } from './moves.ts';
import { hasOpenRows } from './passes.ts';
import { giveUpPlan } from './plans.ts';
import { contactOf } from './records.ts';
import type { StoredError, Tables } from './schema.ts';
import type { StepAnswer } from './steps.ts';
import { toJson } from './json.ts';

type Tx = Transaction<Tables>;

interface ClosingStep {
  id: string;
  n: number;
  name: string;
  depends_on: number[];
  fact_key: string | null;
  claims: string[];
  summary: string;
  sentence: string;
  status: string;
  sent_at: Date | null;
  answer: StepAnswer | null;
  error: StoredError | null;
}

/**
 * Closes a plan in one transaction: baselines become what each side last returned, facts whose steps are all done are spent,
 * the rows get their sentence. A plan with a stale step, or whose record has moved to another customer, is given up instead: its
 * rows stay open.
 */
export async function closePlan(db: Db, planId: string): Promise<{ open: boolean }> {
  return db.transaction().execute(async (tx) => {
    const plan = await tx
      .selectFrom('plans')
      .selectAll()
      .where('id', '=', planId)
      .forUpdate()
      .executeTakeFirstOrThrow();
    if (plan.status !== 'open') return { open: await hasOpenRows(tx, plan.customer_id) };
    const steps = settle(await tx.selectFrom('steps').selectAll().where('plan_id', '=', planId).orderBy('n').execute());
    const moved = !(await belongsTo(tx, plan.focus, plan.customer_id));
    if (moved || steps.some(({ status }) => status === 'stale')) {
      await giveUpPlan(tx, planId);
      return { open: await hasOpenRows(tx, plan.customer_id) };
    }
    await storeUndone(tx, plan, steps);
    await moveBaselines(tx, plan.merges, steps);
    for (const one of plan.highlights) await noteHighlights(tx, one);
    await storeLines(tx, plan.connection_id, plan.lines, steps);
    if (plan.links) await linkFocus(tx, plan, steps);
    await spendFacts(tx, planId, plan.fact_keys, steps);

    const failed = steps.find(({ status }) => status === 'failed');
    const sentence = sentenceOf(
      plan.sentences,
      steps.map((step) => ({ ...step, error: step.error?.message })),
    );
    await tx
      .updateTable('plans')
      .set({ status: 'closed', sentence, closed_at: sql<Date>`now()` })
      .where('id', '=', planId)
      .execute();
    if (plan.row_ids.length > 0) {
      await tx
        .updateTable('inbox')
        .set({
          status: failed ? 'failed' : plan.ends,
          sentence,
          plan_id: planId,
          error: failed?.error ? toJson(failed.error) : null,
          closed_at: sql<Date>`now()`,
        })
        .where('id', 'in', plan.row_ids)
        .where('status', 'in', ['stored', 'running'])
        .execute();
    }
    return { open: await hasOpenRows(tx, plan.customer_id) };
  });
}

/** What did not get done: failed if nothing it depends on stood in its way (its day was over), else skipped. */
function settle(steps: ClosingStep[]): ClosingStep[] {
  const settled: ClosingStep[] = [];
  const succeeded = (n: number): boolean => ['done', 'observed'].includes(settled[n]?.status ?? '');
  for (const step of steps) {
    const undone = step.status === 'planned' || step.status === 'sent';
    settled.push(undone ? { ...step, status: step.depends_on.every(succeeded) ? 'failed' : 'skipped' } : step);
  }
  return settled;
}

async function storeUndone(
  tx: Tx,
  plan: { connection_id: string; customer_id: string },
  steps: readonly ClosingStep[],
): Promise<void> {
  for (const { id, status, sent_at, claims } of steps) {
    if (status !== 'failed' && status !== 'skipped') continue;
    // A create that was sent and never answered keeps key and mark: whoever plans it again looks for it first.
    const key = sent_at === null ? { key: null } : {};
    await tx
      .updateTable('steps')
      .set({ status, ...key })
      .where('id', '=', id)
      .execute();
    await freeClaims(tx, plan.connection_id, plan.customer_id, claims);
  }
}

async function moveBaselines(tx: Tx, merges: readonly MergeDraft[], steps: readonly ClosingStep[]): Promise<void> {
  const rows = merges.flatMap(({ recordId, field, ghl, rr, written }) => {
    const step = written && steps.find(({ name }) => name === written.step);
    if (written && step?.status !== 'done') return [];
    const returned = written && { ...step?.answer?.record, ...step?.answer?.taken }[written.as];
    const refused = written && step?.answer?.refused?.includes(written.as) ? written.value : null;
    const value = (side: 'ghl' | 'rr', seen: unknown): unknown => (written?.side === side ? (returned ?? null) : seen);
    const row = (side: 'ghl' | 'rr', seen: unknown) => ({
      record_id: recordId,
      side,
      field,
      value: toJson(value(side, seen) ?? null),
      pending: toJson(null),
      refused: toJson(written?.side === side ? refused : null),
    });
    return [row('ghl', ghl), row('rr', rr)];
  });
  if (rows.length === 0) return;
  await tx
    .insertInto('baselines')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['record_id', 'side', 'field']).doUpdateSet({
        value: sql`excluded.value` as never,
        pending: sql`excluded.pending` as never,
        refused: sql`excluded.refused` as never,
        version: sql<number>`baselines.version + 1`,
      }),
    )
    .execute();
}

async function noteHighlights(tx: Tx, { recordId, value }: { recordId: string; value: object }): Promise<void> {
  await tx
    .insertInto('baselines')
    .values({
      record_id: recordId,
      side: 'record',
      field: 'highlights',
      value: toJson(value),
      pending: toJson(null),
      refused: toJson(null),
    })
    .onConflict((conflict) =>
      conflict
        .columns(['record_id', 'side', 'field'])
        .doUpdateSet({ value: sql`excluded.value` as never, version: sql<number>`baselines.version + 1` })
        .where('baselines.value', 'is distinct from', sql`excluded.value` as never),
    )
    .execute();
}

/** The lines become what the plan made of them, those whose step is done. */
async function storeLines(
  tx: Tx,
  connectionId: string,
  lines: readonly LineDraft[],
  steps: readonly ClosingStep[],
): Promise<void> {
  const isDone = (name: string | null): boolean =>
    name === null || steps.some((step) => step.name === name && step.status === 'done');
  for (const line of lines.filter(({ step }) => isDone(step))) {
    const values = {
      connection_id: connectionId,
      record_id: line.recordId,
      kind: line.kind,
      item_id: line.itemId,
      text: line.text,
      due_date: line.dueDate,
      done: line.done,
      source: line.source,
      typed: line.typed,
      vanished: line.vanished,
      removed_at: line.removed ? sql<Date>`now()` : null,
    };
    await tx
      .insertInto('lines')
      .values({ reference: line.reference, ...values })
      .onConflict((conflict) => conflict.column('reference').doUpdateSet(values))
      .execute();
  }
}

async function linkFocus(
  tx: Tx,
  plan: { focus: string; customer_id: string },
  steps: readonly ClosingStep[],
): Promise<void> {
  const create = steps.find(({ name }) => name === 'contact');
  if (create && create.status !== 'done' && create.status !== 'observed') {
    const contact = await contactOf(tx, plan.customer_id);
    if (!contact) return;
  }
  await tx
    .updateTable('records')
    .set({ linked_at: sql<Date>`now()` })
    .where('customer_id', '=', plan.customer_id)
    .where('linked_at', 'is', null)
    .where((where) => where.or([where('id', '=', plan.focus), where('kind', '=', 'contact')]))
    .execute();
}

/** A fact is spent when each step that it fired is done; else it waits for the row's retry. */
async function spendFacts(
  tx: Tx,
  planId: string,
  keys: readonly string[],
  steps: readonly ClosingStep[],
): Promise<void> {
  const unspent = new Set(steps.filter(({ status }) => status !== 'done').map(({ fact_key }) => fact_key));
  // Everything waits for the contact: without it no action could have run.
  const spent = steps.some(({ name, status }) => name === 'contact' && status === 'failed')
    ? []
    : keys.filter((key) => !unspent.has(key));
  if (spent.length === 0) return;
  await tx.updateTable('facts').set({ spent_by: planId }).where('key', 'in', spent).execute();
}
