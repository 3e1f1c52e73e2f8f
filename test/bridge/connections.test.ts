import assert from 'node:assert/strict';
import type { Database } from '../../store/database.ts';
import { stopMembers } from '../../store/member-limit.ts';
import { addConnection, onBothDatabases } from '../support/databases.ts';
import { ADMIN_TOKEN, type BridgeUnderTest, startBridge } from './bridge-under-test.ts';

onBothDatabases('PATCH /api/connections/:id', (openTestDatabase) => {
  let database: Database;
  let bridge: BridgeUnderTest;

  before(async () => {
    ({ database } = await openTestDatabase());
    await addConnection(database);
    bridge = startBridge(database);
  });
  after(() => bridge.server.close());

  async function patch(id: string, body: object, token = ADMIN_TOKEN) {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const url = `/api/connections/${id}`;
    const answer = await bridge.server.inject({ method: 'PATCH', url, payload: JSON.stringify(body), headers });
    return { status: answer.statusCode, body: JSON.parse(answer.body) as Record<string, unknown> };
  }
  const reasons = async (): Promise<unknown[]> => {
    const { body } = await bridge.get('/api/connections');
    return (body['connections'] as { membersStoppedReason: unknown }[]).map(
      ({ membersStoppedReason }) => membersStoppedReason,
    );
  };

  it('resumes members that were stopped, and tells until then why they are', async () => {
    await stopMembers(database.db, 'default', 'no room');
    await stopMembers(database.db, 'default', 'no room, again');
    assert.deepEqual(await reasons(), ['no room']);
    const { status, body } = await patch('default', { resumeMembers: true });
    assert.deepEqual([status, body['id'], body['membersStoppedReason']], [200, 'default', null]);
    assert.deepEqual(await reasons(), [null]);
  });

  it('changes nothing for anything else', async () => {
    await stopMembers(database.db, 'default', 'no room');
    for (const [id, body, wanted] of [
      ['nobody', { resumeMembers: true }, 404],
      ['default', {}, 400],
      ['default', { resumeMembers: false }, 400],
      ['default', { resumeMembers: true, colour: 'x' }, 400],
      ['default', { name: '' }, 400],
      ['default', { confirm: true }, 400],
      ['default', { since: 'yesterday' }, 400],
    ] as const) {
      assert.equal((await patch(id, body)).status, wanted, JSON.stringify(body));
    }
    assert.equal((await patch('default', { resumeMembers: true }, 'wrong')).status, 401);
    assert.deepEqual(await reasons(), ['no room']);
  });
});
