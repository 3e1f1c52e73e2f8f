import { type Kysely, sql } from 'kysely';

/** A call's refusal is sealed as well: it holds the vendor's words. Those that were kept in the clear are not kept. */
export async function up(db: Kysely<any>): Promise<void> {
  await sql.raw('alter table calls drop column error').execute(db);
  await sql.raw('alter table calls add column error bytea').execute(db);
}
