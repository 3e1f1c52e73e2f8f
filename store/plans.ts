import { sql, type Transaction } from 'kysely';
import type { ClaimKey, CustomerState, Fact, PlanDraft, StepDraft } from '../rules/state.ts';
import { stepsNamedIn } from '../rules/templates.ts';
import { freeClaims } from './claims.ts';
import type { Db } from './database.ts';
import { contactOf, newId, type Queryable } from './records.ts';
import type { Tables } from './schema.ts';
import { toJson } from './json.ts';

/** A stored plan as the pass carries it out. */
export interface StoredPlan {
  planId: string;
  steps: { n: number; operation: string; queue: string; after: number[]; summary: string; done: boolean }[];
}

/** What a plan is stored under. */
export interface PlanFrame {
  customerId: string;
  passKey: string;
  trigger: string;
  rowIds: readonly string[];
  runId: string;
  /** The name of a claim's key in the store: no address stands in it. */
  claimKeyOf: (claim: ClaimKey) => string;
}

/** The plan of this pass, if it was stored before. */
export async function planOfPass(db: Queryable, passKey: string): Promise<StoredPlan | undefined> {
  const row = await db.selectFrom('plans').select('id').where('pass_key', '=', passKey).executeTakeFirst();
  return row && loadPlan(db, row.id);
}

/** The customer's unfinished plan, if a run left one. */
export async function unfinishedPlan(db: Queryable, customerId: string): Promise<StoredPlan | undefined> {
  const row = await db
    .selectFrom('plans')
    .select('id')
    .where('customer_id', '=', customerId)
    .where('status', '=', 'open')
    .executeTakeFirst();
  return row && loadPlan(db, row.id);
}

async function loadPlan(db: Queryable, planId: string): Promise<StoredPlan> {
  const steps = await db
    .selectFrom('steps')
    .select(['n', 'operation', 'queue', 'depends_on', 'summary', 'status'])
    .where('plan_id', '=', planId)
    .where('status', '!=', 'observed')
    .orderBy('n')
    .execute();
  return {
    planId,
    steps: steps.map(({ n, operation, queue, depends_on, summary, status }) => ({
      n,
      operation,
      queue,
      after: depends_on,
      summary,
      done: status === 'done',
    })),
  };
}

/** Stores a plan with its steps, facts and lines: the intent, written before any call. In observe mode only the intent. */
export async function storePlan(
  tx: Transaction<Tables>,
  frame: PlanFrame,
  state: CustomerState,
  plan: PlanDraft,
): Promise<StoredPlan> {
  const live = state.connection.mode === 'live';
  const planId = newId();
  await tx
    .insertInto('plans')
    .values({
      id: planId,
      connection_id: state.connection.id,
      customer_id: frame.customerId,
      pass_key: frame.passKey,
      focus: state.focus,
      trigger: frame.trigger,
      mode: state.connection.mode,
      status: 'open',
      ends: plan.ends,
      links: plan.link !== null && (live || !('step' in plan.link)),
      sentence: null,
      sentences: toJson(plan.sentences),
      row_ids: toJson(frame.rowIds),
      merges: toJson(mergesToKeep(state, plan, live)),
      highlights: toJson(live ? plan.highlights : []),
      lines: toJson(live ? plan.lines : []),
      findings: toJson(live ? plan.findings : []),
      approvals: toJson(live ? plan.approvals : []),
      superseded: toJson(live ? plan.superseded : []),
      fact_keys: toJson(live ? plan.facts.map(({ key }) => key) : []),
      run_id: frame.runId,
    })
    .execute();
  if (live) await storeFacts(tx, state.connection.id, plan.facts);
  await storeSteps(tx, planId, frame, plan.steps, live);
  return loadPlan(tx, planId);
}

/** Observing stores the baselines of a first match that needs no write; later changes move none. */
function mergesToKeep(state: CustomerState, plan: PlanDraft, live: boolean): PlanDraft['merges'] {
  if (live) return plan.merges;
  const focus = state.links.find(({ recordId }) => recordId === state.focus);
  return focus && !focus.linked && plan.link && !('step' in plan.link)
    ? plan.merges.map(({ recordId, field, ghl, rr }) => ({ recordId, field, ghl, rr }))
    : [];
}

async function storeFacts(tx: Transaction<Tables>, connectionId: string, facts: readonly Fact[]): Promise<void> {
  if (facts.length === 0) return;
  await tx
    .insertInto('facts')
    .values(
      facts.map(({ key, recordId, kind, version, data }) => ({
        key,
        connection_id: connectionId,
        record_id: recordId,
        kind,
        version,
        data: toJson(data),
      })),
    )
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute();
}

