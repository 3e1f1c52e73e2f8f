import { sql } from 'kysely';
import { ensureConnection } from './connections.ts';
import type { Database } from './database.ts';
import { toJson } from './json.ts';
import { connectionsWithSecret } from './tokens.ts';

/** A connection that a person adds. */
export interface AddedConnection {
  id: string;
  name: string;
  ghlLocationId: string;
  ghlToken: string;
  referralRockKeys: string;
  programIds: readonly string[] | undefined;
}

/**
 * Stores a connection that only observes. `taken`: its id or its location is another's. One on a Referral Rock account that is joined
 * already shares that one's webhooks; the programs that it names become its own.
 */
export async function addConnection(
  database: Database,
  secretKey: Buffer,
  { programIds, ...wish }: AddedConnection,
): Promise<'added' | 'taken'> {
  const { db } = database;
  const taken = await db
    .selectFrom('connections')
    .select('id')
    .where((where) => where.or([where('id', '=', wish.id), where('ghl_location_id', '=', wish.ghlLocationId)]))
    .limit(1)
    .executeTakeFirst();
  if (taken) return 'taken';
  const [neighbour] = await connectionsWithSecret(database, secretKey, 'referral-rock', wish.referralRockKeys);
  const shared = neighbour === undefined ? undefined : await hooksOf(database, neighbour);
  await ensureConnection(database, secretKey, {
    ...wish,
    mode: 'observe',
    referralRockWebhookToken: shared?.token,
  });
  const settings = {
    added: true,
    ...(shared?.hooks ? { hooks: shared.hooks } : {}),
    ...(programIds ? { programs: programIds } : {}),
  };
  await db
    .updateTable('connections')
    .set({ settings: sql`connections.settings || ${toJson(settings)}::jsonb` })
    .where('id', '=', wish.id)
    .execute();
  if (programIds && programIds.length > 0)
    await db
      .updateTable('programs')
      .set({ connection_id: wish.id, is_default: false })
      .where('vendor_id', 'in', [...programIds])
      .execute();
  return 'added';
}

async function hooksOf({ db }: Database, id: string): Promise<{ token: string; hooks: unknown } | undefined> {
  const row = await db
    .selectFrom('connections')
    .select(['referral_rock_webhook_token', 'settings'])
    .where('id', '=', id)
    .executeTakeFirst();
  return row && { token: row.referral_rock_webhook_token, hooks: row.settings['hooks'] };
}

/** The connections that people have added and not paused. */
export async function addedConnections({ db }: Database): Promise<string[]> {
  const rows = await db
    .selectFrom('connections')
    .select('id')
    .where('paused_at', 'is', null)
    .where(sql<boolean>`settings ? 'added'`)
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}
