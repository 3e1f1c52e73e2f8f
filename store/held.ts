import { type Selectable, sql, type Transaction } from 'kysely';
import type { ApprovalDraft } from '../rules/plan.ts';
import { closeHeldRows, storeApprovals } from './approvals.ts';
import { toJson } from './json.ts';
import { giveUpPlan } from './plans.ts';
import { newId } from './records.ts';
import type { EventStatus, Plans, Tables } from './schema.ts';
import type { ClosingStep } from './settled.ts';

type Tx = Transaction<Tables>;
type ClosingPlan = Selectable<Plans>;

/** Steps that wait for the same approvals. */
interface HeldGroup {
  steps: ClosingStep[];
  approvals: ApprovalDraft[];
}

/**
 * Asks what a closing plan has to ask. Held steps and those that need them leave it as a plan of their own, which the decision carries
 * out. Answers the plan that each of them now waits in, by the step's id, and whether a person was asked anything.
 */
export async function holdSteps(
  tx: Tx,
  plan: ClosingPlan,
  steps: readonly ClosingStep[],
): Promise<{ heldIn: Map<string, string>; asked: boolean }> {
  const asking = { planId: plan.id, connectionId: plan.connection_id, trigger: plan.trigger };
  const questions = plan.approvals.filter((one) => one.steps.length === 0);
  await storeApprovals(tx, asking, null, questions);
  const heldIn = new Map<string, string>();
  const groups = groupsOf(
    steps,
    plan.approvals.filter((one) => one.steps.length > 0),
  );
  for (const [n, group] of groups.entries()) {
    const planId = await storeHeldPlan(tx, plan, n, group, steps);
    for (const { id } of group.steps) heldIn.set(id, planId);
    await storeApprovals(tx, asking, planId, group.approvals);
  }
  await forgetUnasked(
    tx,
    steps.filter(({ id, status }) => status === 'held' && !heldIn.has(id)),
  );
  return { heldIn, asked: questions.length + groups.length > 0 };
}

/** Approvals that share a step wait in one plan; one whose steps are done already, or did not come so far, asks nothing. */
function groupsOf(steps: readonly ClosingStep[], approvals: readonly ApprovalDraft[]): HeldGroup[] {
  let groups: HeldGroup[] = [];
  for (const approval of approvals) {
    const waiting = waitingFor(steps, approval.steps);
    if (waiting.length === 0) continue;
    const shares = (group: HeldGroup): boolean => group.steps.some((step) => waiting.includes(step));
    const shared = groups.filter(shares);
    groups = [
      ...groups.filter((group) => !shares(group)),
      {
        steps: steps.filter((step) => waiting.includes(step) || shared.some((group) => group.steps.includes(step))),
        approvals: [...shared.flatMap((group) => group.approvals), approval],
      },
    ];
  }
  return groups;
}

/** The held steps of these names, and the held ones that need one of them. */
function waitingFor(steps: readonly ClosingStep[], names: readonly string[]): ClosingStep[] {
  const waiting = new Set<number>();
  const held = steps.filter(({ status }) => status === 'held');
  for (const { n, name, depends_on } of held)
    if (names.includes(name) || depends_on.some((needed) => waiting.has(needed))) waiting.add(n);
  return held.filter(({ n }) => waiting.has(n));
}

