import type { Insertable, Transaction } from 'kysely';
import type { ClaimKey, StepDraft } from '../rules/plan.ts';
import { modesOf, needsOf } from '../rules/actions/step-modes.ts';
import { toJson } from './json.ts';
import type { StepRow } from './plans.ts';
import { newId } from './records.ts';
import type { Steps, StepStatus, Tables } from './schema.ts';

/** What steps are stored with. */
export interface StepsFrame {
  planId: string;
  /** False: the connection observes, and no step is to be carried out. */
  live: boolean;
  /** The record of the customer's contact, which steps name `contact`. */
  contactRecordId: string | null;
  claimKeyOf: (claim: ClaimKey) => string;
}

/** Stores a plan's steps in their order; what an earlier plan did or sent of them is taken over. Answers them as they are stored. */
export async function storeSteps(
  tx: Transaction<Tables>,
  drafts: readonly StepDraft[],
  frame: StepsFrame,
): Promise<StepRow[]> {
  if (drafts.length === 0) return [];
  const modes = modesOf(drafts);
  const modeOf = ({ name }: StepDraft): StepDraft['mode'] => (frame.live ? (modes.get(name) ?? 'live') : 'observe');
  const keys = drafts.filter((step) => modeOf(step) !== 'observe').flatMap((step) => keyOf(step) ?? []);
  const earlier = await takeOverSteps(tx, keys);
  const numbers = new Map(drafts.map(({ name }, n) => [name, n]));
  const rows = drafts.map((step, n) => {
    const mode = modeOf(step);
    const before = mode === 'observe' ? undefined : earlier.get(keyOf(step) ?? '');
    const needs = needsOf(step).flatMap((name) => numbers.get(name) ?? []);
    return toRow(frame, step, n, mode, before, needs);
  });
  await tx
    .insertInto('steps')
    .values(rows.map(({ values }) => values))
    .execute();
  return rows.map(({ stored }) => stored);
}

function toRow(
  frame: StepsFrame,
  step: StepDraft,
  n: number,
  mode: StepDraft['mode'],
  before: EarlierStep | undefined,
  needs: number[],
): { values: Insertable<Steps>; stored: StepRow } {
  const status = statusOf(step, mode, before);
  const { operation, queue, summary } = step;
  const values = {
    id: newId(),
    plan_id: frame.planId,
    n,
    name: step.name,
    key: mode === 'observe' ? null : keyOf(step),
    operation,
    queue,
    record_id: step.recordId === 'contact' ? frame.contactRecordId : step.recordId,
    fact_key: step.factKey,
    rule: step.rule,
    allowed_by: step.allowedBy,
    input: toJson(before?.input ?? step.input),
    depends_on: toJson(needs),
    // One that does not run now claims nothing: whoever plans it again does.
    claims: toJson(mode === 'live' ? step.claims.map(frame.claimKeyOf) : []),
    changes: toJson(step.changes),
    reference: step.reference,
    summary,
    sentence: mode === 'observe' ? wouldDo(step) : step.sentence,
    status,
    sent_at: before?.sentAt ?? null,
    answer: before?.answer ? toJson(before.answer) : null,
  };
  return { values, stored: { n, operation, queue, depends_on: needs, summary, status } };
}

/** What was sent under an approval and planned anew is held until it is approved again. */
function statusOf(step: StepDraft, mode: StepDraft['mode'], before: EarlierStep | undefined): StepStatus {
  if (mode === 'observe') return 'observed';
  if (before?.status === 'done') return 'done';
  if (step.mode === 'hold') return 'held';
  return before?.status ?? 'planned';
}

function wouldDo({ mode, summary }: StepDraft): string {
  return mode === 'hold' ? `would ask for approval: ${summary}` : `would ${summary}`;
}

/** A step's key is unique for ever: what an earlier plan did or sent is not done again, its outcome passes to this plan. */
export function keyOf(step: StepDraft): string | null {
  return step.factKey === null ? null : `${step.factKey}|${step.rule}`;
}

interface EarlierStep {
  input: Record<string, unknown>;
  status: 'done' | 'sent';
  sentAt: Date | null;
  answer: Record<string, unknown> | null;
}

async function takeOverSteps(tx: Transaction<Tables>, keys: readonly string[]): Promise<Map<string, EarlierStep>> {
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
