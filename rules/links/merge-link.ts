import type { FieldMapping } from './fields.ts';
import { countryOf, isBefore } from './link.ts';
import { mergeField, type Side } from './merge.ts';
import { normalizeText, type SyncedField } from '../forms/normalize.ts';
import type { MergeDraft } from '../plan.ts';
import type { Data, LinkState } from '../records.ts';
import type { CustomerState } from '../state.ts';
import type { PlannedChange } from './steps.ts';
import { stepAnswer } from '../forms/templates.ts';

/** What keeping a link's fields in step takes. */
export interface LinkMerge {
  /** By GHL's field names. */
  readonly toGhl: readonly PlannedChange[];
  /** By RR's field names. */
  readonly toRr: readonly PlannedChange[];
  readonly merges: readonly MergeDraft[];
  readonly conflicts: readonly string[];
}

const NOTHING: LinkMerge = { toGhl: [], toRr: [], merges: [], conflicts: [] };

/**
 * Merges each mapped field of a link with its contact. `steps` name the steps that will carry the writes. A rule that only
 * watches says what it would write, and moves no baseline.
 */
export function mergeLink(
  state: CustomerState,
  link: LinkState,
  contact: Data,
  steps: { ghl: string; rr: string },
): LinkMerge {
  const mode = state.rules.sync.fields;
  if (mode === 'off') return NOTHING;
  const merge = mergeFields(state, link, contact, steps);
  return mode === 'live' ? merge : watched(merge);
}

function watched({ toGhl, toRr, conflicts }: LinkMerge): LinkMerge {
  const observed = (change: PlannedChange): PlannedChange => ({ ...change, mode: 'observe' });
  return { toGhl: toGhl.map(observed), toRr: toRr.map(observed), merges: [], conflicts };
}

function mergeFields(
  state: CustomerState,
  link: LinkState,
  contact: Data,
  steps: { ghl: string; rr: string },
): LinkMerge {
  const toGhl: PlannedChange[] = [];
  const toRr: PlannedChange[] = [];
  const merges: MergeDraft[] = [];
  const conflicts: string[] = [];
  // A record from before the connection's start gets baselines at its first match, and no write.
  const onlyBaselines = !link.linked && isBefore(state.connection.since, link);
  for (const mapping of state.rules.fields[link.kind]) {
    const result = mergeOne(state, link, contact, mapping);
    const ghl = contact[mapping.field] ?? null;
    const rr = link.data[mapping.rr] ?? null;
    const base = { recordId: link.recordId, field: mapping.field, ghl, rr };
    if (result.kind === 'conflict') {
      conflicts.push(`held: ${result.reason}; correct one of them, then retry`);
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
  return withCountry({ toGhl, toRr, merges, conflicts }, link, contact, state.connection.country, steps.rr);
}

function mergeOne(
  state: CustomerState,
  link: LinkState,
  contact: Data,
  mapping: FieldMapping,
): ReturnType<typeof mergeField> {
  const baseline = link.baselines[mapping.field];
  // The contact was made out of this record by a plan that did not come to its end: both sides began with what was given then.
  const isUnsettled = !link.linked || baseline?.rr === undefined;
  const given = isUnsettled && state.contact?.ours ? baseline?.ghl?.pending : undefined;
  const side = (name: Side, current: unknown) => ({
    current,
    baseline: given ?? baseline?.[name]?.value,
    pending: baseline?.[name]?.pending,
    refused: baseline?.[name]?.refused,
  });
  const firstMatch = !link.linked && given === undefined;
  return mergeField({
    field: mapping.field,
    ghl: side('ghl', contact[mapping.field]),
    rr: side('rr', link.data[mapping.rr]),
    policy: mapping.policy,
    direction: mapping.direction,
    propagateEmpty: mapping.propagateEmpty ?? state.rules.settings.propagateEmpty,
    country: countryOf(state.connection.country, contact, link.data),
    firstMatch,
  });
}

/** Whether what the two sides now hold is not what the baselines say. */
export function movesBaseline(link: LinkState, { field, ghl, rr }: Pick<MergeDraft, 'field' | 'ghl' | 'rr'>): boolean {
  const known = link.baselines[field];
  const same = (side: Side, value: unknown): boolean =>
    JSON.stringify(known?.[side]?.value ?? null) === JSON.stringify(value);
  const settled = (side: Side): boolean => known?.[side] !== undefined && known[side].pending === undefined;
  return !(settled('ghl') && settled('rr') && same('ghl', ghl) && same('rr', rr));
}

/** RR takes a region only together with its country: the one it has, else the contact's, else the location's. */
function withCountry(merge: LinkMerge, link: LinkState, contact: Data, fallback: string, step: string): LinkMerge {
  const isWritten = (name: string): boolean => merge.toRr.some(({ field }) => field === name);
  if (!isWritten('region') || isWritten('country')) return merge;
  const rr = link.data['country'] ?? null;
  const there = normalizeText(rr);
  const value = there || countryOf(fallback, contact);
  const toRr = [...merge.toRr, { field: 'country', before: rr, after: value }];
  if (there !== '') return { ...merge, toRr };
  // RR had none: what we write there is no change of somebody else's.
  const written = { side: 'rr', step, as: 'country', value } as const;
  const baseline = { recordId: link.recordId, field: 'country', ghl: contact['country'] ?? null, rr, written };
  return { ...merge, toRr, merges: [...merge.merges.filter(({ field }) => field !== 'country'), baseline] };
}

/**
 * Adds the contact's id in RR, where none is or one that we wrote: an id of another system stays. One that RR did not take is
 * not written again, else its own webhook would have us write it for ever.
 */
export function withExternalId(
  merge: LinkMerge,
  state: CustomerState,
  link: LinkState,
  contactId: string,
  step: string,
): LinkMerge {
  const there = normalizeText(link.data['externalIdentifier']);
  const known = link.baselines['id']?.rr;
  const ours = there === '' || there === normalizeText(known?.value);
  if (!ours || there === contactId || known?.refused !== undefined || isBefore(state.connection.since, link))
    return merge;
  const mode = state.rules.sync.fields;
  if (mode === 'off') return merge;
  const change = { field: 'externalIdentifier', before: there, after: contactId };
  if (mode === 'observe') return { ...merge, toRr: [...merge.toRr, { ...change, mode }] };
  const written = { side: 'rr', step, as: 'externalIdentifier', value: contactId } as const;
  return {
    ...merge,
    toRr: [...merge.toRr, change],
    merges: [...merge.merges, { recordId: link.recordId, field: 'id', ghl: null, rr: there, written }],
  };
}

/** The baselines of a contact that step `contact` makes out of a link's values; GHL fills in some fields by itself. */
export function mergesOfCreate(
  state: CustomerState,
  link: LinkState,
  given: Readonly<Partial<Record<SyncedField, string>>>,
): MergeDraft[] {
  if (state.rules.sync.fields !== 'live') return [];
  return state.rules.fields[link.kind].map(({ field, rr }) => ({
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
