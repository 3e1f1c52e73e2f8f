import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { v7 as uuid } from 'uuid';
import { type Database, openDatabase } from '../../store/database.ts';
import { createInbox, type NewEvent } from '../../store/inbox.ts';
import { createRelayStore, type Due, PLACING, type RelayStore } from '../../store/relay.ts';
import { addConnection, onBothDatabases } from '../support/databases.ts';

type Subject = Pick<
  NewEvent,
  'vendorId' | 'emailKey' | 'recordKind' | 'trigger' | 'connectionId' | 'parentKind' | 'parentId'
>;

onBothDatabases('relay store', (open, kind) => {
  let database: Database;
  let url: string | undefined;
  let relay: RelayStore;

  before(async () => {
    ({ database, url } = await open());
    await addConnection(database);
    await addConnection(database, 'other', { location: 'location-2', token: 'other-token', program: 'program-2' });
    relay = createRelayStore(database);
  });
  beforeEach(async () => {
    await database.db.deleteFrom('inbox').execute();
    await database.db.deleteFrom('records').execute();
    await database.db.deleteFrom('customers').execute();
    await database.db.updateTable('connections').set({ paused_at: null }).execute();
  });

  const add = (subject: Subject, source: NewEvent['source'] = 'ghl') =>
    createInbox(database).add({
      source,
      event: 'Event',
      connectionId: 'default',
      recordKind: subject.trigger,
      body: Buffer.from('{}'),
      contentType: 'application/json',
      status: 'stored',
      ...subject,
    });
  const contact = (vendorId: string, emailKey?: string) => add({ trigger: 'contact', vendorId, emailKey });
  const referral = (vendorId: string, emailKey?: string) =>
    add({ trigger: 'referral', vendorId, emailKey }, 'referral-rock');
  /** The customer of each record, by the vendor's id. */
  const customers = async (): Promise<Record<string, string>> => {
    const records = await database.db.selectFrom('records').select(['vendor_id', 'customer_id']).execute();
    return Object.fromEntries(records.map(({ vendor_id, customer_id }) => [vendor_id, customer_id]));
  };
  const close = () => database.db.updateTable('inbox').set({ status: 'done' }).execute();
  const elapse = (interval: string) =>
    sql`update customers set ring_again_at = ring_again_at - ${interval}::interval`.execute(database.db);
  const confirm = (due: Due[]) =>
    relay.confirm(due.map((one) => ({ ...one, workflowId: `w/${one.customerId}`, runId: 'run-1' })));
  const secondsToRing = async (): Promise<number | null> => {
    const { rows } = await sql<{
      s: number | null;
    }>`select extract(epoch from ring_again_at - now())::float8 as s from customers`.execute(database.db);
    return rows[0]?.s ?? null;
  };

  it('gives all events of a record to one record and one customer', async () => {
    await Promise.all([contact('c1'), contact('c1'), contact('c1')]);
    assert.equal(await relay.place(), 3);
    await contact('c1');
    assert.equal(await relay.place(), 1);
    const rows = await database.db.selectFrom('inbox').select('record_id').execute();
    assert.equal(new Set(rows.map(({ record_id }) => record_id)).size, 1);
    assert.equal((await database.db.selectFrom('customers').selectAll().execute()).length, 1);
  });

  it('has nothing to place when all is placed', async () => {
    await contact('c1');
    assert.deepEqual(await relay.waiting(), { unplaced: true, unrung: true, late: false });
    await relay.place();
    assert.equal(await relay.place(), 0);
    assert.deepEqual(await relay.waiting(), { unplaced: false, unrung: true, late: false });
  });

  it('puts records of one address with one customer, whether they come together or after each other', async () => {
    await Promise.all([
      contact('c1', 'jane'),
      referral('r1', 'jane'),
      add({ trigger: 'member', vendorId: 'm1', emailKey: 'jane' }),
    ]);
    await relay.place();
    await referral('r2', 'jane');
    await referral('r3', 'joe');
    await relay.place();
    const { c1, r1, m1, r2, r3 } = await customers();
    assert.deepEqual([r1, m1, r2], [c1, c1, c1]);
    assert.notEqual(r3, c1);
  });

  it('puts records without an address apart', async () => {
    await Promise.all([contact('c1'), contact('c2'), referral('c1')]);
    await relay.place();
    const rows = await database.db.selectFrom('records').select('customer_id').execute();
    assert.equal(new Set(rows.map(({ customer_id }) => customer_id)).size, 3);
  });

  it('never gives a customer a second contact, though the address is the same', async () => {
    for (const id of ['c1', 'c2']) await contact(id, 'jane');
    await referral('r1', 'jane');
    await relay.place();
    await contact('c3', 'jane');
    await relay.place();
    const { c1, c2, c3, r1 } = await customers();
    assert.equal(new Set([c1, c2, c3]).size, 3);
    assert.equal(r1, c1);
  });

  it('lets two contacts of one address not meet in a customer that has none', async () => {
    await referral('r1', 'jane');
    await relay.place();
    for (const id of ['c1', 'c2']) await contact(id, 'jane');
    assert.equal(await relay.place(), 2);
    const { c1, c2, r1 } = await customers();
    assert.equal(c1, r1);
    assert.ok(c2);
    assert.notEqual(c2, r1);
  });

  it('does not join customers of two connections', async () => {
    await referral('r1', 'jane');
    await relay.place();
    await add({ trigger: 'referral', vendorId: 'r1', emailKey: 'jane', connectionId: 'other' }, 'referral-rock');
    await relay.place();
    const records = await database.db.selectFrom('records').select(['connection_id', 'customer_id']).execute();
    assert.equal(records.length, 2);
    assert.notEqual(records[0]?.customer_id, records[1]?.customer_id);
  });

  const task = (vendorId: string, contactId?: string) =>
    add({ trigger: 'task', vendorId, ...(contactId ? { parentKind: 'contact', parentId: contactId } : {}) });

  it('puts what belongs to a contact with the contact, whichever is heard of first', async () => {
    await contact('c1', 'jane');
    await relay.place();
    await task('t1', 'c1');
    await task('t2', 'c2');
    await relay.place();
    await contact('c2', 'joe');
    await Promise.all([task('t3', 'c3'), contact('c3'), task('t4', 'c3')]);
    await relay.place();
    const { c1, c2, c3, t1, t2, t3, t4 } = await customers();
    assert.deepEqual([t1, t2, t3, t4], [c1, c2, c3, c3]);
    assert.equal(new Set([c1, c2, c3]).size, 3);
    const parents = await database.db.selectFrom('records').select('parent_id').where('kind', '=', 'task').execute();
    assert.deepEqual(parents.map(({ parent_id }) => String(parent_id)).toSorted(), ['c1', 'c2', 'c3', 'c3']);
  });

  it('enters one contact for many tasks that name it, and leaves no row behind', async () => {
    await Promise.all(['t1', 't2', 't3'].map((id) => task(id, 'c1')));
    assert.equal(await relay.place(), 3);
    const rows = await database.db.selectFrom('records').select(['kind', 'customer_id']).execute();
    const kinds = rows.map((row) => row.kind);
    assert.deepEqual(kinds.toSorted(), ['contact', 'task', 'task', 'task']);
    assert.equal(new Set(rows.map(({ customer_id }) => customer_id)).size, 1);
  });

  it('gives a task that names no contact a place of its own', async () => {
    await contact('c1');
    await task('t1');
    await relay.place();
    const { c1, t1 } = await customers();
    assert.ok(t1);
    assert.notEqual(t1, c1);
  });

  it('puts a reward of an unknown member where the member will be found by address', async () => {
    await referral('r1', 'mary');
    await relay.place();
    await add(
      { trigger: 'reward', vendorId: 'w1', emailKey: 'mary', parentKind: 'member', parentId: 'm1' },
      'referral-rock',
    );
    await relay.place();
    const { r1, w1, m1 } = await customers();
    assert.deepEqual([w1, m1], [r1, r1]);
  });

  it('rings nobody of a connection that a vendor refuses, but for what may mend it', async () => {
    await database.db.updateTable('connections').set({ broken_at: new Date() }).where('id', '=', 'default').execute();
    await contact('c1');
    await add({ trigger: 'connection', recordKind: 'location', vendorId: 'location-1' });
    await relay.place();
    const due = await relay.claimNew(10);
    await database.db.updateTable('connections').set({ broken_at: null }).execute();
    assert.deepEqual(
      due.map(({ trigger }) => trigger),
      ['connection'],
    );
  });

  it('passes by the address of a contact that is gone', async () => {
    await contact('c1', 'jane');
    await relay.place();
    await database.db.updateTable('records').set({ gone_at: new Date() }).execute();
    await contact('c2', 'jane');
    await relay.place();
    const { c1, c2 } = await customers();
    assert.notEqual(c2, c1);
  });

  it('claims a customer once for all its new rows, with the trigger of the oldest', async () => {
    await referral('r1', 'jane');
    for (const id of ['c1', 'c1']) await contact(id, 'jane');
    await relay.place();
    const due = await relay.claimNew(16);
    assert.deepEqual(
      due.map(({ trigger, connectionId }) => ({ trigger, connectionId })),
      [{ trigger: 'referral', connectionId: 'default' }],
    );
    assert.deepEqual(await relay.claimNew(16), []);
    await contact('c1');
    await relay.place();
    assert.equal((await relay.claimNew(16)).length, 1);
  });

  it('claims at most as many as asked for, oldest first', async () => {
    for (const id of ['c1', 'c2', 'c3']) await contact(id);
    await relay.place();
    const byId = await customers();
    assert.deepEqual(
      (await relay.claimNew(2)).map(({ customerId }) => customerId),
      [byId['c1'], byId['c2']],
    );
    assert.deepEqual(
      (await relay.claimNew(2)).map(({ customerId }) => customerId),
      [byId['c3']],
    );
  });

  it('rings again after 60 s, then at doubled distance up to 15 min, while rows are open', async () => {
    await contact('c1');
    await relay.place();
    await confirm(await relay.claimNew(16));
    const distances: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      distances.push(Math.round((await secondsToRing()) ?? 0));
      assert.deepEqual(await relay.claimLate(16), [], 'not before its time');
      await elapse('16 minutes');
      const due = await relay.claimLate(16);
      assert.equal(due.length, 1);
      await confirm(due);
    }
    assert.deepEqual(distances, [60, 120, 240, 480, 900, 900]);
  });

  it('begins at 60 s again when a new row comes', async () => {
    await contact('c1');
    await relay.place();
    await confirm(await relay.claimNew(16));
    await elapse('1 hour');
    await confirm(await relay.claimLate(16));
    await contact('c1');
    await relay.place();
    await confirm(await relay.claimNew(16));
    assert.equal(Math.round((await secondsToRing()) ?? 0), 60);
  });

  it('leaves a customer without open rows alone', async () => {
    await contact('c1');
    await relay.place();
    await confirm(await relay.claimNew(16));
    await close();
    await elapse('1 hour');
    assert.deepEqual(await relay.claimLate(16), []);
    assert.equal(await secondsToRing(), null);
  });

  for (const status of ['done', 'held', 'failed', 'ignored'] as const) {
    it(`does not count a ${status} row as open`, async () => {
      await contact('c1');
      await relay.place();
      await database.db.updateTable('inbox').set({ status }).execute();
      assert.deepEqual(await relay.claimNew(16), []);
    });
  }

  it('rings a waiter at once when the claim it waits for is free', async () => {
    await contact('c1');
    await relay.place();
    await confirm(await relay.claimNew(16));
    await database.db
      .updateTable('customers')
      .set({ ring_again_at: sql<Date>`now()` })
      .execute();
    assert.equal((await relay.claimLate(16)).length, 1);
  });

  it('does not move a ring that someone asked for while the last one was under way', async () => {
    await contact('c1');
    await relay.place();
    const due = await relay.claimNew(16);
    await database.db
      .updateTable('customers')
      .set({ ring_again_at: sql<Date>`now()` })
      .execute();
    await confirm(due);
    assert.equal((await relay.claimLate(16)).length, 1);
    const [customer] = await database.db.selectFrom('customers').selectAll().execute();
    assert.equal(customer?.run_id, 'run-1');
  });

  it('gives a customer back whose ring failed, or whose relay died', async () => {
    await contact('c1');
    await relay.place();
    const [due] = await relay.claimNew(16);
    await relay.release([due?.customerId ?? ''], 0);
    assert.equal((await relay.claimLate(16)).length, 1);
    await elapse('11 seconds');
    assert.equal((await relay.claimLate(16)).length, 1, 'after its lease');
  });

  it('keeps the rows of a paused connection, unrung, until it goes on', async () => {
    await database.db.updateTable('connections').set({ paused_at: new Date() }).where('id', '=', 'default').execute();
    await contact('c1');
    await add({ trigger: 'contact', vendorId: 'x1', connectionId: 'other' });
    await relay.place();
    assert.deepEqual(
      (await relay.claimNew(16)).map(({ connectionId }) => connectionId),
      ['other'],
    );
    await elapse('1 hour');
    await database.db.updateTable('connections').set({ paused_at: null }).execute();
    assert.deepEqual(
      (await relay.claimNew(16)).map(({ connectionId }) => connectionId),
      ['default'],
    );
  });

  it('does not ring again for a paused connection', async () => {
    await contact('c1');
    await relay.place();
    await confirm(await relay.claimNew(16));
    await database.db.updateTable('connections').set({ paused_at: new Date() }).execute();
    await elapse('1 hour');
    assert.deepEqual(await relay.claimLate(16), []);
    await database.db.updateTable('connections').set({ paused_at: null }).execute();
    assert.equal((await relay.claimLate(16)).length, 1);
  });

  it('makes no customer due at the start whose rows are all new: those are claimed as such', async () => {
    await contact('c1');
    await relay.place();
    await relay.revive('all', 0);
    assert.deepEqual(await relay.claimLate(16), []);
    assert.equal((await relay.claimNew(16)).length, 1);
  });

  it('makes all customers with open rows due at the start, paced', async () => {
    for (const id of ['c1', 'c2', 'c3']) await contact(id);
    await relay.place();
    await confirm(await relay.claimNew(16));
    await database.db.updateTable('inbox').set({ status: 'running' }).where('vendor_id', '=', 'c1').execute();
    await database.db.updateTable('inbox').set({ status: 'done' }).where('vendor_id', '=', 'c3').execute();
    await relay.revive('all', 3_600_000);
    const byId = await customers();
    assert.deepEqual(
      (await relay.claimLate(16)).map(({ customerId }) => customerId),
      [byId['c1']],
    );
    await elapse('1 hour');
    assert.deepEqual((await relay.claimLate(16)).map(({ customerId }) => customerId).includes(byId['c2'] ?? ''), true);
  });

  it('finds customers with open rows that nobody would ring again', async () => {
    await contact('c1');
    await relay.place();
    await confirm(await relay.claimNew(16));
    await relay.revive('forgotten', 0);
    assert.deepEqual(await relay.claimLate(16), [], 'it has its time');
    await database.db.updateTable('customers').set({ ring_again_at: null }).execute();
    await relay.revive('forgotten', 0);
    assert.equal((await relay.claimLate(16)).length, 1);
  });

  it('tells how many rows wait and for how long', async () => {
    assert.deepEqual(await relay.backlog(), { rows: 0, lagSeconds: 0 });
    await contact('c1');
    await database.db
      .updateTable('inbox')
      .set({ received_at: sql<Date>`now() - interval '90 seconds'` })
      .execute();
    const { rows, lagSeconds } = await relay.backlog();
    assert.equal(rows, 1);
    assert.ok(lagSeconds >= 90 && lagSeconds < 120);
  });

  it('leaves alone what cannot be placed, and places the others', async () => {
    await database.db
      .insertInto('inbox')
      .values({ id: uuid(), source: 'rockbridge', event: 'x', status: 'stored' })
      .execute();
    await contact('c1');
    assert.equal(await relay.place(), 1);
  });

  if (kind === 'postgres') {
    it('places nothing while another relay places', async () => {
      await contact('c1');
      await database.db.transaction().execute(async (other) => {
        await sql`select pg_advisory_xact_lock(${PLACING}::bigint)`.execute(other);
        assert.equal(await relay.place(), 0);
      });
      assert.equal(await relay.place(), 1);
    });

    it('claims no row that another relay claims at the same time, and does not wait for it', async () => {
      await contact('c1');
      await relay.place();
      await database.db.transaction().execute(async (other) => {
        await other.updateTable('inbox').set({ rung_at: new Date() }).execute();
        assert.deepEqual(await relay.claimNew(16), []);
      });
      assert.deepEqual(await relay.claimNew(16), []);
    });

    it('lets two relays at once plant each record and customer once, and claim each customer once', async () => {
      const second = await openDatabase({ url, poolSize: 4 });
      try {
        const relays = [relay, createRelayStore(second)];
        const people = Array.from({ length: 40 }, (_, n) => n);
        const claimed: string[] = [];
        const work = relays.map(async (one) => {
          for (let round = 0; round < 40; round += 1) {
            await one.place();
            claimed.push(...(await one.claimNew(8)).map(({ customerId }) => customerId));
          }
        });
        for (const n of people) await Promise.all([contact(`c${n}`, `e${n}`), referral(`r${n}`, `e${n}`)]);
        await Promise.all(work);
        while (await relay.place());
        for (let due = await relay.claimNew(16); due.length > 0; due = await relay.claimNew(16))
          claimed.push(...due.map(({ customerId }) => customerId));
        const byId = await customers();
        assert.equal((await database.db.selectFrom('customers').select('id').execute()).length, people.length);
        for (const n of people) assert.equal(byId[`c${n}`], byId[`r${n}`]);
        // Contact and referral may be claimed apart when one came later; never is a row claimed twice.
        const unrung = await database.db.selectFrom('inbox').select('id').where('rung_at', 'is', null).execute();
        assert.deepEqual(unrung, []);
        assert.ok(claimed.length >= people.length && claimed.length <= people.length * 2);
      } finally {
        await second.close();
      }
    });
  }
});
