import { sql } from 'kysely';
import type { Database } from './database.ts';
import { wakeOverdue } from './runs.ts';

/** A customer whose workflow is to be rung, with the trigger of its oldest open row. */
export interface Due {
  connectionId: string;
  customerId: string;
  trigger: string;
  /** When the row says to ring again; a ring that was confirmed moves it, unless someone else has moved it meanwhile. */
  lease: Date;
}

export interface Rung extends Due {
  workflowId: string;
  runId: string;
}

export interface RelayStore {
  /** Gives unplaced rows their record, and new records a customer. Resolves with the number of rows placed. */
  place(): Promise<number>;
  /** Whether there is anything to do: one cheap look for the many times that there is nothing. */
  waiting(): Promise<{ unplaced: boolean; unrung: boolean; late: boolean }>;
  /** Takes up to `limit` customers with rows that were never rung; each goes to one caller only. */
  claimNew(limit: number): Promise<Due[]>;
  /** Takes up to `limit` customers with open rows that are due to be rung again; each goes to one caller only. */
  claimLate(limit: number): Promise<Due[]>;
  /** Keeps where the customers' workflows run and when to ring them again. */
  confirm(rung: readonly Rung[]): Promise<void>;
  /** Gives customers back that could not be rung; they are due in `delayMs`. */
  release(customerIds: readonly string[], delayMs: number): Promise<void>;
  /** Makes customers with open rows due, one each `paceMs`: all of them, or only those that no one would ring again. */
  revive(which: 'all' | 'forgotten', paceMs: number): Promise<void>;
  /** Wakes the runs of automations whose wait was over a while ago: Temporal has lost their workflows. */
  wakeOverdue(): Promise<void>;
  /** Rows not rung yet, and the age in seconds of the oldest of them. */
  backlog(): Promise<{ rows: number; lagSeconds: number }>;
}

/** `place` and the claims look at so many rows at once; where `place` placed as many, there may be more. */
export const ROWS_PER_ROUND = 200;
/** Longer than the doorbell's deadline: a customer whose relay died between claim and ring is due again after it. */
const LEASE_SECONDS = 10;
const RING_AGAIN_MS = sql.lit(60_000);
/** A connection that a vendor refused is tried again after so long. */
const TRY_BROKEN_AGAIN = '15 minutes';
const RING_AGAIN_AT_MOST_MS = sql.lit(15 * 60_000);
/** In whole milliseconds, as a JavaScript date can hold it: `confirm` compares it. */
const newLease = sql`date_trunc('milliseconds', now() + ${sql.lit(LEASE_SECONDS)} * interval '1 second')`;
/** One relay places at a time: two must not plant two customers for one address. The number is arbitrary. */
export const PLACING = 7_233_001;

export function createRelayStore(database: Database): RelayStore {
  const { db } = database;
  return {
    place: () => place(database),
    async waiting() {
      const { rows } = await waitingQuery.execute(db);
      return rows[0] ?? { unplaced: false, unrung: false, late: false };
    },
    claimNew: async (limit) => (await claimNewQuery(limit).execute(db)).rows,
    claimLate: async (limit) => (await claimLateQuery(limit).execute(db)).rows,
    async confirm(rung) {
      if (rung.length > 0) await confirmQuery(rung).execute(db);
    },
    async release(customerIds, delayMs) {
      if (customerIds.length === 0) return;
      await sql`update customers set ring_again_at = now() + ${delayMs}::int * interval '1 millisecond'
        where id = any(${customerIds}::uuid[])`.execute(db);
    },
    async revive(which, paceMs) {
      await reviveQuery(which, paceMs).execute(db);
    },
    wakeOverdue: () => wakeOverdue(db),
    async backlog() {
      const { rows } = await backlogQuery.execute(db);
      return { rows: Number(rows[0]?.rows ?? 0), lagSeconds: Number(rows[0]?.lag ?? 0) };
    },
  };
}

async function place({ db }: Database): Promise<number> {
  return db.transaction().execute(async (transaction) => {
    const turn = await sql<{ mine: boolean }>`select pg_try_advisory_xact_lock(${PLACING}::bigint) as mine`.execute(
      transaction,
    );
    if (!turn.rows[0]?.mine) return 0;
    const { numAffectedRows } = await placeQuery().execute(transaction);
    return Number(numAffectedRows ?? 0);
  });
}

