import type { Action, Rules } from './rule-set.ts';

/*
 * What a decision is made from and what it says. Plain data: a stored state planned again gives the same plan.
 */

/** The Referral Rock records that are the same person as a contact. */
export type LinkKind = 'referral' | 'member';

/**
 * The other records of a customer. `address`: an e-mail address, named by its key, with what Referral Rock's opt-out list says of
 * it; `program` and `location` are customers of their own, whose person is nobody.
 */
export type ItemKind = 'task' | 'note' | 'appointment' | 'opportunity' | 'reward' | 'address' | 'program' | 'location';

export type RecordKind = 'contact' | LinkKind | ItemKind;

export type Data = Readonly<Record<string, unknown>>;

/** What of a record was last taken note of: a change of it is a fact. */
export interface Seen<Value = Data> {
  readonly value: Value;
  readonly version: number;
}

/** The GHL contact of a customer, as last read. */
export interface ContactState {
  readonly recordId: string;
  readonly contactId: string;
  readonly data: Data;
  /** Made by us. */
  readonly ours: boolean;
  /** Undefined: never taken note of. */
  readonly seen: Seen<ContactHighlights> | undefined;
  /** The key of its e-mail: the `vendorId` of the address item that is about it. */
  readonly emailKey?: string | null;
}

/** What of a contact itself is taken note of. */
export interface ContactHighlights {
  /** Its tags but our own `rr-*`, in lower case, sorted. */
  readonly tags: readonly string[];
  /** Whether it is not to be e-mailed. */
  readonly emailDnd: boolean;
  /** It was deleted, and what follows from that was decided. */
  readonly deleted?: true;
}

/** What of an e-mail address is taken note of. */
export interface AddressHighlights {
  /** Whether it is on Referral Rock's opt-out list. */
  readonly unsubscribed: boolean;
  /** Whether that is because we put it there: only then it is ours to take off. */
  readonly unsubscribedByUs: boolean;
}

/** A task, note, appointment, opportunity, reward or address of the customer, as last read. */
export interface ItemState {
  readonly recordId: string;
  readonly kind: ItemKind;
  readonly vendorId: string;
  /** The contact, member or referral that it is of, by its vendor's id. */
  readonly parentId: string | null;
  readonly data: Data;
  readonly gone: boolean;
  /** Made by us. */
  readonly ours: boolean;
  readonly seen: Seen | undefined;
}

/** A contact that may be the person of an unlinked record; `owner` is the customer whose contact it already is. */
export interface CandidateState {
  readonly contactId: string;
  readonly data: Data;
  /** GHL refused to make another contact beside this one. */
  readonly blocks: boolean;
  readonly owner: { readonly kind: 'none' | 'this' } | { readonly kind: 'other'; readonly customerId: string };
}

/** What a side itself last returned for a field, what we were about to write to it, what it did not take. */
export interface SideBaseline {
  readonly value: unknown;
  readonly pending?: string;
  readonly refused?: string;
}

export interface FieldBaseline {
  readonly ghl?: SideBaseline;
  readonly rr?: SideBaseline;
}

/** What of a member or referral itself is taken note of. A member's status is `disabled`, or its own word in lower case. */
export interface LinkHighlights {
  readonly status: string;
  readonly note: string;
  readonly publicNote: string;
}

/** A line of ours in a referral's note, as it was last agreed on by both sides. */
export interface Line {
  /** `rb:7KQ2ZD3M`, unique for ever; it closes the line wherever that is moved. */
  readonly reference: string;
  readonly kind: 'task' | 'note' | 'appointment';
  /** Of a task its title; of a note or appointment what the line says after its dash, perhaps as a person has re-worded it. */
  readonly text: string;
  /** Of a task: `2026-12-01` in the location's zone, or null. */
  readonly dueDate: string | null;
  readonly done: boolean;
  /** The record of the task, note or appointment; null until it is made. */
  readonly itemId: string | null;
  /** What the item itself said when the line was last rendered from it: its change replaces a person's wording. */
  readonly source: string;
  /** A person typed it: it stands where they put it, not in the section. */
  readonly typed: boolean;
  /** How often it was found missing from the note: once it is rendered again, twice it counts as deleted. */
  readonly vanished: number;
  /** Deleted, on either side: it is not rendered, and its reference stays known. */
  readonly removed: boolean;
}

/** A member or referral of the customer, as last read. */
export interface LinkState {
  readonly recordId: string;
  readonly kind: LinkKind;
  readonly vendorId: string;
  readonly data: Data;
  readonly gone: boolean;
  /** Linked to the customer's contact, not only queued with it. */
  readonly linked: boolean;
  readonly baselines: Readonly<Record<string, FieldBaseline>>;
  /** Undefined: never taken note of. */
  readonly seen: Seen<LinkHighlights> | undefined;
  readonly candidates: readonly CandidateState[];
  /** Of a referral: the contact of the member who made it, if known. */
  readonly referringContactId: string | undefined;
  readonly lines: readonly Line[];
}

/** Something that happened, stored once by its key; actions fire on facts. */
export interface Fact {
  readonly key: string;
  readonly recordId: string;
  readonly kind: FactKind;
  readonly version: number;
  readonly data: Data;
  /** The key of the fact whose action of ours made this happen. */
  readonly cause?: string;
  /** How many facts led to it, one by the other; 0: nothing of ours. */
  readonly depth?: number;
}

/** What a rule may wait for; `data` of each is documented in rules/facts.ts. */
export type FactKind =
  | 'referral.added'
  | 'referral.status'
  | 'referral.changed'
  | 'referral.deleted'
  | 'member.added'
  | 'member.disabled'
  | 'member.enabled'
  | 'member.deleted'
  | 'reward.added'
  | 'reward.changed'
  | 'reward.issued'
  | 'reward.deleted'
  | 'contact.tag.added'
  | 'contact.tag.removed'
  | 'contact.dnd.set'
  | 'contact.dnd.cleared'
  | 'contact.deleted'
  | 'email.unsubscribed'
  | 'task.added'
  | 'task.completed'
  | 'note.added'
  | 'appointment.added'
  | 'appointment.status'
  | 'opportunity.status'
  | 'opportunity.stage';

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

export type ApprovalKind = 'status' | 'ambiguous' | 'conflict' | 'brake';

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
