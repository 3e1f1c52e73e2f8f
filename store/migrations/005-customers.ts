import { type Kysely, sql } from 'kysely';

/** What people look up of a customer, and the mark of those whom a person had forgotten. */
export async function up(db: Kysely<any>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `create index records_contacts on records (created_at desc, id desc) where kind = 'contact'`,
  `create index plans_focus on plans (focus, created_at desc)`,
  `create index inbox_cause on inbox (cause) where cause is not null`,
  // Its ids stay, so that an old event about it is recognised; nothing else of it does.
  `alter table records add column forgotten_at timestamptz`,
  `alter table customers add column forgotten_at timestamptz`,
];
