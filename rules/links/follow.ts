import { movesBaseline } from './merge-link.ts';
import type { Side } from './merge.ts';
import { normalizeText } from '../forms/normalize.ts';
import type { MergeDraft } from '../plan.ts';
import type { LinkState } from '../records.ts';

/** A value of one side that the other is given, one way: the joined tags, a member's code, a count. */
export interface Followed {
  /** The name of its baselines. */
  readonly field: string;
  readonly ghl: unknown;
  readonly rr: unknown;
  /** The side that is given it. */
  readonly to: Side;
  /** The step that would write it, and the field's name there. */
  readonly step: string;
  readonly as: string;
  /** Two values of one form are the same. */
  readonly form?: (value: unknown) => string;
}

/**
 * Decides whether a value is written to the side that follows: where it differs, and not what that side did not take. What
 * somebody wrote over it stays until its source changes.
 */
export function follow(link: LinkState, one: Followed, mayWrite: boolean): { writes: boolean; merges: MergeDraft[] } {
  const { field, ghl, rr, to, step, as } = one;
  const base = { recordId: link.recordId, field, ghl: ghl ?? null, rr: rr ?? null };
  const value = base[to === 'ghl' ? 'rr' : 'ghl'];
  if (mayWrite && shallWrite(link, one)) {
    return { writes: true, merges: [{ ...base, written: { side: to, step, as, value: String(value ?? '') } }] };
  }
  // What may be written needs no note that there is nothing yet.
  if (mayWrite && isNothing(link, one)) return { writes: false, merges: [] };
  return { writes: false, merges: isSettled(link, one) && movesBaseline(link, base) ? [base] : [] };
}

function isNothing(link: LinkState, one: Followed): boolean {
  const { form, source, there } = sidesOf(link, one);
  return link.baselines[one.field] === undefined && form(source) === '' && form(there) === '';
}

function shallWrite(link: LinkState, one: Followed): boolean {
  const { form, source, there, from, at } = sidesOf(link, one);
  if (form(source) === form(there)) return false;
  if (at?.refused !== undefined && form(at.refused) === form(source)) return false;
  const isOurs = at?.pending !== undefined && form(at.pending) === form(there);
  return isOurs || from === undefined || at === undefined || form(from.value) !== form(source);
}

/** What was refused is remembered as long as its source stays. */
function isSettled(link: LinkState, one: Followed): boolean {
  const { form, source, there, at } = sidesOf(link, one);
  return form(source) === form(there) || at?.refused === undefined || form(at.refused) !== form(source);
}

function sidesOf(link: LinkState, { field, ghl, rr, to, form = normalizeText }: Followed) {
  const known = link.baselines[field];
  return to === 'ghl'
    ? { form, source: rr, there: ghl, from: known?.rr, at: known?.ghl }
    : { form, source: ghl, there: rr, from: known?.ghl, at: known?.rr };
}
