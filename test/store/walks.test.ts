import assert from 'node:assert/strict';
import type { Database } from '../../store/database.ts';
import { createInbox } from '../../store/inbox.ts';
import { createRelayStore } from '../../store/relay.ts';
import { type Found, loadVanished, storeFound, storeWalked } from '../../store/walked.ts';
import { isDue, moveOn, openWalk, Outrun, type Walk, type WalkName, type WalkStep } from '../../store/walks.ts';
import { addConnection, onBothDatabases } from '../support/databases.ts';

const STEP: WalkStep = { position: { list: 1, at: 'there' }, lapEnds: false, calls: 1, looked: 3, found: 0 };
const END: WalkStep = { ...STEP, position: null, lapEnds: true };

onBothDatabases('the walks', (openTestDatabase) => {
  let database: Database;
  beforeEach(async () => {
    ({ database } = await openTestDatabase());
    await addConnection(database);
  });

  async function walk(name: WalkName = 'lists'): Promise<Walk> {
    const opened = await openWalk(database, 'default', name);
    assert.ok(opened);
    return opened;
  }
  const move = async (step: WalkStep, name?: WalkName): Promise<void> => {
    const from = await walk(name);
    await database.db.transaction().execute((tx) => moveOn(tx, from, step));
  };
  const due = (everySeconds = 300): Promise<boolean> => isDue(database.db, 'default', everySeconds);
  const event = (vendorId: string, trigger = 'task') =>
    createInbox(database).add({
      source: 'ghl',
      event: 'TaskCreate',
      connectionId: 'default',
      trigger,
      recordKind: trigger === 'task' ? 'task' : 'contact',
      vendorId,
      body: Buffer.from('{}'),
      contentType: 'application/json',
      status: 'stored',
    });

  it('go on where they stopped', async () => {
    await move(STEP);
    const { position, lap } = await walk();
    assert.deepEqual(position, { list: 1, at: 'there' });
    assert.equal(lap, 1);
  });

  it('begin a new lap after the last one, and at the beginning when that is asked for', async () => {
    await move(STEP);
    await move(END);
    assert.equal((await walk()).lap, 2);
    await move(STEP);
    const again = await openWalk(database, 'default', 'lists', true);
    assert.equal(again?.position, undefined);
    assert.equal(again?.lap, 3);
  });

  it('are of no connection that is not there', async () => {
    assert.equal(await openWalk(database, 'nobody', 'lists'), undefined);
    assert.equal(await isDue(database.db, 'nobody', 300), false);
  });

  it('let one of two go on who read the same page', async () => {
    const [one, other] = [await walk(), await walk()];
    await database.db.transaction().execute((tx) => moveOn(tx, one, STEP));
    await assert.rejects(
      database.db.transaction().execute((tx) => moveOn(tx, other, STEP)),
      Outrun,
    );
  });

  it('rest when a tenth of the quota is used, each of the two over GHL half of that', async () => {
    // 200,000 a day: 5 % is a call each 8.64 s; what was saved up is 300 s.
    await move({ ...STEP, calls: 34 });
    assert.equal((await walk()).restMs, 0);
    await move({ ...STEP, calls: 1 });
    const { restMs } = await walk();
    assert.ok(restMs > 0 && restMs <= 8_640, String(restMs));
    assert.equal((await walk('items')).restMs, 0);
  });

  it('keep to what the vendor says it allows', async () => {
    const limits = { vendor: 'ghl', account: 'location-1', max: 100, interval_ms: 10_000, daily_max: 2_000 };
    await database.db.insertInto('limits').values(limits).execute();
    // 5 % of 2,000 are 100 a day: one each 864 s.
    await move({ ...STEP, calls: 1 });
    assert.ok((await walk()).restMs > 500_000);
  });

  it('make no second row for a record about which one waits', async () => {
    await event('task-1');
    const found = (vendorId: string): Found => ({ event: 'Found', trigger: 'task', kind: 'task', vendorId });
    const store = (...all: Found[]): Promise<number> =>
      database.db.transaction().execute((tx) => storeFound(tx, 'default', all));
    assert.equal(await store(found('task-1'), found('task-2')), 1);
    await createRelayStore(database).place();
    assert.equal(await store(found('task-1'), found('task-2'), found('task-3')), 1);
    await event('contact-1', 'tags');
    assert.equal(await store({ event: 'Found', trigger: 'contact', kind: 'contact', vendorId: 'contact-1' }), 0);
    assert.equal(await store({ event: 'Found', trigger: 'dnd', kind: 'contact', vendorId: 'contact-1' }), 1);
  });

  it('miss what was not seen in a lap, and was known before it', async () => {
    await event('task-1');
    await event('task-2');
    await createRelayStore(database).place();
    const now = await walk();
    const missing = (before: Date): Promise<string[]> =>
      database.db.transaction().execute(async (tx) => {
        const { vanished } = await loadVanished(tx, now, 'task', before);
        return vanished.map(({ vendorId }) => vendorId);
      });
    const seen = { kind: 'task' as const, vendorId: 'task-1', digests: { listed: 'l', known: 'k' } };
    await database.db.transaction().execute((tx) => storeWalked(tx, now, [seen]));
    assert.deepEqual(await missing(new Date(Date.now() + 60_000)), ['task-2']);
    assert.deepEqual(await missing(new Date(Date.now() - 60_000)), []);
  });

  describe('of a connection where nothing happens', () => {
    const laps = async (n: number): Promise<void> => {
      for (let lap = 0; lap < n; lap++) for (const name of ['lists', 'referral-rock'] as const) await move(END, name);
    };
    const ago = (seconds: number) =>
      database.db
        .updateTable('walks')
        .set({ walked_at: new Date(Date.now() - seconds * 1000) })
        .execute();

    it('are gone on with less and less often, at last each twelfth time', async () => {
      await laps(2);
      assert.equal(await due(), true);
      await laps(1);
      assert.equal(await due(), false);
      await ago(500);
      assert.equal(await due(), true);
      await laps(10);
      await ago(3_300);
      assert.equal(await due(), false);
      await ago(3_600);
      assert.equal(await due(), true);
    });

    it('are gone on with when an event comes, or something is found', async () => {
      await laps(5);
      assert.equal(await due(), false);
      await event('task-1');
      assert.equal(await due(), true);
      await ago(-60);
      assert.equal(await due(), false);
      await move({ ...END, found: 1 });
      assert.equal(await due(), true);
    });
  });

  it('stand still while the connection is paused, or refused by a vendor', async () => {
    const set = (values: object) => database.db.updateTable('connections').set(values).execute();
    await set({ paused_at: new Date() });
    assert.equal(await due(), false);
    await set({ paused_at: null, broken_at: new Date() });
    assert.equal(await due(), false);
    await set({ broken_at: new Date(Date.now() - 3_600_000) });
    assert.equal(await due(), true);
  });
});
