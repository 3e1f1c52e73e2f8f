import assert from 'node:assert/strict';
import { v7 as uuid } from 'uuid';
import { type Database, openDatabase } from '../../store/database.ts';
import { createInbox, type NewEvent } from '../../store/inbox.ts';
import type { EventStatus } from '../../store/schema.ts';
import { createRelayStore } from '../../store/relay.ts';
import { addConnection, onBothDatabases } from '../support/databases.ts';
import { ADMIN_TOKEN, type Answer, type BridgeUnderTest, startBridge } from './bridge-under-test.ts';

type Line = Record<string, unknown>;

onBothDatabases('api', (openTestDatabase) => {
  let database: Database;
  let bridge: BridgeUnderTest;

  before(async () => {
    ({ database } = await openTestDatabase());
    await addConnection(database);
    bridge = startBridge(database);
  });
  beforeEach(async () => {
    await database.db.deleteFrom('steps').execute();
    await database.db.deleteFrom('plans').execute();
    await database.db.deleteFrom('inbox').execute();
    await database.db.deleteFrom('records').execute();
    await database.db.deleteFrom('customers').execute();
  });
  after(() => bridge.server.close());

  const add = async (eventId: string, change: Partial<NewEvent> = {}): Promise<string> => {
    await createInbox(database).add({
      source: 'ghl',
      event: 'ContactUpdate',
      eventId,
      connectionId: 'default',
      trigger: 'contact',
      recordKind: 'contact',
      vendorId: `contact-of-${eventId}`,
      body: Buffer.from(
        JSON.stringify({ type: 'ContactUpdate', locationId: 'location-1', id: 'contact-9', firstName: 'Jane' }),
      ),
      contentType: 'application/json',
      status: 'stored',
      ...change,
    });
    const row = await database.db
      .selectFrom('inbox')
      .select('id')
      .where('event_id', '=', eventId)
      .executeTakeFirstOrThrow();
    return row.id;
  };
  const set = (
    id: string,
    values: {
      status?: EventStatus;
      sentence?: string;
      workflow_id?: string;
      run_id?: string;
      plan_id?: string;
      error?: string;
      closed_at?: Date;
    },
  ) => database.db.updateTable('inbox').set(values).where('id', '=', id).execute();
  const post = (url: string): Promise<Answer> => bridge.post(url, '', { authorization: `Bearer ${ADMIN_TOKEN}` });
  const events = async (query = ''): Promise<{ events: Line[]; total: number; next: string | null }> =>
    (await bridge.get(`/api/events${query}`)).body as { events: Line[]; total: number; next: string | null };

  for (const [what, token] of [
    ['no token', ''],
    ['another token', 'wrong'],
    ['the start of the token', 'admin'],
  ] as const) {
    it(`answers 401 to ${what}, at every address`, async () => {
      for (const url of ['/api/events', '/api/connections', '/api/events/x', '/api/none']) {
        const answer = await bridge.get(url, token);
        assert.equal(answer.status, 401, url);
        assert.match(String(answer.body['error']), /Authorization: Bearer/);
        assert.equal(answer.headers['www-authenticate'], 'Bearer');
      }
    });
  }

  it('answers 404 to an address that is none', async () => {
    assert.equal((await bridge.get('/api/none')).status, 404);
  });

  it('lists events newest first, page by page, with the number of all', async () => {
    for (const id of ['e1', 'e2', 'e3', 'e4', 'e5']) await add(id);
    const first = await events('?limit=2');
    const second = await events(`?limit=2&cursor=${first.next}`);
    const third = await events(`?limit=2&cursor=${second.next}`);
    assert.deepEqual(
      [first, second, third].map((page) => page.events.map(({ eventId }) => eventId)),
      [['e5', 'e4'], ['e3', 'e2'], ['e1']],
    );
    assert.deepEqual([first.total, third.total, third.next], [5, 5, null]);
  });

  it('shows of each event what design section 9 names', async () => {
    const id = await add('e1');
    await set(id, { status: 'done', sentence: 'Nothing to do.', workflow_id: 'customer/default/1', run_id: 'run-1' });
    const [line] = (await events()).events;
    assert.deepEqual(
      { ...line, receivedAt: typeof line?.['receivedAt'], seq: 0 },
      {
        id,
        seq: 0,
        eventId: 'e1',
        source: 'ghl',
        event: 'ContactUpdate',
        connectionId: 'default',
        trigger: 'contact',
        recordId: 'contact-of-e1',
        status: 'done',
        sentence: 'Nothing to do.',
        workflowUrl: 'http://127.0.0.1:8233/namespaces/default/workflows/customer%2Fdefault%2F1/run-1/history',
        receivedAt: 'string',
      },
    );
  });

  it('links an event that is rung and not taken yet to its customer’s workflow', async () => {
    await add('e1');
    const relay = createRelayStore(database);
    await relay.place();
    assert.equal((await events()).events[0]?.['workflowUrl'], null);
    const due = await relay.claimNew(1);
    await relay.confirm(due.map((one) => ({ ...one, workflowId: 'w', runId: 'r' })));
    assert.match(String((await events()).events[0]?.['workflowUrl']), /workflows\/w\/r\/history$/);
  });

  for (const [query, found] of [
    ['status=failed', ['e2']],
    ['status=stored', ['e3', 'e1']],
    ['source=referral-rock', ['e3']],
    ['trigger=contact', ['e2', 'e1']],
    ['connection=default&status=stored', ['e3', 'e1']],
    ['connection=nobody', []],
  ] as const) {
    it(`filters by ${query}`, async () => {
      await add('e1');
      await set(await add('e2'), { status: 'failed' });
      await add('e3', { source: 'referral-rock', trigger: 'referral' });
      const page = await events(`?${query}`);
      assert.deepEqual(
        page.events.map(({ eventId }) => eventId),
        found,
      );
      assert.equal(page.total, found.length);
    });
  }

  for (const [query, says] of [
    ['status=lost', /status wants one of stored, running/],
    ['limit=0', /limit wants at least 1/],
    ['limit=many', /limit wants a number/],
    ['cursor=-1', /cursor wants the `next`/],
    ['colour=red', /colour/],
    ['trigger=a%00b', /trigger has control characters/],
  ] as const) {
    it(`answers 400 to ${query}, saying what it wants`, async () => {
      const answer = await bridge.get(`/api/events?${query}`);
      assert.equal(answer.status, 400);
      assert.match(String(answer.body['error']), says);
    });
  }

  it('shows one event by our id and by the vendor’s, with payload, plan and each value before and after', async () => {
    const id = await add('8c9f2f8e-2f5e-4a53-9c58-0d2a35e0a111');
    await createRelayStore(database).place();
    const record = await database.db.selectFrom('records').selectAll().executeTakeFirstOrThrow();
    const planId = uuid();
    await database.db
      .insertInto('plans')
      .values({
        id: planId,
        connection_id: 'default',
        customer_id: record.customer_id,
        pass_key: 'p',
        focus: record.id,
        trigger: 'contact',
        mode: 'live',
        status: 'closed',
        ends: 'done',
        links: false,
        sentences: '["Changed the e-mail."]',
        row_ids: JSON.stringify([id]),
        merges: '[]',
        highlights: '[]',
        fact_keys: '[]',
        run_id: 'run-1',
      })
      .execute();
    const changes = [{ field: 'email', before: 'a@b.c', after: 'd@e.f' }];
    await database.db
      .insertInto('steps')
      .values({
        id: uuid(),
        plan_id: planId,
        n: 0,
        name: 'member',
        operation: 'referral-rock.member.update',
        queue: 'referral-rock',
        input: '{}',
        depends_on: '[]',
        claims: '[]',
        changes: JSON.stringify(changes),
        summary: 'update member: email',
        sentence: 'Member changed.',
        status: 'done',
      })
      .execute();
    await set(id, { status: 'done', plan_id: planId, sentence: 'Changed the e-mail.' });
    for (const name of [id, id.toUpperCase(), '8c9f2f8e-2f5e-4a53-9c58-0d2a35e0a111']) {
      const { status, body } = await bridge.get(`/api/events/${name}`);
      assert.equal(status, 200);
      assert.equal(body['id'], id);
      assert.equal(body['sentence'], 'Changed the e-mail.');
      assert.equal((body['payload'] as Line)['firstName'], 'Jane');
      const plan = body['plan'] as Line & { steps: Line[] };
      assert.deepEqual(plan['sentences'], ['Changed the e-mail.']);
      assert.deepEqual(
        plan.steps.map((step) => [step['operation'], step['changes']]),
        [['referral-rock.member.update', changes]],
      );
    }
  });

  it('answers 404 for an event that is not there', async () => {
    for (const id of [uuid(), 'no-id', 'a%00b']) {
      assert.equal((await bridge.get(`/api/events/${id}`)).status, 404, id);
      assert.equal((await post(`/api/events/${id}/retry`)).status, 404, id);
      assert.equal((await post(`/api/events/${id}/ignore`)).status, 404, id);
    }
  });

  for (const status of ['failed', 'held'] as const) {
    it(`reopens a ${status} event: the next claim rings its customer`, async () => {
      const id = await add('e1');
      const relay = createRelayStore(database);
      await relay.place();
      await relay.claimNew(1);
      await set(id, {
        status,
        sentence: 'Refused.',
        error: '{"type":"Invalid","message":"no"}',
        closed_at: new Date(),
      });
      assert.equal((await post(`/api/events/${id}/retry`)).status, 200);
      const row = await database.db.selectFrom('inbox').selectAll().executeTakeFirstOrThrow();
      assert.deepEqual([row.status, row.sentence, row.error, row.closed_at], ['stored', null, null, null]);
      assert.equal((await relay.claimNew(1)).length, 1);
    });
  }

  for (const status of ['stored', 'running', 'done'] as const) {
    it(`answers 409 to the retry of a ${status} event and leaves it`, async () => {
      const id = await add('e1');
      await set(id, { status });
      const answer = await post(`/api/events/${id}/retry`);
      assert.equal(answer.status, 409);
      assert.match(String(answer.body['error']), new RegExp(`this one is ${status}`));
      assert.equal((await events()).events[0]?.['status'], status);
    });
  }

  it('reads an event again that was put aside for its location, once the location has a connection', async () => {
    const id = await add('e1', {
      status: 'ignored',
      connectionId: undefined,
      trigger: undefined,
      recordKind: undefined,
      vendorId: undefined,
    });
    assert.equal((await post(`/api/events/${id}/retry`)).status, 200);
    const row = await database.db.selectFrom('inbox').selectAll().executeTakeFirstOrThrow();
    assert.deepEqual(
      [row.status, row.connection_id, row.trigger, row.vendor_id],
      ['stored', 'default', 'contact', 'contact-9'],
    );
  });

  it('answers 409 to the retry of an event that still belongs nowhere, with the reason', async () => {
    const body = Buffer.from(JSON.stringify({ type: 'ContactUpdate', locationId: 'nowhere', id: 'c' }));
    const id = await add('e1', {
      status: 'ignored',
      connectionId: undefined,
      trigger: undefined,
      recordKind: undefined,
      vendorId: undefined,
      body,
    });
    const answer = await post(`/api/events/${id}/retry`);
    assert.equal(answer.status, 409);
    assert.match(String(answer.body['error']), /Location nowhere belongs to no connection/);
  });

  for (const status of ['stored', 'held', 'failed'] as const) {
    it(`ignores a ${status} event for good`, async () => {
      const id = await add('e1');
      await set(id, { status });
      assert.equal((await post(`/api/events/${id}/ignore`)).status, 200);
      const [line] = (await events()).events;
      assert.deepEqual([line?.['status'], line?.['sentence']], ['ignored', 'Ignored by a person.']);
    });
  }

  for (const status of ['running', 'done', 'ignored'] as const) {
    it(`answers 409 to ignoring a ${status} event`, async () => {
      const id = await add('e1');
      await set(id, { status });
      assert.equal((await post(`/api/events/${id}/ignore`)).status, 409);
    });
  }

  it('lists the connections with their programs and without a secret', async () => {
    const { body } = await bridge.get('/api/connections');
    const [connection] = body['connections'] as Line[];
    assert.equal(connection?.['id'], 'default');
    assert.deepEqual(connection?.['programs'], [{ id: 'program-1', name: 'Program', title: '', isDefault: true }]);
    assert.doesNotMatch(JSON.stringify(body), /rr-token/);
  });
});

