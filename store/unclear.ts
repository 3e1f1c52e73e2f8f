import type { Db } from './database.ts';
import { toJson } from './json.ts';
import type { StoredError } from './schema.ts';
import type { DueStep } from './steps.ts';

/**
 * What a person is told of a step that was sent and never clearly answered. `MayHavePaid`: of one that moves money; `AnswerLost`: of a
 * create that nothing can be looked up of.
 */
export type UnclearKind = 'MayHavePaid' | 'AnswerLost';

/** Whether an error is that of a step that was sent and never clearly answered. */
export function isUnclearError(error: StoredError | null): boolean {
  return error?.type === 'MayHavePaid' || error?.type === 'AnswerLost';
}

/** Fails a step of which nobody can tell whether it was done. Its mark, key and claims stay: it is not sent again by itself. */
export async function noteUnclear(db: Db, stepId: string, error: StoredError & { type: UnclearKind }): Promise<void> {
  await db
    .updateTable('steps')
    .set({ status: 'failed', error: toJson(error) })
    .where('id', '=', stepId)
    .execute();
}

/** Whether a person was told of this very sending, in an earlier plan, and has asked for it to be tried again. */
export async function wasReported(
  db: Db,
  { id, factKey, rule, sentAt }: Pick<DueStep, 'id' | 'factKey' | 'rule' | 'sentAt'>,
): Promise<boolean> {
  if (factKey === null || sentAt === null) return false;
  const rows = await db
    .selectFrom('steps')
    .select('error')
    .where('fact_key', '=', factKey)
    .where('rule', '=', rule)
    .where('id', '!=', id)
    .where('status', '=', 'failed')
    .where('sent_at', '=', sentAt)
    .execute();
  return rows.some(({ error }) => isUnclearError(error));
}

/** Whether a person has approved what was asked. */
export async function isApproved(db: Db, approvalId: string): Promise<boolean> {
  if (!UUID.test(approvalId)) return false;
  const row = await db.selectFrom('approvals').select('outcome').where('id', '=', approvalId).executeTakeFirst();
  return row?.outcome === 'approved';
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;