/**
 * A row goes to its record; a new record to its parent's customer (a task to its contact's), else to the customer that has its
 * address, else to a new one; a parent that was never heard of is entered with it. A customer has at most one contact, so a
 * contact only joins a customer without one. Where two new records meet in one place (`on conflict`), the loser's rows stay for the
 * next round.
 */
const placeQuery = () => sql`
  with unplaced as (
    select id, seq, connection_id, record_kind as kind, vendor_id, parent_kind, parent_id, email_key
    from inbox
    where record_id is null and status = 'stored' and connection_id is not null and record_kind is not null and vendor_id is not null
    order by seq limit ${ROWS_PER_ROUND} for update skip locked
  ), subjects as (
    select u.connection_id, u.kind, u.vendor_id, r.id as record_id, max(u.parent_id) as parent_id,
      (array_agg(u.parent_kind order by u.seq desc) filter (where u.parent_id is not null))[1] as parent_kind,
      (array_agg(u.email_key order by u.seq desc) filter (where u.email_key is not null))[1] as email_key, min(u.seq) as seq
    from unplaced u left join records r using (connection_id, kind, vendor_id)
    group by u.connection_id, u.kind, u.vendor_id, r.id
  ), children as (
    select s.*, p.customer_id from subjects s
    left join records p on p.connection_id = s.connection_id and p.kind = s.parent_kind and p.vendor_id = s.parent_id
    where s.record_id is null and s.parent_kind is not null
  ), roots as (
    select connection_id, kind, vendor_id, case when parent_kind is null then parent_id end as parent_id, email_key, seq
    from subjects where record_id is null and parent_kind is null
    union all
    select connection_id, parent_kind, parent_id, null, max(email_key), min(seq)
    from children c
    where customer_id is null and not exists (
      select from subjects s where s.connection_id = c.connection_id and s.kind = c.parent_kind and s.vendor_id = c.parent_id)
    group by connection_id, parent_kind, parent_id
  ), unknown as (
    select s.*, neighbour.customer_id,
      row_number() over (partition by s.connection_id, s.email_key, s.kind order by s.seq) > 1 and s.kind = 'contact' as apart
    from roots s left join lateral (
      select r.customer_id from records r
      where r.connection_id = s.connection_id and r.email_key = s.email_key and r.gone_at is null
        and (s.kind <> 'contact' or not exists (
          select from records c where c.customer_id = r.customer_id and c.kind = 'contact' and c.gone_at is null))
      order by r.created_at, r.id limit 1
    ) neighbour on true
  ), places as (
    select connection_id, kind, vendor_id, parent_id, email_key, case when not apart then customer_id end as customer_id,
      case when email_key is null or apart then kind || ' ' || vendor_id else email_key end as place
    from unknown
  ), plots as (
    select connection_id, place, gen_random_uuid() as customer_id from places where customer_id is null group by connection_id, place
  ), planted as (
    insert into customers (id, connection_id) select customer_id, connection_id from plots
  ), entered as (
    insert into records (id, connection_id, customer_id, kind, vendor_id, parent_id, email_key)
    select gen_random_uuid(), p.connection_id, coalesce(p.customer_id, plots.customer_id), p.kind, p.vendor_id, p.parent_id, p.email_key
    from places p left join plots on p.customer_id is null and plots.connection_id = p.connection_id and plots.place = p.place
    on conflict do nothing
    returning id, connection_id, kind, vendor_id, customer_id
  ), hung as (
    insert into records (id, connection_id, customer_id, kind, vendor_id, parent_id, email_key)
    select gen_random_uuid(), c.connection_id, coalesce(c.customer_id, e.customer_id), c.kind, c.vendor_id, c.parent_id, c.email_key
    from children c
    left join entered e on c.customer_id is null and e.connection_id = c.connection_id and e.kind = c.parent_kind and e.vendor_id = c.parent_id
    where coalesce(c.customer_id, e.customer_id) is not null
    on conflict do nothing
    returning id, connection_id, kind, vendor_id
  ), known as (
    select record_id as id, connection_id, kind, vendor_id from subjects where record_id is not null
    union all select id, connection_id, kind, vendor_id from entered
    union all select id, connection_id, kind, vendor_id from hung
  )
  update inbox set record_id = known.id
  from unplaced u join known using (connection_id, kind, vendor_id)
  where inbox.id = u.id`;

/** Not paused by a person, and not refused by a vendor just now: after a while one more try shows whether that is mended. */
const served = sql.raw(
  `c.paused_at is null and (c.broken_at is null or c.broken_at < now() - interval '${TRY_BROKEN_AGAIN}')`,
);

