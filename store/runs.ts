import { createHash } from 'node:crypto';
import { type Selectable, sql, type Transaction } from 'kysely';
import type { OwnWrite, RunState } from '../rules/state.ts';
import type { RunDraft } from '../rules/plan.ts';
import { stepsOf } from '../rules/rule-set.ts';
import type { AutomationRun } from '../workflows/support/contract.ts';
import type { Db } from './database.ts';
import { toJson } from './json.ts';
import { addOwnRow } from './own-rows.ts';
import { newId, type Queryable, type RecordKind } from './records.ts';
import type { AutomationRuns, Plans, Tables } from './schema.ts';
import type { ClosingStep } from './settled.ts';

type Tx = Transaction<Tables>;

/** `automation/<action id>/<hash of the fact's key>`: one for ever. */
function workflowIdOf(actionId: string, factKey: string): string {
  return `automation/${actionId}/${createHash('sha256').update(factKey).digest('hex').slice(0, 20)}`;
}

/** Stores what becomes of the runs of a closing plan. */
export async function storeRuns(tx: Tx, plan: Selectable<Plans>, steps: readonly ClosingStep[]): Promise<void> {
  for (const draft of plan.runs) {
    const stop = steps.find(
      ({ name, status }) => draft.stopsWith.includes(name) && (status === 'failed' || status === 'skipped'),
    );
    const stopped = stop && `stopped, because a step failed: ${stop.summary}; retry its event to go on`;
    if (draft.kind === 'start') await start(tx, plan, draft, stopped);
    else if (draft.kind === 'go on') await goOn(tx, draft, stopped);
    else await end(tx, draft, stopped);
  }
}

async function start(
  tx: Tx,
  plan: Selectable<Plans>,
  { action, fact, referralRecordId, at, wakeAt, sentence }: RunDraft & { kind: 'start' },
  stopped: string | undefined,
): Promise<void> {
  const { rule_set } = await tx
    .selectFrom('connections')
    .select('rule_set')
    .where('id', '=', plan.connection_id)
    .executeTakeFirstOrThrow();
  const standing = { at, wake_at: wakeAt, ...standingOf(stopped, sentence) };
  await tx
    .insertInto('automation_runs')
    .values({
      id: newId(),
      connection_id: plan.connection_id,
      record_id: fact.recordId,
      referral_record_id: referralRecordId === '' ? null : referralRecordId,
      fact_key: fact.key,
      fact: toJson(fact),
      action_id: action.id,
      action: toJson(action),
      rule_set,
      workflow_id: workflowIdOf(action.id, fact.key),
      ...standing,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['fact_key', 'action_id'])
        .doUpdateSet(standing)
        .where('automation_runs.status', '=', 'failed')
        .where('automation_runs.at', '=', at),
    )
    .execute();
}

async function goOn(
  tx: Tx,
  { runId, from, at, wakeAt, sentence }: RunDraft & { kind: 'go on' },
  stopped: string | undefined,
): Promise<void> {
  await tx
    .updateTable('automation_runs')
    .set(stopped ? standingOf(stopped, sentence) : { at, wake_at: wakeAt, ...standingOf(stopped, sentence) })
    .where('id', '=', runId)
    .where('at', '=', from)
    .where('status', 'in', ['due', 'parked', 'failed'])
    .execute();
}

async function end(
  tx: Tx,
  { runId, status, sentence }: RunDraft & { kind: 'end' },
  stopped: string | undefined,
): Promise<void> {
  const isOver = !stopped && status !== 'parked';
  await tx
    .updateTable('automation_runs')
    .set({
      ...(stopped ? standingOf(stopped, sentence) : { status, sentence }),
      ...(isOver ? { wake_at: null, ended_at: sql<Date>`now()` } : {}),
    })
    .where('id', '=', runId)
    .where('status', 'not in', ['done', 'cancelled'])
    .execute();
}

function standingOf(stopped: string | undefined, sentence: string) {
  return stopped === undefined
    ? { status: 'waiting' as const, sentence }
    : { status: 'failed' as const, sentence: stopped };
}

