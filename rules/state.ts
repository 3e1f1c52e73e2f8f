/*
 * What a decision is made from and what it says. Plain data: a stored state planned again gives the same plan.
 */

/** The Referral Rock records that are the same person as a contact. */
export type LinkKind = 'referral' | 'member';

export type Data = Readonly<Record<string, unknown>>;

/** The GHL contact of a customer, as last read. */
export interface ContactState {
  readonly recordId: string;
  readonly contactId: string;
  readonly data: Data;
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

/** What of a record itself was last taken note of; its change is a fact. */
export interface Highlights {
  readonly status: string;
  readonly note: string;
  readonly publicNote: string;
}

/** A line in the kept section of a referral's note. */
export interface Line {
  readonly reference: string;
  readonly kind: 'task';
  readonly text: string;
  /** `2026-12-01` in the location's zone, or null. */
  readonly dueDate: string | null;
  readonly done: boolean;
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
  readonly seen: { readonly highlights: Highlights; readonly version: number } | undefined;
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
}

export type FactKind = 'referral.added' | 'referral.status' | 'referral.changed' | 'member.added';

export interface ConnectionState {
  readonly id: string;
  readonly mode: 'observe' | 'live';
  /** ISO time; nothing is made for records created before it. */
  readonly since: string;
  readonly timeZone: string;
  readonly country: string;
  readonly locationId: string;
  readonly programCount: number;
}

/** All that a pass knows of its customer; `focus` is the record whose rows it closes. */
export interface CustomerState {
  readonly customerId: string;
  readonly connection: ConnectionState;
  /** ISO time of the planning, stored with the plan. */
  readonly now: string;
  readonly focus: string;
  readonly contact: ContactState | undefined;
  readonly contactGone: boolean;
  readonly links: readonly LinkState[];
  /** The focus record's facts that no plan has spent. */
  readonly facts: readonly Fact[];
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
  readonly changes: readonly Change[];
  /** The short reference in the closing line of a task or note of ours. */
  readonly reference: string | null;
  /** Field names only: shown in the Temporal UI. */
  readonly summary: string;
  /** For people: what was done. Kept in the store. */
  readonly sentence: string;
}

export interface ClaimKey {
  readonly kind: 'email' | 'phone';
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
  readonly facts: readonly Fact[];
  readonly steps: readonly StepDraft[];
  readonly merges: readonly MergeDraft[];
  readonly highlights: { readonly recordId: string; readonly value: Highlights } | null;
  readonly newLines: readonly (Line & { readonly recordId: string; readonly step: string })[];
  readonly sentences: readonly string[];
}
