import { sql } from 'kysely';
import type { Database } from './database.ts';

/** Whether the database answers within `timeoutMs`. */
export async function isReachable({ db }: Pick<Database, 'db'>, timeoutMs: number): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), timeoutMs);
  const answers = sql`select 1`.execute(db).then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([answers, late]);
  } finally {
    clearTimeout(timer);
  }
}
