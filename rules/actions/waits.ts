import { DateTime } from 'luxon';
import { type Action, type ActionStep, type Wait, isWait } from '../rule-set.ts';

const UNITS = ['second', 'minute', 'hour', 'day', 'week'] as const;
const DURATION = /^(\d{1,4}) (?:(business) (days?)|(second|minute|hour|day|week)s?)$/u;
const CLOCK = /^([01]\d|2[0-3]):([0-5]\d)$/u;

interface Duration {
  readonly count: number;
  readonly unit: (typeof UNITS)[number] | 'business day';
}

function durationOf(text: string): Duration | undefined {
  const [, count = '', business, , unit] = DURATION.exec(text.trim()) ?? [];
  if (count === '') return undefined;
  return { count: Number(count), unit: business ? 'business day' : (unit as Duration['unit']) };
}

/** What is wrong with a wait, to follow its place's name; undefined: nothing. */
export function whyNoWait({ wait }: Wait): string | undefined {
  const { for: time, until } = typeof wait === 'string' ? { for: wait } : wait;
  if (time === undefined && until === undefined) return 'wants for or until';
  if (time !== undefined && !durationOf(time))
    return `wants a time as in 30 minutes, 2 days, 3 business days or 1 week; it is "${time}"`;
  if (until !== undefined && !CLOCK.test(until)) return `wants until as in 09:00; it is "${until}"`;
  return undefined;
}

/** When a wait that begins now is over, as ISO time in UTC. Days are those of the zone; `until` is its next such hour from then on. */
export function wakeAt({ wait }: Wait, now: string, zone: string): string {
  const { for: time, until } = typeof wait === 'string' ? { for: wait } : wait;
  const duration = time === undefined ? undefined : durationOf(time);
  const begin = DateTime.fromISO(now, { zone });
  const then = duration ? after(begin, duration) : begin;
  const [, hour, minute] = CLOCK.exec(until ?? '') ?? [];
  if (hour === undefined) return then.toUTC().toISO() ?? now;
  const clock = then.set({ hour: Number(hour), minute: Number(minute), second: 0, millisecond: 0 });
  return (clock <= then ? clock.plus({ days: 1 }) : clock).toUTC().toISO() ?? now;
}

function after(begin: DateTime, { count, unit }: Duration): DateTime {
  if (unit !== 'business day') return begin.plus({ [unit]: count });
  let day = begin;
  for (let left = count; left > 0;) {
    day = day.plus({ days: 1 });
    if (day.weekday <= 5) left -= 1;
  }
  return day;
}

/** `2 days`, `until 09:00`, `2 days and until 09:00`. */
export function waitInWords({ wait }: Wait): string {
  if (typeof wait === 'string') return wait;
  return [...(wait.for ? [wait.for] : []), ...(wait.until ? [`until ${wait.until}`] : [])].join(' and ');
}

/** The entries of an action from one on, up to its next wait. */
export interface Segment {
  /** Each with its number in `do`, which is part of a step's key. */
  readonly steps: readonly (readonly [n: number, step: ActionStep])[];
  readonly wait: Wait | undefined;
  /** The entry after the wait. */
  readonly next: number;
}

/** What an action does from entry `at` on before it waits again. */
export function segmentOf(action: Pick<Action, 'do'>, at: number): Segment {
  const end = action.do.findIndex((entry, n) => n >= at && isWait(entry));
  const until = end < 0 ? action.do.length : end;
  const wait = action.do[end];
  return {
    steps: action.do.slice(at, until).flatMap((entry, n) => (isWait(entry) ? [] : [[at + n, entry] as const])),
    wait: wait && isWait(wait) ? wait : undefined,
    next: until + 1,
  };
}

export function hasWaits({ do: entries }: Pick<Action, 'do'>): boolean {
  return entries.some(isWait);
}