async function storeSteps(
  tx: Transaction<Tables>,
  planId: string,
  frame: PlanFrame,
  drafts: readonly StepDraft[],
  live: boolean,
): Promise<void> {
  if (drafts.length === 0) return;
  const contactId = (await contactOf(tx, frame.customerId))?.id ?? null;
  const earlier = live ? await takeOverSteps(tx, drafts) : new Map<string, EarlierStep>();
  const numbers = new Map(drafts.map(({ name }, n) => [name, n]));
  await tx
    .insertInto('steps')
    .values(
      drafts.map((step, n) => {
        const key = keyOf(step);
        const before = key === null ? undefined : earlier.get(key);
        const named = [...step.after, ...stepsNamedIn([step.input, step.changes])];
        return {
          id: newId(),
          plan_id: planId,
          n,
          name: step.name,
          key: live ? key : null,
          operation: step.operation,
          queue: step.queue,
          record_id: step.recordId === 'contact' ? contactId : step.recordId,
          fact_key: step.factKey,
          rule: step.rule,
          allowed_by: step.allowedBy,
          input: toJson(before?.input ?? step.input),
          depends_on: toJson(
            [...new Set(named.map((name) => numbers.get(name)))].filter(
              (number) => number !== undefined && number !== n,
            ),
          ),
          claims: toJson(live ? step.claims.map(frame.claimKeyOf) : []),
          changes: toJson(step.changes),
          reference: step.reference,
          summary: step.summary,
          sentence: step.sentence,
          status:
            live && step.mode !== 'observe'
              ? (before?.status ?? (step.mode === 'hold' ? 'held' : 'planned'))
              : ('observed' as const),
          sent_at: before?.sentAt ?? null,
          answer: before?.answer ? toJson(before.answer) : null,
        };
      }),
    )
    .execute();
}

/** A step's key is unique for ever: what an earlier plan did or sent is not done again, its outcome passes to this plan. */
function keyOf(step: StepDraft): string | null {
  return step.factKey === null ? null : `${step.factKey}|${step.rule}`;
}

interface EarlierStep {
  input: Record<string, unknown>;
  status: 'done' | 'sent';
  sentAt: Date | null;
  answer: Record<string, unknown> | null;
}

async function takeOverSteps(tx: Transaction<Tables>, drafts: readonly StepDraft[]): Promise<Map<string, EarlierStep>> {
  const keys = drafts.flatMap((step) => keyOf(step) ?? []);
  if (keys.length === 0) return new Map();
  const rows = await tx
    .updateTable('steps')
    .from('steps as before')
    .set({ key: null })
    .whereRef('before.id', '=', 'steps.id')
    .where('steps.key', 'in', keys)
    .returning(['before.key', 'steps.input', 'steps.status', 'steps.sent_at', 'steps.answer'])
    .execute();
  return new Map(
    rows.flatMap(({ key, input, status, sent_at, answer }) => {
      if (key === null || (status !== 'done' && sent_at === null)) return [];
      return [[key, { input, status: status === 'done' ? status : 'sent', sentAt: sent_at, answer }] as const];
    }),
  );
}

/** Gives a plan up: it spends no fact and closes no row; what its steps did stays done, what they did not do is free for the next plan. */
export async function giveUpPlan(tx: Queryable, planId: string): Promise<void> {
  const plan = await tx
    .updateTable('plans')
    .set({ status: 'given-up', closed_at: sql<Date>`now()` })
    .where('id', '=', planId)
    .where('status', '=', 'open')
    .returning(['connection_id', 'customer_id'])
    .executeTakeFirst();
  if (!plan) return;
  const undone = await tx
    .updateTable('steps')
    .set({ key: null })
    .where('plan_id', '=', planId)
    .where('status', '!=', 'done')
    .where('sent_at', 'is', null)
    .returning('claims')
    .execute();
  await freeClaims(
    tx,
    plan.connection_id,
    plan.customer_id,
    undone.flatMap(({ claims }) => claims),
  );
}

/** Gives the customer's open plan up, if there is one. */
export async function giveUpOpenPlan(db: Db, customerId: string): Promise<void> {
  const open = await db
    .selectFrom('plans')
    .select('id')
    .where('customer_id', '=', customerId)
    .where('status', '=', 'open')
    .executeTakeFirst();
  if (open) await db.transaction().execute((tx) => giveUpPlan(tx, open.id));
}
