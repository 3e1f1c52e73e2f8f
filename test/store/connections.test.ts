import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import {
  type ConnectionWish,
  ensureConnection,
  loadConnection,
  saveAccountFacts,
  claimHookSetUp,
  saveHooks,
  setInForce,
} from '../../store/connections.ts';
import type { Database } from '../../store/database.ts';
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

  it('own the programs that the account has, the first as default', async () => {
    await ensureConnection(database, KEY, WISH);
    await saveAccountFacts(database, 'main', { timeZone: 'America/Denver', country: 'US', programs: PROGRAMS });
    await saveAccountFacts(database, 'main', { programs: PROGRAMS.toReversed() });
    const row = await loadConnection(database, 'main');
    assert.deepEqual([row?.time_zone, row?.country], ['America/Denver', 'US']);
    assert.deepEqual(
      (await programs()).map((program) => [program.vendor_id, program.is_default]),
      [
        ['p1', false],
        ['p2', true],
      ],
    );
  });

  it('leave a program to the connection that owns it', async () => {
    await ensureConnection(database, KEY, WISH);
    await ensureConnection(database, KEY, { ...WISH, id: 'other', ghlLocationId: 'loc2' });
    await saveAccountFacts(database, 'main', { programs: PROGRAMS });
    await saveAccountFacts(database, 'other', { programs: [{ id: 'p1', name: 'taken', title: '' }] });
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
