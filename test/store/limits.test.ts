import assert from 'node:assert/strict';
import fc from 'fast-check';
import { sql } from 'kysely';
import type { Database } from '../../store/database.ts';
import { createLimiter, type LimiterOptions } from '../../store/limits.ts';
import type { Limiter, VendorAccount } from '../../vendors/operation.ts';
import { onBothDatabases } from '../support/databases.ts';

const ACCOUNT: VendorAccount = { vendor: 'ghl', id: 'loc' };
const START = Date.UTC(2026, 10, 24, 8);

onBothDatabases('limiter', (open) => {
  let database: Database;
  let now: number;
  const limiter = (options: LimiterOptions = {}): Limiter =>
    createLimiter(database, { now: () => new Date(now), ...options });

  before(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    now = START;
    await sql`truncate limits, turns`.execute(database.db);
  });

  it('lets the first requests go at once and spaces the rest', async () => {
    const { turn } = limiter({ defaults: { ghl: { max: 100, intervalMs: 10_000 } } });
    const waits = [];
    for (let n = 0; n < 7; n++) waits.push(Math.round(await turn(ACCOUNT, undefined)));
    assert.deepEqual(waits, [0, 0, 0, 0, 0, 108, 215]);
  });

  it('never gives more turns in any interval than the quota, however the requests come', async () => {
    const arrivals = fc.array(fc.nat({ max: 400 }), { minLength: 60, maxLength: 120 });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 200, max: 5_000 }),
        arrivals,
        async (max, intervalMs, gaps) => {
          await sql`truncate limits, turns`.execute(database.db);
          const { turn } = limiter({ defaults: { ghl: { max, intervalMs } } });
          const turns: number[] = [];
          for (const [n, gap] of gaps.entries()) {
            now += gap;
            turns.push(now + (await turn(ACCOUNT, `request ${n}`)));
          }
          turns.sort((a, b) => a - b);
          for (let n = max; n < turns.length; n++) {
            const spread = (turns[n] ?? 0) - (turns[n - max] ?? 0);
            assert.ok(spread > intervalMs - 1, `${max + 1} turns within ${spread} ms of ${intervalMs}`);
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  it('gives a turn in the background only when nobody else waits for one', async () => {
    const { turn } = createLimiter(database, { defaults: { ghl: { max: 100, intervalMs: 10_000 } } });
    // The burst and thirty more: the line is 3.7 s long.
    for (let n = 0; n < 40; n++) await turn(ACCOUNT, `live ${n}`);
    const { next_turn_at: before } = await database.db
      .selectFrom('limits')
      .select('next_turn_at')
      .executeTakeFirstOrThrow();
    assert.ok((await turn(ACCOUNT, undefined, true)) > 2_000);
    const { next_turn_at: after } = await database.db
      .selectFrom('limits')
      .select('next_turn_at')
      .executeTakeFirstOrThrow();
    assert.deepEqual(after, before, 'and it reserves none meanwhile');
    await sql`truncate limits, turns`.execute(database.db);
    for (let n = 0; n < 3; n++) assert.equal(await turn(ACCOUNT, undefined, true), 0);
  });

  it('uses 93 % of the quota under steady demand', async () => {
    const { turn } = limiter({ defaults: { ghl: { max: 100, intervalMs: 10_000 } } });
    let last = 0;
    for (let n = 0; n < 200; n++) last = await turn(ACCOUNT, `request ${n}`);
    assert.equal(Math.round(last), Math.round((200 - 5) * (10_000 / 93)));
  });

  it('shares the quota between workers that ask at once', async () => {
    const quota = { defaults: { ghl: { max: 20, intervalMs: 10_000 } } };
    const [one, other] = [limiter(quota), limiter(quota)];
    const waits = await Promise.all(
      Array.from({ length: 30 }, (_, n) => (n % 2 ? one : other).turn(ACCOUNT, `request ${n}`)),
    );
    const sorted = waits.map((wait) => Math.round(wait)).sort((a, b) => a - b);
    assert.deepEqual(
      sorted,
      Array.from({ length: 30 }, (_, n) => Math.round(n * (10_000 / 18.6))),
    );
  });

  it('keeps accounts apart', async () => {
    const { turn } = limiter({ defaults: { ghl: { max: 1, intervalMs: 10_000 } } });
    assert.equal(await turn(ACCOUNT, undefined), 0);
    assert.equal(await turn({ vendor: 'ghl', id: 'other' }, undefined), 0);
    assert.ok((await turn(ACCOUNT, 'again')) > 9_000);
  });

  it('keeps a far turn for the request that asked, and gives it when it has come', async () => {
    const { turn } = limiter({ defaults: { ghl: { max: 1, intervalMs: 10_000 } } });
    await turn(ACCOUNT, undefined);
    const wait = await turn(ACCOUNT, 'plan/1');
    now += 3_000;
    assert.equal(Math.round(await turn(ACCOUNT, 'plan/1')), Math.round(wait - 3_000));
    now += Math.ceil(wait - 3_000);
    assert.equal(Math.round(await turn(ACCOUNT, 'plan/1')), 0);
    assert.ok((await turn(ACCOUNT, 'plan/1')) > 9_000, 'a used turn is not given twice');
  });

  it('gives a new turn to a request that missed its own', async () => {
    const { turn } = limiter({ defaults: { ghl: { max: 1, intervalMs: 10_000 } } });
    await turn(ACCOUNT, undefined);
    const keys = ['a', 'b', 'c'];
    for (const key of keys) await turn(ACCOUNT, key);
    now += 3_600_000;
    const waits = [];
    for (const key of keys) waits.push(Math.round((await turn(ACCOUNT, key)) / 10_753));
    assert.deepEqual(waits, [0, 1, 2]);
  });

  it('reserves nothing far ahead for a request without a key', async () => {
    const { turn } = limiter({ defaults: { ghl: { max: 1, intervalMs: 10_000 } } });
    await turn(ACCOUNT, undefined);
    const first = await turn(ACCOUNT, undefined);
    assert.ok(first > 9_000);
    assert.equal(await turn(ACCOUNT, undefined), first);
  });

  it('lets nobody go while a 429 holds, and spaces those who waited', async () => {
    const { turn, learn } = limiter();
    await learn(ACCOUNT, { blockedMs: 7_000 });
    const waits = [];
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) waits.push(Math.round(await limiter().turn(ACCOUNT, key)));
    assert.deepEqual(waits, [7_000, 7_000, 7_000, 7_000, 7_000, 7_108]);
    await learn(ACCOUNT, { blockedMs: 20_000 });
    assert.equal(Math.round(await turn(ACCOUNT, 'a')), 20_000, 'a turn kept from before the block waits for its end');
  });

  it('waits for the daily reset when nothing is left of the day', async () => {
    const { turn, learn } = limiter();
    await learn(ACCOUNT, { dailyMax: 200_000, dailyRemaining: 0, dailyResetMs: 3_600_000 });
    assert.equal(Math.round(await turn(ACCOUNT, undefined)), 3_600_000);
    now += 3_600_001;
    assert.equal(await turn(ACCOUNT, undefined), 0);
  });

  it('learns another quota from the headers', async () => {
    const { turn, learn } = limiter();
    await learn(ACCOUNT, { max: 25, intervalMs: 10_000, remaining: 20 });
    await turn(ACCOUNT, undefined);
    assert.equal(Math.round(await turn(ACCOUNT, undefined)), Math.round(10_000 / (0.93 * 25)));
  });

  it('does not write what it has just learned', async () => {
    const { learn } = limiter();
    const seen = { max: 100, intervalMs: 10_000, remaining: 50, dailyRemaining: 199_000 };
    await learn(ACCOUNT, seen);
    for (let n = 0; n < 20; n++) await learn(ACCOUNT, { ...seen, remaining: n + 10 });
    const row = await database.db.selectFrom('limits').select('remaining').executeTakeFirstOrThrow();
    assert.equal(row.remaining, 50);
  });
});
