import { type Kysely, sql } from 'kysely';

/** Connecting full accounts: match reports, backfills, and the brakes that hold what would be too much at once. */
export async function up(db: Kysely<any>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // The token names the Referral Rock account, which several connections may share.
  `alter table connections drop constraint connections_referral_rock_webhook_token_key`,
  `create table match_reports (
    id uuid primary key,
    connection_id text not null references connections on delete cascade,
    since timestamptz not null,
    status text not null default 'running' check (status in ('running', 'done', 'failed')),
    stage text not null default 'contacts',
    cursor jsonb,
    progress jsonb not null default '{}',
    counts jsonb not null default '{}',
    reason text,
    created_at timestamptz not null default now(),
    created_by text not null,
    finished_at timestamptz,
    confirmed_at timestamptz,
    confirmed_by text
  )`,
  `create unique index match_reports_running on match_reports (connection_id) where status = 'running'`,
  `create index match_reports_newest on match_reports (connection_id, created_at desc)`,
  // What GHL holds while a report is made: a row for each contact, and the keys by which a person is found among them.
  `create table match_contacts (
    report_id uuid not null references match_reports on delete cascade,
    contact_id text not null,
    data jsonb not null,
    primary key (report_id, contact_id)
  )`,
  `create table match_keys (
    report_id uuid not null references match_reports on delete cascade,
    key text not null,
    contact_id text not null,
    primary key (report_id, key, contact_id)
  )`,
  `create table match_lines (
    report_id uuid not null references match_reports on delete cascade,
    seq bigint generated always as identity,
    kind text not null,
    vendor_id text not null,
    verdict text not null,
    found_by text,
    contact_id text,
    person text,
    foreign_id text,
    tags jsonb not null default '[]',
    custom_fields jsonb not null default '[]',
    candidates jsonb not null default '[]',
    sentence text not null,
    primary key (report_id, kind, vendor_id)
  )`,
  `create index match_lines_in_order on match_lines (report_id, verdict, seq)`,
  `create table backfills (
    id uuid primary key,
    connection_id text not null references connections on delete cascade,
    status text not null default 'running' check (status in ('running', 'paused', 'done', 'cancelled', 'failed')),
    stage text not null default 'members',
    cursor jsonb,
    progress jsonb not null default '{}',
    reason text,
    created_at timestamptz not null default now(),
    created_by text not null,
    ended_at timestamptz
  )`,
  `create unique index backfills_going on backfills (connection_id) where status in ('running', 'paused')`,
  `create index backfills_newest on backfills (connection_id, created_at desc)`,
  // How much of what a backfill entered is still open.
  `create index inbox_open_cause on inbox (cause) where cause is not null and status in ('stored', 'running')`,
  // A brake has one open approval for each connection and kind of brake, whatever record asked first.
  `drop index approvals_one_open`,
  `create unique index approvals_one_open on approvals (record_id) where outcome is null and kind <> 'brake'`,
  `create unique index approvals_one_brake on approvals (connection_id, (proposal ->> 'brake')) where outcome is null and kind = 'brake'`,
  // The rows that wait for a brake; one that a person let go carries the approval, so that no brake holds it again.
  `alter table inbox add column brake_id uuid references approvals on delete set null, add column released boolean not null default false`,
  `create index inbox_brake on inbox (brake_id) where brake_id is not null`,
  `create index steps_done on steps (done_at) where done_at is not null`,
];
