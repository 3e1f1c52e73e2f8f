import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { MatchVerdict } from '../rules/match.ts';
import type { Action } from '../rules/rule-set.ts';
import type {
  ApprovalDraft,
  ApprovalKind,
  Change,
  Finding,
  LineDraft,
  MergeDraft,
  PlanDraft,
  RunDraft,
} from '../rules/plan.ts';
import type { Fact } from '../rules/records.ts';
import type { RewardRule, RunStatus } from '../rules/state.ts';

type Time = ColumnType<Date, Date | string, Date | string>;
type DefaultTime = ColumnType<Date, Date | string | undefined, Date | string>;
type Json<T> = JSONColumnType<T & (object | null)>;

export type Mode = 'observe' | 'live';
export type Source = 'ghl' | 'ghl-workflow' | 'referral-rock' | 'rockbridge';
export type EventStatus = 'stored' | 'running' | 'done' | 'held' | 'failed' | 'ignored';
export type PlanStatus = 'open' | 'closed' | 'given-up' | 'held';
export type StepStatus = 'planned' | 'sent' | 'done' | 'failed' | 'skipped' | 'stale' | 'held' | 'observed';

/** A failure as it is kept: the vendor's own words, which may hold personal data, stay in the store. */
export interface StoredError {
  type: string;
  message: string;
  status?: number | undefined;
  traceId?: string | undefined;
}

export interface Connections {
  id: string;
  name: string;
  ghl_location_id: string;
  ghl_workflow_token: string | null;
  referral_rock_webhook_token: string;
  mode: Mode;
  since: Time;
  paused_at: Time | null;
  broken_at: Time | null;
  broken_reason: string | null;
  time_zone: Generated<string>;
  country: Generated<string>;
  settings: ColumnType<Record<string, unknown>, string | undefined, string>;
  rule_set: Generated<string>;
  overrides: ColumnType<Record<string, unknown>, string | undefined, string>;
  members_stopped_at: Time | null;
  members_stopped_reason: string | null;
  created_at: DefaultTime;
}

export interface Programs {
  connection_id: string;
  vendor_id: string;
  name: string;
  title: Generated<string>;
  is_default: Generated<boolean>;
  reward_rules: ColumnType<RewardRule[], string | undefined, string>;
  read_at: DefaultTime;
}

export interface Tokens {
  connection_id: string;
  vendor: string;
  kind: 'private' | 'oauth' | 'basic';
  secret: Uint8Array;
  key_id: string;
  generation: Generated<number>;
  expires_at: Time | null;
  claimed_by: string | null;
  claimed_at: Time | null;
  broken_reason: string | null;
  created_at: DefaultTime;
}

export interface Customers {
  id: string;
  connection_id: string;
  rung_at: Time | null;
  ring_again_at: Time | null;
  ring_delay_ms: Generated<number>;
  waiting_for: string | null;
  /** When somebody last opened the customer's page and it was read anew for that. */
  opened_at: Time | null;
  forgotten_at: Time | null;
  workflow_id: string | null;
  run_id: string | null;
  created_at: DefaultTime;
}

export interface Records {
  id: string;
  connection_id: string;
  customer_id: string;
  kind: string;
  vendor_id: string;
  parent_id: string | null;
  email_key: string | null;
  ours: Generated<boolean>;
  linked_at: Time | null;
  gone_at: Time | null;
  missing_since: Time | null;
  /** A person had it forgotten: only its ids are kept. */
  forgotten_at: Time | null;
  created_at: DefaultTime;
}

export interface Snapshots {
  record_id: string;
  version: number;
  data: Json<Record<string, unknown>>;
  read_at: Time;
}

export interface Baselines {
  record_id: string;
  side: 'ghl' | 'rr' | 'record';
  field: string;
  value: Json<unknown>;
  pending: Json<unknown>;
  refused: Json<unknown>;
  version: Generated<number>;
}

export interface Candidates {
  record_id: string;
  contact_id: string;
  data: Json<Record<string, unknown>>;
  blocks: Generated<boolean>;
  read_at: Time;
}

