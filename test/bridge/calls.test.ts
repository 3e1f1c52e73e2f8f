import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Caller, CallRun } from '../../bridge/caller.ts';
import { createCallsStore } from '../../store/calls.ts';
import type { Database } from '../../store/database.ts';
import type { CalledOperation } from '../../workflows/support/contract.ts';
import { addConnection, onBothDatabases } from '../support/databases.ts';
import { ADDRESS_KEY, type Answer, type BridgeUnderTest, startBridge } from './bridge-under-test.ts';

const address = 'jane@example.com';
const read = { operation: 'referral-rock.member.list', input: { query: address } };
const pays = {
  operation: 'referral-rock.referral.set-status',
  input: { query: { primaryInfo: { referralId: 'r1' } }, referral: { status: 'approved' } },
};

onBothDatabases('calling an operation by API', (open) => {
  let database: Database;
  let bridge: BridgeUnderTest;
  let started: { connection: string; call: CalledOperation }[] = [];
  /** What the worker does with a call. */
  let work: (callId: string) => Promise<void>;
  const calls = () => createCallsStore(database, ADDRESS_KEY);

  const caller: Caller = async (connection, call): Promise<CallRun> => {
    started.push({ connection, call });
    await work(call.callId);
    return { workflowId: `call/${connection}/${call.callId}`, runId: 'run-1', ended: () => Promise.resolve() };
  };

  before(async () => {
    ({ database } = await open());
    await addConnection(database);
    bridge = startBridge(database, caller);
  });
  after(() => bridge.server.close());
  beforeEach(() => {
    started = [];
    work = (callId) => calls().finish(callId, { members: [] });
  });

  const post = (body: object, connection = 'default'): Promise<Answer> =>
    bridge.post(`/api/connections/${connection}/calls`, JSON.stringify(body), { authorization: 'Bearer admin-token' });

  it('answers with the vendor’s answer and the link to its workflow', async () => {
    const { status, body } = await post(read);
    assert.equal(status, 200);
    const [{ connection, call } = assert.fail()] = started;
    assert.deepEqual([connection, call.operation, call.queue], ['default', read.operation, 'referral-rock']);
    assert.deepEqual(
      { ...body, workflowUrl: undefined },
      {
        id: call.callId,
        connection: 'default',
        operation: read.operation,
        status: 'done',
        answer: { members: [] },
        workflowUrl: undefined,
      },
    );
    assert.match(String(body['workflowUrl']), /^http:\/\/127\.0\.0\.1:8233\/.*call%2Fdefault%2F.*\/run-1\/history$/);
    assert.deepEqual(await bridge.get(`/api/calls/${call.callId}`).then((answer) => answer.body), body);
  });

  it('hands on ids, and keeps the input sealed', async () => {
    await post(read);
    assert.deepEqual(Object.keys(started[0]?.call ?? {}).toSorted(), ['callId', 'operation', 'queue']);
    const rows = await database.db.selectFrom('calls').selectAll().execute();
    assert.ok(!rows.some((row) => Buffer.from(row.input).toString('latin1').includes(address)));
    assert.deepEqual((await calls().load(String(started[0]?.call.callId)))?.input, read.input);
  });

  it('passes a vendor’s refusal on: its words, status and trace id', async () => {
    const error = { type: 'NotFound', message: 'GHL answered 400: not found', status: 400, traceId: 'trace-1' };
    work = (callId) => calls().fail(callId, error, true);
    const { status, body } = await post(read);
    assert.deepEqual([status, body['status'], body['error']], [502, 'failed', error]);
  });

  it('says that a call still runs', async () => {
    work = () => Promise.resolve();
    const { status, body } = await post(read);
    assert.deepEqual([status, body['status']], [202, 'running']);
  });

  it('asks for a confirmation before what deletes or moves money', async () => {
    const hook = { operation: 'referral-rock.hook.delete', input: { web_hook_id: 'h1' } };
    for (const [body, says] of [
      [pays, /may create, change or pay out a reward: send `confirm: true`/],
      [hook, /deletes: send/],
    ] as const) {
      const refused = await post(body);
      assert.equal(refused.status, 409);
      assert.match(String(refused.body['error']), says);
      assert.equal(started.length, 0);
    }
    assert.equal((await post({ ...pays, confirm: true })).status, 200);
  });

  it('asks before any write while the connection only observes', async () => {
    const input = { query: { primaryInfo: { memberId: 'm1' } }, member: { city: 'Austin' } };
    const write = { operation: 'referral-rock.member.update', input };
    assert.equal((await post(write)).status, 200);
    await database.db.updateTable('connections').set({ mode: 'observe' }).where('id', '=', 'default').execute();
    try {
      const refused = await post(write);
      assert.deepEqual([refused.status, started.length], [409, 1]);
      assert.match(String(refused.body['error']), /only observes/);
      assert.equal((await post(read)).status, 200);
      assert.equal((await post({ ...write, confirm: true })).status, 200);
    } finally {
      await database.db.updateTable('connections').set({ mode: 'live' }).where('id', '=', 'default').execute();
    }
  });

  const refused: [string, object, string | undefined, number, RegExp][] = [
    [
      'an unknown operation, naming the nearest',
      { operation: 'ghl.contact.gett' },
      undefined,
      404,
      /nearest: ghl\.contact\.get,/,
    ],
    [
      'an input that is wrong, naming the field',
      { ...read, input: { count: 'many' } },
      undefined,
      400,
      /count: .*number/,
    ],
    ['an input without what must be there', { operation: 'ghl.contact.get' }, undefined, 400, /contactId/],
    ['an input that is no object', { ...read, input: [] }, undefined, 400, /input wants an object/],
    ['a body with unknown words', { ...read, inputs: {} }, undefined, 400, /inputs/],
    ...['ghl.oauth.get-token', 'ghl.oauth.get-location-token'].map(
      (operation): [string, object, undefined, number, RegExp] => [
        `what hands out a token, ${operation}, also when confirmed`,
        { operation, confirm: true },
        undefined,
        400,
        /Rockbridge manages tokens itself and never shows them/,
      ],
    ),
    ['an unknown connection', read, 'elsewhere', 404, /no connection elsewhere/],
  ];
  for (const [what, body, connection, status, says] of refused) {
    it(`refuses ${what}, and starts nothing`, async () => {
      const answer = await post(body, connection);
      assert.equal(answer.status, status);
      assert.match(String(answer.body['error']), says);
      assert.equal(started.length, 0);
    });
  }

  it('says so when Temporal does not take the call, which is never sent then', async () => {
    const away: Caller = () => Promise.reject(new Error('of jane@example.com'));
    const other = startBridge(database, away);
    try {
      const headers = { authorization: 'Bearer admin-token' };
      const answer = await other.post('/api/connections/default/calls', JSON.stringify(read), headers);
      assert.equal(answer.status, 503);
      assert.match(other.logged(), /a request failed/);
      assert.doesNotMatch(other.logged(), /jane@/);
      assert.match(String(answer.body['error']), /Temporal does not take the call/);
      const last = await database.db.selectFrom('calls').select('status').orderBy('id', 'desc').executeTakeFirst();
      assert.equal(last?.status, 'failed');
    } finally {
      await other.server.close();
    }
  });

  it('knows no call that was never made', async () => {
    for (const id of [randomUUID(), 'x']) assert.equal((await bridge.get(`/api/calls/${id}`)).status, 404);
  });

  it('wants the token', async () => {
    assert.equal((await bridge.post('/api/connections/default/calls', JSON.stringify(read))).status, 401);
    assert.equal((await bridge.get(`/api/calls/${randomUUID()}`, '')).status, 401);
  });
});
