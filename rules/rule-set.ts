import type { FieldMapping } from './links/fields.ts';
import type { FactKind, LinkKind } from './records.ts';

/** `live`: it acts; `observe`: it decides and says what it would do; `off`: it is not looked at. */
export type RuleMode = 'live' | 'observe' | 'off';

/** The sync rules: code, switched by these names. */
export type SyncRule =
  | 'fields'
  | 'tags'
  | 'tasks'
  | 'notes'
  | 'appointments'
  | 'memberFields'
  | 'optOuts'
  | 'contactDeletes';

/** What a connection's decisions follow. */
export interface Rules {
  /** The name of the rule set. */
  readonly name: string;
  readonly sync: Readonly<Record<SyncRule, RuleMode>>;
  readonly settings: RuleSettings;
  readonly fields: Readonly<Record<LinkKind, readonly FieldMapping[]>>;
  /** Value maps by name: `opportunityStatus: {won: approved}`; keys in lower case. */
  readonly values: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly actions: readonly Action[];
}

export interface RuleSettings {
  /** Which notes become lines: all, those marked `#rr`, none. */
  readonly notes: 'all' | 'marked' | 'off';
  /** A task read from a line is due at this hour of its day, in the location's zone. */
  readonly taskDueHour: number;
  /** So many characters the kept section has at the most. */
  readonly sectionLength: number;
  /** Whether an opt-out in Referral Rock also stops GHL's e-mails, appointment mails too. */
  readonly unsubscribeSetsDnd: boolean;
  /** So many contacts and members may be made within an hour; what is beyond waits for a person. Likewise the next ones. */
  readonly brakeCreates: number;
  readonly brakeDeletes: number;
  readonly brakeOptOuts: number;
  /** Of so many people may the records change within 10 minutes, or of so many percent of the links, where that is more. */
  readonly brakeChangedFrom: number;
  readonly brakeChangedShare: number;
  /** Whether an emptied field empties the other side. */
  readonly propagateEmpty: boolean;
}

/** What shall be done when something happened: the defaults have the form of a user's own automations. */
export interface Action {
  readonly id: string;
  readonly title: string;
  readonly mode: RuleMode;
  readonly when: FactKind;
  /** All must hold: a template over what steps may use, and the text that it must come to, case aside. */
  readonly if?: readonly { readonly value: string; readonly equals: string }[];
  readonly do: readonly ActionStep[];
}

/** One catalog operation; texts of its input are templates over `fact`, `contact`, `referral`, `member` or `reward`, `connection`, `values`, `now`. */
export interface ActionStep {
  readonly name: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** For people, in the past: `Created the task "…"`; a template too. */
  readonly sentence: string;
  /** Of an operation of effect `money`: `hold` (default) for a person's approval, or `allow`. */
  readonly money?: 'hold' | 'allow';
}
