import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { type Database, type Db, openDatabase } from '../../store/database.ts';
import { addConnection, onBothDatabases } from '../support/databases.ts';
import { findPostgres, postgresForTests } from '../support/postgres.ts';

onBothDatabases('database', (open, kind) => {
  let database: Database;
  let url: string | undefined;

  before(async () => {
    ({ database, url } = await open());
    await addConnection(database);
  });

  const customers = async (): Promise<number> => {
    const { n } = await database.db
      .selectFrom('customers')
      .select(sql<number>`count(*)::int`.as('n'))
      .executeTakeFirstOrThrow();
    return n;
  };
  const addCustomer = (db: Pick<Db, 'insertInto'>): Promise<unknown> =>
    db
      .insertInto('customers')
      .values({ id: sql<string>`gen_random_uuid()`, connection_id: 'default' })
      .execute();
  const failing = (db: Db): Promise<unknown> => sql`select no_such_column from customers`.execute(db);

  it("keeps a query of one caller out of another's open transaction, which rolls back alone", async () => {
    const before = await customers();
    const inside = Promise.withResolvers<void>();
    const aborted = database.db.transaction().execute(async (tx) => {
      await addCustomer(tx);
      inside.resolve();
      // Others ask meanwhile.
      await sleep(30);
      throw new Error('no');
    });
    await inside.promise;
    const others = [addCustomer(database.db), database.db.transaction().execute(addCustomer)];
    await assert.rejects(aborted, /^Error: no$/);
    await Promise.all(others);
    assert.equal(await customers(), before + 2);
  });

  it('shows nobody what is not committed', async () => {
    const before = await customers();
    const inside = Promise.withResolvers<void>();
    const committed = database.db.transaction().execute(async (tx) => {
      await addCustomer(tx);
      inside.resolve();
      await sleep(30);
    });
    await inside.promise;
    const seen = await customers();
    await committed;
    // PGlite lets the other wait until the transaction has ended.
    assert.equal(seen, kind === 'pglite' ? before + 1 : before);
  });

  it('lets fifty transactions at once each read and write as if alone', async () => {
    await database.db
      .insertInto('secrets')
      .values({ name: 'count', value: Buffer.from([0]) })
      .execute();
    const increment = (): Promise<void> =>
      database.db.transaction().execute(async (tx) => {
        const { value } = await tx
          .selectFrom('secrets')
          .select('value')
          .where('name', '=', 'count')
          .forUpdate()
          .executeTakeFirstOrThrow();
        await sleep(0);
        await tx
          .updateTable('secrets')
          .set({ value: Buffer.from([Number(value[0]) + 1]) })
          .where('name', '=', 'count')
          .execute();
      });
    await Promise.all(Array.from({ length: 50 }, increment));
    const { value } = await database.db
      .selectFrom('secrets')
      .select('value')
      .where('name', '=', 'count')
      .executeTakeFirstOrThrow();
    assert.equal(value[0], 50);
  });

  it('goes on after a query that fails, alone or inside a transaction', async () => {
    await assert.rejects(failing(database.db), { code: '42703' });
    const before = await customers();
    await assert.rejects(
      database.db.transaction().execute(async (tx) => {
        await addCustomer(tx);
        await sql`select no_such_column from customers`.execute(tx);
      }),
      { code: '42703' },
    );
    assert.equal(await customers(), before);
    await addCustomer(database.db);
    assert.equal(await customers(), before + 1);
  });

  it('keeps bytes, JSON, dates and nothing as they are', async () => {
    const bytes = Buffer.from([0, 255, 123, 10]);
    await database.db.insertInto('secrets').values({ name: 'bytes', value: bytes }).execute();
    const row = await sql<Record<string, unknown>>`
      select value, ${JSON.stringify({ a: [1, 'ü'] })}::jsonb as json, ${new Date(1_700_000_000_123)}::timestamptz as at,
        ${null}::text as nothing, 1::int as one, true as yes
      from secrets where name = 'bytes'`.execute(database.db);
    const { value, ...rest } = row.rows[0] ?? {};
    assert.deepEqual([...(value as Uint8Array)], [...bytes]);
    assert.deepEqual(rest, {
      json: { a: [1, 'ü'] },
      at: new Date(1_700_000_000_123),
      nothing: null,
      one: 1,
      yes: true,
    });
  });

  it('rings at a commit, and not for what is rolled back', async () => {
    let rings = 0;
    const rung = Promise.withResolvers<void>();
    const stop = await database.listen(() => {
      rings += 1;
      rung.resolve();
    });
    const notify = (fail: boolean): Promise<void> =>
      database.db.transaction().execute(async (tx) => {
        await sql`select pg_notify('rockbridge', '')`.execute(tx);
        if (fail) throw new Error('no');
      });
    await assert.rejects(notify(true));
    await notify(false);
    await rung.promise;
    await stop();
    await notify(false);
    await sleep(20);
    assert.equal(rings, 1);
  });

  it('finds everything again when it is opened anew', async () => {
    const dataDir = kind === 'pglite' ? mkdtempSync(join(tmpdir(), 'rockbridge-pglite-')) : undefined;
    const first = kind === 'pglite' ? await openDatabase({ dataDir }) : await openDatabase({ url });
    await first.db
      .insertInto('secrets')
      .values({ name: 'kept', value: Buffer.from([1]) })
      .execute();
    await first.close();
    const second = await openDatabase({ url, dataDir });
    const kept = await second.db.selectFrom('secrets').select('name').where('name', '=', 'kept').execute();
    await second.close();
    if (dataDir) rmSync(dataDir, { recursive: true });
    assert.deepEqual(kept, [{ name: 'kept' }]);
  });
});

(findPostgres() ? describe : describe.skip)('a new database', () => {
  it('gets its schema once, however many open it at once', async () => {
    const url = await (await postgresForTests()).createDatabase();
    const opened = await Promise.all(Array.from({ length: 4 }, () => openDatabase({ url, poolSize: 2 })));
    const counts = await Promise.all(opened.map(({ db }) => db.selectFrom('connections').select('id').execute()));
    await Promise.all(opened.map((database) => database.close()));
    assert.deepEqual(counts, [[], [], [], []]);
  });
});
