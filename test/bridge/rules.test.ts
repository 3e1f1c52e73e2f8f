import assert from 'node:assert/strict';
import { defaultRules } from '../../rules/rule-sets/default-rules.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { callBack } from '../rules/rule-sets.ts';
import { addConnection } from '../support/databases.ts';
import { ADMIN_TOKEN, type BridgeUnderTest, startBridge } from './bridge-under-test.ts';

describe('/api/rule-sets and /api/connections/:id/rules', () => {
  let database: Database;
  let bridge: BridgeUnderTest;

  before(async () => {
    database = await openDatabase({});
    bridge = startBridge(database);
    await addConnection(database);
    await addConnection(database, 'second', { location: 'location-2', token: 'token-2', program: 'program-2' });
  });
  beforeEach(async () => {
    await database.db.deleteFrom('rule_sets').execute();
    await database.db.deleteFrom('names').execute();
    await database.db.updateTable('connections').set({ rule_set: 'default', overrides: '{}' }).execute();
  });
  after(async () => {
    await bridge.server.close();
    await database.close();
  });

  const get = (path: string) => bridge.get(`/api/${path}`);
  async function put(path: string, payload: object, token = ADMIN_TOKEN) {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const answer = await bridge.server.inject({ method: 'PUT', url: `/api/${path}`, payload, headers });
    return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
  }
  const change = (place: string, before: unknown, after: unknown) => ({ place, kind: 'changed', before, after });

  it('answers the built-in set to those who have changed nothing', async () => {
    const { status, body } = await get('rule-sets/default');
    assert.equal(status, 200);
    assert.deepEqual(
      [body['name'], body['version'], body['rules'], body['connections']],
      ['default', 0, {}, ['default', 'second']],
    );
    assert.deepEqual(body['resolved'], JSON.parse(JSON.stringify(defaultRules)));
    const { body: list } = await get('rule-sets');
    const line = { name: 'default', version: 0, updatedAt: null, updatedBy: null, connections: ['default', 'second'] };
    assert.deepEqual(list, { ruleSets: [line] });
  });

  it('stores a change and tells what it changes for each connection', async () => {
    await put('connections/second/rules', { overrides: { sync: { tags: 'observe' } } });
    const { status, body } = await put('rule-sets/default', { sync: { tags: 'off', notes: 'off' } });
    assert.equal(status, 200);
    const [tags, notes] = [change('sync.tags', 'live', 'off'), change('sync.notes', 'live', 'off')];
    assert.deepEqual(body, {
      stored: true,
      version: 1,
      name: 'default',
      changes: [tags, notes],
      connections: [
        { id: 'default', changes: [tags, notes], warnings: [] },
        { id: 'second', changes: [notes], warnings: [] },
      ],
    });
    const { body: stored } = await get('rule-sets/default');
    assert.deepEqual(
      [stored['version'], stored['updatedBy'], stored['rules']],
      [1, 'admin', { sync: { tags: 'off', notes: 'off' } }],
    );
  });

  it('makes a set that a connection can follow', async () => {
    assert.equal((await put('connections/second/rules', { ruleSet: 'agency' })).status, 404);
    const made = await put('rule-sets/agency', { settings: { notes: 'off' } });
    assert.deepEqual([made.status, made.body['connections']], [200, []]);
    const { body } = await put('connections/second/rules', { ruleSet: 'agency' });
    assert.deepEqual(body['changes'], [change('name', 'default', 'agency'), change('settings.notes', 'all', 'off')]);
    const { body: rules } = await get('connections/second/rules');
    assert.deepEqual([rules['ruleSet'], rules['overrides']], ['agency', {}]);
    assert.equal((rules['resolved'] as typeof defaultRules).settings.notes, 'off');
  });

  it('stores nothing on a dry run, and tells the same', async () => {
    const rules = { sync: { tags: 'off' } };
    const dry = await put('rule-sets/default?dryRun=true', rules);
    assert.deepEqual([dry.body['stored'], dry.body['version']], [false, 0]);
    assert.equal((await get('rule-sets/default')).body['version'], 0);
    const overrides = await put('connections/second/rules?dryRun=true', { overrides: rules });
    assert.deepEqual(
      [overrides.body['stored'], overrides.body['changes']],
      [false, [change('sync.tags', 'live', 'off')]],
    );
    assert.deepEqual((await get('connections/second/rules')).body['overrides'], {});
    const { body } = await put('rule-sets/default', rules);
    assert.deepEqual(body['connections'], dry.body['connections']);
  });

  it('refuses a change of a version that has gone by, and takes one of today’s', async () => {
    await put('rule-sets/default', { version: 0, sync: { tags: 'off' } });
    const late = await put('rule-sets/default', { version: 0, sync: { tags: 'observe' } });
    assert.equal(late.status, 409);
    assert.match(
      String(late.body['error']),
      /The rule set default is at version 1, and this is a change of version 0: read it anew/,
    );
    assert.equal((await put('rule-sets/default?dryRun=true', { version: 0 })).status, 409);
    assert.equal((await put('rule-sets/default', { version: 1, sync: { tags: 'observe' } })).body['version'], 2);
  });

  it('counts no change where there is none', async () => {
    await put('rule-sets/default', { sync: { tags: 'off' } });
    assert.equal((await put('rule-sets/default', { sync: { tags: 'off' } })).body['version'], 1);
  });

  it('says of everything that is wrong where it is, and stores nothing', async () => {
    const wrong = { sync: { tags: 'on' }, actions: [{ id: 'mine', colour: 'red' }] };
    const { status, body } = await put('rule-sets/default', wrong);
    assert.equal(status, 400);
    assert.deepEqual(body['problems'], [
      { path: ['sync', 'tags'], place: 'sync.tags', message: 'wants one of live, observe, off' },
      {
        path: ['actions', 0, 'colour'],
        place: 'actions[0].colour',
        message: 'is not known here; is it spelled right?',
        ofName: true,
      },
    ]);
    assert.match(
      String(body['error']),
      /^The rules were not stored\. sync\.tags wants one of live, observe, off\. actions\[0\]\.colour/,
    );
    assert.equal((await get('rule-sets/default')).body['version'], 0);
    const overrides = await put('connections/second/rules', { overrides: { actions: [{ id: 'mine', mode: 'off' }] } });
    assert.equal(overrides.status, 400);
    assert.match(String(overrides.body['error']), /overrides\.actions\[0\] lacks when and do/);
  });

  it('lets a connection switch an action that its set has', async () => {
    await put('rule-sets/default', { actions: [callBack()] });
    const { body } = await put('connections/second/rules', {
      overrides: { actions: [{ id: 'call-back', mode: 'off' }] },
    });
    assert.deepEqual(body['changes'], [change('actions.call-back.mode', 'live', 'off')]);
  });

  it('warns of names that a connection does not have, and of overrides that the set no longer knows', async () => {
    const names = { connection_id: 'second', kind: 'user', vendor_id: 'u1', name: 'Jane' };
    await database.db.insertInto('names').values(names).execute();
    const mine = callBack({}, { sentence: `told {{ 'Jane' | user }}` });
    const { body } = await put('rule-sets/default', { actions: [mine] });
    assert.deepEqual(
      (body['connections'] as { warnings: string[] }[]).map(({ warnings }) => warnings),
      [['actions.call-back: there is no user "Jane" (none was read yet)'], []],
    );
    await put('connections/second/rules', { overrides: { actions: [{ id: 'call-back', mode: 'off' }] } });
    await put('rule-sets/default', {});
    assert.deepEqual((await get('connections/second/rules')).body['warnings'], [
      'actions.call-back: the overrides change this action, which the rule set does not have',
    ]);
  });

  const refused: [string, string, object, number, RegExp][] = [
    ['an unknown connection', 'connections/nowhere/rules', {}, 404, /There is no connection nowhere/],
    ['a name that is none', 'rule-sets/My%20Rules', {}, 400, /lower-case letters/],
    [
      'rules of another name',
      'rule-sets/default',
      { name: 'agency' },
      400,
      /call themselves agency, and the address default/,
    ],
    ['a version that is none', 'rule-sets/default', { version: 'new' }, 400, /version wants the number/],
    [
      'an unknown field of a connection’s rules',
      'connections/second/rules',
      { overides: {} },
      400,
      /overides is not known here/,
    ],
    ['overrides that are a list', 'connections/second/rules', { overrides: [] }, 400, /overrides wants an object/],
    ['an unknown query', 'rule-sets/default?dry=true', {}, 400, /dry/],
  ];
  for (const [what, path, payload, status, reason] of refused) {
    it(`refuses ${what}`, async () => {
      const answer = await put(path, payload);
      assert.equal(answer.status, status);
      assert.match(String(answer.body['error']), reason);
    });
  }

  it('wants the token', async () => {
    assert.equal((await put('rule-sets/default', { sync: { tags: 'off' } }, 'another')).status, 401);
    assert.equal((await get('rule-sets/default')).body['version'], 0);
  });

  it('knows no set that nobody has made', async () => {
    assert.equal((await get('rule-sets/agency')).status, 404);
  });
});
