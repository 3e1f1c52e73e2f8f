import { type Kysely, sql } from 'kysely';

/** How far each walk over a connection's records has come, and what it last saw of each record. */
export async function up(db: Kysely<any>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `create table walks (
    connection_id text not null references connections on delete cascade,
    name text not null,
    -- Moves with each page: of two who read the same one, the second finds that the first was quicker.
    step bigint not null default 0,
    position jsonb,
    lap int not null default 0,
    lap_started_at timestamptz,
    lap_ended_at timestamptz,
    lap_seconds float8,
    looked int not null default 0,
    found int not null default 0,
    last_looked int,
    last_found int,
    idle_laps int not null default 0,
    -- Up to when the walk has used its share of the quota.
    paid_until timestamptz not null default 'epoch',
    problem text,
    walked_at timestamptz not null default now(),
    primary key (connection_id, name)
  )`,
  // Digests only: of the record as it was listed, and of what was known of it then.
  `create table walked (
    connection_id text not null references connections on delete cascade,
    kind text not null,
    vendor_id text not null,
    listed text not null,
    known text not null,
    lap int not null,
    primary key (connection_id, kind, vendor_id)
  )`,
];