/** The runs that a closed plan has moved: their workflows are started or rung. */
export async function runsOfPlan(tx: Queryable, { runs }: Pick<Selectable<Plans>, 'runs'>): Promise<AutomationRun[]> {
  if (runs.length === 0) return [];
  const ids = runs.flatMap((draft) => (draft.kind === 'start' ? [] : [draft.runId]));
  const workflowIds = runs.flatMap((draft) =>
    draft.kind === 'start' ? [workflowIdOf(draft.action.id, draft.fact.key)] : [],
  );
  const rows = await tx
    .selectFrom('automation_runs')
    .select(['id', 'workflow_id', 'connection_id'])
    .where((where) =>
      where.or([
        where('id', 'in', orNone(ids)),
        where('workflow_id', 'in', workflowIds.length > 0 ? workflowIds : ['']),
      ]),
    )
    .orderBy('started_at')
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    runId: row.id,
    workflowId: row.workflow_id,
    connectionId: row.connection_id,
    isNew: workflowIds.includes(row.workflow_id),
  }));
}

/** A list that no query chokes on. */
function orNone(ids: readonly string[]): string[] {
  return ids.length > 0 ? [...ids] : ['00000000-0000-0000-0000-000000000000'];
}

/** How a run stands for its workflow: how long it waits still, or how it has ended. */
export async function nextWait(
  db: Db,
  runId: string,
): Promise<{ status: 'waiting'; at: number; ms: number } | { status: 'open' } | { status: 'ended'; how: string }> {
  const row = await db
    .selectFrom('automation_runs')
    .select(['status', 'at', sql<string>`extract(epoch from wake_at - now()) * 1000`.as('ms')])
    .where('id', '=', runId)
    .executeTakeFirst();
  if (!row) return { status: 'ended', how: 'forgotten' };
  if (row.status === 'waiting') return { status: 'waiting', at: row.at, ms: Math.max(0, Math.ceil(Number(row.ms))) };
  if (row.status === 'done' || row.status === 'cancelled') return { status: 'ended', how: row.status };
  return { status: 'open' };
}

/** The wait of a run is over: a row of ours lets the customer's pass go on with it, once. */
export async function wakeRun(db: Db, { runId, at }: { runId: string; at: number }): Promise<void> {
  await db.transaction().execute((tx) => wake(tx, runId, at));
}

async function wake(tx: Tx, runId: string, at: number): Promise<void> {
  const run = await tx
    .updateTable('automation_runs')
    .set({ status: 'due' })
    .where('id', '=', runId)
    .where('at', '=', at)
    .where('status', '=', 'waiting')
    .returning(['connection_id', 'record_id'])
    .executeTakeFirst();
  if (!run) return;
  const record = await tx
    .selectFrom('records')
    .select(['kind', 'vendor_id', 'parent_id'])
    .where('id', '=', run.record_id)
    .executeTakeFirstOrThrow();
  await addOwnRow(tx, {
    connectionId: run.connection_id,
    event: 'Waited',
    trigger: 'automation',
    kind: record.kind as RecordKind,
    vendorId: record.vendor_id,
    cause: `${runId}#${at}`,
  });
}

/** Wakes the runs whose time was over a while ago: their workflows are lost, or were never started. */
export async function wakeOverdue(db: Db): Promise<void> {
  const overdue = await db
    .selectFrom('automation_runs')
    .select(['id', 'at'])
    .where('status', '=', 'waiting')
    .where('wake_at', '<', sql<Date>`now() - interval '60 seconds'`)
    .orderBy('wake_at')
    .limit(100)
    .execute();
  for (const { id, at } of overdue) await wakeRun(db, { runId: id, at });
}

/** The run whose wait is over, as the newest of these rows says. */
export async function loadDueRun(db: Db, rowIds: readonly string[]): Promise<RunState | undefined> {
  const row = await db
    .selectFrom('inbox')
    .select('cause')
    .where('id', 'in', [...rowIds])
    .where('cause', 'is not', null)
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst();
  const [runId, at] = row?.cause?.split('#') ?? [];
  if (runId === undefined) return undefined;
  const run = await db.selectFrom('automation_runs').selectAll().where('id', '=', runId).executeTakeFirst();
  return run && { ...toState(run), segment: Number(at), answers: await answersOf(db, run) };
}

/** The customer's runs that have not ended. */
export async function loadOpenRuns(db: Db, recordIds: readonly string[]): Promise<RunState[]> {
  if (recordIds.length === 0) return [];
  const rows = await db
    .selectFrom('automation_runs')
    .selectAll()
    .where('record_id', 'in', [...recordIds])
    .where('status', 'not in', ['done', 'cancelled'])
    .execute();
  return rows.map(toState);
}

