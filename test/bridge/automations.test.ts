import assert from 'node:assert/strict';
import { readyAutomations } from '../../rules/ready/index.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { callBack } from '../rules/rule-sets.ts';
import { addConnection } from '../support/databases.ts';
import { ADMIN_TOKEN, type BridgeUnderTest, startBridge } from './bridge-under-test.ts';

const NOBODY = '00000000-0000-4000-8000-000000000000';

describe('/api/automations and /api/connections/:id/rules/try', () => {
  let database: Database;
  let bridge: BridgeUnderTest;
  before(async () => {
    database = await openDatabase({});
    bridge = startBridge(database);
    await addConnection(database);
  });
  after(async () => {
    await bridge.server.close();
    await database.close();
  });

  const post = (path: string, body: object) =>
    bridge.post(`/api/${path}`, JSON.stringify(body), { authorization: `Bearer ${ADMIN_TOKEN}` });

  it('answer the ready automations, all of them off', async () => {
    const { status, body } = await bridge.get('/api/automations/ready');
    const actions = body['actions'] as { id: string; mode: string }[];
    assert.deepEqual([status, actions.map(({ id }) => id)], [200, readyAutomations.map(({ id }) => id)]);
    assert.ok(actions.every(({ mode }) => mode === 'off'));
  });

  it('answer no run where none waits, and refuse a status that there is not', async () => {
    assert.deepEqual((await bridge.get('/api/automations/runs')).body, { runs: [] });
    const { status, body } = await bridge.get('/api/automations/runs?status=gone');
    assert.equal(status, 400);
    assert.match(String(body['error']), /status wants one of waiting/u);
  });

  for (const id of [NOBODY, 'nothing'])
    it(`end no run that is not there: ${id}`, async () => {
      const { status, body } = await post(`automations/runs/${id}/cancel`, {});
      assert.deepEqual([status, body['error']], [404, `There is no run ${id} that goes on.`]);
    });

  for (const [what, body, status, error] of [
    ['an event that there is not', { eventId: NOBODY, action: callBack() }, 404, /There is no event/u],
    ['no event', { action: callBack() }, 400, /eventId wants the id of a past event/u],
    ['a word that is not known', { eventId: NOBODY, rule: {} }, 400, /^rule is not known here/u],
    [
      'an action that is wrong',
      { eventId: NOBODY, action: callBack({ when: 'never' }) },
      400,
      /actions\[0\]\.when wants/u,
    ],
  ] as const)
    it(`try nothing of ${what}`, async () => {
      const answer = await post('connections/default/rules/try', body);
      assert.equal(answer.status, status);
      assert.match(String(answer.body['error']), error);
    });
});
