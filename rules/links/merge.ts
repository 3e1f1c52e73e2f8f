import {
  normalForm,
  normalizeCountry,
  normalizeEmail,
  normalizePhone,
  normalizeText,
  type SyncedField,
} from '../forms/normalize.ts';

export type MergePolicy = 'ghl wins' | 'rr wins' | 'hold';
export type MergeDirection = 'both' | 'ghl->rr' | 'rr->ghl';
export type Side = 'ghl' | 'rr';

/** One side of a field, raw values as the vendor gives them. */
export interface FieldSide {
  readonly current: unknown;
  /** What this side itself last returned; null and '' are known emptiness, undefined: never seen. */
  readonly baseline?: unknown;
  /** What we were about to write to this side; null or undefined: nothing. */
  readonly pending?: string | null | undefined;
  /** What this side did not take when we wrote it; null or undefined: nothing. */
  readonly refused?: string | null | undefined;
}

export interface MergeInput {
  readonly field: SyncedField;
  readonly ghl: FieldSide;
  readonly rr: FieldSide;
  readonly policy: MergePolicy;
  readonly direction: MergeDirection;
  readonly propagateEmpty: boolean;
  /** Of the person, else of the location: ISO code or name. */
  readonly country: string;
  /** The two records have just been matched: GHL's values stand, only its empty fields are filled. */
  readonly firstMatch: boolean;
}

/** `reason` names sides and fields, never values: it may stand in a sentence, a log or a history. */
export type MergeResult =
  | { readonly kind: 'same' | 'nothing' | 'conflict'; readonly reason: string }
  | {
      readonly kind: 'write';
      readonly side: Side;
      readonly value: string;
      readonly reason: string;
    };

const SIDE_NAMES: Readonly<Record<Side, string>> = { ghl: 'GHL', rr: 'Referral Rock' };

/**
 * Decides one field of a link from what both sides hold and last returned. A side without a baseline is treated as at a
 * first match. The value to write is the source's as it stands; phone in E.164, a country as its ISO code.
 */
export function mergeField(input: MergeInput): MergeResult {
  const context = { country: input.country };
  const ghl = normalForm(input.field, input.ghl.current, context);
  const rr = normalForm(input.field, input.rr.current, context);
  if (ghl === rr) return { kind: 'same', reason: `${input.field} is the same on both sides` };

  const source = decideSource(input, ghl === '' && rr !== '');
  if (typeof source !== 'string') return source;
  if (input.direction === (source === 'ghl' ? 'rr->ghl' : 'ghl->rr')) {
    return nothing(`${input.field} changed in ${SIDE_NAMES[source]}, but is synced one way (${input.direction})`);
  }
  return writeFrom(source, input);
}

/** The side whose value shall go to the other, or the reason why there is none. */
function decideSource(input: MergeInput, ghlLacksIt: boolean): Side | MergeResult {
  const { field, policy } = input;
  if (isFirstMatch(input)) {
    return ghlLacksIt ? 'rr' : nothing(`${field} differs at the first match: GHL's stays, Referral Rock's stays`);
  }
  const changed = (['ghl', 'rr'] as const).filter((side) => hasChanged(input, input[side]));
  const [first, second] = changed;
  if (first === undefined) return nothing(`${field} differs, but neither side has changed to a new value`);
  if (second === undefined) return first;
  if (policy === 'hold') return { kind: 'conflict', reason: `${field} changed on both sides` };
  return policy === 'ghl wins' ? 'ghl' : 'rr';
}

function isFirstMatch({ firstMatch, ghl, rr }: MergeInput): boolean {
  return firstMatch || ghl.baseline === undefined || rr.baseline === undefined;
}

/** Changed by somebody else: neither what the side last returned nor what we wrote. Cleared counts only if emptiness travels. */
function hasChanged({ field, country, propagateEmpty }: MergeInput, side: FieldSide): boolean {
  const form = (value: unknown): string => normalForm(field, value, { country });
  const current = form(side.current);
  if (current === '' && !propagateEmpty) return false;
  return current !== form(side.baseline) && (side.pending == null || current !== form(side.pending));
}

function writeFrom(source: Side, input: MergeInput): MergeResult {
  const { field, country } = input;
  const side: Side = source === 'ghl' ? 'rr' : 'ghl';
  const value = writtenValue(field, input[source].current, country);
  if (value === undefined) {
    return nothing(`${field} in ${SIDE_NAMES[source]} is not valid, so it is not written to ${SIDE_NAMES[side]}`);
  }
  const refused = input[side].refused;
  if (refused != null && normalForm(field, refused, { country }) === normalForm(field, value, { country })) {
    return nothing(`${SIDE_NAMES[side]} did not take this ${field}: not repeated until it changes again`);
  }
  const reason = isFirstMatch(input)
    ? `${field} was empty in ${SIDE_NAMES[side]}`
    : `${field} changed in ${SIDE_NAMES[source]}`;
  return { kind: 'write', side, value, reason };
}

/** What is written of a value: as it stands, the phone in E.164, a country as its ISO code; undefined if no vendor would take it. */
export function writtenValue(field: SyncedField, value: unknown, country: string): string | undefined {
  const text = normalizeText(value);
  if (text === '') return '';
  if (field === 'phone') return normalizePhone(text, country) || undefined;
  if (field === 'email') return normalizeEmail(text) === '' ? undefined : text;
  if (field === 'country') return normalizeCountry(text) || undefined;
  return text;
}

function nothing(reason: string): MergeResult {
  return { kind: 'nothing', reason };
}
