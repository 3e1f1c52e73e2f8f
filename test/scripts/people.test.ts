import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { closePlan } from '../../store/close.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { ADMIN_TOKEN, type BridgeUnderTest, startBridge } from '../bridge/bridge-under-test.ts';
import { hold } from '../store/held-plan.ts';
import { Planning, step } from '../store/planning.ts';
import { addCustomer } from '../support/customers.ts';
import { addConnection } from '../support/databases.ts';

const tool = fileURLToPath(new URL('../../scripts/rockbridge.ts', import.meta.url));

describe('the command line about people', () => {
  let folder: string;
  let database: Database;
  let bridge: BridgeUnderTest;
  let planning: Planning;
  let address: URL;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rockbridge-cli-'));
    database = await openDatabase({});
    await addConnection(database);
    bridge = startBridge(database);
    planning = new Planning(database);
    address = new URL(await bridge.server.listen({ host: '127.0.0.1', port: 0 }));
  });
  after(async () => {
    await bridge.server.close();
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => database.db.deleteFrom('approvals').execute());

  /** Runs `npx rockbridge <args>`; standard input is no terminal. */
  function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    const env = {
      ...process.env,
      HOST: address.hostname,
      PORT: address.port,
      DATA_DIR: folder,
      ROCKBRIDGE_ADMIN_TOKEN: ADMIN_TOKEN,
    };
    return new Promise((resolve) => {
      const child = execFile(process.execPath, [tool, ...args], { env, cwd: folder }, (error, out, err) =>
        resolve({ code: error ? Number(error.code) : 0, out, err }),
      );
      child.stdin?.end();
    });
  }
  const jane = () =>
    addCustomer(database, {
      jane: { kind: 'contact', linked: true, data: { firstName: 'Jane', lastName: 'Doe', email: 'jane@example.com' } },
      'referral-of-jane': { kind: 'referral', linked: true, data: { email: 'old@example.com' } },
    });

  it('lists, shows and forgets a customer, but not unasked', async () => {
    await jane();
    const listed = await run('customers', '--query', 'JANE@');
    assert.equal(listed.code, 0);
    assert.match(listed.out, /jane +Jane Doe +jane@example\.com/);
    const { out } = await run('customers', 'jane');
    assert.match(out, /^jane {2}Jane Doe {2}jane@example\.com/);
    assert.match(out, /referral +referral-of-jane +linked/);
    assert.match(out, /email .*GHL: jane@example\.com {3}Referral Rock: old@example\.com/);
    const json = JSON.parse((await run('customers', 'jane', '--json')).out) as { contact: { id: string } };
    assert.equal(json.contact.id, 'jane');

    const unasked = await run('forget', 'jane');
    assert.deepEqual([unasked.code, unasked.out], [3, '']);
    assert.match(unasked.err, /Nothing was erased/);
    assert.equal((await run('customers', 'jane')).code, 0);
    const forgotten = await run('forget', 'jane', '--yes');
    assert.deepEqual([forgotten.code, forgotten.out], [0, 'Forgotten: 2 records, 1 events, 0 decisions.\n']);
    const gone = await run('customers', 'jane');
    assert.equal(gone.code, 1);
    assert.match(gone.err, /404: Contact jane was forgotten/);
  });

  it('lists approvals with what they may pay and what can be chosen, and decides them', async () => {
    assert.match((await run('approvals')).out, /Nothing waits for a person/);
    const status = await hold(planning);
    const candidates = [{ contactId: 'c-1', sentence: 'Jane, since 2024' }];
    const ambiguous = await hold(planning, undefined, { approval: { kind: 'ambiguous', candidates } });
    const { out } = await run('approvals');
    assert.match(out, /pays \$50\.00 to the member/);
    assert.match(out, /--contact c-1: Jane, since 2024/);

    assert.match((await run('approvals', 'approve', status.approvalId)).out, /approved/);
    const again = await run('approvals', 'deny', status.approvalId);
    assert.deepEqual([again.code, again.err], [1, 'The bridge answered 409: It was approved already, by admin.\n']);
    assert.equal((await run('approvals', 'approve', ambiguous.approvalId)).code, 1);
    const chosen = await run('approvals', 'approve', ambiguous.approvalId, '--contact', 'c-1', '--json');
    assert.equal((JSON.parse(chosen.out) as { outcome: string }).outcome, 'approved');
    assert.match((await run('approvals', 'list', '--all')).out, /approved by admin/);
  });

  it('has a decision taken back, once', async () => {
    const customer = await planning.customer();
    const plan = await planning.store(customer, { facts: [customer.fact], steps: [step(customer, 'task')] });
    await planning.finish(plan, 0, { id: 'task-1' });
    await closePlan(database.db, plan.planId);
    const { code, out } = await run('undo', customer.rowId);
    assert.equal(code, 0);
    assert.match(out, /takes it back; what came of it stands at event [\da-f-]{36}/);
    const again = await run('undo', customer.rowId);
    assert.equal(again.code, 1);
    assert.match(again.err, /409: Its undo was asked for already/);
  });

  for (const command of ['customers', 'approvals', 'undo', 'forget'])
    it(`explains ${command} by examples and exit codes`, async () => {
      const { code, out } = await run(command, '--help');
      assert.equal(code, 0);
      assert.match(out, new RegExp(`npx rockbridge ${command}`));
      assert.match(out, /Exit codes: 0/);
    });
});
