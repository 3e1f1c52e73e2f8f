import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { PLAIN_STEP } from '../../rules/plan.ts';
import { closePlan } from '../../store/close.ts';
import type { Database } from '../../store/database.ts';
import { createRelayStore } from '../../store/relay.ts';
import { Planning } from '../store/planning.ts';
import { addCustomer, addRow, type StoredCustomer } from '../support/customers.ts';
import { addConnection, onBothDatabases } from '../support/databases.ts';
import { ADMIN_TOKEN, type BridgeUnderTest, startBridge } from './bridge-under-test.ts';

type Line = Record<string, unknown>;

onBothDatabases('customers by API', (openTestDatabase) => {
  let database: Database;
  let bridge: BridgeUnderTest;
  let planning: Planning;

  before(async () => {
    ({ database } = await openTestDatabase());
    await addConnection(database);
    bridge = startBridge(database);
    planning = new Planning(database);
  });
  beforeEach(async () => {
    for (const table of ['steps', 'plans', 'inbox', 'records', 'customers'] as const)
      await database.db.deleteFrom(table).execute();
  });
  after(() => bridge.server.close());

  /** A contact with a linked member and referral, and a queued referral. */
  const jane = (): Promise<StoredCustomer> =>
    addCustomer(database, {
      jane: {
        kind: 'contact',
        linked: true,
        data: { firstName: 'Jane', lastName: 'Doe', email: 'jane@example.com', phone: '+15125550100', tags: ['vip'] },
      },
      'member-1': { kind: 'member', linked: true, data: { programId: 'program-9', email: 'jane@example.com' } },
      'member-2': { kind: 'member', linked: true, data: { programId: 'program-1', email: 'jane@old.example' } },
      'referral-1': { kind: 'referral', linked: true, data: { email: 'jane@example.com', status: 'pending' } },
      'referral-2': { kind: 'referral', data: { email: 'jane@example.com' } },
    });
  const item = async ({ customerId }: StoredCustomer, kind: string, id: string, data: Line, goneAt?: Date) => {
    const { records } = await addCustomer(database, { [id]: { kind: 'contact', data } });
    const values = { kind, customer_id: customerId, gone_at: goneAt ?? null };
    await database.db.updateTable('records').set(values).where('id', '=', String(records[id])).execute();
  };
  const get = (path = 'jane') => bridge.get(`/api/customers/${path}`);
  const opened = () => database.db.selectFrom('inbox').selectAll().where('event', '=', 'Opened').execute();
  const list = async (query = '') => {
    const { status, body } = await bridge.get(`/api/customers${query}`);
    assert.equal(status, 200);
    return body as { customers: Line[]; next: string | null };
  };

  it('shows what both sides hold of a person', async () => {
    const customer = await jane();
    await item(customer, 'task', 'task-1', { title: 'Call Jane', completed: false });
    await item(customer, 'task', 'task-2', { title: 'Deleted' }, new Date());
    await item(customer, 'note', 'note-1', { body: 'Likes tea' });
    await item(customer, 'reward', 'reward-1', { amount: 50 });
    await item(customer, 'appointment', 'appointment-1', { title: 'Visit' });
    await item(customer, 'opportunity', 'opportunity-1', { name: 'Roof' });
    const other = await addCustomer(database, { john: { kind: 'contact', linked: true, data: { firstName: 'John' } } });
    await item(other, 'task', 'task-of-john', { title: 'Call John' });
    const { status, body } = await get();
    assert.equal(status, 200);
    const contact = body['contact'] as Line;
    assert.deepEqual([contact['id'], contact['email'], contact['gone']], ['jane', 'jane@example.com', false]);
    assert.equal((body['member'] as Line)['id'], 'member-2', 'that of the default program');
    assert.deepEqual(body['tags'], ['vip']);
    const ids = Object.fromEntries(
      ['members', 'referrals', 'rewards', 'tasks', 'notes', 'appointments', 'opportunities'].map((name) => [
        name,
        (body[name] as Line[]).map(({ id }) => id),
      ]),
    );
    assert.deepEqual(ids, {
      members: ['member-1', 'member-2'],
      referrals: ['referral-1'],
      rewards: ['reward-1'],
      tasks: ['task-1'],
      notes: ['note-1'],
      appointments: ['appointment-1'],
      opportunities: ['opportunity-1'],
    });
    assert.doesNotMatch(JSON.stringify(body), /John/);
  });

  it('shows of each link its state, and of each synced field both values, baselines, what is pending and refused', async () => {
    const { records } = await jane();
    const referral = String(records['referral-1']);
    const baseline = (side: 'ghl' | 'rr', value: string, more: Line = {}) => ({
      record_id: referral,
      side,
      field: 'email',
      value: JSON.stringify(value),
      pending: 'null',
      refused: 'null',
      ...more,
    });
    await database.db
      .insertInto('baselines')
      .values([
        baseline('ghl', 'jane@example.com'),
        baseline('rr', 'jane@old.example', { pending: '"p@example.com"', refused: '"r@example.com"' }),
      ])
      .execute();
    const links = (await get()).body['links'] as Line[];
    const link = (id: string) => links.find((one) => one['id'] === id) ?? {};
    assert.deepEqual(
      links.map(({ id, kind, state }) => [id, kind, state]),
      [
        ['member-1', 'member', 'linked'],
        ['member-2', 'member', 'linked'],
        ['referral-1', 'referral', 'linked'],
        ['referral-2', 'referral', 'unlinked'],
      ],
    );
    assert.equal(typeof link('referral-1')['since'], 'string');
    const fields = link('referral-1')['fields'] as Line[];
    assert.deepEqual(
      fields.find(({ field }) => field === 'email'),
      {
        field: 'email',
        ghl: { value: 'jane@example.com', baseline: 'jane@example.com', pending: null, refused: null },
        rr: {
          value: 'jane@example.com',
          baseline: 'jane@old.example',
          pending: 'p@example.com',
          refused: 'r@example.com',
        },
      },
    );
  });

  for (const [state, sentence] of [
    ['held', 'held: two contacts share the e-mail'],
    ['unsyncable', 'the referral is unsyncable: it has neither e-mail nor phone'],
  ] as const) {
    it(`says of a ${state} referral why it is so`, async () => {
      const customer = await jane();
      const recordId = String(customer.records['referral-2']);
      const rowId = await addRow(database, recordId, 'referral');
      assert.equal(((await get()).body['links'] as Line[])[3]?.['state'], 'waiting');
      const fact = { key: 'k', recordId, kind: 'referral.added', version: 0, data: {} } as const;
      const about = { customerId: customer.customerId, recordId, rowId, fact };
      const { planId } = await planning.store(about, { ends: 'held', sentences: [sentence] });
      await closePlan(database.db, planId);
      const link = ((await get()).body['links'] as Line[])[3];
      assert.equal(link?.['state'], state);
      assert.match(String(link?.['reason']), new RegExp(sentence, 'i'));
    });
  }

  it('shows what was decided, newest first, with each value before and after and whether it can be taken back', async () => {
    const customer = await jane();
    const recordId = String(customer.records['referral-1']);
    const fact = { key: 'k', recordId, kind: 'referral.added', version: 0, data: {} } as const;
    const decide = async (changes: { field: string; before: string; after: string }[]) => {
      const about = {
        customerId: customer.customerId,
        recordId,
        rowId: await addRow(database, recordId, 'referral'),
        fact,
      };
      const step = changes.length === 0 ? [] : [updateStep(recordId, changes)];
      const plan = await planning.store(about, {
        steps: step,
        sentences: changes.length === 0 ? ['nothing to do'] : [],
      });
      if (changes.length > 0) await planning.finish(plan, 0, { record: {} });
      await closePlan(database.db, plan.planId);
      return about.rowId;
    };
    const first = await decide([{ field: 'email', before: 'a@example.com', after: 'b@example.com' }]);
    const second = await decide([]);
    const decisions = (await get()).body['decisions'] as Line[];
    assert.deepEqual(
      decisions.map(({ eventIds, sentence, undoable, mode }) => ({ eventIds, sentence, undoable, mode })),
      [
        { eventIds: [second], sentence: 'Nothing to do.', undoable: false, mode: 'live' },
        { eventIds: [first], sentence: 'Updated the referral: email.', undoable: true, mode: 'live' },
      ],
    );
    assert.deepEqual(decisions[1]?.['writes'], [
      {
        operation: 'referral-rock.referral.update',
        field: 'email',
        before: 'a@example.com',
        after: 'b@example.com',
        status: 'done',
        sentence: 'updated the referral: email',
      },
    ]);
    assert.match(String(decisions[1]?.['workflowUrl']), /customer%2Fdefault%2F.*\/run-1\/history$/);
    assert.equal(((await get('jane?limit=1')).body['decisions'] as Line[]).length, 1);
  });

  it('starts a fresh pass, at most once a minute', async () => {
    await jane();
    const nudged = bridge.nudges();
    await get();
    await get();
    const rows = await opened();
    assert.deepEqual(
      rows.map(({ source, trigger, record_kind, vendor_id, status }) => [
        source,
        trigger,
        record_kind,
        vendor_id,
        status,
      ]),
      [['rockbridge', 'contact', 'contact', 'jane', 'stored']],
    );
    assert.equal(bridge.nudges(), nudged + 1);
    await database.db
      .updateTable('customers')
      .set({ opened_at: new Date(Date.now() - 61_000) })
      .execute();
    await get();
    assert.equal((await opened()).length, 2);
  });

  it('waits for that pass when fresh values are wanted, and only then', async () => {
    const { records } = await jane();
    await get();
    const [row] = await opened();
    let answered = false;
    const fresh = get('jane?fresh=true').then((answer) => ((answered = true), answer));
    await createRelayStore(database).place();
    await sleep(300);
    assert.equal(answered, false);
    await database.db
      .updateTable('snapshots')
      .set({ data: JSON.stringify({ firstName: 'Janet' }) })
      .where('record_id', '=', String(records['jane']))
      .execute();
    await database.db.updateTable('inbox').set({ status: 'done' }).where('id', '=', String(row?.id)).execute();
    assert.equal(((await fresh).body['contact'] as Line)['firstName'], 'Janet');
  });

  it('shows a contact that is gone as it was last read, and starts no pass', async () => {
    await jane();
    await database.db.updateTable('records').set({ gone_at: new Date() }).where('vendor_id', '=', 'jane').execute();
    const contact = (await get()).body['contact'] as Line;
    assert.deepEqual([contact['gone'], contact['firstName']], [true, 'Jane']);
    assert.deepEqual(await opened(), []);
  });

  it('answers 404 to a contact that is unknown', async () => {
    await jane();
    for (const id of ['nobody', 'member-1', 'a%00b', 'x'.repeat(101)]) assert.equal((await get(id)).status, 404, id);
    assert.deepEqual(await opened(), []);
  });

  it('forgets a customer: it is known no more, and neither listed nor shown', async () => {
    await jane();
    const answer = await bridge.server.inject({
      method: 'DELETE',
      url: '/api/customers/jane',
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    });
    assert.equal(answer.statusCode, 200);
    assert.deepEqual(answer.json(), { forgotten: { records: 5, events: 0, decisions: 0 } });
    const { status, body } = await get();
    assert.equal(status, 404);
    assert.match(String(body['error']), /forgotten at a person's request/);
    assert.deepEqual((await list()).customers, []);
  });

  it('forgets nobody without the token', async () => {
    await jane();
    assert.equal((await bridge.server.inject({ method: 'DELETE', url: '/api/customers/jane' })).statusCode, 401);
    assert.equal((await get()).status, 200);
  });

  it('lists customers newest first, page by page', async () => {
    for (const name of ['a', 'b', 'c'])
      await addCustomer(database, { [name]: { kind: 'contact', data: { firstName: name } } });
    const first = await list('?limit=2');
    const second = await list(`?limit=2&cursor=${encodeURIComponent(String(first.next))}`);
    assert.deepEqual(
      [first, second].map(({ customers }) => customers.map(({ contactId }) => contactId)),
      [['c', 'b'], ['a']],
    );
    assert.equal(second.next, null);
  });

  for (const [query, found] of [
    ['jane', ['jane']],
    ['ANE D', ['jane']],
    ['jane@EXAMPLE', ['jane']],
    ['5550100', ['jane']],
    ['referral-1', ['jane']],
    ['referral', []],
    ['%', []],
    ['john', []],
  ] as const) {
    it(`finds customers by ${query}`, async () => {
      await jane();
      await addCustomer(database, { other: { kind: 'contact', data: { firstName: 'Otto' } } });
      const { customers } = await list(`?query=${encodeURIComponent(query)}`);
      assert.deepEqual(
        customers.map(({ contactId }) => contactId),
        found,
      );
    });
  }

  it('shows of a listed customer the name, addresses and how many are linked', async () => {
    await jane();
    const [line] = (await list()).customers;
    assert.deepEqual(
      { ...line, since: typeof line?.['since'] },
      {
        contactId: 'jane',
        connectionId: 'default',
        name: 'Jane Doe',
        email: 'jane@example.com',
        phone: '+15125550100',
        members: 2,
        referrals: 1,
        since: 'string',
      },
    );
  });

  const id = '01a20d72-2b03-75ef-bf84-df0f82661169';
  const cursors = [
    'x',
    `2026-13-45T10:00:00.000000Z_${id}`,
    `2026-02-30T10:00:00.000000Z_${id}`,
    `0000-11-24T10:00:00.000000Z_${id}`,
    '2026-11-24T10:00:00.000000Z_------------------------------------',
  ];
  const asked = cursors.map((cursor) => `?cursor=${cursor}`);
  for (const query of ['?limit=0', ...asked, '?query=', '?colour=red', '/jane?fresh=perhaps'])
    it(`answers 400 to ${query}`, async () => {
      await jane();
      assert.equal((await bridge.get(`/api/customers${query}`)).status, 400);
    });
});

function updateStep(recordId: string, changes: { field: string; before: string; after: string }[]) {
  return {
    ...PLAIN_STEP,
    name: 'referral',
    operation: 'referral-rock.referral.update',
    queue: 'referral-rock',
    recordId,
    rule: 'sync.fields',
    input: {},
    changes,
    summary: 'update referral: email',
    sentence: 'updated the referral: email',
  } as const;
}
