import { sql } from 'kysely';
import type { NameKind } from '../rules/state.ts';
import type { Database } from './database.ts';

type Store = Pick<Database, 'db'>;

/** What a location calls one of its things. */
export interface Named {
  kind: NameKind;
  id: string;
  name: string;
}

/** What somebody wants to know the name of, or the id. */
export interface Wanted {
  ids?: readonly string[];
  names?: readonly string[];
}

/** When a kind was last read stands among the names, as a kind of its own. */
const READ = 'read';
const READ_AGAIN_AFTER = '60 seconds';

/** Whether all of these are known of a connection's location, by id or by name. */
export async function areKnown(
  { db }: Store,
  connectionId: string,
  kind: NameKind,
  { ids = [], names = [] }: Wanted,
): Promise<boolean> {
  const rows = await db
    .selectFrom('names')
    .select(['vendor_id', 'name'])
    .where('connection_id', '=', connectionId)
    .where('kind', '=', kind)
    .execute();
  const [knownIds, knownNames] = [new Set(rows.map((row) => row.vendor_id)), new Set(rows.map(({ name }) => name))];
  return ids.every((id) => knownIds.has(id)) && names.every((name) => knownNames.has(name));
}

/** Lets one process at a time read the names of a kind, at most once a minute; answers when it began, or undefined: not now. */
export async function claimReading({ db }: Store, connectionId: string, kind: NameKind): Promise<Date | undefined> {
  const claimed = await db
    .insertInto('names')
    .values({ connection_id: connectionId, kind: READ, vendor_id: kind, name: '' })
    .onConflict((conflict) =>
      conflict
        .columns(['connection_id', 'kind', 'vendor_id'])
        .doUpdateSet({ read_at: sql<Date>`now()` })
        .where(sql<boolean>`names.read_at < now() - interval '${sql.raw(READ_AGAIN_AFTER)}'`),
    )
    .returning('read_at')
    .executeTakeFirst();
  return claimed?.read_at;
}

/** A reading that came to nothing may be tried again at once. */
export async function releaseReading({ db }: Store, connectionId: string, kind: NameKind): Promise<void> {
  await db
    .deleteFrom('names')
    .where('connection_id', '=', connectionId)
    .where('kind', '=', READ)
    .where('vendor_id', '=', kind)
    .execute();
}

/** Keeps the names of these kinds as they were read; what was there before `since` and was not read again is gone. */
export async function saveNames(
  { db }: Store,
  connectionId: string,
  kinds: readonly NameKind[],
  named: readonly Named[],
  since: Date,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await tx
      .deleteFrom('names')
      .where('connection_id', '=', connectionId)
      .where('kind', 'in', kinds)
      .where('read_at', '<', since)
      .execute();
    const distinct = [...new Map(named.map((one) => [`${one.kind} ${one.id}`, one])).values()];
    if (distinct.length === 0) return;
    await tx
      .insertInto('names')
      .values(distinct.map(({ kind, id, name }) => ({ connection_id: connectionId, kind, vendor_id: id, name })))
      .onConflict((conflict) =>
        conflict
          .columns(['connection_id', 'kind', 'vendor_id'])
          .doUpdateSet({ name: sql<string>`excluded.name`, read_at: sql<Date>`now()` }),
      )
      .execute();
  });
}
