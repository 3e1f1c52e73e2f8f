export type QuotaLimits = { max: number; intervalMs: number; daily: number };

const dayMs = 86_400_000;

/** A quota for each location or company, all with the same limits. */
export class Quotas {
  readonly limits: QuotaLimits;
  readonly #quotas = new Map<string, Quota>();

  constructor(limits: QuotaLimits) {
    this.limits = limits;
  }

  of(resource: string): Quota {
    const known = this.#quotas.get(resource);
    if (known) return known;
    const quota = new Quota(this.limits);
    this.#quotas.set(resource, quota);
    return quota;
  }

  reset(): void {
    this.#quotas.clear();
  }
}

/** Fixed windows that open with their first call: both the short one and the day (reference/ghl.md 4: "24 h from first call"). */
export class Quota {
  limits: QuotaLimits;
  #windowStart = 0;
  #used = 0;
  #dayStart = 0;
  #usedToday = 0;

  constructor(limits: QuotaLimits) {
    this.limits = limits;
  }

  /** Takes one request; false when a window is full. A refused request is not counted. */
  take(now: number): boolean {
    if (now - this.#windowStart >= this.limits.intervalMs) [this.#windowStart, this.#used] = [now, 0];
    if (now - this.#dayStart >= dayMs) [this.#dayStart, this.#usedToday] = [now, 0];
    if (this.#used >= this.limits.max || this.#usedToday >= this.limits.daily) return false;
    this.#used += 1;
    this.#usedToday += 1;
    return true;
  }

  reset(): void {
    [this.#windowStart, this.#used, this.#dayStart, this.#usedToday] = [0, 0, 0, 0];
  }

  remaining(): number {
    return Math.max(0, this.limits.max - this.#used);
  }

  remainingToday(): number {
    return Math.max(0, this.limits.daily - this.#usedToday);
  }

  /** Milliseconds until the short window ends. */
  windowEndsIn(now: number): number {
    return Math.max(0, this.#windowStart + this.limits.intervalMs - now);
  }

  /** Milliseconds until the day ends. */
  dayEndsIn(now: number): number {
    return Math.max(0, this.#dayStart + dayMs - now);
  }
}
