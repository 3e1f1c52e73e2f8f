import { sql, type Transaction } from 'kysely';
import type { Database, Db } from './database.ts';
import { toJson } from './json.ts';
import type { Mode, Tables } from './schema.ts';

/**
 * The walks over a connection's records. `contacts`: what was edited since a moment; `lists`: what GHL lists for the whole location;
 * `items`: what it lists contact by contact; `referral-rock`: all there.
 */
export const WALKS = ['contacts', 'lists', 'items', 'referral-rock'] as const;
export type WalkName = (typeof WALKS)[number];

/** Where a walk is: in which of its lists, and where in that. */
export interface Position {
  list: number;
  at: unknown;
}

/** A walk as it stands. */
export interface Walk {
  readonly name: WalkName;
  readonly connection: {
    readonly id: string;
    readonly locationId: string;
    readonly mode: Mode;
    readonly timeZone: string;
    /** What was made before it is a first connect's matter. */
    readonly start: Date;
    readonly programIds: readonly string[];
  };
  readonly step: string;
  readonly position: Position | undefined;
  readonly lap: number;
  readonly lapStartedAt: Date;
  /** Milliseconds until the walk's share of the quota lets it call again; 0: it may. */
  readonly restMs: number;
}

/** The share of a day's quota that all walks of a connection may use together, unless its settings say otherwise (`walkShare`). */
const SHARE = 0.1;
/** The two walks over GHL share one quota. */
const PART: Record<WalkName, number> = { contacts: 1, lists: 0.5, items: 0.5, 'referral-rock': 1 };
/** GHL: reference, rate limits. Referral Rock publishes none: only the short interval counts there. */
const DAILY = { ghl: 200_000, 'referral-rock': null };
const INTERVAL = { ghl: { max: 100, ms: 10_000 }, 'referral-rock': { max: 60, ms: 10_000 } };
/** So long a walk may have saved up its share for. */
const SAVED_UP_MS = 300_000;
/** A connection that a vendor refuses is let alone for so long. */
const BROKEN_MINUTES = 15;

/** The walk, a new lap begun if none is under way, or `restart` asks for it; undefined: its connection is gone. */
export async function openWalk({ db }: Pick<Database, 'db'>, connectionId: string, name: WalkName, restart = false) {
  await sql`insert into walks (connection_id, name)
    select id, ${name} from connections where id = ${connectionId} on conflict do nothing`.execute(db);
  // What was edited is looked for from where the last look ended.
  if (restart && name !== 'contacts')
    await sql`update walks set lap_started_at = null, position = null, step = step + 1
      where connection_id = ${connectionId} and name = ${name}`.execute(db);
  await sql`update walks set lap = lap + 1, lap_started_at = clock_timestamp(), looked = 0, found = 0, problem = null
    where connection_id = ${connectionId} and name = ${name} and lap_started_at is null`.execute(db);
  const row = await db
    .selectFrom('walks')
    .innerJoin('connections', 'connections.id', 'walks.connection_id')
    .select(['step', 'position', 'lap', 'ghl_location_id', 'mode', 'time_zone'])
    .select(sql<Date>`lap_started_at`.as('lap_started_at'))
    .select(sql<Date>`greatest(connections.since, connections.created_at)`.as('start'))
    .select(sql<number>`greatest(0, extract(epoch from paid_until - clock_timestamp()) * 1000)::float8`.as('rest_ms'))
    .where('connection_id', '=', connectionId)
    .where('walks.name', '=', name)
    .executeTakeFirst();
  if (!row) return undefined;
  const programs = await db
    .selectFrom('programs')
    .select('vendor_id')
    .where('connection_id', '=', connectionId)
    .execute();
  return {
    name,
    connection: {
      id: connectionId,
      locationId: row.ghl_location_id,
      mode: row.mode,
      timeZone: row.time_zone,
      start: row.start,
      programIds: programs.map(({ vendor_id }) => vendor_id),
    },
    step: row.step,
    position: (row.position ?? undefined) as Position | undefined,
    lap: row.lap,
    lapStartedAt: row.lap_started_at,
    restMs: row.rest_ms,
  } satisfies Walk;
}

/** What a step of a walk leaves behind. */
export interface WalkStep {
  position: Position | null;
  lapEnds: boolean;
  /** Requests that it took. */
  calls: number;
  looked: number;
  found: number;
  /** Why a list could not be read, in words without personal data. */
  problem?: string;
}

/** Another process was quicker: what this one saw is not taken. */
export class Outrun extends Error {
  override readonly name = 'Outrun';
}

