import { decideContact } from './decisions/decide-contact.ts';
import { decideLink } from './decisions/decide-link.ts';
import { chooseLink, claimsOf, countryOf, phoneOf } from './links/link.ts';
import { normalizeEmail, normalizePhone, normalizeText } from './forms/normalize.ts';
import type { Decision } from './plan.ts';
import type { CandidateState, Data, LinkKind, LinkState } from './records.ts';
import type { Rules } from './rule-set.ts';
import type { ConnectionState, CustomerState } from './state.ts';

/*
 * What the first connect of two full accounts would do, record by record: decided by the very code that a pass decides by, over a
 * customer that nothing is known of yet.
 */

/**
 * `linked`: already; `link`: to a contact that is there; `create-contact`, `create-member`: what would be made; `left`: from before
 * the start, so nothing is made for it; `ambiguous`: a person must choose; `unsyncable`: it lacks what makes a person.
 */
export type MatchVerdict = 'linked' | 'link' | 'create-contact' | 'create-member' | 'left' | 'ambiguous' | 'unsyncable';

/** What a report says of one record. */
export interface MatchLine {
  readonly kind: LinkKind | 'contact';
  readonly vendorId: string;
  readonly verdict: MatchVerdict;
  readonly foundBy: string | null;
  readonly contactId: string | null;
  /** Who the person of a new contact is: `email:…`, `phone:…`. */
  readonly person: string | null;
  /** An external id of another system, which stays. */
  readonly foreignId: string | null;
  /** Tags that its contact would be given. */
  readonly tags: readonly string[];
  /** Custom fields that the location would be given. */
  readonly customFields: readonly string[];
  readonly candidates: readonly string[];
  readonly sentence: string;
}

/** What a report is made from. */
export interface MatchWorld {
  readonly connection: ConnectionState;
  readonly rules: Rules;
  /** ISO time. */
  readonly now: string;
}

/** A member or referral as it was read, with what is known of it. */
export interface RecordToMatch {
  readonly kind: LinkKind;
  readonly data: Data;
  /** The contact that it is linked to already. */
  readonly linkedTo: string | undefined;
  readonly candidates: readonly { readonly contactId: string; readonly data: Data }[];
  /** Of a referral: the contact of the member who made it. */
  readonly referringContactId: string | undefined;
}

const NOTHING_OF = {
  foundBy: null,
  contactId: null,
  person: null,
  tags: [],
  customFields: [],
  candidates: [],
} as const;

/** The keys by which the contact of a member or referral is sought among those that were read. */
export function keysOfRecord(kind: LinkKind, data: Data, country: string): string[] {
  const id = normalizeText(data['externalIdentifier']);
  const phone = phoneOf({ kind, data });
  return [...(id === '' ? [] : [`id:${id}`]), ...addressKeys(data['email'], phone, countryOf(country, data))];
}

/** The keys by which a contact is found. */
export function keysOfContact(data: Data, country: string): string[] {
  const further = (name: string, of: string): unknown[] =>
    (Array.isArray(data[name]) ? data[name] : []).map((each: Data | null) => each?.[of]);
  return [
    `id:${String(data['id'])}`,
    ...[data['email'], ...further('additionalEmails', 'email')].flatMap((email) => addressKeys(email, '', country)),
    ...[data['phone'], ...further('additionalPhones', 'phone')].flatMap((phone) => addressKeys('', phone, country)),
  ];
}

function addressKeys(email: unknown, phone: unknown, country: string): string[] {
  const [address, number] = [normalizeEmail(email), normalizePhone(phone, country)];
  return [...(address === '' ? [] : [`email:${address}`]), ...(number === '' ? [] : [`phone:${number}`])];
}

