import { follow } from './follow.ts';
import { isBefore, noLink } from './link.ts';
import { normalizeText } from '../forms/normalize.ts';
import type { MergeDraft, StepDraft } from '../plan.ts';
import type { Data, LinkState } from '../records.ts';
import type { CustomerState } from '../state.ts';
import { createCustomField, type PlannedChange } from './steps.ts';
import { stepAnswer, stepsNamedIn } from '../forms/templates.ts';

/** What the contact of a member is given of it, in custom fields of the location. */
export interface MemberFieldChanges {
  /** Of fields `customField:<id>`. */
  readonly changes: readonly PlannedChange[];
  /** The fields that the location does not have yet. */
  readonly steps: readonly StepDraft[];
  readonly merges: readonly MergeDraft[];
}

interface MemberField {
  /** GHL makes a field's key out of its name. */
  readonly key: string;
  readonly name: string;
  readonly dataType: 'TEXT' | 'NUMERICAL' | 'MONETORY';
}

const CODE: MemberField = { key: 'contact.referral_code', name: 'Referral code', dataType: 'TEXT' };
const URL: MemberField = { key: 'contact.referral_link', name: 'Referral link', dataType: 'TEXT' };
const SUMS: readonly (MemberField & { readonly of: string })[] = [
  { key: 'contact.referrals_total', name: 'Referrals total', dataType: 'NUMERICAL', of: 'referrals' },
  { key: 'contact.referrals_approved', name: 'Referrals approved', dataType: 'NUMERICAL', of: 'referralsApproved' },
  {
    key: 'contact.rewards_issued_amount',
    name: 'Rewards issued amount',
    dataType: 'MONETORY',
    of: 'rewardsIssuedAmount',
  },
];

/** The custom fields that a member's contact is given, by their keys. */
export const memberFieldKeys: readonly string[] = [CODE, URL, ...SUMS].map(({ key }) => key);

/**
 * Writes code and link of the primary member, and the sums over all, to custom fields of the contact; `members` are those that
 * the contact has now, `contact` its data as last read. When the last one is gone the sums are 0, which is true; code and link
 * stay, unless emptiness is propagated: they may stand in messages that were sent.
 */
export function memberFieldChanges(
  state: CustomerState,
  members: readonly LinkState[],
  contact: Data = state.contact?.data ?? {},
): MemberFieldChanges {
  const mode = state.rules.sync.memberFields;
  if (mode === 'off') return { changes: [], steps: [], merges: [] };
  const live = members.filter(({ gone }) => !gone);
  const primary = primaryMember(state, live);
  const given = valuesOf(state, primary, live).map(([field, value]) => ({
    field,
    ...giveField(state, primary, contact, field, value),
  }));
  return {
    changes: given.flatMap(({ change }) => change ?? []),
    steps: given.flatMap(({ field, isMissing }) => (isMissing ? createCustomField(state, field, mode) : [])),
    merges: mode === 'live' && primary?.recordId ? given.flatMap(({ merges }) => merges) : [],
  };
}

/** What giving a contact one field comes to; `isMissing`: the location does not have the field yet. */
function giveField(
  state: CustomerState,
  primary: LinkState | undefined,
  contact: Data,
  field: MemberField,
  value: string | number,
): { change?: PlannedChange; isMissing: boolean; merges: readonly MergeDraft[] } {
  const known = idOf(state, field.key);
  const before = known === undefined ? undefined : customFieldOf(contact, known);
  // Nobody needs a field that would be empty, or a nought for somebody who was no member while we looked.
  if (!primary && normalizeText(before) === '') return { isMissing: false, merges: [] };
  const label = nameOf(field);
  const as = `customField:${known ?? stepAnswer(`field-${label}`, 'id')}`;
  const step = stepsNamedIn([as, value]).length > 0 ? 'contact-then' : 'contact';
  const followed = { field: label, ghl: before, rr: value, to: 'ghl', step, as, form: formOf(field) } as const;
  // What is known of the fields of a contact that it had before says nothing about this one's.
  const link = primary && !primary.linked ? { ...primary, baselines: {} } : (primary ?? noLink('member'));
  const { writes, merges } = follow(link, followed, mayWrite(state, primary));
  if (!writes) return { isMissing: false, merges };
  const observed = state.rules.sync.memberFields === 'observe' ? ({ mode: 'observe' } as const) : {};
  const change = { field: as, before: before ?? null, after: value, label, ...observed };
  return { change, isMissing: known === undefined, merges };
}

/** Whose code and link the contact is given: the member of the default program, else the oldest; one that is not disabled first. */
export function primaryMember(state: CustomerState, members: readonly LinkState[]): LinkState | undefined {
  const ofDefault = state.connection.programs.find(({ isDefault }) => isDefault)?.id;
  const rank = (member: LinkState): string =>
    [
      isDisabled(member) ? 1 : 0,
      member.data['programId'] === ofDefault ? 0 : 1,
      normalizeText(member.data['createDt']) || 'unknown',
      member.vendorId,
    ].join();
  return members.toSorted((one, other) => (rank(one) < rank(other) ? -1 : rank(one) > rank(other) ? 1 : 0))[0];
}

/** Neither logs in, refers nor earns. */
export function isDisabled(member: LinkState): boolean {
  return member.data['disabledFlag'] === true || normalizeText(member.data['status']).toLowerCase() === 'disabled';
}

function valuesOf(
  state: CustomerState,
  primary: LinkState | undefined,
  members: readonly LinkState[],
): (readonly [MemberField, string | number])[] {
  const text = (name: string): string => normalizeText(primary?.data[name]);
  const { propagateEmpty } = state.rules.settings;
  const texts = [[CODE, text('referralCode')] as const, [URL, text('referralUrl')] as const];
  const sums = SUMS.map((field) => [field, sumOf(members, field.of)] as const);
  return [
    ...texts.filter(([, value]) => value !== '' || propagateEmpty),
    ...sums.flatMap(([field, sum]) => (sum === undefined ? [] : [[field, sum] as const])),
  ];
}

/** To the cent; undefined if no member says how much. */
function sumOf(members: readonly LinkState[], name: string): number | undefined {
  const known = members.flatMap(({ data }) => (Number.isFinite(data[name]) ? [Number(data[name])] : []));
  if (members.length > 0 && known.length === 0) return undefined;
  return Math.round(known.reduce((sum, one) => sum + one, 0) * 100) / 100;
}

/** A record from before the start gets baselines at its first match, and no write. */
function mayWrite(state: CustomerState, primary: LinkState | undefined): boolean {
  return !primary || primary.linked || !isBefore(state.connection.since, primary);
}

function formOf({ dataType }: MemberField): (value: unknown) => string {
  return (value) => {
    const text = normalizeText(value);
    return dataType === 'TEXT' || text === '' || Number.isNaN(Number(text)) ? text : String(Number(text));
  };
}

function idOf(state: CustomerState, key: string): string | undefined {
  return Object.entries(state.connection.names.customField).find(([, known]) => known === key)?.[0];
}

/** GHL lists them as `customFields: [{id, value}]`. */
function customFieldOf(contact: Data, id: string): unknown {
  const list = contact['customFields'];
  return Array.isArray(list) ? list.find((item: Data | null) => item?.['id'] === id)?.value : undefined;
}

function nameOf({ key }: MemberField): string {
  return key.slice('contact.'.length);
}
