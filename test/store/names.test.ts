import assert from 'node:assert/strict';
import { sql } from 'kysely';
import type { Database } from '../../store/database.ts';
import { areKnown, claimReading, type Named, releaseReading, saveNames } from '../../store/names.ts';
import { addConnection, onBothDatabases } from '../support/databases.ts';

const CONNECTION = 'default';

onBothDatabases('names', (open) => {
  let database: Database;

  before(async () => {
    ({ database } = await open());
    await addConnection(database);
  });
  beforeEach(() => database.db.deleteFrom('names').execute());

  const read = async (kinds: ('stage' | 'pipeline')[], named: Named[]): Promise<void> => {
    const { rows } = await sql<{ now: Date }>`select now() as now`.execute(database.db);
    await saveNames(database, CONNECTION, kinds, named, rows[0]?.now ?? new Date());
  };
  const stage = (id: string, name: string): Named => ({ kind: 'stage', id, name });

  it('are known by id and by name, of their kind only', async () => {
    await read(['stage'], [stage('s1', 'Won'), stage('s2', 'Lost')]);
    assert.equal(await areKnown(database, CONNECTION, 'stage', { ids: ['s1', 's2'], names: ['Won'] }), true);
    assert.equal(await areKnown(database, CONNECTION, 'stage', { ids: ['s1', 's3'] }), false);
    assert.equal(await areKnown(database, CONNECTION, 'stage', { names: ['Won', 'Open'] }), false);
    assert.equal(await areKnown(database, CONNECTION, 'pipeline', { ids: ['s1'] }), false);
  });

  it('follow what the location has now: a renamed one is renamed, a deleted one gone, one made meanwhile stays', async () => {
    await read(['stage'], [stage('s1', 'Won'), stage('s2', 'Lost')]);
    // Not in the millisecond in which the next reading begins.
    const before = new Date(Date.now() - 1_000);
    await database.db.updateTable('names').set({ read_at: before }).where('kind', '=', 'stage').execute();
    const since = await claimReading(database, CONNECTION, 'stage');
    assert.ok(since);
    await database.db
      .insertInto('names')
      .values({ connection_id: CONNECTION, kind: 'stage', vendor_id: 's3', name: 'New' })
      .execute();
    // The same id twice, as a stage that stands in two pipelines.
    await saveNames(database, CONNECTION, ['stage'], [stage('s1', 'Sold'), stage('s1', 'Sold')], since);
    const rows = await database.db
      .selectFrom('names')
      .select(['vendor_id', 'name'])
      .where('kind', '=', 'stage')
      .orderBy('vendor_id')
      .execute();
    assert.deepEqual(rows, [
      { vendor_id: 's1', name: 'Sold' },
      { vendor_id: 's3', name: 'New' },
    ]);
  });

  it('are read by one at a time, once a minute, and at once again after a reading that came to nothing', async () => {
    const claims = await Promise.all([1, 2, 3].map(() => claimReading(database, CONNECTION, 'stage')));
    assert.equal(claims.filter(Boolean).length, 1);
    assert.ok(await claimReading(database, CONNECTION, 'user'), 'another kind is another reading');
    await releaseReading(database, CONNECTION, 'stage');
    assert.ok(await claimReading(database, CONNECTION, 'stage'));
    const then = new Date(Date.now() - 61_000);
    await database.db.updateTable('names').set({ read_at: then }).where('kind', '=', 'read').execute();
    assert.ok(await claimReading(database, CONNECTION, 'stage'));
  });
});
