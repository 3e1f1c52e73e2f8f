import { lineOf } from './action-steps.ts';
import type { Action } from '../rule-set.ts';
import { fire, type Fired } from './fire.ts';
import { LONGEST_CHAIN, withCauses } from '../facts/causes.ts';
import { MONEY_OPERATIONS } from './money.ts';
import { stoppedBy } from './runs.ts';
import type { Subject } from './scope.ts';
import type { ApprovalDraft, PlanDraft, RunDraft, StepDraft } from '../plan.ts';
import type { CustomerState, RunState } from '../state.ts';
import type { Fact, Line } from '../records.ts';
import { renameAnswers, stepsNamedIn } from '../forms/templates.ts';

export type { ActionContact, Subject } from './scope.ts';

/** What actions do about facts. */
export interface Acted {
  /** Those that are spent when the plan closes. */
  readonly facts: readonly Fact[];
  /** Those that a rule could not act on: they are stored, and wait until it can. */
  readonly waiting: readonly Fact[];
  /** `held` if a rule could not act. */
  readonly ends: PlanDraft['ends'];
  readonly steps: readonly StepDraft[];
  /** Tasks that get a line in the referral's note, with the step that makes them. */
  readonly lines: readonly (Line & { readonly step: string })[];
  readonly approvals: readonly ApprovalDraft[];
  readonly superseded: PlanDraft['superseded'];
  /** Runs of automations that begin to wait, go on or end. */
  readonly runs: readonly RunDraft[];
  readonly sentences: readonly string[];
}

/**
 * Fires the actions of the rules that are not off on each fact, and ends the runs that wait for no such fact. A step of effect `money`
 * is held for a person, unless its rule allows it, or `permit` (`approval:<id>`) is that of a person who approved it. A fact at the end
 * of a long chain of actions that made one another's facts is held.
 */
export function actOn(
  state: CustomerState,
  told: readonly Fact[],
  subject: Subject,
  permit: string | null = null,
): Acted {
  const facts = withCauses(told, state.writes);
  const actions = state.rules.actions.filter(({ mode }) => mode !== 'off');
  const fired = facts.flatMap((fact) =>
    actions
      .filter(({ when }) => when === fact.kind)
      .map((action) => tooDeep(action, fact) ?? fire(state, action, fact, subject, permit)),
  );
  const acted = actedOf(state, facts, fired);
  const stopped = stoppedBy(state, facts, subject);
  return {
    ...acted,
    runs: [...stopped, ...acted.runs],
    sentences: [...acted.sentences, ...stopped.map(({ sentence }) => sentence)],
  };
}

/** Goes on with a run whose wait is over. */
export function actOnRun(state: CustomerState, run: RunState, subject: Subject): Acted {
  return actedOf(state, [], [fire(state, run.action, run.fact, subject, null, run)]);
}

function tooDeep(action: Action, fact: Fact): Fired | undefined {
  if ((fact.depth ?? 0) <= LONGEST_CHAIN) return undefined;
  const sentence = `held: “${action.title}” was not fired: ${LONGEST_CHAIN} facts before it each came of an action of ours, one by the other; see that the rules make no circle, then retry`;
  return { fact, isHeld: true, steps: [], approvals: [], superseded: [], runs: [], sentences: [sentence] };
}

function actedOf(state: CustomerState, facts: readonly Fact[], fired: readonly Fired[]): Acted {
  const held = new Set(fired.filter(({ isHeld }) => isHeld).map(({ fact }) => fact.key));
  const named = nameApart(fired);
  const { steps, approvals } = lastWord(named);
  return {
    facts: facts.filter(({ key }) => !held.has(key)),
    waiting: facts.filter(({ key }) => held.has(key)),
    ends: fired.some(({ isHeld }) => isHeld) ? 'held' : 'done',
    steps,
    lines: steps.flatMap((step) =>
      step.operation === 'ghl.task.create' && step.reference && step.mode !== 'observe'
        ? [lineOf(state, step, step.reference)]
        : [],
    ),
    approvals,
    superseded: fired.flatMap(({ superseded }) => superseded),
    runs: named.flatMap(({ runs }) => runs),
    sentences: [...new Set(fired.flatMap(({ sentences }) => sentences))],
  };
}

