import { sql, type Transaction } from 'kysely';
import type { LineDraft } from '../rules/plan.ts';
import type { Tables } from './schema.ts';
import type { ClosingStep } from './settled.ts';

type Tx = Transaction<Tables>;

/** The lines become what the plan made of them, those whose step is done; one whose item a step has made gets its record. */
export async function storeLines(
  tx: Tx,
  connectionId: string,
  lines: readonly LineDraft[],
  steps: readonly ClosingStep[],
): Promise<void> {
  const done = new Map(steps.filter(({ status }) => status === 'done').map((step) => [step.name, step]));
  const stored = new Map(
    lines.filter(({ step }) => step === null || done.has(step)).map((line) => [line.reference, line]),
  );
  if (stored.size === 0) return;
  const madeBy = ({ itemStep }: LineDraft): string | undefined =>
    itemStep === null ? undefined : (done.get(itemStep)?.answer?.['id'] as string | undefined);
  const items = await itemRecords(
    tx,
    connectionId,
    [...stored.values()].flatMap((line) => madeBy(line) ?? []),
  );
  const rows = [...stored.values()].map((line) => ({
    ...asRow(line),
    connection_id: connectionId,
    item_id: line.itemId ?? items.get(`${line.kind} ${madeBy(line)}`) ?? null,
  }));
  await tx
    .insertInto('lines')
    .values(rows)
    .onConflict((conflict) => conflict.column('reference').doUpdateSet(REPLACED))
    .execute();
}

function asRow(line: LineDraft) {
  return {
    reference: line.reference,
    record_id: line.recordId,
    kind: line.kind,
    text: line.text,
    due_date: line.dueDate,
    done: line.done,
    source: line.source,
    typed: line.typed,
    vanished: line.vanished,
    removed_at: line.removed ? sql<Date>`now()` : null,
  };
}

const REPLACED = {
  record_id: sql<string>`excluded.record_id`,
  kind: sql<string>`excluded.kind`,
  // What a step has made is not forgotten by a plan that did not know of it.
  item_id: sql<string | null>`coalesce(excluded.item_id, lines.item_id)`,
  text: sql<string>`excluded.text`,
  due_date: sql<string | null>`excluded.due_date`,
  done: sql<boolean>`excluded.done`,
  source: sql<string>`excluded.source`,
  typed: sql<boolean>`excluded.typed`,
  vanished: sql<number>`excluded.vanished`,
  removed_at: sql<Date | null>`case when excluded.removed_at is not null then coalesce(lines.removed_at, excluded.removed_at) end`,
};

/** The records of tasks, notes and appointments by `<kind> <vendor's id>`. */
async function itemRecords(tx: Tx, connectionId: string, vendorIds: readonly string[]): Promise<Map<string, string>> {
  if (vendorIds.length === 0) return new Map();
  const rows = await tx
    .selectFrom('records')
    .select(['id', 'kind', 'vendor_id'])
    .where('connection_id', '=', connectionId)
    .where('kind', 'in', ['task', 'note', 'appointment'])
    .where('vendor_id', 'in', [...vendorIds])
    .execute();
  return new Map(rows.map(({ id, kind, vendor_id }) => [`${kind} ${vendor_id}`, id]));
}
