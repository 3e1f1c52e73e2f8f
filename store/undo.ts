import { type Selectable, sql } from 'kysely';
import type { RecordKind } from '../rules/records.ts';
import type { DoneStep, UndoState } from '../rules/state.ts';
import { fillAnswers } from '../rules/forms/templates.ts';
import type { Db } from './database.ts';
import { addOwnRow } from './own-rows.ts';
import type { Mode, Plans, Steps } from './schema.ts';
import { toDraft } from './planned-step.ts';

type Plan = Pick<Selectable<Plans>, 'id' | 'merges'>;
type Step = Selectable<Steps>;

/** What the person behind these rows wants to take back: all that was done for the events of the plan that they name. */
export async function loadUndo(db: Db, rowIds: readonly string[]): Promise<UndoState | undefined> {
  const row = await db
    .selectFrom('inbox')
    .select('cause')
    .where('id', 'in', [...rowIds])
    .where('cause', 'is not', null)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.cause ? { planId: row.cause, steps: await loadDone(db, row.cause) } : undefined;
}

/** Also what plans of the same events did that were given up before this one: it found that done. */
async function loadDone(db: Db, planId: string): Promise<DoneStep[]> {
  const { rows: plans } = await sql<Plan>`
    select before.id, before.merges from plans p join plans before on before.focus = p.focus and before.created_at <= p.created_at
      and exists (select from jsonb_array_elements_text(before.row_ids) as one where p.row_ids @> to_jsonb(one))
    where p.id = ${planId} order by before.created_at, before.id`.execute(db);
  if (plans.length === 0) return [];
  const ids = plans.map(({ id }) => id);
  const steps = await db
    .selectFrom('steps')
    .selectAll()
    .where('plan_id', 'in', ids)
    .where('status', '=', 'done')
    .orderBy('n')
    .execute();
  // A later plan took over what an earlier one had done: it is done once.
  const hands = new Map(steps.map((step) => [handOf(step), ids.indexOf(step.plan_id)] as const));
  for (const step of steps) hands.set(handOf(step), Math.max(hands.get(handOf(step)) ?? 0, ids.indexOf(step.plan_id)));
  return plans.flatMap((plan, index) => {
    const own = steps.filter((step) => step.plan_id === plan.id);
    const answers = Object.fromEntries(own.map(({ name, answer }) => [name, answer ?? {}]));
    return own
      .filter((step) => hands.get(handOf(step)) === index)
      .map((step) => doneStep(plan, step, answers, plan.id === planId ? '' : `-${index}`));
  });
}

function handOf({ id, fact_key, rule }: Step): string {
  return fact_key === null ? id : `${fact_key}|${rule}`;
}

function doneStep(plan: Plan, step: Step, answers: Record<string, Record<string, unknown>>, apart: string): DoneStep {
  const draft = fillAnswers(toDraft(step, []), answers);
  const merges = fillAnswers(
    plan.merges.filter(({ written }) => written?.step === step.name),
    answers,
  );
  return { ...draft, name: `${draft.name}${apart}`, answer: step.answer ?? {}, merges };
}

/** A decision that somebody may want to take back, as far as it tells whether that can be done. */
export interface Undoable {
  planId: string;
  mode: Mode;
  /** Its record was forgotten. */
  forgotten: boolean;
  steps: { operation: string; status: string }[];
  undone: boolean;
}

/** Of a plan `p`: an undo of it was asked for, and neither failed nor was ignored. */
export const isUndone = sql<boolean>`
  exists (select from inbox u where u.cause = p.id::text and u.trigger = 'undo' and u.status not in ('failed', 'ignored'))`;

/** A plan as far as it tells whether it can be taken back; undefined: there is no such plan. */
export async function undoableOf(db: Db, planId: string): Promise<Undoable | undefined> {
  const { rows } = await sql<Undoable>`
    select p.id as "planId", c.mode, r.forgotten_at is not null as forgotten,
      ${isUndone} as undone
    from plans p join records r on r.id = p.focus join connections c on c.id = p.connection_id
    where p.id = ${planId}`.execute(db);
  const [found] = rows;
  return (
    found && {
      ...found,
      steps: await loadDone(db, planId).then((steps) => steps.map(({ operation }) => ({ operation, status: 'done' }))),
    }
  );
}

/** Has a decision taken back by a pass of its record's customer. Answers the id of the row; undefined: somebody was quicker. */
export async function askForUndo(db: Db, planId: string): Promise<string | undefined> {
  return db.transaction().execute(async (tx) => {
    const plan = await tx
      .selectFrom('plans')
      .innerJoin('records', 'records.id', 'plans.focus')
      .select(['plans.connection_id', 'records.kind', 'records.vendor_id'])
      .where('plans.id', '=', planId)
      .forUpdate('plans')
      .executeTakeFirstOrThrow();
    const asked = await tx
      .selectFrom('inbox')
      .select('id')
      .where('cause', '=', planId)
      .where('trigger', '=', 'undo')
      .where('status', 'not in', ['failed', 'ignored'])
      .executeTakeFirst();
    if (asked) return undefined;
    return addOwnRow(tx, {
      connectionId: plan.connection_id,
      event: 'UndoAsked',
      trigger: 'undo',
      kind: plan.kind as RecordKind,
      vendorId: plan.vendor_id,
      cause: planId,
    });
  });
}
