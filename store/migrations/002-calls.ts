import { type Kysely, sql } from 'kysely';

/** Operations that somebody calls by hand. Input and answer are sealed: they may hold anything, passwords and tokens too. */
export async function up(db: Kysely<any>): Promise<void> {
  await sql
    .raw(
      `create table calls (
        id uuid primary key,
        connection_id text not null references connections,
        operation text not null,
        input bytea not null,
        status text not null default 'open' check (status in ('open', 'done', 'failed')),
        answer bytea,
        error jsonb,
        sent_at timestamptz,
        workflow_id text,
        run_id text,
        created_at timestamptz not null default now(),
        closed_at timestamptz
      )`,
    )
    .execute(db);
}
