import { type Acted, actOn } from '../actions/act.ts';
import { isFromBefore, tagsOf } from '../facts/contact-facts.ts';
import { isDisabled, memberFieldChanges } from '../links/member-fields.ts';
import { normalizeEmail, normalizeText } from '../forms/normalize.ts';
import { stepsOf } from '../rule-set.ts';
import type { ContactState, Fact, LinkState } from '../records.ts';
import type { CustomerState } from '../state.ts';
import type { Finding, StepDraft } from '../plan.ts';
import { withoutSteps } from '../actions/step-modes.ts';
import type { PlannedChange } from '../links/steps.ts';
import { stepAnswer } from '../forms/templates.ts';

const CREATE = 'referral-rock.member.create';

/** What the rules make of what happened to a contact. */
export interface ContactActed extends Acted {
  /** Custom fields that the location does not have yet, and what stands in them once the contact is a member. */
  readonly fields: readonly StepDraft[];
  readonly changes: readonly PlannedChange[];
  readonly findings: readonly Finding[];
}

/** A fact whose rule would make a member of the contact, and why it does not. */
interface Refusal {
  readonly factKey: string;
  /** It waits until that is mended. */
  readonly waits: boolean;
  readonly isHeld: boolean;
  /** The member is there: what else the rule does is done. */
  readonly keepsRest: boolean;
  readonly finding?: Finding;
  readonly sentence?: string;
}

/**
 * Fires the actions on a contact's facts. A member is made only by the story that has looked for one first, of a person whom
 * Referral Rock would take; one that is there is linked instead.
 */
export function actOnContact(state: CustomerState, contact: ContactState, facts: readonly Fact[]): ContactActed {
  // What a contact from before the start becomes makes nothing for it.
  const acting = isFromBefore(state, contact) ? [] : facts;
  const refusals = refuseJoins(state, contact, acting);
  const refused = new Map(refusals.map((one) => [one.factKey, one]));
  const acted = actOn(state, acting, subjectOf(contact));
  const joins = joinRules(state);
  const isLeft = ({ factKey, rule, operation }: StepDraft): boolean => {
    const refusal = refused.get(factKey ?? '');
    return refusal !== undefined && joins.has(rule.split('|')[0] ?? '') && (!refusal.keepsRest || operation === CREATE);
  };
  const steps = withoutSteps(
    acted.steps,
    acted.steps.filter(isLeft).map(({ name }) => name),
  );
  const waits = ({ key }: Fact): boolean => refused.get(key)?.waits ?? false;
  const joined = joinedBy(state, contact, steps);
  return {
    ...acted,
    ...joined,
    facts: [...acted.facts.filter((fact) => !waits(fact)), ...facts.filter((fact) => !acting.includes(fact))],
    waiting: [...acted.waiting, ...acted.facts.filter(waits)],
    ends: refusals.some(({ isHeld }) => isHeld) ? 'held' : acted.ends,
    lines: acted.lines.filter(({ step }) => joined.steps.some(({ name }) => name === step)),
    findings: refusals.flatMap(({ finding }) => finding ?? []),
    sentences: [...new Set([...acted.sentences, ...refusals.flatMap(({ sentence }) => sentence ?? [])])],
  };
}

function subjectOf(contact: ContactState): Parameters<typeof actOn>[2] {
  return { contact: { id: contact.contactId, data: contact.data } };
}

/** The rules that make members. */
function joinRules({ rules }: CustomerState): Set<string> {
  const joins = rules.actions.filter((action) => stepsOf(action).some(({ operation }) => operation === CREATE));
  return new Set(joins.map(({ id }) => id));
}

/** Looks at each fact that would make a member, were the person complete. */
function refuseJoins(state: CustomerState, contact: ContactState, facts: readonly Fact[]): Refusal[] {
  const joins = joinRules(state);
  const actions = state.rules.actions.filter(({ id }) => joins.has(id));
  if (actions.length === 0) return [];
  const complete = { ...contact, data: { ...contact.data, firstName: 'Jane', email: 'jane@example.com' } };
  const { steps } = actOn({ ...state, rules: { ...state.rules, actions } }, facts, subjectOf(complete));
  const programs = new Set<string>();
  return steps
    .filter(({ operation }) => operation === CREATE)
    .flatMap(({ factKey, input }) => {
      const programId = String(input['programId']);
      const known = state.links.find(
        ({ kind, gone, data }) => kind === 'member' && !gone && data['programId'] === programId,
      );
      const isOver = programs.has(programId) || wasTakenBack(contact, facts, factKey);
      const refusal = known ? whyKnown(known) : isOver ? {} : whyNot(state, contact);
      if (!isOver) programs.add(programId);
      return refusal ? [{ waits: false, isHeld: false, keepsRest: false, ...refusal, factKey: factKey ?? '' }] : [];
    });
}

