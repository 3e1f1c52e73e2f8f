import assert from 'node:assert/strict';
import { sql } from 'kysely';
import type { Database } from '../../store/database.ts';
import { onBothDatabases } from '../support/databases.ts';

onBothDatabases('the database', (open) => {
  let database: Database;
  before(async () => {
    ({ database } = await open());
    await sql`create table things (id int primary key, at timestamptz, data jsonb, bytes bytea, list text[])`.execute(
      database.db,
    );
  });
  beforeEach(() => sql`truncate things`.execute(database.db));

  const ids = async () =>
    (await sql<{ id: number }>`select id from things order by id`.execute(database.db)).rows.map(({ id }) => id);
  const insert = (id: number, db = database.db) => sql`insert into things (id) values (${id})`.execute(db);

  it('gives back what was put in, the same at each use of a statement', async () => {
    const at = new Date(Date.UTC(2026, 10, 24, 8));
    for (const id of [1, 2, 3]) {
      await sql`insert into things values (${id}, ${at}, ${JSON.stringify({ a: [1, null] })}, ${Buffer.from([0, 255])}, ${['x', 'y "z"']}::text[])`.execute(
        database.db,
      );
      const { rows } = await sql<{
        at: Date;
        data: unknown;
        bytes: Uint8Array;
        list: string[];
      }>`select * from things where id = ${id}`.execute(database.db);
      assert.deepEqual(rows[0]?.at, at);
      assert.deepEqual(rows[0]?.data, { a: [1, null] });
      assert.deepEqual([...(rows[0]?.bytes ?? [])], [0, 255]);
      assert.deepEqual(rows[0]?.list, ['x', 'y "z"']);
    }
  });

  it('keeps other callers out of an open transaction', async () => {
    const rolledBack = database.db.transaction().execute(async (db) => {
      await insert(1, db);
      await new Promise((resolve) => setTimeout(resolve, 20));
      throw new Error('back');
    });
    await Promise.all([assert.rejects(rolledBack, /back/), insert(2)]);
    assert.deepEqual(await ids(), [2]);
  });

  it('goes on after a failed statement, and the statement can be used again', async () => {
    await insert(1);
    await assert.rejects(insert(1), { code: '23505' });
    await insert(2);
    assert.deepEqual(await ids(), [1, 2]);
  });

  it('says so when a transaction in which a query failed is committed', async () => {
    const work = database.db.transaction().execute(async (db) => {
      await insert(1, db);
      await insert(1, db).catch(() => undefined);
    });
    await assert.rejects(work);
    assert.deepEqual(await ids(), []);
  });

  it('takes a statement again whose table has changed meanwhile', async () => {
    const read = () => sql<Record<string, unknown>>`select * from things`.execute(database.db);
    await insert(1);
    await read();
    await sql`alter table things add column more text default 'm'`.execute(database.db);
    await read().catch(() => undefined);
    assert.equal((await read()).rows[0]?.['more'], 'm');
    await sql`alter table things drop column more`.execute(database.db);
  });

  it('runs more different statements than it keeps', async () => {
    for (let n = 0; n < 400; n++) {
      const { rows } = await sql<{ n: number }>`select ${sql.lit(n)}::int as n`.execute(database.db);
      assert.equal(rows[0]?.n, n);
    }
  });

  it('hears notifications, also those sent within a transaction', async () => {
    const rung = Promise.withResolvers<void>();
    const unlisten = await database.listen(() => rung.resolve());
    await database.db.transaction().execute((db) => sql`select pg_notify('rockbridge', '')`.execute(db));
    await rung.promise;
    await unlisten();
  });
});
