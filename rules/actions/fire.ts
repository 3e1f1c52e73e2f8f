import { draftSteps, type Firing } from './action-steps.ts';
import { whyNotMet } from './conditions.ts';
import { noLink } from '../links/link.ts';
import { paysOf, statusTargetOf } from './money.ts';
import { nameOf, normalizeText } from '../forms/normalize.ts';
import { openReferrals, type Passed, passMoney, replacedBy, withdrawnBy } from './pass-money.ts';
import type { Action } from '../rule-set.ts';
import { runAfter } from './runs.ts';
import { referralOf, scopeOf, type Subject } from './scope.ts';
import type { ApprovalDraft, RunDraft } from '../plan.ts';
import type { CustomerState, RunState } from '../state.ts';
import type { Data, Fact, LinkState } from '../records.ts';
import { stepsNamedIn, whyNotRendered } from '../forms/templates.ts';

/** What one action comes to about one fact. */
export interface Fired extends Passed {
  readonly fact: Fact;
  /** The rule could not act: its fact waits. */
  readonly isHeld: boolean;
  /** The run that begins to wait, goes on or ends. */
  readonly runs: readonly RunDraft[];
}

/**
 * Fires an action on a fact. One that speaks of a referral where the fact is about none gets the customer's one that is neither
 * approved nor denied; of several a person chooses. A rule that names what the connection does not have is held, alone. One that
 * waits acts up to its wait; `run`: it has waited, and goes on.
 */
export function fire(
  state: CustomerState,
  action: Action,
  fact: Fact,
  subject: Subject,
  permit: string | null,
  run?: RunState,
): Fired {
  const nothing: Fired = { fact, isHeld: false, steps: [], approvals: [], superseded: [], sentences: [], runs: [] };
  try {
    const isMissing = speaksOfReferral(action) && !referralOf(state, subject);
    const open = isMissing ? openReferrals(state) : [];
    const referral = isMissing ? (open[0] ?? NO_REFERRAL) : subject.referral;
    const firing: Firing = { ...firingOf(state, action, fact, { ...subject, referral }), run };
    const withdrawn = { ...nothing, superseded: withdrawnBy(firing) };
    if (!run && whyNotMet(action.if, firing.scope) !== undefined) return withdrawn;
    const drafts = draftSteps(firing);
    const runs = runAfter(firing, drafts);
    if (drafts.length + runs.length === 0) return withdrawn;
    if (!isMissing || open.length === 1) return { ...nothing, ...passAll(firing, drafts, permit), runs };
    if (open.length === 0) {
      const sentence = `“${action.title}” does nothing: the contact has no referral that is neither approved nor denied`;
      return { ...withdrawn, sentences: [sentence] };
    }
    return { ...nothing, ...askWhich(state, firing, open) };
  } catch (error) {
    const sentence = `held: rule ${action.id} (“${action.title}”) could not act: ${whyNotRendered(error)}; correct the rule or the name, then retry`;
    return { ...nothing, isHeld: true, sentences: [sentence] };
  }
}

function firingOf(state: CustomerState, action: Action, fact: Fact, subject: Subject): Firing {
  return { state, action, fact, subject, scope: scopeOf(state, fact, subject) };
}

function passAll(firing: Firing, drafts: ReturnType<typeof draftSteps>, permit: string | null): Passed {
  const passed = drafts.map(({ step, draft }) => passMoney(firing, step, draft, permit));
  const left = new Set(drafts.filter((_, n) => passed[n]?.steps.length === 0).map(({ step }) => step.name));
  return {
    steps: passed
      .flatMap(({ steps }) => steps)
      .filter(({ input }) => !stepsNamedIn(input).some((name) => left.has(name))),
    approvals: passed.flatMap(({ approvals }) => approvals),
    superseded: passed.flatMap(({ superseded }) => superseded),
    sentences: passed.flatMap(({ sentences }) => sentences),
  };
}

/** What an action is tried on where the customer has no referral: would it do anything at all? */
const NO_REFERRAL: LinkState = { ...noLink('referral'), vendorId: 'none' };

/** A template or a condition of the action names a field of the referral. */
function speaksOfReferral({ if: conditions, while: still, do: steps }: Action): boolean {
  return /\{[{%][^}]*\breferral\.|"field":"referral\./u.test(JSON.stringify([conditions, still, steps]));
}

/** One approval for the fact's record, whose decision names the referral; then the action fires again, for that one. */
function askWhich(state: CustomerState, firing: Firing, open: readonly LinkState[]): Partial<Fired> {
  const { action, fact, subject } = firing;
  if (action.mode === 'observe')
    return { sentences: [`“${action.title}” would ask which of ${open.length} open referrals is meant`] };
  const does = draftSteps(firing).map(({ step }) => step);
  const targets = open.flatMap((referral) =>
    draftSteps(firingOf(state, action, fact, { ...subject, referral })).flatMap(
      ({ step }) => statusTargetOf(state, step.operation, step.input) ?? [],
    ),
  );
  const proposal = {
    ...(targets[0] ? { status: targets[0].status } : {}),
    does: does.map(({ summary }) => summary),
    rule: action.id,
    cause: fact.recordId,
    fact: fact as unknown as Data,
  };
  const asked = state.approvals.some(
    (one) =>
      one.kind === 'ambiguous' &&
      one.recordId === fact.recordId &&
      one.proposal['rule'] === action.id &&
      one.proposal['status'] === proposal.status,
  );
  const superseded = targets.length > 0 ? replacedBy(firing, fact.recordId) : [];
  if (asked) {
    const sentence = `“${action.title}” asks the same again: a person has yet to say which referral is meant`;
    return { superseded, sentences: [sentence] };
  }
  const approval: ApprovalDraft = {
    kind: 'ambiguous',
    recordId: fact.recordId,
    proposal,
    pays: [...new Set(targets.flatMap((target) => paysOf(state.connection.programs, target)))],
    candidates: open.map(({ vendorId, data }) => ({ referralId: vendorId, sentence: candidateSentence(data) })),
    steps: [],
    sentence: `“${action.title}”: the contact has ${open.length} open referrals; which one is meant?`,
  };
  return {
    approvals: [approval],
    superseded,
    sentences: [`“${action.title}” waits for a person to say which of ${open.length} open referrals is meant`],
  };
}

function candidateSentence(data: Data): string {
  const text = (name: string): string => normalizeText(data[name]);
  const by = text('referringMemberName');
  const since = text('createDate').slice(0, 10);
  return `${nameOf(data)} in ${text('programName')}, ${text('status').toLowerCase()}${by ? `, referred by ${by}` : ''}${since ? `, since ${since}` : ''}`;
}
