import { type Kysely, sql } from 'kysely';

/** What did not come to its end is looked up by its record and by its status, however many events there are besides. */
export async function up(db: Kysely<any>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `create index inbox_parked on inbox (record_id) where status in ('held', 'failed', 'ignored') and record_id is not null`,
  `create index inbox_parked_status on inbox (status, seq desc) where status in ('held', 'failed', 'ignored')`,
  // Whether a person was told of the very sending of a step (unclear.ts).
  `create index steps_failed on steps (fact_key) where status = 'failed' and fact_key is not null`,
];
