import assert from 'node:assert/strict';
import { addMember, find, somebody } from '../support/people.ts';
import { type Json, RunningRockbridge } from '../support/rockbridge.ts';

describe('the backfill', function () {
  this.timeout(180_000);
  let rockbridge: RunningRockbridge;

  before(async () => {
    rockbridge = await RunningRockbridge.start({ quota: 'high', sandbox: { seed: 'lifelike' } });
  });
  after(() => rockbridge.close());

  const path = (): string => `connections/${rockbridge.connectionId}/backfill`;
  const tell = (action: string): Promise<Json> => rockbridge.api(path(), 'POST', { action });

  async function until(is: (now: Json) => boolean): Promise<Json> {
    for (;;) {
      const now = await rockbridge.api(path());
      if (is(now)) return now;
      assert.ok(now['status'] !== 'failed', now['reason']);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  const ended = (): Promise<Json> => until(({ status }) => status === 'done' || status === 'cancelled');

  const linked = async (kind: string): Promise<number> => {
    const rows = await rockbridge.database.db
      .selectFrom('records')
      .select('id')
      .where('kind', '=', kind)
      .where('linked_at', 'is not', null)
      .execute();
    return rows.length;
  };

  it('stands still while it is paused, and goes on where it was', async () => {
    await tell('start');
    await until(({ progress }) => (progress.members ?? 0) > 0);
    const paused = await tell('pause');
    assert.equal(paused['status'], 'paused');
    await rockbridge.settled();
    const [before, after] = [await rockbridge.api(path()), await rockbridge.api(path())];
    assert.deepEqual(after['progress'], before['progress']);
    assert.ok(after['progress'].members < 44);
    assert.equal((await tell('resume'))['status'], 'running');
  });

  it('enters every member and referral, each once, and every contact that came to be linked', async () => {
    const { progress, status } = await ended();
    assert.equal(status, 'done');
    assert.deepEqual([progress.members, progress.referrals, progress.open], [44, 66, 0]);
    assert.deepEqual([await linked('member'), await linked('referral')], [40, 27]);
    assert.equal(progress.contacts, 67);
  });

  it('creates no contact, tag, task, note or member for what was there before the start', async () => {
    await rockbridge.settled();
    assert.deepEqual(
      (await rockbridge.ledger()).map(({ operation }) => operation),
      [],
    );
  });

  it('writes nothing when it runs again', async () => {
    const { id } = await tell('start');
    const again = await until((now) => now['id'] === id && now['status'] === 'done');
    assert.equal(again['progress'].members, 44);
    await rockbridge.settled();
    assert.deepEqual(await rockbridge.ledger(), []);
  });

  it('keeps so few of its rows open that a live event has few before it', async () => {
    const opens: number[] = [];
    await tell('start');
    await until(({ progress, status }) => {
      opens.push(progress.open);
      return status === 'done';
    });
    assert.ok(Math.max(...opens) <= 30, String(Math.max(...opens)));
    const person = somebody();
    await addMember(rockbridge, person);
    await rockbridge.settled();
    assert.equal(find(rockbridge, person).contacts.length, 1);
  });

  it('ends where it is cancelled, and is told so only while it goes on', async () => {
    await tell('start');
    assert.equal((await tell('cancel'))['status'], 'cancelled');
    await assert.rejects(tell('pause'), /409/);
    await assert.rejects(tell('resume'), /409/);
    await rockbridge.settled();
  });

  it('goes on after its workflow is lost with Temporal', async () => {
    const { id } = await tell('start');
    await until((now) => now['id'] === id && (now['progress'].members ?? 0) > 0);
    await rockbridge.client.workflow.getHandle(`backfill/${rockbridge.connectionId}`).terminate('lost');
    assert.equal((await tell('start'))['id'], id);
    const { progress } = await until((now) => now['id'] === id && now['status'] === 'done');
    assert.deepEqual([progress.members, progress.referrals], [45, 66]);
  });
});
