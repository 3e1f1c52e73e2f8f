import { type FieldMapping, fieldMap } from './fields.ts';
import { isBefore } from './link.ts';
import { mergeField, type Side } from './merge.ts';
import type { SyncedField } from './normalize.ts';
import type { Change, CustomerState, Data, LinkState, MergeDraft } from './state.ts';
import { stepAnswer } from './templates.ts';

/** What keeping a link's fields in step takes. */
export interface LinkMerge {
  /** By GHL's field names. */
  readonly toGhl: readonly Change[];
  /** By RR's field names. */
  readonly toRr: readonly Change[];
  readonly merges: readonly MergeDraft[];
  readonly conflicts: readonly string[];
}

/** Merges each mapped field of a link with its contact. `steps` name the steps that will carry the writes. */
export function mergeLink(
  state: CustomerState,
  link: LinkState,
  contact: Data,
  steps: { ghl: string; rr: string },
): LinkMerge {
  const toGhl: Change[] = [];
  const toRr: Change[] = [];
  const merges: MergeDraft[] = [];
  const conflicts: string[] = [];
  // A record from before the connection's start gets baselines at its first match, and no write.
  const onlyBaselines = !link.linked && isBefore(state.connection.since, link);
  for (const mapping of fieldMap[link.kind]) {
    const result = mergeOne(state, link, contact, mapping);
    const ghl = contact[mapping.field] ?? null;
    const rr = link.data[mapping.rr] ?? null;
    const base = { recordId: link.recordId, field: mapping.field, ghl, rr };
    if (result.kind === 'conflict') {
      conflicts.push(result.reason);
    } else if (result.kind !== 'write' || onlyBaselines) {
      if (movesBaseline(link, base)) merges.push(base);
    } else {
      const [changes, field, before] = result.side === 'ghl' ? [toGhl, mapping.field, ghl] : [toRr, mapping.rr, rr];
      changes.push({ field, before, after: result.value });
      merges.push({
        ...base,
        written: { side: result.side, step: steps[result.side], as: field, value: result.value },
      });
    }
  }
  return { toGhl, toRr: withCountry(toRr, link), merges, conflicts };
}

function mergeOne(
  state: CustomerState,
  link: LinkState,
  contact: Data,
  mapping: FieldMapping,
): ReturnType<typeof mergeField> {
  const baseline = link.baselines[mapping.field];
  const side = (name: Side, current: unknown) => ({
    current,
    baseline: baseline?.[name]?.value,
    pending: baseline?.[name]?.pending,
    refused: baseline?.[name]?.refused,
  });
  const firstMatch = !link.linked;
  return mergeField({
    field: mapping.field,
    ghl: side('ghl', contact[mapping.field]),
    rr: side('rr', link.data[mapping.rr]),
    policy: mapping.policy,
    direction: mapping.direction,
    propagateEmpty: false,
    country: countryOf(link, contact, state.connection.country),
    firstMatch,
  });
}

function countryOf(link: LinkState, contact: Data, fallback: string): string {
  return (
    ([contact['country'], link.data['country']].find((value) => typeof value === 'string' && value !== '') as string) ??
    fallback
  );
}

function movesBaseline(link: LinkState, { field, ghl, rr }: Pick<MergeDraft, 'field' | 'ghl' | 'rr'>): boolean {
  const known = link.baselines[field];
  const same = (side: Side, value: unknown): boolean =>
    JSON.stringify(known?.[side]?.value ?? null) === JSON.stringify(value);
  const settled = (side: Side): boolean => known?.[side] !== undefined && known[side].pending === undefined;
  return !(settled('ghl') && settled('rr') && same('ghl', ghl) && same('rr', rr));
}

/** RR takes a region only together with its country. */
function withCountry(changes: Change[], link: LinkState): Change[] {
  const country = link.data['country'];
  const needs = changes.some(({ field }) => field === 'region') && !changes.some(({ field }) => field === 'country');
  return needs && country ? [...changes, { field: 'country', before: country, after: country }] : changes;
}

/** The baselines of a contact that step `contact` makes out of a link's values; GHL fills in some fields by itself. */
export function mergesOfCreate(link: LinkState, given: Readonly<Partial<Record<SyncedField, string>>>): MergeDraft[] {
  return fieldMap[link.kind].map(({ field, rr }) => ({
    recordId: link.recordId,
    field,
    ghl: null,
    rr: link.data[rr] ?? null,
    written: { side: 'ghl', step: 'contact', as: field, value: given[field] ?? '' },
  }));
}

/** `contact.id` of a contact that is there, or the answer of the step that makes it. */
export function contactIdOf(contact: { contactId: string } | undefined): string {
  return contact?.contactId ?? stepAnswer('contact', 'id');
}
