import type { Data, Fact, Line, RecordKind } from './records.ts';
import type { Action } from './rule-set.ts';
import type { RunStatus } from './state.ts';

/*
 * What a decision says. Plain data, stored before anything is written.
 */

export type ApprovalKind = 'status' | 'ambiguous' | 'conflict' | 'brake';

export type Queue = 'ghl' | 'referral-rock';

/** A field that a step writes: what the plan was made from, and what it shall be. `after` may name an earlier step's answer. */
export interface Change {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

export interface StepDraft {
  /** Unique in its plan: `contact`, `onboarding-task`; other steps refer to it as `{{steps.<name>.id}}`. */
  readonly name: string;
  readonly operation: string;
  readonly queue: Queue;
  /** The record that an update writes to; null for a create. */
  readonly recordId: string | null;
  readonly factKey: string | null;
  readonly rule: string;
  readonly input: Data;
  /** Names of steps that must have succeeded; those named in the input are added. */
  readonly after: readonly string[];
  /** Of a create of a contact: e-mail, else phone and last name; whoever holds the claim may create. */
  readonly claims: readonly ClaimKey[];
  /** Live; `observe`: its rule only watches, so it is planned and not carried out; `hold`: a person must approve it first. */
  readonly mode: 'live' | 'observe' | 'hold';
  /** Of a step of effect `money`: who lets it pass, `rule:<rule id>` or `approval:<approval id>`; null: nobody yet. */
  readonly allowedBy: string | null;
  readonly changes: readonly Change[];
  /** The short reference in the closing line of a task or note of ours. */
  readonly reference: string | null;
  /** Field names only: shown in the Temporal UI. */
  readonly summary: string;
  /** For people: what was done. Kept in the store. */
  readonly sentence: string;
}

/**
 * What may be made or done once. `email`, `phone`: a contact; `member`: `<programId> <contactId>`; `field`: a custom field by its
 * key; `status`: `<referralId> <status>`.
 */
export interface ClaimKey {
  readonly kind: 'email' | 'phone' | 'member' | 'field' | 'status';
  readonly value: string;
}

/** The values that the two baselines of a field become when the plan closes; `written`: taken from that step's answer. */
export interface MergeDraft {
  readonly recordId: string;
  readonly field: string;
  readonly ghl: unknown;
  readonly rr: unknown;
  readonly written?: {
    readonly side: 'ghl' | 'rr';
    readonly step: string;
    /** The field's name on that side. */
    readonly as: string;
    readonly value: string;
  };
}

export type Decision =
  | { readonly outcome: 'moved'; readonly to: string | 'new'; readonly sentence: string }
  | { readonly outcome: 'act'; readonly plan: PlanDraft };

export interface PlanDraft {
  /** How the rows end if all steps succeed. */
  readonly ends: 'done' | 'held';
  /** The contact that the focus record is linked to when the plan closes: one that is there, or the answer of step `contact`. */
  readonly link: { readonly contactId: string; readonly data: Data } | { readonly step: 'contact' } | null;
  /** What happened: spent when the plan closes, if all that it fired is done. */
  readonly facts: readonly Fact[];
  /** Facts that a rule could not act on yet: they are stored, and stay unspent. */
  readonly waiting: readonly Fact[];
  readonly steps: readonly StepDraft[];
  readonly merges: readonly MergeDraft[];
  /** What is taken note of when the plan closes; with `step` only if that step was done. */
  readonly highlights: readonly { readonly recordId: string; readonly value: object; readonly step?: string }[];
  /** What the lines become when the plan closes. */
  readonly lines: readonly LineDraft[];
  /** What was found for other customers: each becomes a row of theirs. */
  readonly findings: readonly Finding[];
  /** Runs of automations that begin to wait, go on or end. */
  readonly runs: readonly RunDraft[];
  /** What a person is asked. */
  readonly approvals: readonly ApprovalDraft[];
  /** Approvals that what happened has overtaken. */
  readonly superseded: readonly { readonly approvalId: string; readonly sentence: string }[];
  readonly sentences: readonly string[];
}

/** A line as it shall be once its steps are done. */
export interface LineDraft extends Line {
  /** The referral's record, whose note it stands in. */
  readonly recordId: string;
  /** The step that must be done for it; null: none. */
  readonly step: string | null;
  /** The step whose answer is the task of the line; null: it is there already, or there is none. */
  readonly itemStep: string | null;
}

/** Something that concerns another customer's record: a referral's status changes its member's counts. */
export interface Finding {
  readonly trigger: string;
  readonly kind: RecordKind;
  readonly vendorId: string;
}

export interface ApprovalDraft {
  readonly kind: ApprovalKind;
  /** The record that it is about; a newer one of the same record takes its place. */
  readonly recordId: string;
  /** What would be done, in the field's words: `{status: 'approved', from: 'pending'}`; shown to the person who decides. */
  readonly proposal: Data;
  /** What it may pay, a sentence each. */
  readonly pays: readonly string[];
  /** Of an ambiguous one: what can be chosen. */
  readonly candidates: readonly {
    readonly contactId?: string;
    readonly referralId?: string;
    readonly sentence: string;
  }[];
  /** The steps of this plan that wait for it. */
  readonly steps: readonly string[];
  readonly sentence: string;
}

/** A plan that does nothing: what a decision starts from. */
export const NOTHING: PlanDraft = {
  ends: 'done',
  link: null,
  facts: [],
  waiting: [],
  steps: [],
  merges: [],
  highlights: [],
  lines: [],
  findings: [],
  runs: [],
  approvals: [],
  superseded: [],
  sentences: [],
};

/** A step that writes to no record of ours and waits for nothing: what a draft starts from. */
export const PLAIN_STEP = {
  recordId: null,
  factKey: null,
  after: [],
  claims: [],
  mode: 'live',
  allowedBy: null,
  changes: [],
  reference: null,
} as const;

/** A decision to act, made of what differs from doing nothing. */
export function act(plan: Partial<PlanDraft>): Decision {
  return { outcome: 'act', plan: { ...NOTHING, ...plan } };
}

/** What becomes of a run when the plan closes; `stopsWith`: steps without which it is stopped. */
export type RunDraft =
  | {
      readonly kind: 'start';
      readonly action: Action;
      readonly fact: Fact;
      readonly referralRecordId: string | null;
      readonly at: number;
      /** ISO time. */
      readonly wakeAt: string;
      readonly stopsWith: readonly string[];
      readonly sentence: string;
    }
  | {
      readonly kind: 'go on';
      readonly runId: string;
      readonly from: number;
      readonly at: number;
      readonly wakeAt: string;
      readonly stopsWith: readonly string[];
      readonly sentence: string;
    }
  | {
      readonly kind: 'end';
      readonly runId: string;
      readonly status: Extract<RunStatus, 'parked' | 'done' | 'cancelled'>;
      readonly stopsWith: readonly string[];
      readonly sentence: string;
    };
