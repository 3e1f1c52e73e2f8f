import type { Logger } from 'pino';
import { createBatcher } from '../store/batch.ts';
import type { Due, RelayStore, Rung } from '../store/relay.ts';
import type { Ring } from './doorbell.ts';
import type { RelayMetrics } from './metrics.ts';
import { Outage } from './outage.ts';

const RINGS_AT_ONCE = 16;
/** A customer whose ring fails while others' do not is left alone longer and longer; it holds nobody up. */
const LONGEST_OWN_DELAY_MS = 15 * 60_000;

/** Rings customers, at most sixteen at once, and writes down what came of it. Temporal being away is one outage for all. */
export class Ringer {
  readonly #store: RelayStore;
  readonly #ring: Ring;
  readonly #log: Logger;
  readonly #metrics: RelayMetrics;
  readonly #backoffMs: number;
  readonly #outage: Outage;
  readonly #confirm: (rung: Rung) => Promise<void>;
  readonly #underWay = new Set<Promise<void>>();
  /** Customers that could not be rung, with the number of times. */
  readonly #failing = new Map<string, number>();
  #failuresInARow = 0;

  constructor(
    store: RelayStore,
    ring: Ring,
    log: Logger,
    metrics: RelayMetrics,
    backoff: { firstMs: number; longestMs: number },
  ) {
    this.#store = store;
    this.#ring = ring;
    this.#log = log;
    this.#metrics = metrics;
    this.#backoffMs = backoff.firstMs;
    this.#outage = new Outage(backoff.firstMs, backoff.longestMs);
    this.#confirm = createBatcher<Rung, void>(
      async (rung) => {
        await store.confirm(rung);
        return rung.map(() => ({ value: undefined }));
      },
      { size: 200, waiting: Infinity },
    );
  }

  /** How many customers may be taken now: one to try when Temporal may be back, none before. */
  get free(): number {
    if (!this.#outage.isOn) return RINGS_AT_ONCE - this.#underWay.size;
    return this.#outage.remainingMs > 0 || this.#underWay.size > 0 ? 0 : 1;
  }

  /** Milliseconds until Temporal is tried again; 0 unless it is away. */
  get pausedMs(): number {
    return this.#outage.remainingMs;
  }

  get hasRoom(): boolean {
    return this.#underWay.size <= RINGS_AT_ONCE / 2;
  }

  /** Rings without waiting for it; `onEnd` runs after each. */
  start(due: Due, onEnd: () => void): void {
    const work = this.#one(due).finally(() => {
      this.#underWay.delete(work);
      onEnd();
    });
    this.#underWay.add(work);
  }

  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #one(due: Due): Promise<void> {
    const { connectionId, customerId, trigger } = due;
    try {
      const where = await this.#ring({ connectionId, customerId, trigger });
      this.#metrics.rung(1);
      await this.#worked(customerId);
      await this.#confirm({ ...due, ...where }).catch((error: unknown) => this.#unwritten(error));
    } catch (error) {
      this.#metrics.failed(1);
      await this.#failed(due, error);
    }
  }

  async #worked(customerId: string): Promise<void> {
    this.#failuresInARow = 0;
    this.#failing.delete(customerId);
    if (!this.#outage.worked()) return;
    this.#log.info('Temporal is back: the events that waited are carried out');
    await this.#store.release([...this.#failing.keys()], 0).catch((error: unknown) => this.#unwritten(error));
  }

  async #failed({ connectionId, customerId }: Due, error: unknown): Promise<void> {
    const times = (this.#failing.get(customerId) ?? 0) + 1;
    this.#failing.set(customerId, times);
    this.#failuresInARow += 1;
    const reason = error instanceof Error ? error.message : String(error);
    // One failure may be the customer's own; the next one in a row is Temporal's.
    if (this.#failuresInARow > 1 && this.#outage.failed()) {
      this.#log.warn({ reason }, 'Temporal cannot be reached: events are kept, and carried out when it is back');
    } else if (times === 3 && !this.#outage.isOn) {
      this.#log.warn({ connectionId, customerId, reason }, 'a customer cannot be rung');
    }
    const delayMs = Math.min(this.#backoffMs * 2 ** (times - 1), LONGEST_OWN_DELAY_MS);
    await this.#store.release([customerId], delayMs).catch((unwritten: unknown) => this.#unwritten(unwritten));
  }

  /** The lease in the customer's row runs out by itself, so nothing is lost: it is only rung once more. */
  #unwritten(error: unknown): void {
    this.#log.debug(
      { type: error instanceof Error ? error.name : undefined },
      'what came of a ring could not be written down',
    );
  }
}
