import { draftSteps, type Firing } from './action-steps.ts';
import { whyNotMet } from './conditions.ts';
import { MONEY_OPERATIONS } from './money.ts';
import { openReferrals } from './pass-money.ts';
import type { Action } from '../rule-set.ts';
import { referralOf, scopeOf, type Subject } from './scope.ts';
import type { CustomerState, RunState } from '../state.ts';
import type { Data, Fact } from '../records.ts';
import { whyNotRendered } from '../forms/templates.ts';
import { segmentOf, waitInWords } from './waits.ts';

/** What one action would do about one fact. */
export interface Tried {
  readonly action: string;
  readonly fact: Fact['kind'];
  /** Why it would do nothing, or could not act; null: it would act. */
  readonly reason: string | null;
  readonly steps: readonly TriedStep[];
}

export type TriedStep =
  | { readonly name: string; readonly operation: string; readonly input: Data; readonly sentence: string }
  | { readonly wait: string };

/**
 * What actions would do about facts that have happened, with the records as they are now; nothing is written. Also an action that is
 * switched off is tried. Waits are told, and what follows them as if it were time.
 */
export function tryActions(
  state: CustomerState,
  actions: readonly Action[],
  facts: readonly Fact[],
): { tried: Tried[]; facts: Fact['kind'][] } {
  const tried = facts.flatMap((fact) =>
    actions.filter(({ when }) => when === fact.kind).map((action) => tryAction(state, action, fact)),
  );
  return { tried, facts: facts.map(({ kind }) => kind) };
}

function tryAction(state: CustomerState, action: Action, fact: Fact): Tried {
  const about = { action: action.id, fact: fact.kind };
  const subject = subjectOf(state, fact);
  if (!subject) return { ...about, reason: 'what the fact is about, or its contact, is not there any more', steps: [] };
  try {
    const firing: Firing = { state, action, fact, subject, scope: scopeOf(state, fact, subject) };
    const why = whyNotMet(action.if, firing.scope);
    if (why !== undefined) return { ...about, reason: `its conditions do not hold: ${why}`, steps: [] };
    const steps = stepsOf(firing);
    return { ...about, reason: steps.length === 0 ? 'all of it is there already, or comes out empty' : null, steps };
  } catch (error) {
    return { ...about, reason: `it could not act: ${whyNotRendered(error)}`, steps: [] };
  }
}

function subjectOf(state: CustomerState, fact: Fact): Subject | undefined {
  const contact = state.contact ?? state.goneContact;
  if (!contact) return undefined;
  const link = state.links.find(({ recordId }) => recordId === fact.recordId);
  const item = state.items.find(({ recordId }) => recordId === fact.recordId);
  if (!link && !item && fact.recordId !== contact.recordId) return undefined;
  const subject: Subject = { contact: { id: contact.contactId, data: contact.data }, link, item };
  return referralOf(state, subject) ? subject : { ...subject, referral: openReferrals(state)[0] };
}

/** The steps of all segments; an answer of a step from before a wait stays as it is written. */
function stepsOf(firing: Firing): TriedStep[] {
  const { action, fact } = firing;
  const steps: TriedStep[] = [];
  for (let at = 0; at < action.do.length;) {
    const { wait, next } = segmentOf(action, at);
    const run: RunState = {
      id: '',
      recordId: fact.recordId,
      referralRecordId: null,
      action,
      fact,
      at,
      segment: at,
      status: 'due',
      answers: unanswered(action),
    };
    steps.push(
      ...draftSteps({ ...firing, run }).map(({ step, draft }) => ({
        name: draft.name,
        operation: step.operation,
        input: step.input,
        sentence: wouldBe(step.operation, draft.money, step.sentence),
      })),
    );
    if (wait) steps.push({ wait: waitInWords(wait) });
    at = next;
  }
  return steps;
}

function wouldBe(operation: string, money: 'hold' | 'allow' | undefined, sentence: string): string {
  return MONEY_OPERATIONS.has(operation) && money !== 'allow'
    ? `would ask a person first: ${sentence}`
    : `would say: ${sentence}`;
}

/** Any field of any step comes out as what it will be. */
function unanswered({ do: entries }: Action): RunState['answers'] {
  const answer = (name: string): Data => new Proxy({}, { get: (_, field) => `(${String(field)} of step ${name})` });
  return Object.fromEntries(entries.flatMap((entry) => ('name' in entry ? [[entry.name, answer(entry.name)]] : [])));
}
