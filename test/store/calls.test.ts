import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { type CallsStore, createCallsStore } from '../../store/calls.ts';
import type { Database } from '../../store/database.ts';
import { addConnection, onBothDatabases } from '../support/databases.ts';

onBothDatabases('calls made by hand', (open) => {
  let database: Database;
  let calls: CallsStore;
  before(async () => {
    ({ database } = await open());
    await addConnection(database);
    calls = createCallsStore(database, randomBytes(32));
  });

  const add = (input: unknown = { a: 1 }) =>
    calls.add({ connectionId: 'default', operation: 'ghl.contact.get', input });
  const refusal = { type: 'Unavailable', message: 'GHL answered 503', status: 503 };

  it('are kept, with their answer, whatever it is', async () => {
    for (const answer of [{ contact: { id: 'c1' } }, [1], 'text', null, undefined]) {
      const id = await add({ name: 'Jörg 🐘' });
      await calls.finish(id, answer);
      const call = await calls.load(id);
      assert.deepEqual(
        [call?.status, call?.input, call?.answer, call?.error],
        ['done', { name: 'Jörg 🐘' }, answer ?? null, null],
      );
    }
  });

  it('do not open under another key, nor in another row', async () => {
    const [one, other] = [await add({ secret: 1 }), await add({ secret: 2 })];
    await assert.rejects(createCallsStore(database, randomBytes(32)).load(one));
    const row = await database.db.selectFrom('calls').select('input').where('id', '=', one).executeTakeFirstOrThrow();
    await database.db.updateTable('calls').set({ input: row.input }).where('id', '=', other).execute();
    await assert.rejects(calls.load(other));
  });

  it('stay open after a refusal that may pass, and are closed by the last one when given up', async () => {
    const id = await add();
    await calls.fail(id, refusal, false);
    assert.deepEqual([(await calls.load(id))?.status, (await calls.load(id))?.error], ['open', refusal]);
    await calls.giveUp(id, { type: 'TimedOut', message: 'too late' });
    assert.deepEqual([(await calls.load(id))?.status, (await calls.load(id))?.error], ['failed', refusal]);
    const other = await add();
    await calls.giveUp(other, { type: 'TimedOut', message: 'too late' });
    assert.equal((await calls.load(other))?.error?.type, 'TimedOut');
  });

  it('keep no word of a refusal in the clear', async () => {
    const ids = await Promise.all([add(), add(), add()]);
    const error = { type: 'Invalid', message: 'jane@example.com is wrong', status: 422, traceId: 't1' };
    await calls.fail(ids[0], error, true);
    await calls.giveUp(ids[1], error);
    await calls.withdraw(ids[2], error);
    for (const id of ids) {
      const { rows } = await sql<{ text: string }>`
        select calls::text as text from calls where id = ${id}
      `.execute(database.db);
      const hex = Buffer.from('jane').toString('hex');
      assert.ok(rows[0] && !rows[0].text.includes('jane') && !rows[0].text.includes(hex), rows[0]?.text);
      assert.deepEqual((await calls.load(id))?.error, error);
    }
  });

  it('do not change once they are closed', async () => {
    const id = await add();
    await calls.finish(id, 1);
    await calls.fail(id, refusal, true);
    await calls.giveUp(id, refusal);
    assert.equal(await calls.markSent(id), false);
    assert.equal(await calls.withdraw(id, refusal), false);
    const call = await calls.load(id);
    assert.deepEqual([call?.status, call?.answer, call?.sentAt], ['done', 1, null]);
  });

  it('are marked when they leave, and unmarked when they surely have not', async () => {
    const id = await add();
    await calls.markSent(id);
    assert.ok((await calls.load(id))?.sentAt);
    await calls.clearSent(id);
    assert.equal((await calls.load(id))?.sentAt, null);
  });

  it('are withdrawn only before they leave', async () => {
    const [one, other] = [await add(), await add()];
    assert.equal(await calls.withdraw(one, refusal), true);
    assert.equal(await calls.markSent(one), false);
    await calls.markSent(other);
    assert.equal(await calls.withdraw(other, refusal), false);
    assert.equal((await calls.load(other))?.status, 'open');
  });

  it('that nobody made are not there', async () => {
    assert.equal(await calls.load(randomUUID()), undefined);
  });
});
