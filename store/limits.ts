import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Limiter, QuotaSeen, Vendor, VendorAccount } from '../vendors/operation.ts';
import type { Database } from './database.ts';

/** A quota: so many requests in any interval. */
export interface Quota {
  max: number;
  intervalMs: number;
}

export interface LimiterOptions {
  /** The quota of each vendor until its answers' headers tell another one. */
  defaults?: Partial<Record<Vendor, Quota>>;
  /** The clock, for tests; the database's own when left out. */
  now?: () => Date;
}

/** GHL: reference, rate limits. RR publishes no figure, so this one is careful. */
const DEFAULTS: Record<Vendor, Quota> = {
  ghl: { max: 100, intervalMs: 10_000 },
  'referral-rock': { max: 60, intervalMs: 10_000 },
};

/** A turn farther away than this is not waited for by the caller, so it is kept under the request's key. */
const KEPT_ABOVE_MS = 2_000;
/** A kept turn that is asked for later than this has been missed: others have gone meanwhile, so a new one is given. */
const MISSED_AFTER_MS = 1_000;
/** Between two times that a background call asks whether the line is empty. */
const LEAST_WAIT_MS = 20;
const LEARN_EVERY_MS = 1_000;
const CLEAN_EVERY_MS = 60_000;

/**
 * Gives turns at each vendor account, shared by all workers of the database: 93 % of the quota evenly spaced, and at most 5 % at
 * once after a quiet time, so no interval ever holds more than 98 %. One statement per turn (GCRA on the account's row: its
 * `next_turn_at` is the theoretical arrival time). Turns more than 2 s away are kept under the caller's key; without a
 * key nothing is reserved that far ahead.
 */
