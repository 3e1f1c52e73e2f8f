import { type Kysely, sql } from 'kysely';

/** The runs of automations that wait, and what of ours made a fact. */
export async function up(db: Kysely<any>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // One for each fact and action, for ever; the action is kept as it was when the fact came.
  `create table automation_runs (
    id uuid primary key,
    connection_id text not null references connections,
    record_id uuid not null references records on delete cascade,
    referral_record_id uuid references records on delete set null,
    fact_key text not null,
    fact jsonb not null,
    action_id text not null,
    action jsonb not null,
    rule_set text not null,
    at int not null,
    status text not null check (status in ('waiting', 'due', 'parked', 'done', 'cancelled', 'failed')),
    wake_at timestamptz,
    sentence text not null,
    workflow_id text not null,
    started_at timestamptz not null default now(),
    ended_at timestamptz,
    unique (fact_key, action_id)
  )`,
  `create index automation_runs_record on automation_runs (record_id)`,
  `create index automation_runs_waiting on automation_runs (wake_at) where status = 'waiting'`,
  `create index automation_runs_list on automation_runs (connection_id, started_at desc)`,
  `alter table plans add column runs jsonb not null default '[]'`,
  `alter table facts add column depth int not null default 0`,
  // What actions of ours wrote about a customer lately is looked up for each plan.
  `create index plans_customer on plans (customer_id, created_at)`,
];
