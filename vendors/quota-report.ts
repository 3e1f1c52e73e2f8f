import type { Log } from './executor.ts';
import type { Limiter, QuotaSeen, VendorAccount, VendorError } from './operation.ts';

export type QuotaReport = (
  account: VendorAccount,
  seen: QuotaSeen | undefined,
  refusal: VendorError | undefined,
) => Promise<void>;

const REPORT_AGAIN_MS = 60_000;

/**
 * Tells the limiter what answers say of the quota, but only what is news: other limits, a 429, little left, or a minute
 * gone by. So the usual answer costs no write. Never fails: an answer that has come must not be lost over it.
 */
export function createQuotaReport(limiter: Limiter, log: Log | undefined): QuotaReport {
  const reported = new Map<string, { readonly limits: string; readonly at: number }>();
  return async (account, seen, refusal) => {
    const blockedMs = refusal?.kind === 'RateLimited' ? refusal.retryAfterMs : undefined;
    if (seen === undefined && blockedMs === undefined) return;
    const limits = [seen?.max, seen?.intervalMs, seen?.dailyMax].join('/');
    const last = reported.get(account.id);
    const isOld = last === undefined || last.limits !== limits || performance.now() - last.at > REPORT_AGAIN_MS;
    if (blockedMs === undefined && !isOld && !isScarce(seen)) return;
    try {
      await limiter.learn(account, { ...seen, ...(blockedMs !== undefined && { blockedMs }) });
      reported.set(account.id, { limits, at: performance.now() });
    } catch (error) {
      log?.warn({ account, err: error }, 'could not tell the limiter what the vendor says of its quota');
    }
  };
}

function isScarce(seen: QuotaSeen | undefined): boolean {
  return isLow(seen?.remaining, seen?.max) || isLow(seen?.dailyRemaining, seen?.dailyMax);
}

function isLow(left: number | undefined, of: number | undefined): boolean {
  return left !== undefined && of !== undefined && left <= of / 10;
}
