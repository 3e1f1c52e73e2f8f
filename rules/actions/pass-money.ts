import type { Firing } from './action-steps.ts';
import { MONEY_OPERATIONS, paysOf, statusClaims, type StatusTarget, statusTargetOf, whyNotStatus } from './money.ts';
import { nameOf } from '../forms/normalize.ts';
import type { ActionStep } from '../rule-set.ts';
import type { ApprovalDraft, Change, PlanDraft, StepDraft } from '../plan.ts';
import type { Data } from '../records.ts';
import type { CustomerState, OpenApproval } from '../state.ts';

/** An action's steps once its money steps are held, allowed, or left out. */
export interface Passed {
  readonly steps: readonly StepDraft[];
  readonly approvals: readonly ApprovalDraft[];
  readonly superseded: PlanDraft['superseded'];
  readonly sentences: readonly string[];
}

/**
 * Holds a step of effect `money` for a person's approval, unless its rule allows it or `permit` is that of a person who approved
 * it. A status that the referral has, or that Referral Rock would refuse, is not proposed; nor one that waits already.
 */
export function passMoney(firing: Firing, step: StepDraft, draft: ActionStep, permit: string | null): Passed {
  const nothing = { steps: [], approvals: [], superseded: [], sentences: [] };
  if (!MONEY_OPERATIONS.has(step.operation)) return { ...nothing, steps: [step] };
  const { state, action } = firing;
  const target = statusTargetOf(state, step.operation, step.input);
  const why = target && whyNotStatus(target);
  if (why !== undefined)
    return {
      ...nothing,
      superseded: withdrawnBy(firing),
      sentences: [`“${action.title}” proposes nothing: ${why}`],
    };
  const written = target ? writesStatus(step, target) : step;
  if (step.mode === 'observe') return { ...nothing, steps: [written] };

  const about = target?.referral.recordId ?? firing.fact.recordId;
  const open = state.approvals.filter(({ recordId, kind }) => recordId === about && kind === 'status');
  const replaced = target ? replacedBy(firing, about) : [];
  const allowedBy = permit ?? (draft.money === 'allow' ? `rule:${action.id}` : null);
  if (allowedBy !== null) {
    return {
      ...nothing,
      steps: [{ ...written, allowedBy }],
      superseded: target ? [...byRule(open, target, action.title), ...replaced] : [],
    };
  }
  const proposal = proposalOf(firing, written, target);
  if (open.some((one) => isSame(one.proposal, proposal))) {
    const sentence = `“${action.title}” proposes the same again: it waits for a person's approval`;
    return { ...nothing, superseded: replaced, sentences: [sentence] };
  }
  const approval: ApprovalDraft = {
    kind: 'status',
    recordId: about,
    proposal,
    pays: target ? paysOf(state.connection.programs, target) : [],
    candidates: [],
    steps: [step.name],
    sentence: target
      ? `Set ${whatOf(target)} of the referral of ${personOf(target.referral.data)}, as the rule “${action.title}” proposes`
      : `“${action.title}” proposes ${step.operation}`,
  };
  return { ...nothing, steps: [{ ...written, mode: 'hold' }], approvals: [approval], superseded: replaced };
}

/**
 * What the same record had a status proposed for before, or asked which one is meant, where that is about another record than now:
 * its newer word replaces the older one wherever that waits.
 */
export function replacedBy({ state, fact }: Firing, about: string): PlanDraft['superseded'] {
  return state.approvals
    .filter(({ recordId, proposal }) => recordId !== about && 'status' in proposal)
    .filter(({ proposal }) => proposal['cause'] === fact.recordId)
    .map(({ id }) => ({ approvalId: id, sentence: 'superseded: what happened since proposes something else' }));
}

/**
 * What this rule proposed about an opportunity that has another status now, and that the rule has no word for: a status taken back
 * takes its proposal back. A stage that was passed stays passed.
 */
export function withdrawnBy({ state, action, fact }: Firing): PlanDraft['superseded'] {
  if (fact.kind !== 'opportunity.status') return [];
  return state.approvals
    .filter(({ proposal }) => proposal['rule'] === action.id && proposal['cause'] === fact.recordId)
    .map(({ id }) => ({
      approvalId: id,
      sentence: `superseded: the opportunity is ${String(fact.data['to'])} now, no longer what the proposal was made from`,
    }));
}

/** A step that sets a referral's status or amount writes to its record, and may be done once. */
export function writesStatus(step: StepDraft, target: StatusTarget): StepDraft {
  const { referral, status, amount } = target;
  const change = (field: string, after: unknown): Change => ({ field, before: referral.data[field] ?? null, after });
  return {
    ...step,
    recordId: referral.recordId,
    changes: [
      ...(status === '' ? [] : [change('status', status)]),
      ...(amount === undefined ? [] : [change('amount', amount)]),
    ],
    claims: statusClaims(target),
  };
}

function proposalOf({ action, fact }: Firing, step: StepDraft, target: StatusTarget | undefined): Data {
  const by = { rule: action.id, cause: fact.recordId };
  if (!target) return { operation: step.operation, input: step.input, ...by };
  const { referral, status, amount } = target;
  return {
    ...(status === '' ? {} : { status }),
    ...(amount === undefined ? {} : { amount }),
    from: statusNow(referral.data),
    referralId: referral.vendorId,
    ...by,
  };
}

function isSame(one: Data, other: Data): boolean {
  const of = ({ status, amount, from, operation, input }: Data): string =>
    JSON.stringify([status, amount, from, operation, input]);
  return of(one) === of(other);
}

function byRule(open: readonly OpenApproval[], { status }: StatusTarget, title: string): PlanDraft['superseded'] {
  return open.map(({ id }) => ({
    approvalId: id,
    sentence: `superseded: “${title}” sets the referral ${status || 'anew'} and needs no approval`,
  }));
}

function whatOf({ referral, status, amount }: StatusTarget): string {
  const parts = [
    ...(status === '' ? [] : [`the status from ${statusNow(referral.data)} to ${status}`]),
    ...(amount === undefined ? [] : [`the amount to ${String(amount)}`]),
  ];
  return parts.join(' and ');
}

const statusNow = (data: Data): string =>
  String(data['status'] ?? '')
    .trim()
    .toLowerCase();

function personOf(data: Data): string {
  return nameOf(data) || `referral ${String(data['id'] ?? '')}`;
}

/** The customer's referrals that a status may be proposed for: linked, there, and neither approved nor denied. */
export function openReferrals(state: CustomerState): CustomerState['links'] {
  return state.links.filter(
    ({ kind, linked, gone, data }) =>
      kind === 'referral' && linked && !gone && !['approved', 'denied'].includes(statusNow(data)),
  );
}
