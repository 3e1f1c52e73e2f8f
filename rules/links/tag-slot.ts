import { tagsOf } from '../facts/contact-facts.ts';
import { follow } from './follow.ts';
import { isBefore } from './link.ts';
import { normalizeText } from '../forms/normalize.ts';
import type { MergeDraft } from '../plan.ts';
import type { LinkKind, LinkState } from '../records.ts';
import type { CustomerState } from '../state.ts';
import type { PlannedChange } from './steps.ts';

/** What a contact's tags do to a member or referral. */
export interface TagSlotChanges {
  readonly toRr: readonly PlannedChange[];
  readonly merges: readonly MergeDraft[];
  /** Each names the record, and no value. */
  readonly warnings: readonly string[];
}

const NAME = 'GHL tags';
const SLOTS: Readonly<Record<LinkKind, string>> = { referral: 'customText3', member: 'customText2' };

/**
 * The contact's tags but our own, joined, in the record's custom slot `GHL tags`; `step` is the update that will carry it. A slot
 * that is used for something else is left alone.
 */
export function tagSlotChanges(
  state: CustomerState,
  link: LinkState,
  tags: readonly string[],
  step: string = link.kind,
): TagSlotChanges {
  const mode = state.rules.sync.tags;
  if (mode === 'off') return { toRr: [], merges: [], warnings: [] };
  const slot = SLOTS[link.kind];
  const [nameField, valueField] = [`${slot}Name`, `${slot}Value`];
  const value = tagsOf({ tags }).join(', ');
  const there = normalizeText(link.data[valueField]);
  const name = normalizeText(link.data[nameField]);
  const known = link.baselines['tags'];
  const isOurs = name === NAME || (name === '' && (there === '' || there === normalizeText(known?.rr?.value)));
  if (!isOurs) return usedOtherwise(link, slot, value, mode === 'live');

  const followed = { field: 'tags', ghl: value, rr: there, to: 'rr', step, as: valueField } as const;
  const isFirst = known === undefined;
  const { writes, merges } = follow(link, followed, !(isFirst && isBefore(state.connection.since, link)));
  const observed = mode === 'observe' ? { mode } : {};
  const named: PlannedChange[] =
    writes && name === '' ? [{ field: nameField, before: link.data[nameField] ?? null, after: NAME, ...observed }] : [];
  const valued = { field: valueField, before: link.data[valueField] ?? null, after: value, ...observed };
  return { toRr: writes ? [...named, valued] : [], merges: mode === 'live' ? merges : [], warnings: [] };
}

/** Said once for each change of the tags. */
function usedOtherwise(link: LinkState, slot: string, value: string, remembers: boolean): TagSlotChanges {
  if (normalizeText(link.baselines['tags']?.ghl?.value) === value) return { toRr: [], merges: [], warnings: [] };
  return {
    toRr: [],
    merges: remembers ? [{ recordId: link.recordId, field: 'tags', ghl: value, rr: '' }] : [],
    warnings: [
      `the tags were not written to ${link.kind} ${link.vendorId}: its slot ${slot} is used for something else; empty it, or name it "${NAME}"`,
    ],
  };
}
