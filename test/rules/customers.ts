import assert from 'node:assert/strict';
import { decide } from '../../rules/decide.ts';
import { defaultRules } from '../../rules/rule-sets/default-rules.ts';
import type { Action } from '../../rules/rule-set.ts';
import { type FieldMapping, fieldMap } from '../../rules/links/fields.ts';
import type { PlanDraft, StepDraft } from '../../rules/plan.ts';
import type {
  CandidateState,
  ContactState,
  Data,
  FieldBaseline,
  Line,
  LinkHighlights,
  LinkState,
} from '../../rules/records.ts';
import type { ConnectionState, CustomerState, ProgramState } from '../../rules/state.ts';

export const connection: ConnectionState = {
  id: 'default',
  mode: 'live',
  since: '2026-01-01T00:00:00.000Z',
  timeZone: 'America/Chicago',
  country: 'US',
  locationId: 'location1',
  programs: [program()],
  names: { customField: {}, stage: {}, pipeline: {}, user: {}, calendar: {} },
  membersStopped: undefined,
};

/** A program of the connection; the first is its default. */
export function program(name = 'Customer Referrals', isDefault = true): ProgramState {
  return { id: `p ${name}`, name, isDefault, rewardRules: [] };
}

const person = { firstName: 'Jane', lastName: 'Doe', email: 'jane@example.com' };

/** A referral of Jane Doe, made after the connection went live, not linked yet. */
export function referral(data: Data = {}, more: Partial<LinkState> = {}): LinkState {
  return {
    ...link('referral'),
    data: {
      id: 'r1',
      ...person,
      phoneNumber: '(512) 555-0101',
      companyName: '',
      externalIdentifier: '',
      status: 'Pending',
      amount: 0,
      source: 'Widget',
      note: '',
      publicNote: '',
      programName: 'Customer Referrals',
      referringMemberName: 'Mary Member',
      memberEmail: 'mary@example.com',
      createDate: '2026-03-01T10:00:00.0000000Z',
      ...data,
    },
    ...more,
  };
}

/** Jane Doe as a member, joined after the connection went live, not linked yet. */
export function member(data: Data = {}, more: Partial<LinkState> = {}): LinkState {
  return {
    ...link('member'),
    data: {
      id: 'm1',
      ...person,
      phone: '(512) 555-0101',
      externalIdentifier: '',
      createDt: '2026-03-01T10:00:00.0000000Z',
      ...data,
    },
    ...more,
  };
}

function link(kind: LinkState['kind']): LinkState {
  return {
    recordId: kind,
    kind,
    vendorId: kind === 'referral' ? 'r1' : 'm1',
    data: {},
    gone: false,
    linked: false,
    baselines: {},
    seen: undefined,
    candidates: [],
    referringContactId: undefined,
    lines: [],
  };
}

/** A link of Jane Doe's contact whose baselines and notes of itself are as `referral()`, `member()` and `contact()` have it. */
export function linked(one: LinkState, more: Partial<LinkState> = {}): LinkState {
  const value: LinkHighlights = { status: 'pending', note: '', publicNote: '' };
  const values: Data = { ...person, companyName: '' };
  const baseline = ({ field }: FieldMapping): FieldBaseline =>
    field === 'phone'
      ? { ghl: { value: '+15125550101' }, rr: { value: '(512) 555-0101' } }
      : { ghl: { value: values[field] ?? null }, rr: { value: values[field] ?? null } };
  return {
    ...one,
    data: { ...one.data, externalIdentifier: 'c1' },
    linked: true,
    seen: { value, version: 1 },
    baselines: {
      ...Object.fromEntries(fieldMap[one.kind].map((mapping) => [mapping.field, baseline(mapping)])),
      tags: { ghl: { value: '' }, rr: { value: '' } },
    },
    ...more,
  };
}

export function contact(data: Data = {}): ContactState {
  return {
    recordId: 'contact',
    contactId: 'c1',
    data: { id: 'c1', ...person, phone: '+15125550101', companyName: '', tags: [], ...data },
    ours: false,
    seen: { value: { tags: [], emailDnd: false }, version: 1 },
  };
}

export function candidate(contactId: string, data: Data = {}, more: Partial<CandidateState> = {}): CandidateState {
  return { contactId, data: { id: contactId, ...data }, blocks: false, owner: { kind: 'none' }, ...more };
}

/** A customer with these links; the first is what the pass is about, else the contact. */
export function customer(links: readonly LinkState[], more: Partial<CustomerState> = {}): CustomerState {
  const focus = more.focus ?? links[0]?.recordId ?? 'contact';
  return {
    customerId: 'customer1',
    connection,
    now: '2026-03-06T16:30:00.000Z',
    rules: defaultRules,
    trigger: focus === 'contact' ? 'contact' : (links.find(({ recordId }) => recordId === focus)?.kind ?? 'referral'),
    focus,
    contact: links.some((one) => one.linked) ? contact() : undefined,
    links,
    items: [],
    facts: [],
    approvals: [],
    decided: undefined,
    undo: undefined,
    ...more,
  };
}

/** The plan of a decision to act. */
export function planOf(state: CustomerState, actions?: readonly Action[]): PlanDraft {
  const decision = decide(actions ? { ...state, rules: { ...state.rules, actions } } : state);
  assert.equal(decision.outcome, 'act');
  return decision.plan;
}

export function stepOf(plan: PlanDraft, name: string): StepDraft {
  const step = plan.steps.find((one) => one.name === name);
  assert.ok(step, `no step ${name} among: ${plan.steps.map((one) => one.name).join(', ')}`);
  return step;
}

export function namesOf(plan: PlanDraft): string[] {
  return plan.steps.map(({ name }) => name);
}

/** A task line of ours as both sides agreed on it. */
export function line(reference: string, more: Partial<Line> = {}): Line {
  return {
    reference,
    kind: 'task',
    text: 'Call',
    dueDate: null,
    done: false,
    itemId: null,
    source: '',
    typed: false,
    vanished: 0,
    removed: false,
    ...more,
  };
}
