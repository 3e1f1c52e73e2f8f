import { mkdirSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import pg from 'pg';
import * as initial from './migrations/001-initial.ts';
import * as calls from './migrations/002-calls.ts';
import * as sealedRefusals from './migrations/003-sealed-refusals.ts';
import * as everyTrigger from './migrations/004-every-trigger.ts';
import * as customers from './migrations/005-customers.ts';
import * as parkedEvents from './migrations/006-parked-events.ts';
import * as walks from './migrations/006-walks.ts';
import * as connecting from './migrations/007-connect.ts';
import * as automations from './migrations/008-automations.ts';
import { pgliteDialect } from './pglite-dialect.ts';
import type { Tables } from './schema.ts';

export type Db = Kysely<Tables>;

/** An open database: queries, the ring of `pg_notify('rockbridge', …)`, and the end. */
export interface Database {
  readonly db: Db;
  readonly kind: 'pglite' | 'postgres';
  /** Calls back after each committed notification, from any process of this database. */
  listen(onRing: () => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

const CHANNEL = 'rockbridge';
const CONNECT_MS = 10_000;
/** No query of ours is long; one that hangs (a network that swallows answers) must not hold its caller for ever. */
const QUERY_MS = 30_000;

/**
 * Opens the database and brings its schema up to date: any PostgreSQL 15+ when `url` is given, else PGlite in `dataDir`
 * (a folder; undefined: in memory). Throws with the migration's name when one fails.
 */
export async function openDatabase(options: {
  url?: string | undefined;
  dataDir?: string | undefined;
  poolSize?: number;
}): Promise<Database> {
  const database = options.url ? openPostgres(options.url, options.poolSize ?? 10) : await openPglite(options.dataDir);
  try {
    await migrate(database.db);
    // PGlite has no autovacuum: what an earlier run left behind is cleared away before the next.
    if (options.dataDir && !options.url) await sql`vacuum analyze`.execute(database.db);
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}

function openPostgres(url: string, max: number): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: QUERY_MS,
  });
  // An idle connection that the server ends is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined);
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return { db, kind: 'postgres', listen: (onRing) => listenPostgres(url, onRing), close: () => db.destroy() };
}

async function listenPostgres(url: string, onRing: () => void): Promise<() => Promise<void>> {
  let stopped = false;
  let client: pg.Client | undefined;
  const connect = async (): Promise<void> => {
    if (stopped) return;
    const next = new pg.Client({ connectionString: url, keepAlive: true });
    next.on('notification', onRing);
    next.on('error', () => undefined);
    next.on('end', () => {
      if (!stopped) setTimeout(() => void connect().catch(() => undefined), 1000).unref();
    });
    await next.connect();
    await next.query(`listen ${CHANNEL}`);
    client = next;
  };
  await connect();
  return async () => {
    stopped = true;
    await client?.end();
  };
}

async function openPglite(dataDir: string | undefined): Promise<Database> {
  if (dataDir) mkdirSync(dataDir, { recursive: true });
  const pglite = await (dataDir ? PGlite.create(dataDir) : PGlite.create());
  const db = new Kysely<Tables>({ dialect: pgliteDialect(pglite) });
  return { db, kind: 'pglite', listen: (onRing) => pglite.listen(CHANNEL, onRing), close: () => db.destroy() };
}

const MIGRATIONS: Record<string, Migration> = {
  '001-initial': initial,
  '002-calls': calls,
  '003-sealed-refusals': sealedRefusals,
  '004-every-trigger': everyTrigger,
  '005-customers': customers,
  '006-parked-events': parkedEvents,
  '006-walks': walks,
  '007-connect': connecting,
  '008-automations': automations,
};

async function migrate(db: Db): Promise<void> {
  const { error, results } = await new Migrator({
    db,
    provider: { getMigrations: async () => MIGRATIONS },
  }).migrateToLatest();
  if (!error) return;
  const failed = results?.find((result) => result.status === 'Error')?.migrationName ?? 'the first';
  throw new Error(`The database could not be brought up to date: migration ${failed} failed: ${String(error)}`, {
    cause: error,
  });
}
