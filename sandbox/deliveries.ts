import { randomUUID } from 'node:crypto';
import type { VendorName } from './operation.ts';
import type { Collection, Store } from './store.ts';

export type Delivery = {
  /** Of this delivery; a duplicate has its own. */
  id: string;
  vendor: VendorName;
  event: string;
  url: string;
  body: string;
  headers: Record<string, string>;
};

export type DeliveryResult = {
  id: string;
  vendor: VendorName;
  event: string;
  body: string;
  status: number;
  attempts: number;
};

export type DeliverySettings = {
  /** Share of webhooks that are never sent, 0 to 1. */
  drop: number;
  /** Share of webhooks that are sent twice, 0 to 1. */
  duplicate: number;
  delayMs: number;
  shuffle: boolean;
  /** Wait before GHL's first retry; each further one is twice as long. */
  firstRetryMs: number;
};

/** Waits before each retry, in milliseconds. */
type RetryPolicy = { retries: number; firstMs?: number; mostMs: number };

/** GHL: 12 retries, exponential with jitter, real steps of seconds to minutes scaled down. RR: nothing published; two quick ones. */
const policies: Record<VendorName, RetryPolicy> = {
  ghl: { retries: 12, mostMs: 60_000 },
  referralRock: { retries: 2, firstMs: 250, mostMs: 1000 },
};

const answerWithinMs = 10_000;
const resultsKept = 5000;
const shuffleMs = 400;

/** Sends webhooks to the bridge: at once, side by side, in no promised order, with each vendor's own retries. */
export class Deliveries {
  settings: DeliverySettings;
  readonly results: DeliveryResult[] = [];
  delivered = 0;
  failed = 0;
  readonly #waiting: Collection<Delivery>;
  readonly #stopped = new AbortController();
  readonly #idleWaiters = new Set<() => void>();

  constructor(store: Store, delayMs: number) {
    this.#waiting = store.collection<Delivery>('deliveries');
    this.settings = { drop: 0, duplicate: 0, delayMs, shuffle: false, firstRetryMs: 1000 };
    for (const delivery of this.#waiting.all()) void this.#deliver(delivery);
  }

  get pending(): number {
    return this.#waiting.size;
  }

  send(delivery: Omit<Delivery, 'id'>): void {
    if (Math.random() < this.settings.drop) return;
    this.#start(delivery);
    if (Math.random() < this.settings.duplicate) this.#start(delivery);
  }

  /** Resolves when nothing is queued, in flight or waiting for a retry, or after `timeoutMs`. */
  async idle(timeoutMs: number): Promise<{ delivered: number; failed: number; pending: number }> {
    if (this.pending > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => done(), timeoutMs);
        const done = (): void => {
          clearTimeout(timer);
          this.#idleWaiters.delete(done);
          resolve();
        };
        this.#idleWaiters.add(done);
      });
    }
    return { delivered: this.delivered, failed: this.failed, pending: this.pending };
  }

  /** Points what is still waiting for `vendor` at another address. */
  redirect(vendor: VendorName, url: string): void {
    for (const delivery of this.#waiting.all()) {
      if (delivery.vendor === vendor) this.#waiting.put({ ...delivery, url });
    }
  }

  /** Forgets everything queued; what is in flight is not counted any more. */
  clear(): void {
    this.#waiting.clear();
    this.results.length = 0;
    [this.delivered, this.failed] = [0, 0];
    this.#tellIfIdle();
  }

  /** Ends all sending; what was not delivered stays in the store for the next start. */
  stop(): void {
    this.#stopped.abort();
    for (const done of this.#idleWaiters) done();
  }

  #start(delivery: Omit<Delivery, 'id'>): void {
    void this.#deliver(this.#waiting.put({ ...delivery, id: randomUUID() }));
  }

  async #deliver({ id, vendor }: Delivery): Promise<void> {
    const policy = policies[vendor];
    await this.#pause(this.settings.delayMs + (this.settings.shuffle ? Math.random() * shuffleMs : 0));
    for (let attempt = 0; attempt <= policy.retries; attempt += 1) {
      if (attempt > 0) await this.#pause(jittered(this.#retryWait(policy, attempt)));
      const current = this.#waiting.get(id);
      if (!current || this.#stopped.signal.aborted) return;
      const status = await this.#post(current);
      if (this.#stopped.signal.aborted || !this.#waiting.get(id)) return;
      const succeeded = status >= 200 && status < 300;
      if (succeeded || attempt === policy.retries) return this.#finish(current, status, attempt + 1, succeeded);
    }
  }

  #retryWait(policy: RetryPolicy, attempt: number): number {
    return Math.min(policy.mostMs, (policy.firstMs ?? this.settings.firstRetryMs) * 2 ** (attempt - 1));
  }

  #finish(delivery: Delivery, status: number, attempts: number, succeeded: boolean): void {
    const { id, vendor, event, body } = delivery;
    this.#waiting.delete(id);
    if (succeeded) this.delivered += 1;
    else this.failed += 1;
    this.results.push({ id, vendor, event, body, status, attempts });
    if (this.results.length > resultsKept) this.results.shift();
    this.#tellIfIdle();
  }

  #tellIfIdle(): void {
    if (this.pending === 0) for (const done of this.#idleWaiters) done();
  }

  /** HTTP status of the answer; 0 when there was none. */
  async #post(delivery: Delivery): Promise<number> {
    const signal = AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(answerWithinMs)]);
    const headers = { 'content-type': 'application/json', ...delivery.headers };
    try {
      const answer = await fetch(delivery.url, {
        method: 'POST',
        headers,
        body: delivery.body,
        redirect: 'manual',
        signal,
      });
      await answer.arrayBuffer();
      return answer.status;
    } catch {
      return 0;
    }
  }

  async #pause(ms: number): Promise<void> {
    if (ms <= 0 || this.#stopped.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const over = (): void => {
        clearTimeout(timer);
        this.#stopped.signal.removeEventListener('abort', over);
        resolve();
      };
      const timer = setTimeout(over, ms);
      this.#stopped.signal.addEventListener('abort', over);
    });
  }
}

function jittered(ms: number): number {
  return ms * (1 + Math.random() / 4);
}
