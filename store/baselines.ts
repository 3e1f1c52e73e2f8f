import { sql, type Transaction } from 'kysely';
import type { MergeDraft, PlanDraft } from '../rules/plan.ts';
import { toJson } from './json.ts';
import type { Tables } from './schema.ts';
import type { ClosingStep } from './settled.ts';

type Tx = Transaction<Tables>;

/** Baselines become what each side last returned: what was read, and of the side that was written what the vendor answered. */
export async function moveBaselines(
  tx: Tx,
  merges: readonly MergeDraft[],
  steps: readonly ClosingStep[],
): Promise<void> {
  const rows = merges.flatMap(({ recordId, field, ghl, rr, written }) => {
    const step = written && steps.find(({ name }) => name === written.step);
    if (written && step?.status !== 'done') return [];
    const answer = step?.answer as Answer | null | undefined;
    const returned = written && { ...answer?.record, ...answer?.taken }[written.as];
    const refused = written && answer?.refused?.includes(written.as) ? written.value : null;
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

interface Answer {
  record?: Record<string, unknown>;
  taken?: Record<string, unknown>;
  refused?: string[];
}

/** Takes note of what was seen of each record; of one that says so only if its step was done. The version moves with the value alone. */
export async function noteHighlights(
  tx: Tx,
  highlights: PlanDraft['highlights'],
  steps: readonly ClosingStep[],
): Promise<void> {
  const isDone = (name: string | undefined): boolean =>
    name === undefined || steps.some((step) => step.name === name && step.status === 'done');
  const values = new Map(
    highlights.filter(({ step }) => isDone(step)).map(({ recordId, value }) => [recordId, value] as const),
  );
  if (values.size === 0) return;
  await tx
    .insertInto('baselines')
    .values(
      [...values].map(([recordId, value]) => ({
        record_id: recordId,
        side: 'record' as const,
        field: 'highlights',
        value: toJson(value),
        pending: toJson(null),
        refused: toJson(null),
      })),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['record_id', 'side', 'field'])
        .doUpdateSet({ value: sql`excluded.value` as never, version: sql<number>`baselines.version + 1` })
        .where('baselines.value', 'is distinct from', sql`excluded.value` as never),
    )
    .execute();
}
