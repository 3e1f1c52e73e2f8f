import type { Trigger } from '../triggers.ts';

/*
 * What passes between a workflow and its activities, and therefore stands in Temporal's histories: ids, names of fields and
 * operations, outcomes. Values stay in the store.
 */

/** The queues of the activities that call a vendor. */
export type VendorQueue = 'ghl' | 'referral-rock';

/** The open rows of one customer: a story for each trigger and record that they speak of. */
export interface Taken {
  /** A plan that an earlier run left unfinished: it is carried on before any row is taken. */
  unfinished?: Planned;
  stories: { trigger: Trigger; rowIds: string[] }[];
}

/** What one story works on. */
export interface StoryInput {
  customerId: string;
  rowIds: string[];
}

export interface PlanInput extends StoryInput {
  trigger: Trigger;
  /** Names this planning for ever: asked again with the same key, the stored plan is the answer. */
  passKey: string;
  /** A plan that turned out to be made from outdated values: it is given up and this one takes its place. */
  insteadOf?: string;
}

export interface Planned {
  /**
   * `act`: carry the steps out (there may be none). `parked`: there is no plan; the rows moved to another customer, wait for
   * another customer's create (its end rings), or could not be decided and are failed.
   */
  outcome: 'act' | 'parked';
  planId: string;
  steps: PlannedStep[];
}

export interface PlannedStep {
  n: number;
  /** The operation's name is the activity's type. */
  operation: string;
  queue: VendorQueue;
  /** The steps whose answers this one needs. */
  after: number[];
  /** `update referral: email, phone`: shown in the Temporal UI. */
  summary: string;
  done: boolean;
}

/** `stale`: the record is no longer what the plan was made from; nothing was written. */
export type StepResult = 'done' | 'stale';

export interface Closed {
  /** Whether the customer has open rows that a new pass would take. */
  open: boolean;
  /** The runs of automations that the plan has moved. */
  runs?: AutomationRun[];
}

/** The walks over a connection's records, and the queue of each. */
export type WalkName = 'contacts' | 'lists' | 'items' | 'referral-rock';

export interface WalkInput {
  connectionId: string;
  name: WalkName;
  /** A whole lap, whatever share of the quota it takes. */
  whole: boolean;
  /** From the beginning. */
  restart: boolean;
}

/** How far a walk came: records it looked at, rows it made. `more`: it goes on at once. */
export interface Walked {
  more: boolean;
  looked: number;
  found: number;
}

/** The steps of a walk, on its vendor's queue. */
export interface WalkActivities {
  walk: (input: WalkInput) => Promise<Walked>;
}

/** A run of an automation that waits, and its workflow. */
export interface AutomationRun {
  runId: string;
  workflowId: string;
  connectionId: string;
  /** Its workflow is to be started; else it is rung. */
  isNew: boolean;
}

/** `open`: the customer's pass is to go on with it, or a person is to mend something. */
export type NextWait =
  | { status: 'waiting'; at: number; ms: number }
  | { status: 'open' }
  | { status: 'ended'; how: string };

/** The steps on our own store: quick, repeatable, run as local activities. */
export interface StoreActivities {
  take: (input: { customerId: string; runId: string }) => Promise<Taken>;
  plan: (input: PlanInput) => Promise<Planned>;
  close: (input: { planId: string }) => Promise<Closed>;
  /** Parks the rows of a story whose records could not be read; `type` names the failure. */
  fail: (input: StoryInput & { type: string }) => Promise<Closed>;
  /** How a run of an automation stands. */
  nextWait: (input: { runId: string }) => Promise<NextWait>;
  /** The wait before entry `at` is over: the customer's pass goes on with the run. */
  wake: (input: { runId: string; at: number }) => Promise<void>;
  /** Closes a call that did not come to its end as failed; `type` names the failure. */
  closeCall: (input: { callId: string; type: string }) => Promise<void>;
  /** Whether a connection is to be looked over now. */
  isDue: (input: { connectionId: string; everySeconds: number }) => Promise<boolean>;
}

/**
 * The steps that read a vendor's present state into the store; each runs on its vendor's queue. An item whose contact, member or
 * referral is another customer's moves there, with its rows: the plan that follows then finds nothing of it here.
 */
