import assert from 'node:assert/strict';
import { type Database, openDatabase } from '../../store/database.ts';
import { operations } from '../../vendors/operations.ts';
import { type BridgeUnderTest, startBridge } from './bridge-under-test.ts';

describe('GET /api/catalog', () => {
  let database: Database;
  let bridge: BridgeUnderTest;

  before(async () => {
    database = await openDatabase({});
    bridge = startBridge(database);
  });
  after(async () => {
    await bridge.server.close();
    await database.close();
  });

  const get = async (query: string) => {
    const { status, body } = await bridge.get(`/api/catalog${query}`);
    return {
      status,
      body: body as { entries: { id: string; input: { type?: string } }[]; total: number; error?: string },
    };
  };

  it('answers every operation with its schemas', async () => {
    const { status, body } = await get('?kind=operation');
    assert.deepEqual([status, body.total, body.entries.length], [200, operations.size, operations.size]);
    assert.ok(body.entries.every(({ input }) => input.type === 'object'));
  });

  it('answers every trigger with its payload and the workflow that it starts', async () => {
    const { body } = await get('?kind=trigger&resource=referral');
    const added = body.entries.find(({ id }) => id === 'referral-rock.referral-add');
    assert.deepEqual(
      body.entries.map(({ id }) => id),
      ['add', 'delete', 'status-change', 'update'].map((word) => `referral-rock.referral-${word}`),
    );
    assert.ok(added && 'workflow' in added && 'payload' in added);
    assert.equal(added.workflow, 'referralChanged');
  });

  it('answers those of a vendor, resource and effect', async () => {
    const { body } = await get('?vendor=ghl&resource=note&effect=read');
    assert.deepEqual(body.entries.map(({ id }) => id).toSorted(), ['ghl.note.get', 'ghl.note.list']);
  });

  it('says what a filter wants', async () => {
    const { status, body } = await get('?effect=pay');
    assert.deepEqual([status, body.error], [400, 'effect wants one of read, write, delete, money.']);
    assert.match(String((await get('?colour=red')).body.error), /colour/);
  });

  it('wants the token', async () => {
    assert.equal((await bridge.get('/api/catalog', '')).status, 401);
  });
});