/** What a pass over a member or referral would come to. */
export function matchRecord(world: MatchWorld, record: RecordToMatch): MatchLine {
  const { kind, data, linkedTo } = record;
  const vendorId = String(data['id']);
  if (linkedTo !== undefined) {
    const foreignId = foreignIdOf(data, linkedTo);
    const sentence = `linked to contact ${linkedTo}`;
    return { ...NOTHING_OF, kind, vendorId, verdict: 'linked', contactId: linkedTo, foreignId, sentence };
  }
  const link = linkOf(record, vendorId);
  const state = stateOf(world, link);
  const choice = chooseLink(state, link);
  const base = { ...NOTHING_OF, kind, vendorId, foreignId: foreignIdOf(data, null) };
  switch (choice.kind) {
    case 'held': {
      const candidates = (choice.ask ?? []).map(({ contactId }) => contactId);
      const verdict = candidates.length > 0 ? 'ambiguous' : 'unsyncable';
      return { ...base, verdict, candidates, sentence: choice.sentence };
    }
    case 'create':
      return {
        ...base,
        verdict: 'create-contact',
        person: choice.claims.map((claim) => `${claim.kind}:${claim.value}`).join(' '),
        ...outcomeOf(() => decideLink(state), 'would create its contact'),
      };
    case 'linked':
    case 'found':
      return {
        ...base,
        verdict: 'link',
        foundBy: choice.by ?? null,
        contactId: choice.contactId,
        foreignId: foreignIdOf(data, choice.contactId),
        ...outcomeOf(() => decideLink(state), choice.sentence.replace(/^matched/u, 'would match')),
      };
    default:
      return claimsOf(link, world.connection.country).length === 0
        ? {
            ...base,
            verdict: 'unsyncable',
            sentence: `the ${kind} has neither a valid e-mail nor a phone with a last name`,
          }
        : { ...base, verdict: 'left', sentence: choice.sentence };
  }
}

/** The member that a contact without one would be given by its tag; undefined: none. */
export function matchContact(world: MatchWorld, contactId: string, data: Data): MatchLine | undefined {
  const contact = { recordId: contactId, contactId, data, ours: false, seen: undefined };
  const state = { ...emptyState(world), trigger: 'tags', focus: contactId, contact };
  const decided = stepsOf(() => decideContact(state));
  if (!decided.steps.some(({ operation }) => operation === 'referral-rock.member.create')) return undefined;
  return {
    ...NOTHING_OF,
    kind: 'contact',
    vendorId: contactId,
    verdict: 'create-member',
    contactId,
    foreignId: null,
    ...givenBy(decided),
    sentence: 'would create a member for it, by its tag',
  };
}

/** One that names another contact, or something of another system: it is kept as it is. */
function foreignIdOf(data: Data, contactId: string | null): string | null {
  const there = normalizeText(data['externalIdentifier']);
  return there === '' || there === contactId ? null : there;
}

function outcomeOf(decide: () => Decision, sentence: string): Pick<MatchLine, 'tags' | 'customFields' | 'sentence'> {
  const decided = stepsOf(decide);
  return {
    ...givenBy(decided),
    sentence: decided.trouble === undefined ? sentence : `${sentence}; ${decided.trouble}`,
  };
}

type Steps = Extract<Decision, { outcome: 'act' }>['plan']['steps'];

/** A rule that cannot be applied is told of, and does not end the report. */
function stepsOf(decide: () => Decision): { steps: Steps; trouble?: string } {
  try {
    const decision = decide();
    return { steps: decision.outcome === 'act' ? decision.plan.steps : [] };
  } catch (error) {
    return { steps: [], trouble: `a rule could not be applied: ${(error as Error).message}` };
  }
}

function givenBy({ steps }: { steps: Steps }): Pick<MatchLine, 'tags' | 'customFields'> {
  const live = steps.filter(({ mode }) => mode === 'live');
  const inputsOf = (operation: string): Data[] =>
    live.filter((step) => step.operation === operation).map(({ input }) => input);
  const tags = inputsOf('ghl.contact.add-tags').flatMap((input) => (input['tags'] as string[] | undefined) ?? []);
  const customFields = inputsOf('ghl.custom-field.create').map((input) => String(input['name']));
  return { tags: [...new Set(tags)], customFields: [...new Set(customFields)] };
}

function linkOf(record: RecordToMatch, vendorId: string): LinkState {
  const nobodys = ({ contactId, data }: { contactId: string; data: Data }): CandidateState => ({
    contactId,
    data,
    blocks: false,
    owner: { kind: 'none' },
  });
  return {
    recordId: vendorId,
    kind: record.kind,
    vendorId,
    data: record.data,
    gone: false,
    linked: false,
    baselines: {},
    seen: undefined,
    candidates: record.candidates.map(nobodys),
    referringContactId: record.referringContactId,
    lines: [],
  };
}

function stateOf(world: MatchWorld, link: LinkState): CustomerState {
  return { ...emptyState(world), trigger: link.kind, focus: link.recordId, links: [link] };
}

function emptyState({ connection, rules, now }: MatchWorld): CustomerState {
  return {
    customerId: '',
    connection,
    rules,
    now,
    trigger: '',
    focus: '',
    contact: undefined,
    links: [],
    items: [],
    facts: [],
    approvals: [],
    decided: undefined,
    undo: undefined,
  };
}
