import type { ApprovalKind, MergeDraft, StepDraft } from './plan.ts';
import type { ContactState, Data, Fact, ItemState, LinkState } from './records.ts';
import type { Action, Rules } from './rule-set.ts';

/*
 * What a decision is made from. Plain data: a stored state planned again gives the same plan.
 */

export interface ConnectionState {
  readonly id: string;
  readonly mode: 'observe' | 'live';
  /** ISO time; nothing is made for records created before it. */
  readonly since: string;
  readonly timeZone: string;
  readonly country: string;
  readonly locationId: string;
  /** The default program first. */
  readonly programs: readonly ProgramState[];
  /** What GHL calls its things, by kind and id; empty of what was never read. */
  readonly names: Names;
  /** Why no members are created until a person resumes it; undefined: they are. */
  readonly membersStopped: string | undefined;
}

export interface ProgramState {
  readonly id: string;
  readonly name: string;
  readonly isDefault: boolean;
  readonly rewardRules: readonly RewardRule[];
}

/** A reward rule of a program, as far as it tells what a status may pay. */
export interface RewardRule {
  readonly description: string;
  readonly isEnabled: boolean;
  /** The status that fires it, in lower case; '' if it is not told: any may. */
  readonly status: string;
  /** `$50.00`, or '' if the rule does not tell. */
  readonly amount: string;
}

/** `customField`: field key (`contact.referral_code`) by id; `stage`, `pipeline`, `user`, `calendar`: name by id. */
export type Names = Readonly<Record<NameKind, Readonly<Record<string, string>>>>;
export type NameKind = 'customField' | 'stage' | 'pipeline' | 'user' | 'calendar';

/** All that a pass knows of its customer; `focus` is the record whose rows it closes. */
export interface CustomerState {
  readonly customerId: string;
  readonly connection: ConnectionState;
  /** The rules of the connection, its overrides applied. */
  readonly rules: Rules;
  /** ISO time of the planning, stored with the plan. */
  readonly now: string;
  /** The trigger whose story is told. */
  readonly trigger: string;
  readonly focus: string;
  readonly contact: ContactState | undefined;
  /** The contact as it last was, when it is gone. */
  readonly goneContact?: ContactState;
  readonly links: readonly LinkState[];
  readonly items: readonly ItemState[];
  /** The focus record's facts that no plan has spent. */
  readonly facts: readonly Fact[];
  /** The approvals of the customer that wait for a person. */
  readonly approvals: readonly OpenApproval[];
  /** Set when the story is that of a decision: what a person decided. */
  readonly decided: DecidedApproval | undefined;
  /** Set when the story is that of an undo: what is to be taken back. */
  readonly undo: UndoState | undefined;
  /** Set when the story is that of a wait that is over: the run that waited. */
  readonly run?: RunState | undefined;
  /** The runs of automations that wait about the customer's records. */
  readonly runs?: readonly RunState[];
  /** What actions of ours wrote about the customer in the last day, the newest first. */
  readonly writes?: readonly OwnWrite[];
}

/** A run of an automation that waits: its action is as it was when the fact came. */
export interface RunState {
  readonly id: string;
  /** The record of its fact. */
  readonly recordId: string;
  /** The referral that was meant where the fact is not about one. */
  readonly referralRecordId: string | null;
  readonly action: Action;
  readonly fact: Fact;
  /** The entry of `do` that comes next. */
  readonly at: number;
  /** The entry that the row asks for: an earlier one where a segment is told again. */
  readonly segment: number;
  readonly status: RunStatus;
  /** Answers of its steps so far, by name. */
  readonly answers: Readonly<Record<string, Data>>;
}

/** `due`: its wait is over, and the customer's pass is to go on with it; `parked`: a person must mend something. */
export type RunStatus = 'waiting' | 'due' | 'parked' | 'done' | 'cancelled' | 'failed';

/** A step of ours that was done, as far as it may have made a fact. */
export interface OwnWrite {
  readonly factKey: string;
  /** How deep in a chain the fact is that it was done for. */
  readonly depth: number;
  readonly operation: string;
  readonly input: Data;
}

/** An approval that nobody has decided yet. */
export interface OpenApproval {
  readonly id: string;
  readonly kind: ApprovalKind;
  /** The record that it is about: one open approval for each. */
  readonly recordId: string;
  readonly proposal: Data;
}

/** What a person decided, and what waited for it. */
export interface DecidedApproval extends OpenApproval {
  readonly approved: boolean;
  readonly decidedBy: string;
  /** Of an ambiguous one: what was chosen. */
  readonly contactId: string | null;
  readonly referralId: string | null;
  /** The held steps and those that depend on them, as they were planned, but for their claims: who plans them again names those anew. */
  readonly steps: readonly StepDraft[];
}

/** A plan that a person wants to take back. */
export interface UndoState {
  readonly planId: string;
  /** What was done for its events, in the order in which it was planned. */
  readonly steps: readonly DoneStep[];
}

/** A step that was carried out; other steps' answers are filled in. */
export interface DoneStep extends StepDraft {
  readonly answer: Data;
  /** The baselines of what it wrote, as they were planned. */
  readonly merges: readonly MergeDraft[];
}
