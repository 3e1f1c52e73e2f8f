import { sql, type Transaction } from 'kysely';
import type { RewardRule } from '../rules/state.ts';
import type { Database } from './database.ts';
import type { Tables } from './schema.ts';
import { toJson } from './json.ts';

/** A program as Referral Rock told of it; its reward rules are left out where they could not be read. */
export interface ProgramFacts {
  id: string;
  name: string;
  title: string;
  rewardRules?: readonly RewardRule[] | undefined;
}

/**
 * Keeps the programs of a connection's account: all that there are, so one that is not among them is gone. A program that another
 * connection owns stays with that one. The default is `defaultId`, else the one that was it, else the first.
 */
export async function savePrograms(
  { db }: Pick<Database, 'db'>,
  connectionId: string,
  programs: readonly ProgramFacts[],
  defaultId?: string,
): Promise<void> {
  // An account has a program; a list that is empty was a failure under status 200.
  if (programs.length === 0) return;
  await db.transaction().execute(async (tx) => {
    const owned = await namedPrograms(tx, connectionId);
    const ids = programs.map(({ id }) => id).filter((id) => owned === undefined || owned.includes(id));
    if (ids.length === 0) return;
    await tx
      .deleteFrom('programs')
      .where('connection_id', '=', connectionId)
      .where('vendor_id', 'not in', ids)
      .execute();
    for (const program of programs) if (ids.includes(program.id)) await saveProgram(tx, connectionId, program);
    await chooseDefault(tx, connectionId, ids, defaultId);
  });
}

/** The programs that a person named for the connection; undefined: it owns what no other does. */
async function namedPrograms(tx: Transaction<Tables>, connectionId: string): Promise<string[] | undefined> {
  const row = await tx.selectFrom('connections').select('settings').where('id', '=', connectionId).executeTakeFirst();
  return row?.settings['programs'] as string[] | undefined;
}

async function saveProgram(
  tx: Transaction<Tables>,
  connectionId: string,
  { id, name, title, rewardRules }: ProgramFacts,
): Promise<void> {
  const known = {
    name,
    title,
    read_at: sql<Date>`now()`,
    ...(rewardRules && { reward_rules: toJson(rewardRules) }),
  };
  await tx
    .insertInto('programs')
    .values({ connection_id: connectionId, vendor_id: id, ...known })
    .onConflict((conflict) =>
      conflict.column('vendor_id').doUpdateSet(known).where('programs.connection_id', '=', connectionId),
    )
    .execute();
}

async function chooseDefault(
  tx: Transaction<Tables>,
  connectionId: string,
  ids: readonly string[],
  defaultId: string | undefined,
): Promise<void> {
  const own = await tx
    .selectFrom('programs')
    .select(['vendor_id', 'is_default'])
    .where('connection_id', '=', connectionId)
    .execute();
  const isOwn = (id: string | undefined): boolean => own.some(({ vendor_id }) => vendor_id === id);
  const present = own.find(({ is_default }) => is_default)?.vendor_id;
  const chosen = [defaultId, present, ...ids].find(isOwn) ?? '';
  await tx
    .updateTable('programs')
    .set({ is_default: sql<boolean>`vendor_id = ${chosen}` })
    .where('connection_id', '=', connectionId)
    .execute();
}