export function createLimiter(database: Database, options: LimiterOptions = {}): Limiter {
  const quotas = { ...DEFAULTS, ...options.defaults };
  const known = new Map<string, { seen: QuotaSeen; writtenAt: number }>();
  let cleanedAt = 0;

  const turn = async (account: VendorAccount, key: string | undefined, background = false): Promise<number> => {
    const quota = quotas[account.vendor];
    if (background) return backgroundTurn(account, quota);
    const waitMs = key === undefined ? await nextTurn(account, quota) : await keyedTurn(account, quota, key);
    if (waitMs > KEPT_ABOVE_MS) await cleanTurns();
    return Math.max(0, waitMs);
  };

  const clock = () => (options.now ? sql`${options.now()}::timestamptz` : sql`clock_timestamp()`);
  const ms = (quota: string) => sql.raw(`(${quota} * interval '1 millisecond')`);
  // 93 % of the quota, evenly: one turn each so many milliseconds; and how far ahead of that a burst may run. The 2 % that
  // are never used absorb requests that leave later than their turn.
  const SPACING = ms('(limits.interval_ms / (0.93 * limits.max))');
  const LEAD = ms('((greatest(1, floor(0.05 * limits.max)) - 1) * limits.interval_ms / (0.93 * limits.max))');

  const open = () => sql`greatest(${clock()}, limits.blocked_until,
    case when limits.daily_remaining = 0 then limits.daily_reset_at end)`;
  const milliseconds = (turnAt: ReturnType<typeof sql>) =>
    sql<number>`extract(epoch from ${turnAt} - ${clock()})::float8 * 1000`;
  /** The turn that the row's theoretical arrival time, already moved on by one, has just given. */
  const given = () => sql`greatest(${open()}, limits.next_turn_at - ${SPACING} - ${LEAD})`;
  const reserve = (
    account: VendorAccount,
    quota: Quota,
    when: ReturnType<typeof sql>,
    only: ReturnType<typeof sql>,
  ) => sql`
    insert into limits (vendor, account, max, interval_ms, next_turn_at)
    select ${account.vendor}, ${account.id}, ${quota.max}::int, ${quota.intervalMs}::int,
      ${clock()} + ${quota.intervalMs / (0.93 * quota.max)}::float8 * interval '1 millisecond' ${when}
    on conflict (vendor, account) do update set next_turn_at = greatest(${open()}, limits.next_turn_at) + ${SPACING} ${only}`;

  async function nextTurn(account: VendorAccount, quota: Quota): Promise<number> {
    const soon = sql`where greatest(${open()}, limits.next_turn_at - ${LEAD}) <= ${clock()} + ${KEPT_ABOVE_MS}::int * interval '1 millisecond'`;
    const reserved = await sql<{ wait_ms: number }>`
      ${reserve(account, quota, sql``, soon)} returning ${milliseconds(given())} as wait_ms`.execute(database.db);
    if (reserved.rows[0]) return reserved.rows[0].wait_ms;
    const far = await sql<{ wait_ms: number }>`
      select ${milliseconds(sql`greatest(${open()}, limits.next_turn_at - ${LEAD})`)} as wait_ms
      from limits where vendor = ${account.vendor} and account = ${account.id}`.execute(database.db);
    return far.rows[0]?.wait_ms ?? 0;
  }

  /**
   * A turn that nobody else waits for: the account's line is empty at this moment. It is not reserved ahead and does not use the burst,
   * so a live call never waits for more than one of these. Asks again for a while, then answers how long the line is.
   */
  async function backgroundTurn(account: VendorAccount, quota: Quota): Promise<number> {
    const idle = sql`where greatest(${open()}, limits.next_turn_at) <= ${clock()}`;
    for (let askedMs = 0; ;) {
      const { rows } = await sql`${reserve(account, quota, sql``, idle)} returning account`.execute(database.db);
      if (rows.length > 0) return 0;
      const line = await sql<{ wait_ms: number }>`
        select ${milliseconds(sql`greatest(${open()}, limits.next_turn_at)`)} as wait_ms
        from limits where vendor = ${account.vendor} and account = ${account.id}`.execute(database.db);
      const waitMs = Math.max(LEAST_WAIT_MS, line.rows[0]?.wait_ms ?? 0);
      if (askedMs + waitMs > KEPT_ABOVE_MS) return KEPT_ABOVE_MS + waitMs;
      await sleep(waitMs);
      askedMs += waitMs;
    }
  }

  async function keyedTurn(account: VendorAccount, quota: Quota, key: string): Promise<number> {
    const name = `${account.vendor}/${account.id}/${key}`;
    const { rows } = await sql<{ wait_ms: number }>`
      with kept as (
        select turns.turn_at from turns left join limits on limits.vendor = ${account.vendor} and limits.account = ${account.id}
        where turns.key = ${name} and turns.turn_at >= ${open()} - ${MISSED_AFTER_MS}::int * interval '1 millisecond'
      ), taken as (
        delete from turns using kept
        where turns.key = ${name} and kept.turn_at <= ${clock()} + ${KEPT_ABOVE_MS}::int * interval '1 millisecond'
      ), reserved as (
        ${reserve(account, quota, sql`where not exists (select from kept)`, sql``)} returning ${given()} as turn_at
      ), stored as (
        insert into turns (key, turn_at)
        select ${name}, turn_at from reserved where turn_at > ${clock()} + ${KEPT_ABOVE_MS}::int * interval '1 millisecond'
        on conflict (key) do update set turn_at = excluded.turn_at
      )
      select ${milliseconds(sql`turn_at`)} as wait_ms from (select turn_at from kept union all select turn_at from reserved) as turn
    `.execute(database.db);
    return rows[0]?.wait_ms ?? 0;
  }

  async function cleanTurns(): Promise<void> {
    if (Date.now() - cleanedAt < CLEAN_EVERY_MS) return;
    cleanedAt = Date.now();
    await sql`delete from turns where turn_at < ${clock()} - interval '1 hour'`.execute(database.db);
  }

  async function learn(account: VendorAccount, seen: QuotaSeen): Promise<void> {
    const name = `${account.vendor}/${account.id}`;
    const last = known.get(name);
    const now = Date.now();
    if (last && !isUrgent(last.seen, seen) && (now - last.writtenAt < LEARN_EVERY_MS || isSame(last.seen, seen)))
      return;
    known.set(name, { seen, writtenAt: now });
    await writeSeen(account, seen);
  }

  /** A window that is used up (by somebody else, since we never do) is let alone for a tenth of it; a 429 says how long in full. */
  async function writeSeen(account: VendorAccount, seen: QuotaSeen): Promise<void> {
    const quota = quotas[account.vendor];
    const max = seen.max ?? null;
    const intervalMs = seen.intervalMs ?? null;
    const blockedMs = seen.blockedMs ?? (seen.remaining === 0 ? (seen.intervalMs ?? quota.intervalMs) / 10 : null);
    const inMs = (value: number | null) => sql`${clock()} + ${value}::float8 * interval '1 millisecond'`;
    await sql`
      insert into limits (vendor, account, max, interval_ms, next_turn_at, blocked_until, remaining, daily_max, daily_remaining, daily_reset_at, learned_at)
      values (${account.vendor}, ${account.id}, ${max ?? quota.max}, ${intervalMs ?? quota.intervalMs}, ${clock()}, ${inMs(blockedMs)},
        ${seen.remaining ?? null}, ${seen.dailyMax ?? null}, ${seen.dailyRemaining ?? null}, ${inMs(seen.dailyResetMs ?? null)}, ${clock()})
      on conflict (vendor, account) do update set
        max = coalesce(${max}::int, limits.max), interval_ms = coalesce(${intervalMs}::int, limits.interval_ms),
        blocked_until = greatest(limits.blocked_until, excluded.blocked_until),
        remaining = coalesce(excluded.remaining, limits.remaining), daily_max = coalesce(excluded.daily_max, limits.daily_max),
        daily_remaining = coalesce(excluded.daily_remaining, limits.daily_remaining),
        daily_reset_at = coalesce(excluded.daily_reset_at, limits.daily_reset_at), learned_at = excluded.learned_at`.execute(
      database.db,
    );
  }

  return { turn, learn };
}

/** What must not wait for the next second: another quota, a block, or nothing left. */
function isUrgent(last: QuotaSeen, seen: QuotaSeen): boolean {
  const sameQuota = last.max === seen.max && last.intervalMs === seen.intervalMs && last.dailyMax === seen.dailyMax;
  return !sameQuota || seen.blockedMs !== undefined || seen.remaining === 0 || seen.dailyRemaining === 0;
}

function isSame(last: QuotaSeen, seen: QuotaSeen): boolean {
  return last.remaining === seen.remaining && last.dailyRemaining === seen.dailyRemaining;
}
