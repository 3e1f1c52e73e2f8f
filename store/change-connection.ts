import { sql } from 'kysely';
import type { Database } from './database.ts';
import { notify } from './claims.ts';
import { whyNotLive } from './match-reports.ts';
import type { Mode } from './schema.ts';

/** What a person changes of a connection. */
export interface ConnectionChange {
  name?: string | undefined;
  /** Nothing of it is rung while it is paused; its events are stored. */
  paused?: boolean | undefined;
  mode?: Mode | undefined;
  /** From when on records are acted on. */
  since?: Date | undefined;
}

/**
 * Changes a connection; answers why not, or undefined: it is done. One that goes live needs a match report that is confirmed and less
 * than 24 hours old; it acts on what is made from now on, unless a person has said since when.
 */
export async function changeConnection(
  database: Pick<Database, 'db'>,
  id: string,
  { name, paused, mode, since }: ConnectionChange,
): Promise<string | undefined> {
  return database.db.transaction().execute(async (tx) => {
    const before = await tx
      .selectFrom('connections')
      .select(['mode', 'settings'])
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const goesLive = mode === 'live' && before.mode === 'observe';
    const why = goesLive ? await whyNotLive({ db: tx }, id) : undefined;
    if (why !== undefined) return why;
    const isTold = since !== undefined || 'sinceTold' in before.settings;
    await tx
      .updateTable('connections')
      .set({
        id,
        ...(name === undefined ? {} : { name }),
        ...(mode === undefined ? {} : { mode }),
        ...(paused === undefined ? {} : { paused_at: paused ? sql<Date>`coalesce(paused_at, now())` : null }),
        ...(since === undefined ? {} : { since, settings: sql<string>`connections.settings || '{"sinceTold": true}'` }),
        ...(goesLive && !isTold ? { since: sql<Date>`now()` } : {}),
      })
      .where('id', '=', id)
      .execute();
    await notify(tx);
    return undefined;
  });
}
