import { type Kysely, sql } from 'kysely';

/** The first schema: who is joined (connections, programs), what came (inbox), what is known (records …), what is done (plans, steps). */
export async function up(db: Kysely<any>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // One GHL location + one RR account + the programs it owns.
  `create table connections (
    id text primary key,
    name text not null,
    ghl_location_id text not null unique,
    ghl_workflow_token text unique,
    referral_rock_webhook_token text not null unique,
    mode text not null check (mode in ('observe', 'live')),
    since timestamptz not null,
    paused_at timestamptz,
    broken_at timestamptz,
    broken_reason text,
    time_zone text not null default 'UTC',
    country text not null default 'US',
    settings jsonb not null default '{}',
    created_at timestamptz not null default now()
  )`,
  `create table programs (
    connection_id text not null references connections,
    vendor_id text not null unique,
    name text not null,
    title text not null default '',
    is_default boolean not null default false,
    read_at timestamptz not null default now(),
    primary key (connection_id, vendor_id)
  )`,
  // A secret per vendor, encrypted; generation counts refreshes, claimed_by is the one caller that refreshes.
  `create table tokens (
    connection_id text not null references connections,
    vendor text not null,
    kind text not null check (kind in ('private', 'oauth', 'basic')),
    secret bytea not null,
    key_id text not null,
    generation int not null default 1,
    expires_at timestamptz,
    claimed_by text,
    claimed_at timestamptz,
    broken_reason text,
    created_at timestamptz not null default now(),
    primary key (connection_id, vendor)
  )`,
  // The unit of work: one GHL contact with the RR members and referrals that are the same person.
  `create table customers (
    id uuid primary key,
    connection_id text not null references connections,
    rung_at timestamptz,
    ring_again_at timestamptz,
    ring_delay_ms int not null default 60000,
    waiting_for text,
    workflow_id text,
    run_id text,
    created_at timestamptz not null default now()
  )`,
  `create index customers_ring_again on customers (ring_again_at) where ring_again_at is not null`,
  // Every record of a vendor that we know; rows, snapshots, baselines, facts and lines point here, never to a customer.
  `create table records (
    id uuid primary key,
    connection_id text not null references connections,
    customer_id uuid not null references customers,
    kind text not null,
    vendor_id text not null,
    parent_id text,
    email_key text,
    ours boolean not null default false,
    linked_at timestamptz,
    gone_at timestamptz,
    missing_since timestamptz,
    created_at timestamptz not null default now(),
    unique (connection_id, kind, vendor_id)
  )`,
  `create index records_customer on records (customer_id)`,
  `create index records_email on records (connection_id, email_key) where email_key is not null`,
  `create unique index records_one_contact on records (customer_id) where kind = 'contact' and gone_at is null`,
  `create table snapshots (
    record_id uuid primary key references records on delete cascade,
    version int not null,
    data jsonb not null,
    read_at timestamptz not null
  )`,
  // What each side itself last returned, per link (the RR record) and field; 'record' holds facts' own fields (status, note, tags).
  `create table baselines (
    record_id uuid not null references records on delete cascade,
    side text not null check (side in ('ghl', 'rr', 'record')),
    field text not null,
    value jsonb,
    pending jsonb,
    refused jsonb,
    version int not null default 1,
    primary key (record_id, side, field)
  )`,
  // Contacts that the matching rule may choose from for a record that is not linked yet.
  `create table candidates (
    record_id uuid not null references records on delete cascade,
    contact_id text not null,
    data jsonb not null,
    blocks boolean not null default false,
    read_at timestamptz not null,
    primary key (record_id, contact_id)
  )`,
  `create table inbox (
    id uuid primary key,
    seq bigint generated always as identity,
    source text not null check (source in ('ghl', 'ghl-workflow', 'referral-rock', 'rockbridge')),
    event text not null,
    event_id text,
    trigger text,
    connection_id text references connections,
    record_kind text,
    vendor_id text,
    parent_id text,
    email_key text,
    record_id uuid references records,
    cause text,
    body bytea,
    content_type text,
    status text not null check (status in ('stored', 'running', 'done', 'held', 'failed', 'ignored')),
    sentence text,
    error jsonb,
    plan_id uuid,
    workflow_id text,
    run_id text,
    rung_at timestamptz,
    received_at timestamptz not null default now(),
    closed_at timestamptz
  )`,
  `create unique index inbox_event_id on inbox (source, event_id) where event_id is not null`,
  `create index inbox_open on inbox (record_id) where status in ('stored', 'running')`,
  `create index inbox_unplaced on inbox (seq) where record_id is null and status = 'stored'`,
  `create index inbox_unrung on inbox (seq) where rung_at is null and status = 'stored'`,
  `create index inbox_seq on inbox (seq desc)`,
  // Intent, decision, approval, dry run: one stored plan for each pass that decided something.
  `create table plans (
    id uuid primary key,
    connection_id text not null references connections,
    customer_id uuid not null references customers,
    pass_key text not null unique,
    focus uuid not null references records,
    trigger text not null,
    mode text not null,
    status text not null check (status in ('open', 'closed', 'given-up', 'held')),
    ends text not null check (ends in ('done', 'held')),
    links boolean not null,
    sentence text,
    sentences jsonb not null,
    row_ids jsonb not null,
    merges jsonb not null,
    highlights jsonb,
    fact_keys jsonb not null,
    run_id text not null,
    created_at timestamptz not null default now(),
    closed_at timestamptz
  )`,
  `create unique index plans_one_open on plans (customer_id) where status = 'open'`,
  `create table steps (
    id uuid primary key,
    plan_id uuid not null references plans on delete cascade,
    n int not null,
    name text not null,
    key text,
    operation text not null,
    queue text not null,
    record_id uuid references records,
    fact_key text,
    input jsonb not null,
    depends_on jsonb not null,
    claims jsonb not null default '[]',
    changes jsonb not null default '[]',
    reference text,
    summary text not null,
    sentence text not null,
    status text not null check (status in ('planned', 'sent', 'done', 'failed', 'skipped', 'stale', 'held', 'observed')),
    sent_at timestamptz,
    answer jsonb,
    error jsonb,
    done_at timestamptz,
    unique (plan_id, n)
  )`,
  `create unique index steps_key on steps (key) where key is not null`,
  `create table facts (
    key text primary key,
    connection_id text not null references connections,
    record_id uuid not null references records on delete cascade,
    kind text not null,
    version int not null,
    data jsonb not null,
    cause text,
    spent_by uuid,
    created_at timestamptz not null default now()
  )`,
  `create index facts_unspent on facts (record_id) where spent_by is null`,
  // Who may make the record of this key; losers wait on customers.waiting_for.
  `create table claims (
    connection_id text not null references connections,
    key text not null,
    customer_id uuid not null references customers,
    vendor_id text,
    created_at timestamptz not null default now(),
    primary key (connection_id, key)
  )`,
  // Task, note and appointment lines in the kept section of a referral's note.
  `create table lines (
    reference text primary key,
    connection_id text not null references connections,
    record_id uuid not null references records on delete cascade,
    kind text not null,
    contact_id text,
    vendor_id text,
    text text not null,
    due_date text,
    done boolean not null default false,
    removed_at timestamptz,
    seq bigint generated always as identity
  )`,
  `create index lines_record on lines (record_id)`,
  // One row per vendor and account: the turn-giving clock of the limiter and what the vendor's headers said.
  `create table limits (
    vendor text not null,
    account text not null,
    max int not null,
    interval_ms int not null,
    next_turn_at timestamptz not null default now(),
    blocked_until timestamptz,
    remaining int,
    daily_max int,
    daily_remaining int,
    daily_reset_at timestamptz,
    learned_at timestamptz,
    primary key (vendor, account)
  )`,
  `create table turns (
    key text primary key,
    turn_at timestamptz not null
  )`,
  `create table secrets (
    name text primary key,
    value bytea not null,
    created_at timestamptz not null default now()
  )`,
];
