import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { decideApproval } from '../../store/approval-decisions.ts';
import { closeHeldRows } from '../../store/approvals.ts';
import { loadCustomerState } from '../../store/customer-state.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { createEventsStore } from '../../store/events.ts';
import { focusOf, hasOpenRows, takeRows } from '../../store/passes.ts';
import { wasReported } from '../../store/unclear.ts';
import { addConnection, onBothDatabases } from '../support/databases.ts';
import { hold, type Held } from './held-plan.ts';
import { Planning } from './planning.ts';

onBothDatabases('looking things up', (open, kind) => {
  // PGlite counts no scans; its planner and its schema are the same.
  if (kind === 'pglite') return;
  let database: Database;
  let held: Held;

  before(async () => {
    const { database: first, url } = await open();
    await sql`do $$ begin execute 'alter database ' || current_database() || ' set enable_seqscan = off'; end $$`.execute(
      first.db,
    );
    // One connection, whose counts are told when it is asked to.
    database = await openDatabase({ url, poolSize: 1 });
    await addConnection(database);
    held = await hold(new Planning(database));
    const { fact, recordId } = held;
    const unspent = { key: `${fact.key}|again`, connection_id: 'default', record_id: recordId, kind: fact.kind };
    await database.db
      .insertInto('facts')
      .values({ ...unspent, version: 1, data: '{}' })
      .execute();
  });
  after(() => database.close());

  /** How often each of the tables that grow was read from end to end. */
  async function scans(): Promise<Record<string, number>> {
    await sql`select pg_stat_force_next_flush()`.execute(database.db);
    const { rows } = await sql<{ name: string; n: number }>`
      select relname as name, seq_scan::int as n from pg_stat_user_tables
      where relname in ('inbox', 'records', 'snapshots', 'baselines', 'candidates', 'plans', 'steps', 'facts', 'lines')
      order by relname`.execute(database.db);
    return Object.fromEntries(rows.map(({ name, n }) => [name, n]));
  }

  const now = new Date();
  const events = (): ReturnType<typeof createEventsStore> => createEventsStore(database);
  const looks: Record<string, () => Promise<unknown>> = {
    'of a pass': async () => {
      await takeRows(database.db, held.customerId, 'run-1');
      await focusOf(database.db, held.customerId, [held.rowId]);
      await hasOpenRows(database.db, held.customerId);
    },
    'of a plan': async () => {
      const { customerId, recordId, rowId } = held;
      for (const trigger of ['referral', 'approval', 'undo'])
        await loadCustomerState(database.db, { customerId, recordId, trigger, rowIds: [rowId] }, now);
    },
    'of what was sent': () =>
      wasReported(database.db, { id: held.planId, factKey: held.fact.key, rule: 'a-rule', sentAt: now }),
    'of a decision': async () => {
      await decideApproval(database.db, held.approvalId, { approve: true }, 'Jane');
      await database.db.transaction().execute((tx) => closeHeldRows(tx, held.approvalId, 'done', 'done'));
    },
    'of an event': () => events().get(held.rowId),
  };
  for (const [name, look] of Object.entries(looks))
    it(`reads no table that grows from end to end for the looks ${name}`, async () => {
      const before = await scans();
      await look();
      assert.deepEqual(await scans(), before);
    });
});