/** Moves a walk on. Throws Outrun. */
export async function moveOn(tx: Transaction<Tables>, walk: Walk, step: WalkStep): Promise<void> {
  const { rows } = await sql`
    update walks set step = walks.step + 1, position = ${step.position === null ? null : toJson(step.position)}::jsonb,
      looked = looked + ${step.looked}::int, found = found + ${step.found}::int, walked_at = clock_timestamp(),
      problem = coalesce(${step.problem ?? null}, problem),
      paid_until = greatest(paid_until, clock_timestamp() - ${SAVED_UP_MS}::int * interval '1 millisecond')
        + ${step.calls}::int * ${callMs(walk)} * interval '1 millisecond'
    where connection_id = ${walk.connection.id} and name = ${walk.name} and step = ${walk.step} returning name`.execute(
    tx,
  );
  if (rows.length === 0) throw new Outrun(`The walk ${walk.name} of ${walk.connection.id} was moved on by another`);
  if (!step.lapEnds) return;
  await sql`
    update walks set lap_ended_at = clock_timestamp(), lap_seconds = extract(epoch from clock_timestamp() - lap_started_at),
      last_looked = looked, last_found = found, idle_laps = case when found = 0 then idle_laps + 1 else 0 end, lap_started_at = null
    where connection_id = ${walk.connection.id} and name = ${walk.name}`.execute(tx);
}

/** Milliseconds between two calls of a walk that keeps to its share of what the vendor is known to allow. */
function callMs({ name, connection }: Walk) {
  const vendor = name === 'referral-rock' ? 'referral-rock' : 'ghl';
  const account = vendor === 'ghl' ? connection.locationId : connection.id;
  const { max, ms } = INTERVAL[vendor];
  return sql`(
    select greatest(86400000.0 / coalesce(max(l.daily_max), ${DAILY[vendor]}::int), coalesce(max(l.interval_ms / l.max::float8), ${ms / max}::float8))
      / (coalesce((max(c.settings ->> 'walkShare'))::float8, ${SHARE}) * ${PART[name]}::float8)
    from connections c left join limits l on l.vendor = ${vendor} and l.account = ${account}
    where c.id = ${connection.id})::float8`;
}

/** Longest rest of a connection where nothing happens, in looks left out. */
const MOST_LEFT_OUT = 12;
/** So many laps without anything found make a connection idle. */
const IDLE_LAPS = 3;
/** Whether something happened is asked of the newest events only. */
const NEWEST = 500;

/**
 * Whether a connection is to be looked at now. Not while it is paused or refused by a vendor; and one where laps find nothing and no
 * event comes is looked at less and less often, at last every twelfth time. `everySeconds`: between two looks.
 */
export async function isDue(db: Db, connectionId: string, everySeconds: number): Promise<boolean> {
  const { rows } = await sql<{ due: boolean }>`
    select coalesce(
      idle.laps < ${IDLE_LAPS} or last.walked_at is null
      or last.walked_at < now() - (least(power(2, least(idle.laps - ${IDLE_LAPS} + 1, 10)), ${MOST_LEFT_OUT}) - 0.5) * ${everySeconds}::int * interval '1 second'
      or exists (
        select from (select connection_id, source, received_at from inbox order by seq desc limit ${NEWEST}) i
        where i.connection_id = c.id and i.source <> 'rockbridge' and i.received_at > last.walked_at), true) as due
    from connections c
      left join lateral (select max(walked_at) as walked_at from walks w where w.connection_id = c.id) last on true
      left join lateral (
        select min(idle_laps) as laps from walks w where w.connection_id = c.id and w.name in ('lists', 'referral-rock')) idle on true
    where c.id = ${connectionId} and c.paused_at is null
      and (c.broken_at is null or c.broken_at < now() - ${BROKEN_MINUTES}::int * interval '1 minute')`.execute(db);
  return rows[0]?.due ?? false;
}

/** A walk as lists show it. */
export interface WalkLine {
  name: WalkName;
  /** The laps that were begun. */
  lap: number;
  /** Null: the next lap has not begun. */
  lapStartedAt: Date | null;
  lapEndedAt: Date | null;
  /** How long the last whole lap took, what it looked at, and what it found. */
  lapSeconds: number | null;
  looked: number | null;
  found: number | null;
  /** Laps since something was found. */
  idleLaps: number;
  problem: string | null;
}

/** The walks of all connections, by connection. */
export async function listWalks(db: Db): Promise<Map<string, WalkLine[]>> {
  const rows = await db
    .selectFrom('walks')
    .select(['connection_id', 'name', 'lap', 'lap_started_at', 'lap_ended_at', 'lap_seconds'])
    .select(['last_looked', 'last_found', 'idle_laps', 'problem'])
    .orderBy('name')
    .execute();
  return new Map(
    [...Map.groupBy(rows, ({ connection_id }) => connection_id)].map(([id, walks]) => [
      id,
      walks.map((walk) => ({
        name: walk.name as WalkName,
        lap: walk.lap,
        lapStartedAt: walk.lap_started_at,
        lapEndedAt: walk.lap_ended_at,
        lapSeconds: walk.lap_seconds,
        looked: walk.last_looked,
        found: walk.last_found,
        idleLaps: walk.idle_laps,
        problem: walk.problem,
      })),
    ]),
  );
}
