import assert from 'node:assert/strict';
import { resolveRules } from '../../rules/rule-sets/resolve-rules.ts';
import { loadRules } from '../../store/connection-state.ts';
import type { Database } from '../../store/database.ts';
import {
  listRuleSets,
  loadConnectionRules,
  loadRuleSet,
  saveConnectionRules,
  saveRuleSet,
} from '../../store/rule-sets.ts';
import { addConnection, onBothDatabases } from '../support/databases.ts';

onBothDatabases('rule sets', (open) => {
  let database: Database;
  before(async () => {
    ({ database } = await open());
    await addConnection(database);
    await addConnection(database, 'second', { location: 'location-2', token: 'token-2', program: 'program-2' });
  });

  it('begin with the built-in one, which nobody has changed', async () => {
    const builtIn = { name: 'default', body: {}, version: 0, updatedAt: null, updatedBy: null };
    assert.deepEqual(await listRuleSets(database.db), [builtIn]);
    assert.deepEqual(await loadRuleSet(database.db, 'default'), builtIn);
    assert.equal(await loadRuleSet(database.db, 'agency'), undefined);
  });

  it('count their changes and keep by whom they were', async () => {
    const body = { sync: { tags: 'off' } };
    assert.equal(await saveRuleSet(database.db, { name: 'agency', body, version: 0, by: 'jane' }), 1);
    const more = { sync: { tags: 'off' }, actions: [] };
    assert.equal(await saveRuleSet(database.db, { name: 'agency', body: more, version: 1, by: 'max' }), 2);
    const { updatedAt, ...set } = (await loadRuleSet(database.db, 'agency')) ?? {};
    assert.ok(updatedAt instanceof Date);
    assert.deepEqual(set, { name: 'agency', body: more, version: 2, updatedBy: 'max' });
  });

  it('take no change of a version that has gone by', async () => {
    for (const version of [0, 1, 3])
      assert.equal(await saveRuleSet(database.db, { name: 'agency', body: {}, version, by: 'late' }), undefined);
    assert.equal((await loadRuleSet(database.db, 'agency'))?.updatedBy, 'max');
  });

  it('take one of two changes of the same version', async () => {
    const change = (by: string) => saveRuleSet(database.db, { name: 'agency', body: {}, version: 2, by });
    const versions = await Promise.all([change('one'), change('other')]);
    assert.deepEqual(new Set(versions), new Set([3, undefined]));
  });

  it('are what the customers of a connection are decided by, with its overrides', async () => {
    const body = { settings: { notes: 'marked' } };
    await saveRuleSet(database.db, { name: 'quiet', body, version: 0, by: 'jane' });
    const overrides = { sync: { tasks: 'observe' } };
    await saveConnectionRules(database.db, { id: 'second', ruleSet: 'quiet', overrides });
    const customers = ['default', 'second'].map((connectionId) => ({
      id: crypto.randomUUID(),
      connection_id: connectionId,
    }));
    await database.db.insertInto('customers').values(customers).execute();
    const rules = await Promise.all(customers.map(({ id }) => loadRules(database.db, id)));
    assert.deepEqual(rules, [resolveRules('default', undefined, {}), resolveRules('quiet', body, overrides)]);
  });

  it('know who follows them, and what those have names for', async () => {
    await database.db
      .insertInto('names')
      .values([
        { connection_id: 'second', kind: 'user', vendor_id: 'u1', name: 'Jane' },
        { connection_id: 'default', kind: 'user', vendor_id: 'u2', name: 'Max' },
      ])
      .execute();
    const [second, ...none] = await loadConnectionRules(database.db, { ruleSet: 'quiet' });
    assert.deepEqual(none, []);
    assert.deepEqual(
      [second?.id, second?.overrides, second?.programs, second?.names.user],
      ['second', { sync: { tasks: 'observe' } }, { 'program-2': 'Program' }, { u1: 'Jane' }],
    );
    const all = await loadConnectionRules(database.db);
    assert.deepEqual(
      all.map(({ id, ruleSet }) => [id, ruleSet]),
      [
        ['default', 'default'],
        ['second', 'quiet'],
      ],
    );
    assert.deepEqual(await loadConnectionRules(database.db, { id: 'nowhere' }), []);
  });
});
