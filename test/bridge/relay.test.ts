import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import type { Ring } from '../../bridge/doorbell.ts';
import { createRelay, type Relay, type RelayIntervals } from '../../bridge/relay.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { createInbox, type InboxStore } from '../../store/inbox.ts';
import type { CustomerInput } from '../../workflows/triggers.ts';
import { addConnection, onBothDatabases } from '../support/databases.ts';

const FAST: Partial<RelayIntervals> = { poll: 10, pace: 0, backoff: 5, longestBackoff: 20 };

onBothDatabases('relay', (open, kind) => {
  let database: Database;
  let url: string | undefined;
  let inbox: InboxStore;
  let rung: CustomerInput[];
  const relays: Relay[] = [];

  before(async () => {
    ({ database, url } = await open());
    await addConnection(database);
    inbox = createInbox(database);
  });
  beforeEach(async () => {
    rung = [];
    await database.db.deleteFrom('inbox').execute();
    await database.db.deleteFrom('records').execute();
    await database.db.deleteFrom('customers').execute();
    await database.db.updateTable('connections').set({ paused_at: null }).execute();
  });
  afterEach(async () => {
    await Promise.all(relays.splice(0).map((relay) => relay.close()));
  });

  const add = (vendorId: string) =>
    inbox.add({
      source: 'ghl',
      event: 'ContactUpdate',
      connectionId: 'default',
      trigger: 'contact',
      recordKind: 'contact',
      vendorId,
      body: Buffer.from('{}'),
      contentType: 'application/json',
      status: 'stored',
    });
  const ringing: Ring = async (customer) => {
    rung.push(customer);
    return { workflowId: `customer/${customer.connectionId}/${customer.customerId}`, runId: 'run-1' };
  };
  const start = async (
    ring: Ring,
    on = database,
    log: string[] = [],
    intervals = FAST,
  ): Promise<{ relay: Relay; registry: Registry }> => {
    const registry = new Registry();
    const logger = pino({ level: 'trace' }, { write: (line: string) => void log.push(line) });
    const relay = createRelay({ database: on, ring, log: logger, metrics: registry, intervals });
    relays.push(relay);
    await relay.start();
    return { relay, registry };
  };
  const customers = () => database.db.selectFrom('customers').selectAll().execute();
  /** Waits for what the relay does by itself. */
  const until = async (what: string, holds: () => boolean | Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 1_000; tries += 1) {
      if (await holds()) return;
      await sleep(5);
    }
    assert.fail(`never came: ${what}`);
  };
  const confirmed = async (runs: number): Promise<boolean> =>
    (await customers()).filter(({ run_id }) => run_id === 'run-1').length === runs;

  it('rings a customer once however many rows came, and keeps where its workflow runs', async () => {
    await Promise.all(Array.from({ length: 20 }, () => add('c1')));
    await start(ringing);
    await until('the ring', () => confirmed(1));
    const [customer] = await customers();
    assert.deepEqual(rung, [{ connectionId: 'default', customerId: customer?.id, trigger: 'contact' }]);
    assert.equal(customer?.workflow_id, `customer/default/${customer?.id}`);
  });

  it('rings for what comes while it runs, each new row', async () => {
    await start(ringing);
    for (const times of [1, 2, 3]) {
      await add('c1');
      await until(`ring ${times}`, () => rung.length === times);
    }
    assert.equal(new Set(rung.map(({ customerId }) => customerId)).size, 1);
  });

  it('hears of a row by the database alone, without a nudge or a poll', async () => {
    await start(ringing, database, [], { ...FAST, poll: 3_600_000 });
    await until('the start', async () => true);
    await add('c1');
    await until('the ring', () => rung.length === 1);
  });

  it('rings each of many customers once, at most sixteen at a time', async () => {
    let atOnce = 0;
    let most = 0;
    await Promise.all(Array.from({ length: 100 }, (_, n) => add(`c${n}`)));
    await start(async (customer) => {
      most = Math.max(most, (atOnce += 1));
      await sleep(2);
      atOnce -= 1;
      return ringing(customer);
    });
    await until('100 rings', () => confirmed(100));
    assert.equal(rung.length, 100);
    assert.equal(new Set(rung.map(({ customerId }) => customerId)).size, 100);
    assert.equal(most, 16);
  });

  it('rings a customer with open rows again when its time comes, and no other', async () => {
    await Promise.all([add('c1'), add('c2')]);
    await start(ringing);
    await until('both rings', () => confirmed(2));
    await database.db.updateTable('inbox').set({ status: 'done' }).where('vendor_id', '=', 'c2').execute();
    await database.db
      .updateTable('customers')
      .set({ ring_again_at: new Date(0) })
      .execute();
    await until('the third ring', () => rung.length === 3);
    const kept = await database.db
      .selectFrom('records')
      .select('customer_id')
      .where('vendor_id', '=', 'c1')
      .executeTakeFirst();
    assert.equal(rung[2]?.customerId, kept?.customer_id);
    await until('the other is left alone', async () =>
      (await customers()).some(({ ring_again_at }) => ring_again_at === null),
    );
    assert.equal(rung.length, 3);
  });

  it('keeps everything while Temporal is away, says so once, and carries it out when it is back', async () => {
    const log: string[] = [];
    let away = true;
    let tries = 0;
    const { registry } = await start(
      async (customer) => {
        tries += 1;
        if (away) throw new Error('14 UNAVAILABLE');
        return ringing(customer);
      },
      database,
      log,
    );
    await Promise.all(Array.from({ length: 40 }, (_, n) => add(`c${n}`)));
    await until('some tries', () => tries > 20);
    away = false;
    await until('all rings', () => confirmed(40));
    assert.equal(new Set(rung.map(({ customerId }) => customerId)).size, 40);
    assert.equal(log.filter((line) => line.includes('Temporal cannot be reached')).length, 1);
    assert.equal(log.filter((line) => line.includes('Temporal is back')).length, 1);
    const metrics = await registry.metrics();
    assert.match(metrics, /rockbridge_rings_total 40/);
    assert.match(metrics, /rockbridge_ring_failures_total \d\d/);
    assert.match(metrics, /rockbridge_inbox_undispatched 0/);
    assert.match(metrics, /rockbridge_relay_lag_seconds 0/);
  });

  it('does not let those wait out their delay that failed while Temporal was away', async () => {
    let away = true;
    let tries = 0;
    const ring: Ring = async (customer) => {
      tries += 1;
      if (away) throw new Error('14 UNAVAILABLE');
      return ringing(customer);
    };
    await Promise.all(Array.from({ length: 40 }, (_, n) => add(`c${n}`)));
    await start(ring, database, [], { ...FAST, backoff: 3_600_000, longestBackoff: 20 });
    await until('some tries', () => tries > 17);
    away = false;
    await until('all rings', () => confirmed(40));
  });

  it('rings the others though one customer cannot be rung', async () => {
    await Promise.all(['c1', 'c2', 'c3', 'c4'].map(add));
    let bad: string | undefined;
    let tries = 0;
    await start(async (customer) => {
      bad ??= customer.customerId;
      if (customer.customerId !== bad) return ringing(customer);
      tries += 1;
      throw new Error('3 INVALID_ARGUMENT');
    });
    await until('the others and some tries of the bad one', () => rung.length === 3 && tries > 3);
    assert.ok(rung.every(({ customerId }) => customerId !== bad));
  });

  it('rings all customers with open rows when it starts', async () => {
    await Promise.all([add('c1'), add('c2')]);
    await start(ringing);
    await until('both rings', () => confirmed(2));
    await relays.pop()?.close();
    await database.db.updateTable('inbox').set({ status: 'running' }).where('vendor_id', '=', 'c1').execute();
    await start(ringing);
    await until('both again', () => rung.length === 4);
  });

  it('rings nothing for a paused connection, and all of it when it goes on', async () => {
    await database.db.updateTable('connections').set({ paused_at: new Date() }).execute();
    await start(ringing);
    await add('c1');
    await until('it is placed', async () => (await customers()).length === 1);
    await sleep(50);
    assert.equal(rung.length, 0);
    await database.db.updateTable('connections').set({ paused_at: null }).execute();
    await until('the ring', () => rung.length === 1);
  });

  it('goes on when the store was away, and says so once', async () => {
    const log: string[] = [];
    let away = true;
    const db = database.db.withPlugin({
      transformQuery: ({ node }) => {
        if (away) throw new Error('ECONNREFUSED');
        return node;
      },
      transformResult: async ({ result }) => result,
    });
    await add('c1');
    await start(ringing, { ...database, db }, log);
    await until('it is noticed', () => log.some((line) => line.includes('cannot reach the store')));
    await sleep(60);
    away = false;
    await until('the ring', () => rung.length === 1);
    assert.equal(log.filter((line) => line.includes('cannot reach the store')).length, 1);
    assert.equal(log.filter((line) => line.includes('can be reached again')).length, 1);
  });

  it('ends only after the rings under way, and takes no new ones', async () => {
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const { relay } = await start(async (customer) => {
      begin();
      await held;
      return ringing(customer);
    });
    await add('c1');
    await begun;
    let closed = false;
    const closing = relay.close().then(() => (closed = true));
    await sleep(20);
    assert.equal(closed, false);
    letGo();
    await closing;
    await add('c2');
    await sleep(30);
    assert.equal(rung.length, 1);
  });

  if (kind === 'postgres') {
    it('shares the work of two relays: no row is rung twice, no customer planted twice', async () => {
      const second = await openDatabase({ url, poolSize: 4 });
      try {
        const slow: Ring = async (customer) => {
          await sleep(1);
          return ringing(customer);
        };
        await start(slow);
        await start(slow, second);
        await Promise.all(Array.from({ length: 200 }, (_, n) => add(`c${n % 100}`)));
        await until('all rings', () => confirmed(100));
        await until(
          'nothing waits',
          async () =>
            (await database.db.selectFrom('inbox').select('id').where('rung_at', 'is', null).execute()).length === 0,
        );
        assert.equal((await customers()).length, 100);
        assert.ok(rung.length >= 100 && rung.length <= 200, `${rung.length}`);
        await Promise.all(relays.splice(0).map((relay) => relay.close()));
      } finally {
        await second.close();
      }
    });
  }
});