function toState(row: Selectable<AutomationRuns>): RunState {
  return {
    id: row.id,
    recordId: row.record_id,
    referralRecordId: row.referral_record_id,
    action: row.action,
    fact: row.fact,
    at: row.at,
    segment: row.at,
    status: row.status,
    answers: {},
  };
}

/** What the run's steps were answered, by their names in the action. */
async function answersOf(db: Db, { fact_key, action }: Selectable<AutomationRuns>): Promise<RunState['answers']> {
  const done = await db
    .selectFrom('steps')
    .select(['rule', 'answer'])
    .where('key', 'like', `${fact_key}|${action.id}|%`)
    .where('status', '=', 'done')
    .execute();
  const named = new Map(
    stepsOf(action).map(({ name }) => [String(action.do.findIndex((one) => 'name' in one && one.name === name)), name]),
  );
  return Object.fromEntries(
    done.flatMap(({ rule, answer }) => {
      const name = named.get(rule.split('|')[1] ?? '');
      return name === undefined ? [] : [[name, { ...(answer?.['record'] as object | undefined), ...answer }]];
    }),
  );
}

/** What actions of ours wrote about a customer in the last day, the newest first. */
export async function loadOwnWrites(db: Db, customerId: string): Promise<OwnWrite[]> {
  const rows = await db
    .selectFrom('steps')
    .innerJoin('plans', 'plans.id', 'steps.plan_id')
    .innerJoin('facts', 'facts.key', 'steps.fact_key')
    .select(['steps.fact_key', 'facts.depth', 'steps.operation', 'steps.input'])
    .where('plans.customer_id', '=', customerId)
    .where('plans.created_at', '>', sql<Date>`now() - interval '1 day'`)
    .where('steps.status', '=', 'done')
    .where('steps.rule', 'not like', 'sync.%')
    .orderBy('steps.done_at', 'desc')
    .limit(50)
    .execute();
  return rows.map(({ fact_key, depth, operation, input }) => ({ factKey: fact_key ?? '', depth, operation, input }));
}

/** A run as lists show it. */
export interface RunLine {
  id: string;
  action: string;
  title: string;
  connectionId: string;
  ruleSet: string;
  status: string;
  recordKind: string;
  recordId: string;
  contactId: string | null;
  fact: string;
  wakeAt: Date | null;
  sentence: string;
  workflowId: string;
  startedAt: Date;
  endedAt: Date | null;
}

/** Runs, the newest first. */
export async function listRuns(
  db: Db,
  filter: { status?: string | undefined; connectionId?: string | undefined; actionId?: string | undefined },
  limit: number,
): Promise<RunLine[]> {
  return db
    .selectFrom('automation_runs as run')
    .innerJoin('records', 'records.id', 'run.record_id')
    .leftJoin('records as contact', (join) =>
      join
        .onRef('contact.customer_id', '=', 'records.customer_id')
        .on('contact.kind', '=', 'contact')
        .on('contact.gone_at', 'is', null),
    )
    .select([
      'run.id',
      'run.action_id as action',
      sql<string>`run.action->>'title'`.as('title'),
      'run.connection_id as connectionId',
      'run.rule_set as ruleSet',
      'run.status',
      'records.kind as recordKind',
      'records.vendor_id as recordId',
      'contact.vendor_id as contactId',
      sql<string>`run.fact->>'kind'`.as('fact'),
      'run.wake_at as wakeAt',
      'run.sentence',
      'run.workflow_id as workflowId',
      'run.started_at as startedAt',
      'run.ended_at as endedAt',
    ])
    .$if(filter.status !== undefined, (query) => query.where('run.status', '=', filter.status as never))
    .$if(filter.connectionId !== undefined, (query) => query.where('run.connection_id', '=', filter.connectionId ?? ''))
    .$if(filter.actionId !== undefined, (query) => query.where('run.action_id', '=', filter.actionId ?? ''))
    .orderBy('run.started_at', 'desc')
    .orderBy('run.id', 'desc')
    .limit(limit)
    .execute();
}

/** Ends a run that a person wants no more; false: there is none that goes on. Its workflow ends when it wakes. */
export async function cancelRun(db: Db, id: string, by: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('automation_runs')
    .set({ status: 'cancelled', sentence: `ended by ${by}`, ended_at: sql<Date>`now()`, wake_at: null })
    .where('id', '=', id)
    .where('status', 'not in', ['done', 'cancelled'])
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
