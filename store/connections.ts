import { randomBytes } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import type { Database } from './database.ts';
import type { Connections, Mode } from './schema.ts';
import { type NewToken, saveToken } from './tokens.ts';
import { toJson } from './json.ts';

export type Connection = Selectable<Connections>;

/** A connection that the settings name; what is left out stays as it is stored, or gets its default. */
export interface ConnectionWish {
  id: string;
  name: string;
  ghlLocationId: string;
  mode: Mode;
  /** Secret parts of the two webhook addresses; made up once when not given. */
  ghlWorkflowToken?: string | undefined;
  referralRockWebhookToken?: string | undefined;
  /** The GHL token and the RR keys (`public:private`). */
  ghlToken: string;
  referralRockKeys: string;
}

/** What GHL tells of a location: its time zone (IANA) and country (ISO). */
export interface LocationFacts {
  timeZone?: string | undefined;
  country?: string | undefined;
}

/** Makes the connection, or brings it in step with the settings; answers with its row. */
export async function ensureConnection(
  database: Database,
  secretKey: Buffer,
  wish: ConnectionWish,
): Promise<Connection> {
  const given = {
    ghl_location_id: wish.ghlLocationId,
    ...(wish.ghlWorkflowToken && { ghl_workflow_token: wish.ghlWorkflowToken }),
    ...(wish.referralRockWebhookToken && { referral_rock_webhook_token: wish.referralRockWebhookToken }),
  };
  const token = () => randomBytes(18).toString('base64url');
  const row = await database.db
    .insertInto('connections')
    .values({
      id: wish.id,
      ghl_workflow_token: token(),
      referral_rock_webhook_token: token(),
      name: wish.name,
      mode: wish.mode,
      settings: toJson({ startMode: wish.mode }),
      since: sql`now()`,
      ...given,
    })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet({
        ...given,
        broken_at: null,
        broken_reason: null,
        // A person's own choice of the mode stays until the settings ask for another one than before.
        mode: sql`case when ${isNewWish} then excluded.mode else connections.mode end`,
        settings: sql`connections.settings || excluded.settings`,
        // Records made before the connection went live are not acted on by themselves.
        since: sql`case when ${isNewWish} and connections.mode = 'observe' and excluded.mode = 'live' then now() else connections.since end`,
      }),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
  const tokens: NewToken[] = [
    { connectionId: wish.id, vendor: 'ghl', kind: 'private', secret: wish.ghlToken },
    { connectionId: wish.id, vendor: 'referral-rock', kind: 'basic', secret: wish.referralRockKeys },
  ];
  for (const each of tokens) await saveToken(database, secretKey, each);
  return row;
}

const isNewWish = sql`connections.settings ->> 'startMode' is distinct from excluded.settings ->> 'startMode'`;

/** Notes that a vendor refuses our credentials or lets us not read: the connection's rows stay open and are not rung for a while. */
export async function markBroken({ db }: Pick<Database, 'db'>, connectionId: string, reason: string): Promise<void> {
  await db
    .updateTable('connections')
    .set({ broken_at: sql`now()`, broken_reason: reason })
    .where('id', '=', connectionId)
    .execute();
}

/** The connection's row, or undefined. */
export function loadConnection(database: Database, id: string): Promise<Connection | undefined> {
  return database.db.selectFrom('connections').selectAll().where('id', '=', id).executeTakeFirst();
}

/** A vendor that was refused us answers again: the connection's rows are rung as usual. */
export async function markMended({ db }: Pick<Database, 'db'>, connectionId: string): Promise<void> {
  await db
    .updateTable('connections')
    .set({ broken_at: null, broken_reason: null })
    .where('id', '=', connectionId)
    .execute();
}

/** Keeps what GHL told of the location; what it did not tell stays. */
export async function saveLocationFacts(
  { db }: Pick<Database, 'db'>,
  connectionId: string,
  { timeZone, country }: LocationFacts,
): Promise<void> {
  if (!timeZone && !country) return;
  await db
    .updateTable('connections')
    .set({ ...(timeZone && { time_zone: timeZone }), ...(country && { country }) })
    .where('id', '=', connectionId)
    .execute();
}

/** Pauses the connections whose accounts this start does not serve (the sandbox beside real accounts, or the other way round), and lets `id` go on. */
export async function setInForce(database: Database, id: string): Promise<void> {
  const { db } = database;
  await db
    .updateTable('connections')
    .set({ paused_at: null, settings: sql`connections.settings - 'notInForce'` })
    .where('id', '=', id)
    .where(sql<boolean>`settings ? 'notInForce'`)
    .execute();
  await db
    .updateTable('connections')
    .set({ paused_at: sql`now()`, settings: sql`connections.settings || '{"notInForce": true}'` })
    .where('id', 'in', ['default', 'sandbox'])
    .where('id', '<>', id)
    .where('paused_at', 'is', null)
    .execute();
}

/** Our webhook subscriptions at Referral Rock, by event. */
export type Hooks = Record<string, { id: string; url: string }>;

const HOOK_CLAIM_SECONDS = 60;

/** Lets one process at a time set up a connection's webhooks; undefined: another one is at it (or died at it within the minute). */
export async function claimHookSetUp(database: Database, connectionId: string): Promise<{ hooks: Hooks } | undefined> {
  const row = await database.db
    .updateTable('connections')
    .set({ settings: sql`connections.settings || jsonb_build_object('hooksClaimedAt', now())` })
    .where('id', '=', connectionId)
    .where(
      sql<boolean>`coalesce((settings ->> 'hooksClaimedAt')::timestamptz, '-infinity') < now() - ${HOOK_CLAIM_SECONDS}::int * interval '1 second'`,
    )
    .returning('settings')
    .executeTakeFirst();
  return row && { hooks: (row.settings['hooks'] ?? {}) as Hooks };
}

/** Keeps the webhooks and lets the next process look after them. */
export async function saveHooks(database: Database, connectionId: string, hooks: Hooks): Promise<void> {
  await database.db
    .updateTable('connections')
    .set({
      settings: sql`(connections.settings || jsonb_build_object('hooks', ${toJson(hooks)}::jsonb)) - 'hooksClaimedAt'`,
    })
    .where('id', '=', connectionId)
    .execute();
}
