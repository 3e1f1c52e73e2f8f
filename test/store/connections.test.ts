import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import {
  type ConnectionWish,
  ensureConnection,
  loadConnection,
  claimHookSetUp,
  saveHooks,
  saveLocationFacts,
  setInForce,
} from '../../store/connections.ts';
import type { Database } from '../../store/database.ts';
import { savePrograms } from '../../store/programs.ts';
import { onBothDatabases } from '../support/databases.ts';

const KEY = randomBytes(32);
const WISH: ConnectionWish = {
  id: 'main',
  name: 'Main',
  ghlLocationId: 'loc',
  mode: 'observe',
  ghlToken: 'pit-1',
  referralRockKeys: 'public:private',
};
const PROGRAMS = [
  { id: 'p1', name: 'first', title: 'First' },
  { id: 'p2', name: 'second', title: 'Second' },
];

onBothDatabases('connections', (open) => {
  let database: Database;
  const programs = () =>
    database.db
      .selectFrom('programs')
      .select(['vendor_id', 'connection_id', 'name', 'is_default'])
      .orderBy('vendor_id')
      .execute();

  before(async () => {
    ({ database } = await open());
  });
  beforeEach(() => sql`truncate connections cascade`.execute(database.db));

  it('are made once, and follow the settings afterwards', async () => {
    const first = await ensureConnection(database, KEY, WISH);
    const live = await ensureConnection(database, KEY, { ...WISH, mode: 'live' });
    const again = await ensureConnection(database, KEY, { ...WISH, mode: 'live' });
    assert.equal(first.mode, 'observe');
    assert.equal(live.mode, 'live');
    assert.ok(live.since > first.since, 'it counts from when it went live');
    assert.deepEqual(again.since, live.since);
    assert.equal(again.referral_rock_webhook_token, first.referral_rock_webhook_token);
    assert.deepEqual(await loadConnection(database, 'main'), again);
  });

  it('take the webhook tokens of the settings, else make unguessable ones up', async () => {
    const made = await ensureConnection(database, KEY, WISH);
    assert.match(made.referral_rock_webhook_token, /^[\w-]{24}$/);
    assert.match(made.ghl_workflow_token ?? '', /^[\w-]{24}$/);
    const given = await ensureConnection(database, KEY, {
      ...WISH,
      referralRockWebhookToken: 'mine',
      ghlWorkflowToken: 'too',
    });
    assert.deepEqual([given.referral_rock_webhook_token, given.ghl_workflow_token], ['mine', 'too']);
  });

  it('keep what GHL told of the location when it tells no more', async () => {
    await ensureConnection(database, KEY, WISH);
    await saveLocationFacts(database, 'main', { timeZone: 'America/Denver', country: 'US' });
    await saveLocationFacts(database, 'main', { country: 'CA' });
    await saveLocationFacts(database, 'main', {});
    const row = await loadConnection(database, 'main');
    assert.deepEqual([row?.time_zone, row?.country], ['America/Denver', 'CA']);
  });

  describe('own the programs that the account has', () => {
    const defaults = async () => (await programs()).map((program) => `${program.vendor_id} ${program.is_default}`);

    beforeEach(() => ensureConnection(database, KEY, WISH));

    it('with the first as default, which it stays until another one is named', async () => {
      await savePrograms(database, 'main', PROGRAMS);
      await savePrograms(database, 'main', PROGRAMS.toReversed());
      assert.deepEqual(await defaults(), ['p1 true', 'p2 false']);
      await savePrograms(database, 'main', PROGRAMS, 'p2');
      assert.deepEqual(await defaults(), ['p1 false', 'p2 true']);
    });

    it('without one that was deleted, and with another default if it was that', async () => {
      await savePrograms(database, 'main', PROGRAMS);
      await savePrograms(database, 'main', PROGRAMS.slice(1));
      assert.deepEqual(await defaults(), ['p2 true']);
    });

    it('all of them still when the account answers with none', async () => {
      await savePrograms(database, 'main', PROGRAMS);
      await savePrograms(database, 'main', []);
      assert.deepEqual(await defaults(), ['p1 true', 'p2 false']);
    });

    it('with the reward rules that are known, where they cannot be read again', async () => {
      const rewardRules = [{ description: 'Approved', isEnabled: true, status: 'approved', amount: '$50.00' }];
      await savePrograms(database, 'main', [{ ...PROGRAMS[0]!, rewardRules }]);
      await savePrograms(database, 'main', PROGRAMS);
      const { reward_rules } = await database.db
        .selectFrom('programs')
        .select('reward_rules')
        .where('vendor_id', '=', 'p1')
        .executeTakeFirstOrThrow();
      assert.deepEqual(reward_rules, rewardRules);
    });
  });

  it('leave a program to the connection that owns it', async () => {
    await ensureConnection(database, KEY, WISH);
    await ensureConnection(database, KEY, { ...WISH, id: 'other', ghlLocationId: 'loc2' });
    await savePrograms(database, 'main', PROGRAMS);
    await savePrograms(database, 'other', [{ id: 'p1', name: 'taken', title: '' }]);
    assert.deepEqual(
      (await programs()).map((program) => [program.connection_id, program.name]),
      [
        ['main', 'first'],
        ['main', 'second'],
      ],
    );
  });

  it('keep their webhooks, which one process at a time may set up', async () => {
    await ensureConnection(database, KEY, WISH);
    assert.deepEqual(await claimHookSetUp(database, 'main'), { hooks: {} });
    assert.equal(await claimHookSetUp(database, 'main'), undefined);
    const hooks = { ReferralAdd: { id: '1', url: 'https://sync.example.com/x' } };
    await saveHooks(database, 'main', hooks);
    assert.deepEqual(await claimHookSetUp(database, 'main'), { hooks });
  });

  it('can be set up again a minute after the process that was at it died', async () => {
    await ensureConnection(database, KEY, WISH);
    await claimHookSetUp(database, 'main');
    const earlier = sql<string>`jsonb_build_object('hooksClaimedAt', now() - interval '61 seconds')`;
    await database.db.updateTable('connections').set({ settings: earlier }).execute();
    assert.deepEqual(await claimHookSetUp(database, 'main'), { hooks: {} });
  });

  it('are paused while other accounts are served, and go on afterwards unless a person had paused them', async () => {
    for (const id of ['default', 'sandbox']) await ensureConnection(database, KEY, { ...WISH, id, ghlLocationId: id });
    const paused = async (id: string) => (await loadConnection(database, id))?.paused_at !== null;
    await setInForce(database, 'sandbox');
    assert.deepEqual([await paused('default'), await paused('sandbox')], [true, false]);
    await setInForce(database, 'default');
    assert.deepEqual([await paused('default'), await paused('sandbox')], [false, true]);
    await database.db
      .updateTable('connections')
      .set({ paused_at: sql`now()` })
      .where('id', '=', 'default')
      .execute();
    await setInForce(database, 'sandbox');
    await setInForce(database, 'default');
    assert.equal(await paused('default'), true);
  });
});
