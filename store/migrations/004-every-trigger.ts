import { type Kysely, sql } from 'kysely';

/** Every trigger both ways: items beside the links, lines of people, approvals, rule sets, what a location calls its things. */
export async function up(db: Kysely<any>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // A task belongs to a contact, a reward to a member or referral: an event is placed with its parent.
  `alter table inbox add column parent_kind text`,
  `alter table connections
    add column rule_set text not null default 'default',
    add column overrides jsonb not null default '{}',
    add column members_stopped_at timestamptz,
    add column members_stopped_reason text`,
  `alter table customers add column opened_at timestamptz`,
  `alter table programs add column reward_rules jsonb not null default '[]'`,
  // Rules shared by connections; the built-in set 'default' has no row until somebody changes it.
  `create table rule_sets (
    name text primary key,
    body jsonb not null,
    version int not null default 1,
    updated_at timestamptz not null default now(),
    updated_by text not null
  )`,
  // What a location calls its custom fields, pipeline stages, users and calendars.
  `create table names (
    connection_id text not null references connections,
    kind text not null,
    vendor_id text not null,
    name text not null,
    read_at timestamptz not null default now(),
    primary key (connection_id, kind, vendor_id)
  )`,
  `update plans set highlights = case when highlights is null then '[]'::jsonb else jsonb_build_array(highlights) end`,
  `alter table plans
    alter column highlights set not null,
    add column lines jsonb not null default '[]',
    add column findings jsonb not null default '[]',
    add column approvals jsonb not null default '[]',
    add column superseded jsonb not null default '[]'`,
  `alter table steps add column rule text not null default '', add column allowed_by text`,
  // A task's event without a contact may be the echo of a create that is not answered yet.
  `create index steps_sent on steps (sent_at) where status = 'sent'`,
  `alter table lines
    drop column contact_id,
    drop column vendor_id,
    add column item_id uuid references records on delete set null,
    add column source text not null default '',
    add column typed boolean not null default false,
    add column vanished int not null default 0`,
  `create index lines_item on lines (item_id) where item_id is not null`,
  // What a person is asked; plan_id is the plan of the held steps, where there are any.
  `create table approvals (
    id uuid primary key,
    connection_id text not null references connections,
    record_id uuid not null references records on delete cascade,
    plan_id uuid references plans on delete set null,
    kind text not null check (kind in ('status', 'ambiguous', 'conflict', 'brake')),
    trigger text not null,
    proposal jsonb not null,
    pays jsonb not null,
    candidates jsonb not null,
    sentence text not null,
    created_at timestamptz not null default now(),
    outcome text check (outcome in ('approved', 'denied', 'superseded')),
    decided_at timestamptz,
    decided_by text,
    contact_id text,
    referral_id text
  )`,
  `create unique index approvals_one_open on approvals (record_id) where outcome is null`,
  `create index approvals_open on approvals (connection_id, created_at) where outcome is null`,
];
