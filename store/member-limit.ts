import { sql } from 'kysely';
import type { Database } from './database.ts';
import type { Queryable } from './records.ts';

/** No more members are made for a connection until a person resumes it; the first reason stands. */
export async function stopMembers(tx: Queryable, connectionId: string, reason: string): Promise<void> {
  await tx
    .updateTable('connections')
    .set({ members_stopped_at: sql<Date>`now()`, members_stopped_reason: reason })
    .where('id', '=', connectionId)
    .where('members_stopped_at', 'is', null)
    .execute();
}

/** Members are made again. False: there is no such connection. */
export async function resumeMembers({ db }: Pick<Database, 'db'>, connectionId: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('connections')
    .set({ members_stopped_at: null, members_stopped_reason: null })
    .where('id', '=', connectionId)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
