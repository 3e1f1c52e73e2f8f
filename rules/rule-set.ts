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
  /** What must hold when the fact comes. */
  readonly if?: Conditions;
  /** Of an action with waits: what must still hold after each of them; else the run ends. */
  readonly while?: Conditions;
  /** Of an action with waits: the facts that end its run. */
  readonly stopWhen?: readonly StopFact[];
  readonly do: readonly (ActionStep | Wait)[];
}

/** All of `all` and one of `any` must hold. */
export interface Conditions {
  readonly all?: readonly Test[];
  readonly any?: readonly Test[];
}

/** A field that steps' templates may name (`referral.status`), and what it must be. Texts are compared with case aside. */
export interface Test {
  readonly field: string;
  /** `changed`: the fact tells that it did; `tag`: the contact has it; `greater`, `less`: numbers, or dates. */
  readonly is: TestKind;
  /** A template; not wanted by `exists` and `changed`. */
  readonly value?: string;
  /** It must not hold. */
  readonly not?: boolean;
}

export type TestKind = 'equals' | 'contains' | 'exists' | 'changed' | 'greater' | 'less' | 'tag';

/** A fact of the customer that ends a run; one about a record of the run's kind must be about the run's own. */
export interface StopFact {
  readonly fact: FactKind;
  readonly if?: Conditions;
}

/** What follows is done later: `2 days`, `3 business days`, `{until: '09:00'}` in the location's zone, or both: `{for, until}`. */
export interface Wait {
  readonly wait: string | { readonly for?: string; readonly until?: string };
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
  /** Where it fails: `go on` (default) with the steps that do not need its answer, or `stop`: none that follows is done. */
  readonly onError?: 'stop' | 'go on';
}

export function isWait(entry: ActionStep | Wait): entry is Wait {
  return 'wait' in entry;
}

/** The steps of an action, without its waits. */
export function stepsOf(action: Pick<Action, 'do'>): ActionStep[] {
  return action.do.filter((entry): entry is ActionStep => !isWait(entry));
}
