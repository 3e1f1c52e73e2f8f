import type { Deliveries } from '../deliveries.ts';
import type { Call, Fields } from '../operation.ts';
import { Refusal } from '../operation.ts';
import { type RockSettings, rockDefaults, type RockState } from './state.ts';

/** Well-known API keys of the sandbox: they open nothing outside of it. */
export const publicKey = '5a4d0b0c-0000-4000-8000-000000000001';
export const privateKey = '5a4d0b0c-0000-4000-8000-000000000002';

export const eventNames = [
  'ProgramAdd',
  'ProgramUpdate',
  'ProgramDelete',
  'MemberAdd',
  'MemberUpdate',
  'MemberDelete',
  'ReferralAdd',
  'ReferralUpdate',
  'ReferralStatusChange',
  'ReferralDelete',
  'RewardAdd',
  'RewardUpdate',
  'RewardDelete',
  'RewardIssue',
  'EmailUnsubscribed',
] as const;
export type EventName = (typeof eventNames)[number];

/** Referral Rock as its operations see it. */
export type Rock = {
  state: RockState;
  deliveries: Deliveries;
  settings(): RockSettings;
  /** Sends the bare object to every subscriber of the event: no envelope, no delivery id (reference/referral-rock.md 3.3). */
  emit(event: EventName, body: Fields): void;
};

export function createRock(state: RockState, deliveries: Deliveries, now: () => number): Rock {
  return {
    state,
    deliveries,
    settings: () => state.settings.get('settings') ?? rockDefaults,
    emit(event, body) {
      const text = JSON.stringify({ ...body, Timestamp: Math.floor(now() / 1000) });
      for (const hook of state.hooks.by('event', event)) {
        deliveries.send({ vendor: 'referralRock', event, url: hook.target_url, body: text, headers: {} });
      }
    },
  };
}

/** ASP.NET's error body. */
export function refusal(status: number, message: string): Refusal {
  return new Refusal({ status, body: { Message: message } });
}

export function invalid(errors: Record<string, string>): Refusal {
  const ModelState = Object.fromEntries(Object.entries(errors).map(([field, error]) => [field, [error]]));
  return new Refusal({ status: 400, body: { Message: 'The request is invalid.', ModelState } });
}

/** ISO 8601 UTC with seven fractional digits. */
export function rockDate(now: number): string {
  return new Date(now).toISOString().replace('Z', '0000Z');
}

export type ResultInfo = { Status: string; Message: string };
export const succeeded = (): ResultInfo => ({ Status: 'Succeeded', Message: '' });
export const removedWell = (): ResultInfo => ({ Status: 'Success', Message: '' });
/** The words of failure are recorded nowhere; only the two of success are. */
export const failedWith = (message: string): ResultInfo => ({ Status: 'Failed', Message: message });

/** Query parameters in any letter case, as ASP.NET binds them. */
export function queryOf(call: Call, name: string): string | undefined {
  const key = Object.keys(call.query).find((each) => each.toLowerCase() === name.toLowerCase());
  const value = key === undefined ? undefined : call.query[key];
  return value === '' ? undefined : value;
}

/** The array body of the bulk calls. */
export function bodyList(call: Call): Fields[] {
  if (!Array.isArray(call.body)) throw refusal(400, 'The request is invalid.');
  return call.body.map((each) => (typeof each === 'object' && each !== null ? (each as Fields) : {}));
}

type Page = { offset: number; total: number; message: string };

/** Cuts a page out of `found`: offset from 0, count everything by default. */
export function pageOf<T>(call: Call, found: readonly T[]): { page: T[]; set: Page } {
  const offset = Number(queryOf(call, 'offset') ?? 0);
  const count = Number(queryOf(call, 'count') ?? 2_147_483_647);
  if (!Number.isInteger(offset) || !Number.isInteger(count)) throw refusal(400, 'The request is invalid.');
  return { page: found.slice(offset, offset + count), set: { offset, total: found.length, message: '' } };
}

/** Filters by creation date only; there is no "updated since". Takes ISO, yyyy-MM-dd and MM/dd/yyyy HH:mm:ss, read as UTC, both ends inclusive [unsure]. */
export function createdWithin(call: Call): (date: string) => boolean {
  const from = dateOf(queryOf(call, 'dateFrom'));
  const to = dateOf(queryOf(call, 'dateTo'));
  if (from === undefined && to === undefined) return () => true;
  return (date) => {
    const at = Date.parse(date);
    return (from === undefined || at >= from) && (to === undefined || at <= to);
  };
}

function dateOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const american = /^(\d{2})\/(\d{2})\/(\d{4})(?: (\d{2}:\d{2}:\d{2}))?$/.exec(text);
  const iso = american ? `${american[3]}-${american[1]}-${american[2]}T${american[4] ?? '00:00:00'}Z` : text;
  const at = Date.parse(iso);
  if (Number.isNaN(at)) throw refusal(400, 'The request is invalid.');
  return at;
}
