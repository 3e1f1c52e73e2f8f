import { sql } from 'kysely';
import type { Db } from './database.ts';
import type { ApprovalKind } from '../rules/plan.ts';
import type { RecordKind } from '../rules/records.ts';

/** What an open row says of its record, before that is read. */
export interface Hint {
  event: string;
  parentKind: RecordKind | null;
  parentId: string | null;
  /** The raw bytes of the event; null of our own rows, and of an event that is kept without them. */
  body: Uint8Array | null;
}

/** What the open rows of a story say, the newest first. */
export async function hintsOfRows(db: Db, rowIds: readonly string[]): Promise<Hint[]> {
  const rows = await db
    .selectFrom('inbox')
    .select(['event', 'parent_kind', 'parent_id', 'body'])
    .where('id', 'in', [...rowIds])
    .where('status', 'in', ['stored', 'running'])
    .orderBy('seq', 'desc')
    .execute();
  return rows.map(({ event, parent_kind, parent_id, body }) => ({
    event,
    parentKind: parent_kind as RecordKind | null,
    parentId: parent_id,
    body,
  }));
}

/** Whether an open event about the record of these rows, of whatever trigger, tells of its deletion. */
export async function isDeletionTold(db: Db, rowIds: readonly string[]): Promise<boolean> {
  const row = await db
    .selectFrom('inbox')
    .innerJoin('inbox as told', 'told.record_id', 'inbox.record_id')
    .select('told.id')
    .where('inbox.id', 'in', [...rowIds])
    .where('told.status', 'in', ['stored', 'running'])
    .where('told.event', 'like', '%Delete')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The decision that these rows come from: what kind of approval it was, and the contact that was chosen. */
export async function decisionBehind(
  db: Db,
  rowIds: readonly string[],
): Promise<{ kind: ApprovalKind; isApproved: boolean; contactId: string | null } | undefined> {
  const row = await db
    .selectFrom('inbox')
    .innerJoin('approvals', (join) => join.on(sql<boolean>`approvals.id::text = inbox.cause`))
    .select(['approvals.kind', 'outcome', 'contact_id'])
    .where('inbox.id', 'in', [...rowIds])
    .where('inbox.trigger', '=', 'approval')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && { kind: row.kind, isApproved: row.outcome === 'approved', contactId: row.contact_id };
}

/** Whether the connection sent a create of a task of this title within the last `withinMs`, and has no answer yet. */
export async function isTaskBeingMade(db: Db, connectionId: string, title: string, withinMs: number): Promise<boolean> {
  const row = await db
    .selectFrom('steps')
    .innerJoin('plans', 'plans.id', 'steps.plan_id')
    .select('steps.id')
    .where('steps.status', '=', 'sent')
    .where('steps.operation', '=', 'ghl.task.create')
    .where('plans.connection_id', '=', connectionId)
    .where(sql<boolean>`steps.sent_at > now() - ${withinMs}::int * interval '1 millisecond'`)
    .where(sql<boolean>`trim(steps.input ->> 'title') = ${title.trim()}`)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
