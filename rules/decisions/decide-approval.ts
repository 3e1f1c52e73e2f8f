import { actOn, partOf } from '../actions/act.ts';
import { decideLink } from './decide-link.ts';
import { highlightsOf } from '../facts/facts.ts';
import { MONEY_OPERATIONS, statusTargetOf, whyNotStatus } from '../actions/money.ts';
import { writesStatus } from '../actions/pass-money.ts';
import { act, type Decision, type StepDraft } from '../plan.ts';
import type { Fact, LinkState } from '../records.ts';
import type { CustomerState, DecidedApproval } from '../state.ts';

/** A person decided: what waited is carried out if it still is what was asked, or is left. */
export function decideApproval(state: CustomerState): Decision {
  const { decided } = state;
  if (!decided) return act({ sentences: ['nothing to do: there is no decision any more'] });
  if (!decided.approved) return act({ sentences: [`${by(decided)} denied it: nothing was written`] });
  if (decided.kind === 'ambiguous' && decided.referralId !== null)
    return actForChosen(state, decided, decided.referralId);
  if (decided.kind === 'ambiguous') return decideLink({ ...state, focus: decided.recordId });
  return carryOut(state, decided);
}

/** The steps that waited, each once more checked against what the records are now. */
function carryOut(state: CustomerState, decided: DecidedApproval): Decision {
  const link = state.links.find(({ recordId }) => recordId === decided.recordId);
  const why = whyOvertaken(state, decided, link);
  if (why !== undefined) {
    const sentence = `superseded: ${why}; nothing was written`;
    return act({ superseded: [{ approvalId: decided.id, sentence }], sentences: [sentence] });
  }
  const steps = decided.steps.map((step) => approvedStep(state, decided, step));
  if (steps.length === 0) return act({ sentences: ['nothing to do: no step waited for the decision'] });
  return act({ steps, findings: findingOf(link), sentences: [`approved by ${by(decided)}`] });
}

/** Why what was approved is no longer to be done. */
function whyOvertaken(state: CustomerState, decided: DecidedApproval, link: LinkState | undefined): string | undefined {
  const { from } = decided.proposal;
  if (typeof from === 'string') {
    if (!link || link.gone) return 'the referral no longer exists in Referral Rock';
    if (highlightsOf(link).status !== from)
      return `the referral is ${highlightsOf(link).status} now, no longer ${from}`;
  }
  const contactId = state.contact?.contactId;
  // It has moved since: what waited would be written to somebody else.
  if (decided.steps.some(({ input }) => typeof input['contactId'] === 'string' && input['contactId'] !== contactId))
    return 'what it is about is no longer of the same contact';
  for (const { operation, input } of decided.steps) {
    const target = statusTargetOf(state, operation, input);
    const why = target && whyNotStatus(target);
    if (why !== undefined) return why;
  }
  return undefined;
}

function approvedStep(state: CustomerState, decided: DecidedApproval, step: StepDraft): StepDraft {
  const live: StepDraft = { ...step, mode: 'live' };
  if (!MONEY_OPERATIONS.has(step.operation)) return live;
  const target = statusTargetOf(state, step.operation, step.input);
  return { ...(target ? writesStatus(live, target) : live), allowedBy: permitOf(decided) };
}

/** The rule that could not tell which referral is meant acts on the one that was chosen. */
function actForChosen(state: CustomerState, decided: DecidedApproval, referralId: string): Decision {
  const fact = decided.proposal['fact'] as Fact | undefined;
  const actions = state.rules.actions.filter(({ id, mode }) => id === decided.proposal['rule'] && mode !== 'off');
  const referral = state.links.find(
    ({ kind, vendorId, linked }) => kind === 'referral' && linked && vendorId === referralId,
  );
  const { contact } = state;
  if (!fact || actions.length === 0)
    return act({ sentences: ['nothing was written: the rule that asked is switched off'] });
  if (!referral || !contact)
    return act({ sentences: [`nothing was written: referral ${referralId} is not this contact's any more`] });
  const acted = actOn(
    { ...state, rules: { ...state.rules, actions } },
    [fact],
    {
      contact: { id: contact.contactId, data: contact.data },
      item: state.items.find(({ recordId }) => recordId === fact.recordId),
      referral,
    },
    permitOf(decided),
  );
  const writes = acted.steps.some(({ operation }) => MONEY_OPERATIONS.has(operation));
  return act({
    ...partOf(acted),
    // It was spent by the plan that asked.
    facts: [],
    waiting: [],
    findings: writes ? findingOf(referral) : [],
    sentences: [`${by(decided)} chose referral ${referralId}`, ...acted.sentences],
  });
}

/** What we write to a referral is told on the other side also where no webhook comes back. */
function findingOf(link: LinkState | undefined): { trigger: string; kind: 'referral'; vendorId: string }[] {
  return link?.kind === 'referral' ? [{ trigger: 'referral', kind: 'referral', vendorId: link.vendorId }] : [];
}

function permitOf({ id }: DecidedApproval): string {
  return `approval:${id}`;
}

function by({ decidedBy }: DecidedApproval): string {
  return decidedBy || 'a person';
}
