import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Database } from '../store/database.ts';
import { createRelayStore, type RelayStore, ROWS_PER_ROUND } from '../store/relay.ts';
import type { Ring } from './doorbell.ts';
import { createRelayMetrics } from './metrics.ts';
import { Outage } from './outage.ts';
import { Ringer } from './ringer.ts';

export interface Relay {
  /** Listens to the database and begins to ring. */
  start(): Promise<void>;
  /** There may be a new row. */
  nudge(): void;
  /** Takes nothing more and resolves when the rings under way have ended. */
  close(): Promise<void>;
}

/** Milliseconds. */
export interface RelayIntervals {
  /** Between looks at the store when nothing nudges. */
  poll: number;
  /** Between looks for customers that no one would ring again. */
  sweep: number;
  /** Between the customers that are rung at the start because they have open rows. */
  pace: number;
  /** The first and the longest wait after Temporal or the store failed. */
  backoff: number;
  longestBackoff: number;
}

export interface RelayDeps {
  database: Database;
  ring: Ring;
  log: Logger;
  metrics: Registry;
  intervals?: Partial<RelayIntervals>;
}

const INTERVALS: RelayIntervals = { poll: 1_000, sweep: 60_000, pace: 20, backoff: 1_000, longestBackoff: 30_000 };
/** A round is followed by twice its time of rest: under load the store belongs first to those who store events and close passes. */
const REST_PER_ROUND = 2;
const LONGEST_REST_MS = 250;

/** The only one who rings workflows: it gives stored rows their customer, and rings each customer that has open ones. */
export function createRelay({ database, ring, log, metrics, intervals }: RelayDeps): Relay {
  const store = createRelayStore(database);
  const every = { ...INTERVALS, ...intervals };
  const backoff = { firstMs: every.backoff, longestMs: every.longestBackoff };
  const ringer = new Ringer(
    store,
    ring,
    log,
    createRelayMetrics(metrics, () => store.backlog()),
    backoff,
  );
  const loop = new RelayLoop(store, ringer, log, every);
  let unlisten: (() => Promise<void>) | undefined;
  let running: Promise<void> | undefined;
  return {
    async start() {
      unlisten = await database.listen(() => loop.wake());
      running = loop.run();
    },
    nudge: () => loop.wake(),
    async close() {
      loop.stop();
      await unlisten?.();
      await running;
      await ringer.settled();
    },
  };
}

class RelayLoop {
  readonly #store: RelayStore;
  readonly #ringer: Ringer;
  readonly #log: Logger;
  readonly #every: RelayIntervals;
  readonly #outage: Outage;
  #stopped = false;
  #woken = false;
  #wakeUp: () => void = () => undefined;
  /** The store held more than could be taken. */
  #more = false;
  #revived = false;
  #sweepAt = 0;

  constructor(store: RelayStore, ringer: Ringer, log: Logger, every: RelayIntervals) {
    this.#store = store;
    this.#ringer = ringer;
    this.#log = log;
    this.#every = every;
    this.#outage = new Outage(every.backoff, every.longestBackoff);
  }

  wake(): void {
    this.#woken = true;
    this.#wakeUp();
  }

  stop(): void {
    this.#stopped = true;
    this.#wakeUp();
  }

  async run(): Promise<void> {
    while (!this.#stopped) {
      this.#woken = false;
      const began = performance.now();
      try {
        await this.#sweep();
        await this.#round();
        if (this.#outage.worked()) this.#log.info('the store can be reached again');
      } catch (error) {
        const code = (error as { code?: unknown } | null)?.code;
        if (this.#outage.failed())
          this.#log.error({ code, type: (error as Error | null)?.name }, 'the relay cannot reach the store');
      }
      await this.#pause(performance.now() - began);
    }
  }

  /** At the start every customer with open rows is rung, paced; later only those that have been forgotten. */
  async #sweep(): Promise<void> {
    if (performance.now() < this.#sweepAt) return;
    await this.#store.revive(this.#revived ? 'forgotten' : 'all', this.#every.pace);
    await this.#store.wakeOverdue();
    this.#revived = true;
    this.#sweepAt = performance.now() + this.#every.sweep;
  }

  async #round(): Promise<void> {
    const { unplaced, unrung, late } = await this.#store.waiting();
    const placed = unplaced ? await this.#store.place() : 0;
    const free = this.#ringer.free;
    if (free === 0) return;
    const due = unrung ? await this.#store.claimNew(free) : [];
    if (late && due.length < free) due.push(...(await this.#store.claimLate(free - due.length)));
    this.#more = due.length === free || placed === ROWS_PER_ROUND;
    for (const one of due) this.#ringer.start(one, () => this.#onRung());
    if (this.#more && this.#ringer.hasRoom) this.wake();
  }

  #onRung(): void {
    if (this.#more && this.#ringer.hasRoom) this.wake();
  }

  /** Until woken or the next poll; no nudge shortens the rest after a round, or the wait while the store is away. */
  async #pause(roundMs: number): Promise<void> {
    await this.#sleep(
      this.#outage.remainingMs || Math.min(roundMs * REST_PER_ROUND, LONGEST_REST_MS),
      () => this.#stopped,
    );
    if (this.#outage.isOn) return;
    await this.#sleep(
      Math.min(this.#every.poll, this.#ringer.pausedMs || Infinity),
      () => this.#stopped || this.#woken,
    );
  }

  /** Sleeps until the time is over, or `isOver` holds: it is asked at once and at each wake. */
  async #sleep(ms: number, isOver: () => boolean): Promise<void> {
    if (isOver()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.#wakeUp = () => {
      if (isOver()) resolve();
    };
    await promise;
    clearTimeout(timer);
    this.#wakeUp = () => undefined;
  }
}
