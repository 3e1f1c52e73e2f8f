import assert from 'node:assert/strict';
import { v7 as uuid } from 'uuid';
import type { Database } from '../../store/database.ts';
import { type Held, hold } from '../store/held-plan.ts';
import { Planning } from '../store/planning.ts';
import { addConnection, onBothDatabases } from '../support/databases.ts';
import { ADMIN_TOKEN, type Answer, type BridgeUnderTest, startBridge } from './bridge-under-test.ts';

type Line = Record<string, unknown>;

onBothDatabases('approvals by API', (openTestDatabase) => {
  let database: Database;
  let bridge: BridgeUnderTest;
  let planning: Planning;

  before(async () => {
    ({ database } = await openTestDatabase());
    await addConnection(database);
    bridge = startBridge(database);
    planning = new Planning(database);
  });
  beforeEach(() => database.db.deleteFrom('approvals').execute());
  after(() => bridge.server.close());

  const post = (id: string, body: unknown): Promise<Answer> =>
    bridge.post(`/api/approvals/${id}`, JSON.stringify(body), { authorization: `Bearer ${ADMIN_TOKEN}` });
  const list = async (query = ''): Promise<Line[]> =>
    (await bridge.get(`/api/approvals${query}`)).body['approvals'] as Line[];
  const ambiguous = (): Promise<Held> =>
    hold(planning, undefined, {
      approval: { kind: 'ambiguous', pays: [], candidates: [{ contactId: 'c-1', sentence: 'Jane, since 2024' }] },
    });

  it('shows of each approval what is proposed, what it may pay and whom it is about', async () => {
    const held = await hold(planning);
    const { vendor_id: referralId } = await database.db
      .selectFrom('records')
      .select('vendor_id')
      .where('id', '=', held.recordId)
      .executeTakeFirstOrThrow();
    const [line] = await list();
    assert.deepEqual(
      { ...line, createdAt: typeof line?.['createdAt'] },
      {
        id: held.approvalId,
        connectionId: 'default',
        kind: 'status',
        trigger: 'opportunity',
        referralId,
        proposal: { status: 'approved', from: 'pending' },
        pays: ['Reward rule "Approved" pays $50.00 to the member.'],
        sentence: 'The opportunity of the referral was won: approve it?',
        createdAt: 'string',
      },
    );
  });

  it('names the customer’s contact and the candidates of an ambiguous one', async () => {
    const held = await ambiguous();
    const contact = {
      id: uuid(),
      connection_id: 'default',
      customer_id: held.customerId,
      kind: 'contact',
      vendor_id: `contact-of-${held.recordId}`,
    };
    await database.db.insertInto('records').values(contact).execute();
    const [line] = await list();
    assert.equal(line?.['contactId'], contact.vendor_id);
    assert.deepEqual(line?.['candidates'], [{ contactId: 'c-1', sentence: 'Jane, since 2024' }]);
    assert.ok(!('pays' in (line ?? {})));
  });

  it('takes a decision, once, and keeps who made it', async () => {
    const { approvalId } = await hold(planning);
    const nudged = bridge.nudges();
    const answer = await post(approvalId, { approve: true });
    assert.deepEqual([answer.status, answer.body['outcome']], [200, 'approved']);
    assert.equal(bridge.nudges(), nudged + 1);
    const again = await post(approvalId, { approve: false });
    assert.equal(again.status, 409);
    assert.match(String(again.body['error']), /approved already, by admin/);
    assert.deepEqual(await list(), []);
    const [line] = await list('?all=true');
    assert.deepEqual([line?.['id'], line?.['outcome'], line?.['decidedBy']], [approvalId, 'approved', 'admin']);
  });

  it('wants a choice for an ambiguous one and says which there are', async () => {
    const { approvalId } = await ambiguous();
    for (const body of [{ approve: true }, { approve: true, contactId: 'c-2' }]) {
      const answer = await post(approvalId, body);
      assert.equal(answer.status, 400);
      assert.match(String(answer.body['error']), /contactId c-1/);
    }
    assert.equal((await post(approvalId, { approve: true, contactId: 'c-1' })).status, 200);
  });

  for (const [body, says] of [
    [{}, /approve wants true or false/],
    [{ approve: 'yes' }, /approve wants true or false/],
    [{ approve: true, amount: 5 }, /amount/],
    [{ approve: true, contactId: 'c-1' }, /nothing to choose/],
  ] as const) {
    it(`answers 400 to ${JSON.stringify(body)} and decides nothing`, async () => {
      const { approvalId } = await hold(planning);
      const answer = await post(approvalId, body);
      assert.equal(answer.status, 400);
      assert.match(String(answer.body['error']), says);
      assert.equal((await list()).length, 1);
    });
  }

  it('answers 404 to an approval that is not there', async () => {
    for (const id of [uuid(), 'none', 'a%00b']) assert.equal((await post(id, { approve: true })).status, 404, id);
  });

  it('answers 401 without the token', async () => {
    const { approvalId } = await hold(planning);
    assert.equal((await bridge.get('/api/approvals', '')).status, 401);
    assert.equal((await bridge.post(`/api/approvals/${approvalId}`, '{"approve":true}')).status, 401);
    assert.equal((await list()).length, 1);
  });
});