/** The plan of held steps, numbered anew; the done steps that they need come along as copies, for their answers. */
async function storeHeldPlan(
  tx: Tx,
  plan: ClosingPlan,
  index: number,
  { steps: held, approvals }: HeldGroup,
  all: readonly ClosingStep[],
): Promise<string> {
  const planId = newId();
  await tx
    .insertInto('plans')
    .values({
      id: planId,
      connection_id: plan.connection_id,
      customer_id: plan.customer_id,
      pass_key: `${plan.pass_key}/held-${index}`,
      focus: plan.focus,
      trigger: plan.trigger,
      mode: plan.mode,
      status: 'held',
      ends: 'done',
      links: false,
      sentence: null,
      sentences: toJson(approvals.map(({ sentence }) => sentence)),
      row_ids: toJson(plan.row_ids),
      merges: '[]',
      highlights: '[]',
      fact_keys: '[]',
      run_id: plan.run_id,
    })
    .execute();
  const needed = new Set(held.flatMap(({ depends_on }) => depends_on));
  const copied = all.filter(({ n, status }) => status === 'done' && needed.has(n));
  const members = all.filter((step) => copied.includes(step) || held.includes(step));
  const numbers = new Map(members.map((step, n) => [step.n, n]));
  const placeOf = (step: ClosingStep) => ({
    plan_id: planId,
    n: numbers.get(step.n) ?? 0,
    depends_on: toJson(step.depends_on.flatMap((n) => numbers.get(n) ?? [])),
  });
  if (copied.length > 0)
    await tx
      .insertInto('steps')
      .values(copied.map((step) => ({ ...asValues(step), id: newId(), key: null, ...placeOf(step) })))
      .execute();
  for (const step of held) await tx.updateTable('steps').set(placeOf(step)).where('id', '=', step.id).execute();
  return planId;
}

function asValues(step: ClosingStep) {
  const { input, claims, changes, answer, error } = step;
  return {
    ...step,
    input: toJson(input),
    claims: toJson(claims),
    changes: toJson(changes),
    answer: answer && toJson(answer),
    error: error && toJson(error),
  };
}

/** Nobody can release a held step that no approval names: it stays where it is, free to be planned again. */
async function forgetUnasked(tx: Tx, steps: readonly ClosingStep[]): Promise<void> {
  if (steps.length === 0) return;
  await tx
    .updateTable('steps')
    .set({ status: 'held', key: sql`case when sent_at is not null then key end` as never })
    .where(
      'id',
      'in',
      steps.map(({ id }) => id),
    )
    .execute();
}

/**
 * Ends what waited for the decisions that a closing plan is about. The newest is the one that it carried out; if that failed, what
 * waited goes on waiting, for the retry of the decision's row. Earlier ones of the same record are overtaken.
 */
export async function closeDecided(tx: Tx, plan: ClosingPlan, status: EventStatus, sentence: string): Promise<void> {
  const decided = await tx
    .selectFrom('approvals')
    .innerJoin('inbox', (join) => join.on(sql<boolean>`inbox.cause = approvals.id::text`))
    .select(['approvals.id', 'approvals.plan_id', 'approvals.outcome'])
    .where('inbox.id', 'in', plan.row_ids)
    .where('outcome', 'in', ['approved', 'denied'])
    .orderBy('decided_at', 'desc')
    .execute();
  for (const [n, approval] of decided.entries()) {
    if (n > 0) await closeHeldRows(tx, approval.id, 'done', 'Nothing was done: a later decision took its place.');
    else if (status === 'failed')
      await closeHeldRows(tx, approval.id, 'held', `${sentence} Retry the event of the decision once that is mended.`);
    else await closeHeldRows(tx, approval.id, status, sentence);
    if (approval.plan_id === null || (n === 0 && status !== 'done')) continue;
    await endHeldPlan(tx, approval.plan_id, n === 0 && approval.outcome === 'approved' ? sentence : undefined);
  }
  const overtaken = plan.superseded.map(({ approvalId }) => approvalId);
  if (overtaken.length > 0)
    await tx
      .updateTable('approvals')
      .set({ outcome: 'superseded' })
      .where('id', 'in', overtaken)
      .where('outcome', '=', 'approved')
      .execute();
}

/** The plan of what waited has come to its end: carried out by another, with that one's sentence, or given up. */
async function endHeldPlan(tx: Tx, planId: string, sentence: string | undefined): Promise<void> {
  if (sentence === undefined) {
    const held = await tx.selectFrom('plans').select('status').where('id', '=', planId).executeTakeFirst();
    if (held?.status === 'held') await giveUpPlan(tx, planId);
    return;
  }
  await tx
    .updateTable('plans')
    .set({ status: 'closed', sentence, closed_at: sql<Date>`now()` })
    .where('id', '=', planId)
    .where('status', '=', 'held')
    .execute();
}
