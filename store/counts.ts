import type { Database } from './database.ts';
import type { EventStatus } from './schema.ts';

/** How many events stand at each status. */
export async function countEvents(database: Database): Promise<Record<EventStatus, number>> {
  const rows = await database.db
    .selectFrom('inbox')
    .select(({ fn }) => ['status', fn.countAll<string>().as('count')])
    .groupBy('status')
    .execute();
  const counts = { stored: 0, running: 0, done: 0, held: 0, failed: 0, ignored: 0 };
  for (const { status, count } of rows) counts[status] = Number(count);
  return counts;
}
