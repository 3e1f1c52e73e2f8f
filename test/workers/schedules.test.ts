import assert from 'node:assert/strict';
import { Client, Connection } from '@temporalio/client';
import type { Database } from '../../store/database.ts';
import { openDatabase } from '../../store/database.ts';
import { keepSchedules, type SchedulesOptions } from '../../workers/schedules.ts';
import { addConnection } from '../support/databases.ts';
import { logForTests } from '../support/runtime.ts';
import { temporalForTests } from '../support/temporal.ts';

describe('the schedules of the looks', () => {
  let database: Database;
  let connection: Connection;
  let client: Client;
  const ids = ['scheduled-1', 'scheduled-2'];
  before(async () => {
    const { address, namespace } = await temporalForTests();
    database = await openDatabase({});
    connection = await Connection.connect({ address });
    client = new Client({ connection, namespace });
    for (const [n, id] of ids.entries())
      await addConnection(database, id, { location: `location-${n}`, token: `token-${n}`, program: `program-${n}` });
  });
  after(async () => {
    for (const id of ids) await client.schedule.getHandle(`reconcile/${id}`).delete();
    await connection.close();
    await database.close();
  });

  const keep = (everySeconds: number): Promise<void> =>
    keepSchedules({
      schedules: client.schedule,
      database,
      everySeconds,
      log: logForTests(),
    } satisfies SchedulesOptions);
  const described = (id: string) => client.schedule.getHandle(`reconcile/${id}`).describe();
  const pause = (pausedAt: Date | null) =>
    database.db.updateTable('connections').set({ paused_at: pausedAt }).where('id', '=', 'scheduled-1').execute();

  it('are one for each connection, however many processes make them at once', async () => {
    await Promise.all([keep(86_400), keep(86_400), keep(86_400)]);
    for (const id of ids) {
      const { spec, action, policies, state } = await described(id);
      assert.equal(spec.intervals?.[0]?.every, 86_400_000);
      assert.equal(policies.overlap, 'SKIP');
      assert.equal(state.paused, false);
      assert.equal(action.type, 'startWorkflow');
      assert.deepEqual(action.args, [{ connectionId: id, everySeconds: 86_400 }]);
    }
  });

  it('follow a new interval', async () => {
    await keep(43_200);
    const { spec, action } = await described('scheduled-2');
    assert.equal(spec.intervals?.[0]?.every, 43_200_000);
    assert.deepEqual(action.args, [{ connectionId: 'scheduled-2', everySeconds: 43_200 }]);
  });

  it('are paused with their connection, and go on with it', async () => {
    await pause(new Date());
    await keep(43_200);
    assert.equal((await described('scheduled-1')).state.paused, true);
    assert.equal((await described('scheduled-2')).state.paused, false);
    await pause(null);
    await keep(43_200);
    assert.equal((await described('scheduled-1')).state.paused, false);
  });

  it('stay paused when a person has paused them in Temporal', async () => {
    await client.schedule.getHandle('reconcile/scheduled-2').pause('an audit');
    await keep(43_200);
    assert.equal((await described('scheduled-2')).state.paused, true);
  });
});
