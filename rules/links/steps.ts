import { countryOf } from './link.ts';
import { writtenValue } from './merge.ts';
import { nameOf, type SyncedField } from '../forms/normalize.ts';
import { type Change, type ClaimKey, PLAIN_STEP, type StepDraft } from '../plan.ts';
import { referenceOf } from '../forms/reference.ts';
import type { RuleMode } from '../rule-set.ts';
import type { Data, LinkState } from '../records.ts';
import type { CustomerState } from '../state.ts';
import { stepAnswer, stepsNamedIn } from '../forms/templates.ts';

/** A field to be written, and how the rule that wants it is switched. */
export interface PlannedChange extends Change {
  /** Its rule only watches: it goes into a step of its own that is not carried out. */
  readonly mode?: Extract<RuleMode, 'observe'>;
  /** What people call a field whose name is an id. */
  readonly label?: string;
}

const STEP = { ...PLAIN_STEP, rule: 'sync.fields' } as const;

const CUSTOM_FIELD = 'customField:';

/** What a new contact is given: the record's fields in the form that they are written in, without those that GHL would refuse. */
export function contactFields(state: CustomerState, link: LinkState): Partial<Record<SyncedField, string>> {
  const country = countryOf(state.connection.country, link.data);
  const values = state.rules.fields[link.kind].map(
    ({ field, rr }) => [field, writtenValue(field, link.data[rr], country)] as const,
  );
  return Object.fromEntries(values.filter(([, value]) => value !== undefined && value !== ''));
}

/**
 * Makes the contact of a record that has none; only who holds the claim may. `more` are custom fields of it: what they need an
 * earlier step for is written afterwards.
 */
export function createContact(
  state: CustomerState,
  link: LinkState,
  claims: readonly ClaimKey[],
  given: Data,
  more: readonly PlannedChange[] = [],
): StepDraft[] {
  const [now, then] = [more.filter((change) => !isLater(change)), more.filter(isLater)];
  const create: StepDraft = {
    ...STEP,
    name: 'contact',
    operation: 'ghl.contact.create',
    queue: 'ghl',
    recordId: null,
    factKey: `${link.recordId}|${link.kind}.added|0`,
    rule: 'sync.contact|0',
    input: { locationId: state.connection.locationId, ...given, ...contactInput(now), source: 'Referral Rock' },
    claims,
    summary: `create contact: ${[...Object.keys(given), ...now.map(labelOf)].join(', ')}`,
    sentence: `created the contact ${nameOf(given)}`,
  };
  return [create, ...updateContact({ contactId: stepAnswer('contact', 'id') }, then)];
}

/** What a rule only watches, or what needs an earlier step's answer. */
function isLater(change: PlannedChange): boolean {
  return change.mode !== undefined || stepsNamedIn([change.field, change.after ?? null]).length > 0;
}

/** Defines a custom field of contacts, once for a location. `key`: `contact.referral_code`; GHL makes it out of the name. */
export function createCustomField(
  state: CustomerState,
  { key, name, dataType }: { readonly key: string; readonly name: string; readonly dataType: string },
  mode: StepDraft['mode'],
): StepDraft {
  return {
    ...STEP,
    name: `field-${key.split('.').at(-1)}`,
    operation: 'ghl.custom-field.create',
    queue: 'ghl',
    recordId: null,
    rule: 'sync.memberFields',
    input: { locationId: state.connection.locationId, name, dataType, model: 'contact' },
    claims: [{ kind: 'field', value: key }],
    mode,
    summary: `create custom field: ${key.split('.').at(-1)}`,
    sentence: `created the custom field "${name}"`,
  };
}

/**
 * Writes changed fields to a contact that is there; no step without a change. A field `customField:<id>` is a custom one. What
 * needs an earlier step's answer is a step of its own, `contact-then`: the others do not wait, or fail, with it.
 */
export function updateContact(contact: { contactId: string }, changes: readonly PlannedChange[]): StepDraft[] {
  const waits = (change: PlannedChange): boolean => stepsNamedIn([change.field, change.after ?? null]).length > 0;
  return byMode('contact', changes).flatMap(({ name, mode, changes: all }) => [
    ...contactStep(
      contact,
      name,
      mode,
      all.filter((change) => !waits(change)),
    ),
    ...contactStep(contact, `${name}-then`, mode, all.filter(waits)),
  ]);
}

function contactStep(
  contact: { contactId: string },
  name: string,
  mode: StepDraft['mode'],
  changes: readonly PlannedChange[],
): StepDraft[] {
  if (changes.length === 0) return [];
  const fields = namesOf(changes);
  return [
    {
      ...STEP,
      name,
      operation: 'ghl.contact.update',
      queue: 'ghl',
      recordId: 'contact',
      input: { contactId: contact.contactId, ...contactInput(changes) },
      mode,
      changes: changes.map(asChange),
      summary: `update contact: ${fields}`,
      sentence: `updated the contact: ${fields}`,
    },
  ];
}

/** The fields of a contact as GHL takes them: custom ones as `customFields: [{id, field_value}]`. */
export function contactInput(changes: readonly Change[]): Data {
  const isCustom = ({ field }: Change): boolean => field.startsWith(CUSTOM_FIELD);
  const customFields = changes
    .filter(isCustom)
    .map(({ field, after }) => ({ id: field.slice(CUSTOM_FIELD.length), field_value: after }));
  const fields = asFields(changes.filter((change) => !isCustom(change)));
  return customFields.length === 0 ? fields : { ...fields, customFields };
}

/**
 * Writes changed fields to a member or referral; `after` names steps that must have succeeded; `factKey` the fact that is not
 * spent before this is written. No step without a change.
 */
export function updateLink(
  link: LinkState,
  name: string,
  changes: readonly PlannedChange[],
  after: readonly string[],
  factKey: string | null = null,
): StepDraft[] {
  return byMode(name, changes).map((part) => {
    const fields = namesOf(part.changes);
    const written = part.changes.map(asChange);
    const key = link.kind === 'referral' ? { referralId: link.vendorId } : { memberId: link.vendorId };
    return {
      ...STEP,
      factKey,
      // Another write for the same fact is another step.
      ...(factKey === null ? {} : { rule: `${STEP.rule}|${referenceOf(JSON.stringify(written))}` }),
      name: part.name,
      operation: `referral-rock.${link.kind}.update`,
      queue: 'referral-rock',
      recordId: link.recordId,
      input: { query: { primaryInfo: key }, [link.kind]: asFields(written) },
      after,
      mode: part.mode,
      changes: written,
      summary: `update ${link.kind}: ${fields}`,
      sentence: `updated the ${link.kind}: ${fields}`,
    };
  });
}

/** What is to be written, and apart from it what a rule that only watches would write. */
function byMode(
  name: string,
  changes: readonly PlannedChange[],
): { name: string; mode: StepDraft['mode']; changes: readonly PlannedChange[] }[] {
  const live = changes.filter(({ mode }) => mode === undefined);
  const observed = changes.filter(({ mode }) => mode !== undefined);
  return [
    { name, mode: 'live' as const, changes: live },
    { name: `${name}-observed`, mode: 'observe' as const, changes: observed },
  ].filter((part) => part.changes.length > 0);
}

function namesOf(changes: readonly PlannedChange[]): string {
  return changes.map(labelOf).join(', ');
}

function labelOf({ label, field }: PlannedChange): string {
  return label ?? field;
}

function asChange({ field, before, after }: Change): Change {
  return { field, before, after };
}

function asFields(changes: readonly Change[]): Data {
  return Object.fromEntries(changes.map(({ field, after }) => [field, after]));
}
