import type { Decision, StepDraft } from './plan.ts';
import type { RuleSettings } from './rule-set.ts';
import type { CustomerState } from './state.ts';

/** What may be too much at once. */
export type Brake = 'creates' | 'deletes' | 'optOuts' | 'changes';

/** What was done, or is about to be, on a connection: of the last hour, and of the last 10 minutes. */
export interface BrakeCounts {
  /** Contacts and members made within the hour. */
  readonly creates: number;
  readonly deletes: number;
  readonly optOuts: number;
  /** Customers whose records were changed within 10 minutes. */
  readonly changes: number;
  /** Members and referrals that are linked. */
  readonly links: number;
}

/** A brake that a plan would go past. */
export interface Braked {
  readonly brake: Brake;
  readonly limit: number;
  readonly sentence: string;
}

const CREATES: readonly string[] = ['ghl.contact.create', 'referral-rock.member.create'];
const CHANGES: readonly string[] = [
  'ghl.contact.update',
  'ghl.contact.add-tags',
  'ghl.contact.remove-tags',
  'referral-rock.member.update',
  'referral-rock.referral.update',
];
const OPT_OUT = 'referral-rock.email.unsubscribe';

/** These are what a person asked for, or concern nobody. */
const EXEMPT: readonly string[] = ['approval', 'undo', 'program', 'connection'];

/** The operations that brakes count; what has `Delete` among its verbs deletes. */
export const countedOperations = { creates: CREATES, changes: CHANGES, optOut: OPT_OUT } as const;

/**
 * How many of each a decision would add. The change of a record that the same plan makes, or that it links for the first time, is
 * part of that.
 */
export function loadOf(state: CustomerState, decision: Decision): Readonly<Record<Brake, number>> {
  const none = { creates: 0, deletes: 0, optOuts: 0, changes: 0 };
  if (decision.outcome !== 'act' || state.connection.mode !== 'live' || EXEMPT.includes(state.trigger)) return none;
  const steps = decision.plan.steps.filter(({ mode }) => mode === 'live');
  const count = (is: (step: StepDraft) => boolean): number => steps.filter(is).length;
  const creates = count(({ operation }) => CREATES.includes(operation));
  const isFirst = creates > 0 || decision.plan.link !== null;
  return {
    creates,
    deletes: count(({ operation }) => operation.endsWith('.delete')),
    optOuts: count(({ operation, changes }) => operation === OPT_OUT || setsDnd(changes)),
    changes: !isFirst && steps.some(({ operation }) => CHANGES.includes(operation)) ? 1 : 0,
  };
}

function setsDnd(changes: StepDraft['changes']): boolean {
  return changes.some(({ field }) => field === 'dndSettings' || field === 'dnd');
}

/** The brake that so much more would go past; undefined: none. */
export function brakeOf(
  settings: RuleSettings,
  load: Readonly<Record<Brake, number>>,
  counts: BrakeCounts,
): Braked | undefined {
  const { brakeCreates, brakeDeletes, brakeOptOuts, brakeChangedFrom, brakeChangedShare } = settings;
  const changes = Math.max(brakeChangedFrom, Math.floor((counts.links * brakeChangedShare) / 100));
  const limits = { creates: brakeCreates, deletes: brakeDeletes, optOuts: brakeOptOuts, changes } as const;
  const brakes = Object.keys(limits) as Brake[];
  const brake = brakes.find((name) => load[name] > 0 && counts[name] + load[name] > limits[name]);
  return brake && { brake, limit: limits[brake], sentence: WORDS[brake](limits[brake]) };
}

const WORDS: Readonly<Record<Brake, (limit: number) => string>> = {
  creates: (limit) => `more than ${limit} contacts or members would be made within an hour`,
  deletes: (limit) => `more than ${limit} records would be deleted within an hour`,
  optOuts: (limit) => `more than ${limit} addresses would be opted out within an hour`,
  changes: (limit) => `the records of more than ${limit} people would be changed within 10 minutes`,
};
