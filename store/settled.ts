import type { Selectable } from 'kysely';
import { sql, type Transaction } from 'kysely';
import { freeClaims } from './claims.ts';
import { toJson } from './json.ts';
import type { Steps, StoredError, Tables } from './schema.ts';
import { isUnclearError } from './unclear.ts';

/** A step of a plan that closes. */
export type ClosingStep = Selectable<Steps>;

/**
 * How each step of a closing plan ended, in their order. What did not get done is failed if nothing that it depends on stood in its way
 * (its day was over), held if a person must approve it or a step that it depends on, else skipped.
 */
export function settle(steps: readonly ClosingStep[]): ClosingStep[] {
  const settled: ClosingStep[] = [];
  for (const step of steps) {
    const before = step.depends_on.map((n) => settled[n]?.status);
    const isUndone = ['planned', 'sent', 'held'].includes(step.status);
    const blocked = before.find((status) => status !== 'done' && status !== 'held');
    const waits = step.status === 'held' || before.includes('held');
    const status = blocked !== undefined ? 'skipped' : waits ? 'held' : 'failed';
    settled.push(isUndone ? { ...step, status, error: unansweredMoney(step) ?? step.error } : step);
  }
  return settled;
}

/** Of a step that may pay, that was sent, and whose day ended without a clear answer: what a person must know. */
function unansweredMoney({ status, allowed_by }: ClosingStep): StoredError | undefined {
  if (status !== 'sent' || allowed_by === null) return undefined;
  const message =
    'it was sent and no answer came within a day: it may have paid. Look in Referral Rock, then retry or ignore';
  return { type: 'MayHavePaid', message };
}

/** Sent, and nobody can tell whether it was done: a person has to look before it is tried again. */
export function isUnclear({ status, sent_at, error }: ClosingStep): boolean {
  return status === 'failed' && sent_at !== null && isUnclearError(error);
}

/** Keeps how what was not done has ended; what it claimed is free, and so is its key. */
export async function storeUndone(
  tx: Transaction<Tables>,
  plan: { connection_id: string; customer_id: string },
  steps: readonly ClosingStep[],
): Promise<void> {
  for (const step of steps.filter(({ status }) => status === 'failed' || status === 'skipped')) {
    await tx
      .updateTable('steps')
      // A step that was sent and never answered keeps key and mark: whoever plans it again looks for it first.
      .set({
        status: step.status,
        error: step.error ? toJson(step.error) : null,
        ...(step.sent_at === null ? { key: null } : {}),
      })
      .where('id', '=', step.id)
      .execute();
    if (!isUnclear(step)) await freeClaims(tx, plan.connection_id, plan.customer_id, step.claims);
  }
}

/** A fact is spent when each step that it fired is done, or waits in a plan of its own (`heldIn`, by step); else it waits for the row's retry. */
export async function spendFacts(
  tx: Transaction<Tables>,
  planId: string,
  keys: readonly string[],
  steps: readonly ClosingStep[],
  heldIn: ReadonlyMap<string, string>,
): Promise<void> {
  // Everything waits for the contact: without it no action could have run.
  if (steps.some(({ name, status }) => name === 'contact' && status === 'failed')) return;
  const isSettled = ({ id, status }: ClosingStep): boolean =>
    status === 'done' || status === 'observed' || heldIn.has(id);
  const unspent = new Set(steps.filter((step) => !isSettled(step)).map(({ fact_key }) => fact_key));
  const spent = Map.groupBy(
    keys.filter((key) => !unspent.has(key)),
    (key) => heldIn.get(steps.find(({ id, fact_key }) => fact_key === key && heldIn.has(id))?.id ?? '') ?? planId,
  );
  for (const [by, facts] of spent) {
    await tx.updateTable('facts').set({ spent_by: by }).where('key', 'in', facts).execute();
  }
}

/** Links the plan's record, and its contact, to each other if that is there. */
export async function linkFocus(
  tx: Transaction<Tables>,
  plan: { focus: string; customer_id: string },
  steps: readonly ClosingStep[],
): Promise<void> {
  const create = steps.find(({ name }) => name === 'contact');
  const isThere = !create || create.status === 'done' || create.status === 'observed';
  await tx
    .updateTable('records')
    .set({ linked_at: sql<Date>`now()` })
    .where('customer_id', '=', plan.customer_id)
    .where('linked_at', 'is', null)
    .where((where) =>
      where.or([
        where('id', '=', plan.focus),
        where.and([where('kind', '=', 'contact'), where('gone_at', 'is', null)]),
      ]),
    )
    .$if(!isThere, (query) =>
      query.where((where) =>
        where.exists(
          where
            .selectFrom('records as contact')
            .select('contact.id')
            .where('contact.customer_id', '=', plan.customer_id)
            .where('contact.kind', '=', 'contact')
            .where('contact.gone_at', 'is', null),
        ),
      ),
    )
    .execute();
}
