import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export interface BridgeMetrics {
  received(source: string): void;
  /** A webhook that was answered 2xx: stored, duplicate, or ignored and why. */
  taken(source: string, outcome: 'stored' | 'duplicate' | 'ignored', reason?: string): void;
  refused(source: string, reason: string): void;
  acknowledged(source: string, seconds: number): void;
}

/** The bridge's counters; what a webhook came to, never whose it was. */
export function createBridgeMetrics(registry: Registry): BridgeMetrics {
  const registers = [registry];
  const received = new Counter({
    name: 'rockbridge_webhooks_received_total',
    help: 'Webhooks that came in',
    labelNames: ['source'],
    registers,
  });
  const taken = new Counter({
    name: 'rockbridge_webhooks_taken_total',
    help: 'Webhooks answered 2xx: stored, duplicate, or ignored and why',
    labelNames: ['source', 'outcome', 'reason'],
    registers,
  });
  const refused = new Counter({
    name: 'rockbridge_webhooks_refused_total',
    help: 'Webhooks not taken, by reason',
    labelNames: ['source', 'reason'],
    registers,
  });
  const seconds = new Histogram({
    name: 'rockbridge_webhook_ack_seconds',
    help: 'From the request to its answer',
    labelNames: ['source'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 2.5, 10],
    registers,
  });
  return {
    received: (source) => received.inc({ source }),
    taken: (source, outcome, reason = '') => taken.inc({ source, outcome, reason }),
    refused: (source, reason) => refused.inc({ source, reason }),
    acknowledged: (source, value) => seconds.observe({ source }, value),
  };
}

export interface RelayMetrics {
  rung(customers: number): void;
  failed(customers: number): void;
}

/** The relay's counters, and two gauges read from the store. */
export function createRelayMetrics(
  registry: Registry,
  waiting: () => Promise<{ rows: number; lagSeconds: number }>,
): RelayMetrics {
  const registers = [registry];
  const rings = new Counter({ name: 'rockbridge_rings_total', help: 'Customers whose workflow was rung', registers });
  const failures = new Counter({
    name: 'rockbridge_ring_failures_total',
    help: 'Rings that did not reach Temporal',
    registers,
  });
  gauge(
    registry,
    'rockbridge_inbox_undispatched',
    'Events stored and not rung yet',
    async () => (await waiting()).rows,
  );
  gauge(
    registry,
    'rockbridge_relay_lag_seconds',
    'Age of the oldest event not rung yet',
    async () => (await waiting()).lagSeconds,
  );
  return { rung: (customers) => rings.inc(customers), failed: (customers) => failures.inc(customers) };
}

/** A gauge that is read when it is asked for; NaN while the store is away, for the last number would be a lie. */
function gauge(registry: Registry, name: string, help: string, read: () => Promise<number>): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    async collect() {
      this.set(await read().catch(() => NaN));
    },
  });
}