/** A tag that was taken off again while its fact waited. */
function wasTakenBack(contact: ContactState, facts: readonly Fact[], factKey: string | null): boolean {
  const fact = facts.find(({ key }) => key === factKey);
  return fact?.kind === 'contact.tag.added' && !tagsOf(contact.data).includes(String(fact.data['tag']));
}

/** Why no member is made of a contact that has none; undefined: one is. */
function whyNot({ connection, trigger }: CustomerState, contact: ContactState): Partial<Refusal> | undefined {
  if (trigger !== 'tags' && connection.mode === 'live')
    return { waits: true, finding: { trigger: 'tags', kind: 'contact', vendorId: contact.contactId } };
  const lacks = [
    ...(normalizeEmail(contact.data['email']) === '' ? ['e-mail address'] : []),
    ...(normalizeText(contact.data['firstName']) === '' ? ['first name'] : []),
  ];
  if (lacks.length > 0) {
    const sentence = `unsyncable: the contact has no ${lacks.join(' and no ')}, so no member is made of it; add what is missing in GHL`;
    return { waits: true, sentence };
  }
  if (connection.membersStopped === undefined) return undefined;
  return { waits: true, isHeld: true, sentence: `held: no members are made: ${connection.membersStopped}` };
}

function whyKnown(member: LinkState): Partial<Refusal> {
  if (member.linked) {
    const disabled = isDisabled(member);
    const how = disabled ? ', which is disabled in Referral Rock' : '';
    return { keepsRest: !disabled, sentence: `the contact has its member ${member.vendorId} already${how}` };
  }
  return {
    finding: { trigger: 'member', kind: 'member', vendorId: member.vendorId },
    sentence: `member ${member.vendorId} is there already and is linked instead of making another`,
  };
}

/** The steps with what the making of a member wants: its claim, what waits for it, and the contact's custom fields. */
function joinedBy(
  state: CustomerState,
  contact: ContactState,
  steps: readonly StepDraft[],
): Pick<ContactActed, 'steps' | 'fields' | 'changes'> {
  const creates = steps.filter(({ operation }) => operation === CREATE);
  const ready = steps.map((step): StepDraft => {
    if (creates.includes(step)) {
      const value = `${String(step.input['programId'])} ${contact.contactId}`;
      return { ...step, claims: [{ kind: 'member', value }] };
    }
    const action = (one: StepDraft): string => `${one.factKey}|${one.rule.split('|')[0]}`;
    const own = creates.filter((create) => action(create) === action(step)).map(({ name }) => name);
    return own.length === 0 ? step : { ...step, after: [...new Set([...step.after, ...own])] };
  });
  if (creates.length === 0) return { steps, fields: [], changes: [] };
  const live = state.links.filter(({ kind, linked, gone }) => kind === 'member' && linked && !gone);
  const made = memberFieldChanges(state, [...live, ...creates.map(toBeMade)], contact.data);
  const observed = creates.every(({ mode }) => mode === 'observe') ? ({ mode: 'observe' } as const) : {};
  return {
    steps: ready,
    fields: made.steps.map((step) => ({ ...step, ...observed })),
    changes: made.changes.map((change) => ({ ...change, ...observed })),
  };
}

/** The member that a step will make, as far as it is known before. */
function toBeMade({ name, input }: StepDraft): LinkState {
  return {
    recordId: '',
    kind: 'member',
    vendorId: '',
    data: {
      programId: input['programId'],
      referralCode: stepAnswer(name, 'referralCode'),
      referralUrl: stepAnswer(name, 'referralUrl'),
      referrals: 0,
      referralsApproved: 0,
      rewardsIssuedAmount: 0,
    },
    gone: false,
    linked: true,
    baselines: {},
    seen: undefined,
    candidates: [],
    referringContactId: undefined,
    lines: [],
  };
}