/** What may mend a connection is rung also while that is refused. */
const mends = sql.raw(`(c.paused_at is null and i.trigger = 'connection')`);

/**
 * Customers with rows that were never rung, oldest first: all of a customer's at once, as far as one look sees them. Rows that somebody
 * is just changing are left for the next look: to wait for them, with others in hand, could be for ever.
 */
const claimNewQuery = (limit: number) => sql<Due>`
  with oldest as materialized (
    select i.id, i.seq, r.customer_id
    from inbox i join records r on r.id = i.record_id join connections c on c.id = r.connection_id
    where i.rung_at is null and i.status = 'stored' and (${served} or ${mends})
    order by i.seq limit ${ROWS_PER_ROUND} for update of i skip locked
  ), waiting as (
    select customer_id from oldest group by customer_id order by min(seq) limit ${limit}
  ), marked as (
    update inbox set rung_at = now()
    where rung_at is null and status = 'stored' and id = any(array(select id from oldest join waiting using (customer_id)))
    returning id, trigger, seq
  ), fresh as (
    select customer_id, (array_agg(trigger order by m.seq))[1] as trigger, min(m.seq) as seq
    from marked m join oldest using (id) group by customer_id
  ), taken as (
    update customers set ring_delay_ms = ${RING_AGAIN_MS}, ring_again_at = ${newLease}
    from fresh where customers.id = fresh.customer_id
    returning customers.connection_id, customers.id, fresh.trigger, fresh.seq, ring_again_at
  )
  select connection_id as "connectionId", id as "customerId", trigger, ring_again_at as lease from taken order by seq`;

/** Customers whose time has come and who still have open rows; the others' time is cleared. */
const claimLateQuery = (limit: number) => sql<Due>`
  with late as (
    select cu.id from customers cu join connections c on c.id = cu.connection_id
    where cu.ring_again_at <= now() and ${served}
    order by cu.ring_again_at limit ${limit} for update of cu skip locked
  ), open as (
    select late.id, (
      select i.trigger from inbox i join records r on r.id = i.record_id
      where r.customer_id = late.id and i.status in ('stored', 'running') order by i.seq limit 1
    ) as trigger from late
  ), taken as (
    update customers set
      ring_delay_ms = least(ring_delay_ms * 2, ${RING_AGAIN_AT_MOST_MS}),
      ring_again_at = case when open.trigger is not null then ${newLease} end
    from open where customers.id = open.id
    returning customers.connection_id, customers.id, open.trigger, ring_again_at
  )
  select connection_id as "connectionId", id as "customerId", trigger, ring_again_at as lease from taken where trigger is not null`;

const waitingQuery = sql<{ unplaced: boolean; unrung: boolean; late: boolean }>`select
  exists (select from inbox where record_id is null and status = 'stored') as unplaced,
  exists (select from inbox where rung_at is null and status = 'stored') as unrung,
  exists (select from customers where ring_again_at <= now()) as late`;

const confirmQuery = (rung: readonly Rung[]) => sql`
  update customers set workflow_id = r.workflow_id, run_id = r.run_id,
    ring_again_at = case when customers.ring_again_at = r.lease
      then now() + customers.ring_delay_ms * interval '1 millisecond' else customers.ring_again_at end
  from unnest(
    ${rung.map(({ customerId }) => customerId)}::uuid[], ${rung.map(({ workflowId }) => workflowId)}::text[],
    ${rung.map(({ runId }) => runId)}::text[], ${rung.map(({ lease }) => lease.toISOString())}::timestamptz[]
  ) as r (customer_id, workflow_id, run_id, lease)
  where customers.id = r.customer_id`;

const reviveQuery = (which: 'all' | 'forgotten', paceMs: number) => sql`
  update customers set ring_again_at = now() + open.n * ${paceMs}::int * interval '1 millisecond'
  from (
    select customer_id, row_number() over (order by min(i.seq)) - 1 as n
    from inbox i join records r on r.id = i.record_id where i.status in ('stored', 'running') and i.rung_at is not null group by customer_id
  ) open
  where customers.id = open.customer_id and (${which === 'all'}::boolean or customers.ring_again_at is null)`;

const backlogQuery = sql<{ rows: number | string; lag: number | string }>`
  select count(*) as rows, coalesce(extract(epoch from now() - min(received_at)), 0) as lag
  from inbox where rung_at is null and status = 'stored'`;