export interface ObserveActivities {
  /**
   * The contact of the rows. `mayJoin`: it has a tag that makes a member of it, and is not linked to one. `gone`: it was
   * deleted; its links look for where their person lives on.
   */
  observeContact: (input: StoryInput) => Promise<{ gone: boolean; mayJoin: boolean }>;
  observeReferral: (input: StoryInput) => Promise<{ linked: boolean }>;
  observeMember: (input: StoryInput) => Promise<{ linked: boolean }>;
  /** Reads the contacts that may be the person of a member or referral which is not linked yet, or whose contact is gone. */
  findContact: (input: StoryInput) => Promise<void>;
  /** Looks for the customer's member in the default program; one that is there becomes the customer's. */
  findMember: (input: StoryInput) => Promise<void>;
  observeTask: (input: StoryInput) => Promise<void>;
  observeNote: (input: StoryInput) => Promise<void>;
  observeAppointment: (input: StoryInput) => Promise<void>;
  observeOpportunity: (input: StoryInput) => Promise<void>;
  observeReward: (input: StoryInput) => Promise<void>;
  /** Reads whether the customer's e-mail address is on Referral Rock's opt-out list. */
  observeOptOut: (input: StoryInput) => Promise<void>;
  /** What the run of an automation is about, as it is now at that vendor: its record, the contact, the referral. */
  observeRun: (input: StoryInput) => Promise<void>;
  /** The contact of an address that opted out; its tags and do-not-disturb. */
  observeOwnContact: (input: StoryInput) => Promise<void>;
  /**
   * The record that a person decided on, member or referral. `ambiguous`: what was decided is whose it is, so the contacts to
   * choose from are read next.
   */
  observeDecided: (input: StoryInput) => Promise<{ ambiguous: boolean }>;
  /** Reads programs and reward rules anew. */
  observePrograms: (input: StoryInput) => Promise<void>;
  /** One harmless read with the connection's credentials: mends or marks the connection; an uninstalled app is marked. */
  checkConnection: (input: StoryInput) => Promise<void>;
}

/** One activity per operation, named like it: carries out step n of a plan, or a call made by hand. */
export type ApplyActivities = Record<
  string,
  (input: { planId: string; n: number } | { callId: string }) => Promise<StepResult>
>;

/** What the workflow of an operation called by hand is started with. */
export interface CalledOperation {
  callId: string;
  operation: string;
  queue: VendorQueue;
}

/** Where a match report stands: reading GHL's contacts, Referral Rock's members and referrals, looking at the rest of the contacts. */
export type MatchStage = 'contacts' | 'members' | 'referrals' | 'rest' | 'over';

export interface MatchInput {
  reportId: string;
  /** Set of a run that goes on as a new one. */
  stage?: MatchStage;
}

/** The steps of a match report, on their vendor's queue or the store's; each answers what comes next. */
export interface MatchActivities {
  matchContacts: (input: { reportId: string }) => Promise<MatchStage>;
  matchRecords: (input: { reportId: string }) => Promise<MatchStage>;
  matchRest: (input: { reportId: string }) => Promise<MatchStage>;
  failMatch: (input: { reportId: string; type: string }) => Promise<void>;
}

/** What a backfill does next. */
export interface BackfillTurn {
  next: 'members' | 'referrals' | 'contacts' | 'wait' | 'paused' | 'over';
  /** How many of each have been entered, and how many of those are not done yet. */
  progress: Record<string, number>;
}

/** Its id is `backfill/<connectionId>`; which backfill that is, and where it stands, is in the store. */
export interface BackfillInput {
  connectionId: string;
}

/** The steps of a backfill: what it does next, one page of Referral Rock's records, one of linked contacts. */
export interface BackfillActivities {
  backfillTurn: (input: BackfillInput) => Promise<BackfillTurn>;
  backfillRecords: (input: BackfillInput) => Promise<void>;
  backfillContacts: (input: BackfillInput) => Promise<void>;
  failBackfill: (input: BackfillInput & { type: string }) => Promise<void>;
}
