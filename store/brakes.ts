import { sql } from 'kysely';
import { type BrakeCounts, type Braked, countedOperations } from '../rules/brakes.ts';
import { notify } from './claims.ts';
import type { Db } from './database.ts';
import { toJson } from './json.ts';
import { giveUpPlan } from './plans.ts';
import { newId, type Queryable } from './records.ts';

const { creates, changes, optOut } = countedOperations;

/** What a connection has done, or has planned and not done yet, as far as brakes count it. */
export async function loadBrakeCounts(db: Db, connectionId: string, of: 'changes' | 'hour'): Promise<BrakeCounts> {
  return of === 'changes' ? changesOf(db, connectionId) : hourOf(db, connectionId);
}

const NONE: BrakeCounts = { creates: 0, deletes: 0, optOuts: 0, changes: 0, links: 0 };

async function hourOf(db: Db, connectionId: string): Promise<BrakeCounts> {
  const { rows } = await sql<Omit<BrakeCounts, 'changes' | 'links'>>`
    select count(*) filter (where s.operation = any(${creates}::text[]))::int as creates,
      count(*) filter (where s.operation like '%.delete')::int as deletes,
      count(*) filter (where s.operation = ${optOut} or s.operation = 'ghl.contact.update'
        and s.changes @? '$[*] ? (@.field == "dnd" || @.field == "dndSettings")')::int as "optOuts"
    from (${recentSteps(connectionId, '1 hour')}) s
    where (s.operation = any(${[...creates, optOut, 'ghl.contact.update']}::text[]) or s.operation like '%.delete')`.execute(
    db,
  );
  return { ...NONE, ...rows[0] };
}

/** What was done so recently, and what is planned and not done yet. */
function recentSteps(connectionId: string, within: '1 hour' | '10 minutes') {
  const columns = sql`p.customer_id, p.links, p.trigger, s.operation, s.changes`;
  return sql`
    select ${columns} from steps s join plans p on p.id = s.plan_id
    where s.done_at > now() - ${within}::interval and s.status = 'done' and p.connection_id = ${connectionId}
    union all
    select ${columns} from plans p join steps s on s.plan_id = p.id
    where p.status = 'open' and p.connection_id = ${connectionId} and s.status in ('planned', 'sent')`;
}

async function changesOf(db: Db, connectionId: string): Promise<BrakeCounts> {
  const { rows } = await sql<{ changes: number; links: number }>`select
    (select count(distinct s.customer_id)::int from (${recentSteps(connectionId, '10 minutes')}) s
      where not s.links and s.operation = any(${changes}::text[]) and s.trigger not in ('approval', 'undo')) as changes,
    (select count(*)::int from records where connection_id = ${connectionId} and kind in ('member', 'referral')
      and linked_at is not null and gone_at is null) as links`.execute(db);
  return { ...NONE, ...rows[0] };
}

/** Whether a person has let one of these rows past a brake. */
export async function isReleased(db: Db, rowIds: readonly string[]): Promise<boolean> {
  const row = await db
    .selectFrom('inbox')
    .select('id')
    .where('id', 'in', [...rowIds])
    .where('released', '=', true)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Has rows wait for a brake's approval: one for all rows of the connection that it holds. Nothing is planned for them; once they are
 * let go a fresh pass does what is due then.
 */
export async function holdByBrake(
  db: Db,
  about: { connectionId: string; recordId: string; trigger: string; rowIds: readonly string[]; insteadOf?: string },
  { brake, limit, sentence }: Braked,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    if (about.insteadOf !== undefined) await giveUpPlan(tx, about.insteadOf);
    const { rows } = await sql<{ id: string }>`
      insert into approvals (id, connection_id, record_id, kind, trigger, proposal, pays, candidates, sentence)
      values (${newId()}, ${about.connectionId}, ${about.recordId}, 'brake', ${about.trigger}, ${toJson({ brake, limit })}, '[]', '[]',
        ${`Stopped: ${sentence}. What is beyond that waits for your word: all of it, or nothing`})
      on conflict (connection_id, (proposal ->> 'brake')) where outcome is null and kind = 'brake'
        do update set sentence = approvals.sentence
      returning id`.execute(tx);
    await tx
      .updateTable('inbox')
      .set({
        status: 'held',
        sentence: `Held: ${sentence}. It waits in the approvals with all the others.`,
        brake_id: rows[0]?.id ?? null,
        closed_at: sql<Date>`now()`,
      })
      .where('id', 'in', [...about.rowIds])
      .where('status', 'in', ['stored', 'running'])
      .execute();
  });
}

/** What a decided brake does to the rows that wait for it: a fresh pass for each, or nothing. */
export async function settleBrake(tx: Queryable, approvalId: string, approve: boolean, by: string): Promise<void> {
  const settled = approve
    ? sql`status = 'stored', released = true, sentence = null, rung_at = null, closed_at = null`
    : sql`status = 'ignored', sentence = ${`Nothing was written: ${by} refused it with all that the brake held.`}`;
  await sql`update inbox set ${settled} where brake_id = ${approvalId} and status = 'held'`.execute(tx);
  await notify(tx);
}

/** A record that waits for a brake. */
export interface WaitingForBrake {
  kind: string;
  id: string;
  trigger: string;
}

/** How many rows wait for each of these brakes, and the first hundred of each. */
export async function waitingForBrakes(
  { db }: { db: Db },
  ids: readonly string[],
): Promise<Map<string, { count: number; records: WaitingForBrake[] }>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{ brake: string; count: number; n: number } & WaitingForBrake>`
    select * from (
      select brake_id as brake, record_kind as kind, vendor_id as id, trigger,
        count(*) over (partition by brake_id)::int as count, row_number() over (partition by brake_id order by seq)::int as n
      from inbox where brake_id = any(${ids}::uuid[]) and status = 'held'
    ) waiting where n <= 100 order by n`.execute(db);
  return new Map(
    [...Map.groupBy(rows, ({ brake }) => brake)].map(([brake, all]) => [
      brake,
      { count: all[0]?.count ?? 0, records: all.map(({ kind, id, trigger }) => ({ kind, id, trigger })) },
    ]),
  );
}