/** What actions come to as part of a plan; their lines are the kept section's to render. */
export function partOf(acted: Acted): Partial<PlanDraft> {
  const { facts, waiting, ends, steps, approvals, superseded, runs, sentences } = acted;
  return { facts, waiting, ends, steps, approvals, superseded, runs, sentences };
}

/** Names that the steps of the sync itself have. */
const TAKEN = ['contact', 'referral', 'member'].flatMap((name) => [name, `${name}-then`, `${name}-observed`]);

/** Actions, and facts of one kind, name their steps alike: those of the later ones get a number. */
function nameApart(fired: readonly Fired[]): Fired[] {
  const taken = new Set(TAKEN);
  const firstOf = new Map<string, Map<string, string>>();
  return fired.map((one) => {
    const names = new Map(one.steps.map(({ name }) => [name, freeName(name, taken)]));
    for (const name of names.values()) taken.add(name);
    // An action may name an answer of another one to the same fact.
    const ofFact = firstOf.get(one.fact.key) ?? new Map<string, string>();
    firstOf.set(one.fact.key, new Map([...names, ...ofFact]));
    const rename = (name: string): string => names.get(name) ?? ofFact.get(name) ?? name;
    return {
      ...one,
      steps: one.steps.map((step) => ({
        ...step,
        name: rename(step.name),
        input: renameAnswers(step.input, rename),
        after: step.after.map(rename),
      })),
      runs: one.runs.map((run) => ({ ...run, stopsWith: run.stopsWith.map(rename) })),
      approvals: one.approvals.map((approval) => ({ ...approval, steps: approval.steps.map(rename) })),
    };
  });
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name}-${n}`;
  return free;
}

/** Of several facts that would set one referral's status the last one does; of several questions about one record it asks. */
function lastWord(fired: readonly Fired[]): Pick<Acted, 'steps' | 'approvals'> {
  const all = fired.flatMap(({ steps }) => steps);
  const isStatus = (step: StepDraft): boolean => MONEY_OPERATIONS.has(step.operation) && step.recordId !== null;
  const overtaken = new Set(
    all
      .filter(
        (step, n) =>
          isStatus(step) && all.some((other, m) => m > n && isStatus(other) && other.recordId === step.recordId),
      )
      .map(({ name }) => name),
  );
  for (const { name, input } of all)
    if (stepsNamedIn(input).some((needed) => overtaken.has(needed))) overtaken.add(name);
  const approvals = fired
    .flatMap((one) => one.approvals)
    .filter(({ steps }) => !steps.some((name) => overtaken.has(name)));
  return { steps: all.filter(({ name }) => !overtaken.has(name)), approvals: oneForEach(approvals) };
}

/** A record has one open approval: what is asked about one record is asked at once. */
function oneForEach(approvals: readonly ApprovalDraft[]): ApprovalDraft[] {
  const byRecord = new Map<string, ApprovalDraft>();
  for (const approval of approvals) {
    const other = byRecord.get(approval.recordId);
    byRecord.set(approval.recordId, other && approval.kind === 'status' ? both(other, approval) : approval);
  }
  return [...byRecord.values()];
}

function both(one: ApprovalDraft, other: ApprovalDraft): ApprovalDraft {
  return {
    ...one,
    proposal: { ...one.proposal, also: [...((one.proposal['also'] as unknown[] | undefined) ?? []), other.proposal] },
    pays: [...one.pays, ...other.pays],
    steps: [...one.steps, ...other.steps],
    sentence: `${one.sentence}; ${other.sentence}`,
  };
}