export interface Inbox {
  id: string;
  seq: Generated<string>;
  source: Source;
  event: string;
  event_id: string | null;
  trigger: string | null;
  connection_id: string | null;
  record_kind: string | null;
  vendor_id: string | null;
  parent_kind: string | null;
  parent_id: string | null;
  email_key: string | null;
  record_id: string | null;
  cause: string | null;
  body: Uint8Array | null;
  content_type: string | null;
  status: EventStatus;
  sentence: string | null;
  error: ColumnType<StoredError | null, string | null, string | null>;
  plan_id: string | null;
  workflow_id: string | null;
  run_id: string | null;
  rung_at: Time | null;
  received_at: DefaultTime;
  closed_at: Time | null;
  /** The brake that it waits for, or waited for. */
  brake_id: string | null;
  /** A person let it go: no brake holds it again. */
  released: Generated<boolean>;
}

export interface Plans {
  id: string;
  connection_id: string;
  customer_id: string;
  pass_key: string;
  focus: string;
  trigger: string;
  mode: Mode;
  status: PlanStatus;
  ends: 'done' | 'held';
  links: boolean;
  sentence: string | null;
  sentences: Json<string[]>;
  row_ids: Json<string[]>;
  merges: Json<MergeDraft[]>;
  highlights: Json<PlanDraft['highlights']>;
  lines: ColumnType<LineDraft[], string | undefined, string>;
  findings: ColumnType<Finding[], string | undefined, string>;
  runs: ColumnType<RunDraft[], string | undefined, string>;
  approvals: ColumnType<ApprovalDraft[], string | undefined, string>;
  superseded: ColumnType<PlanDraft['superseded'], string | undefined, string>;
  fact_keys: Json<string[]>;
  run_id: string;
  created_at: DefaultTime;
  closed_at: Time | null;
}

export interface Steps {
  id: string;
  plan_id: string;
  n: number;
  name: string;
  key: string | null;
  operation: string;
  queue: string;
  record_id: string | null;
  fact_key: string | null;
  rule: Generated<string>;
  /** Of a step of effect `money`: who lets it pass. */
  allowed_by: string | null;
  input: Json<Record<string, unknown>>;
  depends_on: Json<number[]>;
  claims: Json<string[]>;
  changes: Json<Change[]>;
  reference: string | null;
  summary: string;
  sentence: string;
  status: StepStatus;
  sent_at: Time | null;
  answer: ColumnType<Record<string, unknown> | null, string | null, string | null>;
  error: ColumnType<StoredError | null, string | null, string | null>;
  done_at: Time | null;
}

export interface Facts {
  key: string;
  connection_id: string;
  record_id: string;
  kind: string;
  version: number;
  data: Json<Record<string, unknown>>;
  /** The key of the fact that an action of ours made this of, and how many came before it that way. */
  cause: string | null;
  depth: Generated<number>;
  spent_by: string | null;
  created_at: DefaultTime;
}

export interface Claims {
  connection_id: string;
  key: string;
  customer_id: string;
  vendor_id: string | null;
  created_at: DefaultTime;
}

export interface Lines {
  reference: string;
  connection_id: string;
  record_id: string;
  kind: string;
  item_id: string | null;
  text: string;
  due_date: string | null;
  done: Generated<boolean>;
  source: Generated<string>;
  typed: Generated<boolean>;
  vanished: Generated<number>;
  removed_at: Time | null;
  seq: Generated<string>;
}

export interface MatchReports {
  id: string;
  connection_id: string;
  since: Time;
  status: Generated<'running' | 'done' | 'failed'>;
  stage: Generated<MatchStage>;
  cursor: ColumnType<Record<string, unknown> | null, string | null | undefined, string | null>;
  /** How many of each have been read, and how many there are as far as the vendors say. */
  progress: ColumnType<Record<string, number>, string | undefined, string>;
  counts: ColumnType<Record<string, unknown>, string | undefined, string>;
  reason: string | null;
  created_at: DefaultTime;
  created_by: string;
  finished_at: Time | null;
  confirmed_at: Time | null;
  confirmed_by: string | null;
}

export type MatchStage = 'contacts' | 'members' | 'referrals' | 'rest' | 'over';

export interface MatchContacts {
  report_id: string;
  contact_id: string;
  data: Json<Record<string, unknown>>;
}

export interface MatchKeys {
  report_id: string;
  key: string;
  contact_id: string;
}

export interface MatchLines {
  report_id: string;
  seq: Generated<string>;
  kind: string;
  vendor_id: string;
  verdict: MatchVerdict;
  found_by: string | null;
  contact_id: string | null;
  /** Whom a new contact would be made for: two records of one person are one contact. */
  person: string | null;
  foreign_id: string | null;
  tags: Json<string[]>;
  custom_fields: Json<string[]>;
  candidates: Json<string[]>;
  sentence: string;
}

