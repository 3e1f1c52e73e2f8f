import assert from 'node:assert/strict';
import type { KyselyPlugin } from 'kysely';
import type { Database } from '../../store/database.ts';
import { createInbox, type NewEvent } from '../../store/inbox.ts';
import { addConnection, onBothDatabases } from '../support/databases.ts';

function event(change: Partial<NewEvent> = {}): NewEvent {
  return {
    source: 'ghl',
    event: 'ContactUpdate',
    connectionId: 'default',
    trigger: 'contact',
    recordKind: 'contact',
    vendorId: 'c1',
    body: Buffer.from([0x7b, 0x00, 0xff, 0x7d]),
    contentType: 'application/json',
    status: 'stored',
    ...change,
  };
}

onBothDatabases('inbox', (open) => {
  let database: Database;

  before(async () => {
    ({ database } = await open());
    await addConnection(database);
  });
  beforeEach(() => database.db.deleteFrom('inbox').execute());

  const rows = () => database.db.selectFrom('inbox').selectAll().orderBy('seq').execute();

  it('keeps an event as it came, byte for byte', async () => {
    assert.equal(await createInbox(database).add(event({ eventId: 'w1', emailKey: 'key', parentId: 'p' })), 'stored');
    const [row] = await rows();
    assert.deepEqual([...(row?.body ?? [])], [0x7b, 0x00, 0xff, 0x7d]);
    assert.equal(row?.event_id, 'w1');
    assert.equal(row?.email_key, 'key');
    assert.equal(row?.parent_id, 'p');
    assert.equal(row?.record_id, null);
    assert.equal(row?.id[14], '7', 'ids are of UUID version 7');
  });

  it('closes an ignored event at once, with its sentence', async () => {
    await createInbox(database).add(event({ status: 'ignored', sentence: 'Nobody handles it.' }));
    const [row] = await rows();
    assert.equal(row?.sentence, 'Nobody handles it.');
    assert.ok(row?.closed_at);
  });

  it('takes an event id once, in one batch and over many, per source', async () => {
    const inbox = createInbox(database);
    const added = await Promise.all(['a', 'b', 'b', 'a', 'c'].map((eventId) => inbox.add(event({ eventId }))));
    assert.deepEqual(added, ['stored', 'stored', 'duplicate', 'duplicate', 'stored']);
    assert.equal(await inbox.add(event({ eventId: 'c' })), 'duplicate');
    assert.equal(await inbox.add(event({ source: 'ghl-workflow', eventId: 'c' })), 'stored');
    assert.equal((await rows()).length, 4);
  });

  it('takes events without an id each time', async () => {
    const inbox = createInbox(database);
    await Promise.all([1, 2, 3].map(() => inbox.add(event())));
    assert.equal((await rows()).length, 3);
  });

  it('stores the neighbours of a bad row, and fails that one alone', async () => {
    const inbox = createInbox(database);
    const bad = [event({ connectionId: 'nobody' }), event({ vendorId: 'a\u0000b' })];
    const events = [
      event({ eventId: '1' }),
      event({ eventId: '2' }),
      bad[0]!,
      event({ eventId: '3' }),
      bad[1]!,
      event({ eventId: '4' }),
    ];
    const outcomes = await Promise.allSettled(events.map((one) => inbox.add(one)));
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'],
    );
    assert.deepEqual(
      (await rows()).map(({ event_id }) => event_id),
      ['1', '2', '3', '4'],
    );
  });

  it('writes what comes together in one statement', async () => {
    let statements = 0;
    const counting: KyselyPlugin = {
      transformQuery: ({ node }) => {
        statements += 1;
        return node;
      },
      transformResult: async ({ result }) => result,
    };
    const inbox = createInbox({ db: database.db.withPlugin(counting) });
    await Promise.all(Array.from({ length: 150 }, (_, n) => inbox.add(event({ eventId: `${n}` }))));
    assert.equal(statements, 1);
    assert.equal((await rows()).length, 150);
  });

  it('rings whoever listens to the database', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const unlisten = await database.listen(resolve);
    await createInbox(database).add(event());
    await promise;
    await unlisten();
  });

  it('keeps the order of one sender', async () => {
    const inbox = createInbox(database);
    const ids = Array.from({ length: 40 }, (_, n) => `o${n}`);
    await Promise.all(ids.map((eventId) => inbox.add(event({ eventId }))));
    assert.deepEqual(
      (await rows()).map(({ event_id }) => event_id),
      ids,
    );
  });
});