describe('health', () => {
  let database: Database;
  let bridge: BridgeUnderTest;

  before(async () => {
    database = await openDatabase({});
    bridge = startBridge(database);
  });
  after(() => bridge.server.close());

  it('is alive and ready, and says where Temporal is, to anyone', async () => {
    assert.equal((await bridge.get('/healthz', '')).status, 200);
    const { status, body } = await bridge.get('/readyz', '');
    assert.equal(status, 200);
    assert.deepEqual(body, {
      ready: true,
      database: true,
      temporal: '127.0.0.1:7233',
      temporalUi: 'http://127.0.0.1:8233/',
    });
  });

  it('stays in service while Temporal is away, and says that not all is there', async () => {
    bridge.temporal.ready = false;
    const { status, body } = await bridge.get('/readyz', '');
    bridge.temporal.ready = true;
    assert.equal(status, 200);
    assert.equal(body['ready'], false);
  });

  it('shows its metrics', async () => {
    const { status, body } = await bridge.get('/metrics', '');
    assert.equal(status, 200);
    assert.match(String(body['text']), /rockbridge_webhook_ack_seconds/);
  });

  it('is alive but not ready when the database is gone', async () => {
    await database.close();
    const { status, body } = await bridge.get('/readyz', '');
    assert.equal(status, 503);
    assert.deepEqual([body['ready'], body['database']], [false, false]);
    assert.equal((await bridge.get('/healthz', '')).status, 200);
  });
});