export interface Backfills {
  id: string;
  connection_id: string;
  status: Generated<BackfillStatus>;
  stage: Generated<BackfillStage>;
  cursor: ColumnType<Record<string, unknown> | null, string | null | undefined, string | null>;
  progress: ColumnType<Record<string, number>, string | undefined, string>;
  reason: string | null;
  created_at: DefaultTime;
  created_by: string;
  ended_at: Time | null;
}

export type BackfillStatus = 'running' | 'paused' | 'done' | 'cancelled' | 'failed';
export type BackfillStage = 'members' | 'referrals' | 'contacts' | 'over';

export interface Approvals {
  id: string;
  connection_id: string;
  record_id: string;
  plan_id: string | null;
  kind: ApprovalKind;
  trigger: string;
  proposal: Json<Record<string, unknown>>;
  pays: Json<string[]>;
  candidates: Json<ApprovalDraft['candidates']>;
  sentence: string;
  created_at: DefaultTime;
  outcome: 'approved' | 'denied' | 'superseded' | null;
  decided_at: Time | null;
  decided_by: string | null;
  /** What was chosen for an ambiguous one. */
  contact_id: string | null;
  referral_id: string | null;
}

export interface RuleSets {
  name: string;
  body: Json<object>;
  version: Generated<number>;
  updated_at: DefaultTime;
  updated_by: string;
}

/** A run of an automation that waits. */
export interface AutomationRuns {
  id: string;
  connection_id: string;
  record_id: string;
  referral_record_id: string | null;
  fact_key: string;
  fact: Json<Fact>;
  action_id: string;
  /** As it was when the fact came. */
  action: Json<Action>;
  rule_set: string;
  /** The entry of the action that comes next. */
  at: number;
  status: RunStatus;
  wake_at: Time | null;
  sentence: string;
  workflow_id: string;
  started_at: DefaultTime;
  ended_at: Time | null;
}

export interface Names {
  connection_id: string;
  kind: string;
  vendor_id: string;
  name: string;
  read_at: DefaultTime;
}

export interface Limits {
  vendor: string;
  account: string;
  max: number;
  interval_ms: number;
  next_turn_at: DefaultTime;
  blocked_until: Time | null;
  remaining: number | null;
  daily_max: number | null;
  daily_remaining: number | null;
  daily_reset_at: Time | null;
  learned_at: Time | null;
}

export interface Turns {
  key: string;
  turn_at: Time;
}

export interface Secrets {
  name: string;
  value: Uint8Array;
  created_at: DefaultTime;
}

export interface Calls {
  id: string;
  connection_id: string;
  operation: string;
  input: Uint8Array;
  status: 'open' | 'done' | 'failed';
  answer: Uint8Array | null;
  error: Uint8Array | null;
  sent_at: Time | null;
  workflow_id: string | null;
  run_id: string | null;
  created_at: DefaultTime;
  closed_at: Time | null;
}

export interface Walks {
  connection_id: string;
  name: string;
  step: Generated<string>;
  position: ColumnType<Record<string, unknown> | null, string | null | undefined, string | null>;
  lap: Generated<number>;
  lap_started_at: Time | null;
  lap_ended_at: Time | null;
  lap_seconds: number | null;
  looked: Generated<number>;
  found: Generated<number>;
  last_looked: number | null;
  last_found: number | null;
  idle_laps: Generated<number>;
  paid_until: DefaultTime;
  problem: string | null;
  walked_at: DefaultTime;
}

export interface Walked {
  connection_id: string;
  kind: string;
  vendor_id: string;
  listed: string;
  known: string;
  lap: number;
}

/** The tables as queries see them; migrations/ makes them. */
export interface Tables {
  connections: Connections;
  programs: Programs;
  tokens: Tokens;
  customers: Customers;
  records: Records;
  snapshots: Snapshots;
  baselines: Baselines;
  candidates: Candidates;
  inbox: Inbox;
  plans: Plans;
  steps: Steps;
  facts: Facts;
  claims: Claims;
  lines: Lines;
  approvals: Approvals;
  rule_sets: RuleSets;
  automation_runs: AutomationRuns;
  names: Names;
  limits: Limits;
  turns: Turns;
  secrets: Secrets;
  calls: Calls;
  walks: Walks;
  walked: Walked;
  match_reports: MatchReports;
  match_contacts: MatchContacts;
  match_keys: MatchKeys;
  match_lines: MatchLines;
  backfills: Backfills;
}
