import { type Selectable, sql, type Transaction } from 'kysely';
import type { MatchLine, MatchVerdict } from '../rules/match.ts';
import type { Db } from './database.ts';
import { toJson } from './json.ts';
import { newId, type Queryable } from './records.ts';
import type { MatchReports, MatchStage, Tables } from './schema.ts';

export type MatchReport = Selectable<MatchReports>;
type Tx = Transaction<Tables>;

/** A report that was confirmed may be older by so much when the connection goes live. */
const GOOD_FOR_HOURS = 24;

/**
 * Begins a report, or answers the one that is being made. `since`: from when on records would be acted on; without it what a person
 * set, or for a connection that observes now, as it would be when it went live.
 */
export async function beginMatch(
  { db }: { db: Db },
  connectionId: string,
  by: string,
  since?: Date,
): Promise<MatchReport> {
  const known = await running(db, connectionId);
  if (known) return known;
  const usual = sql<Date>`(select case when mode = 'observe' and not settings ? 'sinceTold' then now() else since end
    from connections where id = ${connectionId})`;
  const begun = await db
    .insertInto('match_reports')
    .values({ id: newId(), connection_id: connectionId, created_by: by, since: since ?? usual })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  return begun ?? ((await running(db, connectionId)) as MatchReport);
}

function running(db: Db, connectionId: string): Promise<MatchReport | undefined> {
  return db
    .selectFrom('match_reports')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .where('status', '=', 'running')
    .executeTakeFirst();
}

/** The newest report of a connection, whatever became of it. */
export function newestMatch({ db }: { db: Db }, connectionId: string): Promise<MatchReport | undefined> {
  return db
    .selectFrom('match_reports')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** A report by its id. Throws when there is none. */
export function loadMatch(db: Db, id: string): Promise<MatchReport> {
  return db.selectFrom('match_reports').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

/** A person has read the newest report and agrees; false: there is none that is done and not too old. */
export async function confirmMatch({ db }: { db: Db }, connectionId: string, by: string): Promise<boolean> {
  const newest = await newestMatch({ db }, connectionId);
  if (newest?.status !== 'done') return false;
  const { numUpdatedRows } = await db
    .updateTable('match_reports')
    .set({
      confirmed_at: sql<Date>`coalesce(confirmed_at, now())`,
      confirmed_by: sql<string>`coalesce(confirmed_by, ${by})`,
    })
    .where('id', '=', newest.id)
    .where(isFresh())
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Whether the connection's newest report is done, confirmed, and less than 24 hours old; else why it may not go live. */
export async function whyNotLive({ db }: { db: Db }, connectionId: string): Promise<string | undefined> {
  const newest = await db
    .selectFrom('match_reports')
    .select(['status', 'confirmed_at'])
    .select(isFresh().as('fresh'))
    .where('connection_id', '=', connectionId)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!newest) return 'there is no match report yet: make one, read it and confirm it';
  if (newest.status === 'running') return 'the match report is still being made: wait for it, read it and confirm it';
  if (newest.status === 'failed') return 'the match report failed: make one anew, read it and confirm it';
  if (!newest.fresh)
    return `the match report is older than ${GOOD_FOR_HOURS} hours: make one anew, read it and confirm it`;
  if (newest.confirmed_at === null)
    return 'nobody has confirmed the match report: read it, and send `confirm: true` with this';
  return undefined;
}

function isFresh() {
  return sql<boolean>`(finished_at is not null and finished_at > now() - ${GOOD_FOR_HOURS}::int * interval '1 hour')`;
}

/** Where the reading goes on: stage and cursor are moved together with what was read, so that a page counts once. */
export interface MatchStep {
  readonly from: MatchReport;
  readonly stage: MatchStage;
  readonly cursor: Record<string, unknown> | null;
  /** What is added to the counts, and what replaces them. */
  readonly add: Record<string, number>;
  readonly totals?: Record<string, number>;
}

/** Moves a report on in the transaction that stores what was read; false: another attempt was there first. */
export async function stepMatch(tx: Tx, { from, stage, cursor, add, totals = {} }: MatchStep): Promise<boolean> {
  const progress = { ...from.progress, ...totals };
  for (const [name, more] of Object.entries(add)) progress[name] = (progress[name] ?? 0) + more;
  const { numUpdatedRows } = await tx
    .updateTable('match_reports')
    .set({ stage, cursor: cursor && toJson(cursor), progress: toJson(progress) })
    .where('id', '=', from.id)
    .where('status', '=', 'running')
    .where('stage', '=', from.stage)
    .where(sql<boolean>`cursor is not distinct from ${from.cursor && toJson(from.cursor)}::jsonb`)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Stores a page of contacts with the keys by which they are found, and moves the report on. */
export async function storeContacts(
  db: Db,
  contacts: readonly { id: string; data: Record<string, unknown>; keys: readonly string[] }[],
  step: MatchStep,
): Promise<void> {
  const reportId = step.from.id;
  await db.transaction().execute(async (tx) => {
    if (!(await stepMatch(tx, step)) || contacts.length === 0) return;
    await sql`insert into match_contacts (report_id, contact_id, data)
      select ${reportId}::uuid, c ->> 'id', c -> 'data' from jsonb_array_elements(${toJson(contacts)}::jsonb) c
      on conflict do nothing`.execute(tx);
    await sql`insert into match_keys (report_id, key, contact_id)
      select ${reportId}::uuid, k, c ->> 'id' from jsonb_array_elements(${toJson(contacts)}::jsonb) c,
        jsonb_array_elements_text(c -> 'keys') k
      on conflict do nothing`.execute(tx);
  });
}

/** The contacts that any of these keys finds, by key. */
export async function contactsByKey(
  db: Db,
  reportId: string,
  keys: readonly string[],
): Promise<Map<string, { contactId: string; data: Record<string, unknown> }[]>> {
  const { rows } = await sql<{ key: string; contactId: string; data: Record<string, unknown> }>`
    select k.key, k.contact_id as "contactId", c.data from match_keys k
    join match_contacts c using (report_id, contact_id)
    where k.report_id = ${reportId} and k.key = any(${keys}::text[])`.execute(db);
  return Map.groupBy(rows, ({ key }) => key);
}

/** The contacts that members or referrals are linked to already, by the record's vendor id. */
export async function linkedContacts(
  db: Db,
  connectionId: string,
  kind: string,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; contactId: string }>`
    select r.vendor_id as id, c.vendor_id as "contactId" from records r
    join records c on c.customer_id = r.customer_id and c.kind = 'contact' and c.gone_at is null
    where r.connection_id = ${connectionId} and r.kind = ${kind} and r.linked_at is not null and r.vendor_id = any(${ids}::text[])`.execute(
    db,
  );
  return new Map(rows.map(({ id, contactId }) => [id, contactId]));
}

/** The contacts that the report found for these members. */
export async function contactsOfMembers(
  db: Db,
  reportId: string,
  ids: readonly string[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('match_lines')
    .select(['vendor_id', 'contact_id'])
    .where('report_id', '=', reportId)
    .where('kind', '=', 'member')
    .where('contact_id', 'is not', null)
    .where('vendor_id', 'in', [...ids])
    .execute();
  return new Map(rows.map(({ vendor_id, contact_id }) => [vendor_id, contact_id ?? '']));
}

/** Stores what a page came to, and moves the report on. */
export async function storeMatchLines(db: Db, lines: readonly MatchLine[], step: MatchStep): Promise<void> {
  await db.transaction().execute(async (tx) => {
    if (!(await stepMatch(tx, step)) || lines.length === 0) return;
    await tx
      .insertInto('match_lines')
      .values(
        lines.map((line) => ({
          report_id: step.from.id,
          kind: line.kind,
          vendor_id: line.vendorId,
          verdict: line.verdict,
          found_by: line.foundBy,
          contact_id: line.contactId,
          person: line.person,
          foreign_id: line.foreignId,
          tags: toJson(line.tags),
          custom_fields: toJson(line.customFields),
          candidates: toJson(line.candidates),
          sentence: line.sentence,
        })),
      )
      .onConflict((conflict) => conflict.columns(['report_id', 'kind', 'vendor_id']).doNothing())
      .execute();
  });
}

/** A page of the contacts that no member was found for, by id. */
export async function contactsWithoutMember(
  db: Db,
  report: MatchReport,
  after: string,
  limit: number,
): Promise<{ contactId: string; data: Record<string, unknown> }[]> {
  const { rows } = await sql<{ contactId: string; data: Record<string, unknown> }>`
    select contact_id as "contactId", data from match_contacts c
    where report_id = ${report.id} and contact_id > ${after}
      and not exists (select from match_keys k join match_lines l on l.report_id = k.report_id and l.contact_id = k.contact_id
        where k.report_id = c.report_id and k.key = 'id:' || c.contact_id and l.kind = 'member')
    order by contact_id limit ${limit}`.execute(db);
  return rows;
}

/** Ends a report: its counts are kept, what was read of the contacts is not. */
export async function finishMatch(db: Db, id: string): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const counts = await countsOf(tx, id);
    const { numUpdatedRows } = await tx
      .updateTable('match_reports')
      .set({ status: 'done', stage: 'over', cursor: null, counts: toJson(counts), finished_at: sql<Date>`now()` })
      .where('id', '=', id)
      .where('status', '=', 'running')
      .executeTakeFirst();
    if (numUpdatedRows > 0n) await forgetReading(tx, id);
  });
}

/** A report that cannot be made, and why. */
export async function failMatch(db: Db, id: string, reason: string): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await tx
      .updateTable('match_reports')
      .set({ status: 'failed', reason, finished_at: sql<Date>`now()` })
      .where('id', '=', id)
      .where('status', '=', 'running')
      .execute();
    await forgetReading(tx, id);
  });
}

async function forgetReading(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('match_keys').where('report_id', '=', id).execute();
  await tx.deleteFrom('match_contacts').where('report_id', '=', id).execute();
}

async function countsOf(db: Queryable, id: string): Promise<Record<string, unknown>> {
  const verdicts = await db
    .selectFrom('match_lines')
    .select(['kind', 'verdict', sql<number>`count(*)::int`.as('n')])
    .where('report_id', '=', id)
    .groupBy(['kind', 'verdict'])
    .execute();
  const { rows } = await sql<Record<string, number>>`
    select count(distinct person) filter (where verdict = 'create-contact')::int as "createContacts",
      count(*) filter (where verdict = 'create-member')::int as "createMembers",
      count(distinct contact_id) filter (where verdict in ('linked', 'link'))::int as "matchedContacts",
      count(*) filter (where foreign_id is not null)::int as "foreignIds"
    from match_lines where report_id = ${id}`.execute(db);
  const named = async (column: 'tags' | 'custom_fields') =>
    (
      await sql<{ name: string; n: number }>`
        select name, count(*)::int as n from match_lines, jsonb_array_elements_text(${sql.ref(column)}) name
        where report_id = ${id} group by name order by n desc, name limit 200`.execute(db)
    ).rows;
  const of = (kind: string): Record<string, number> =>
    Object.fromEntries(verdicts.filter((row) => row.kind === kind).map(({ verdict, n }) => [verdict, n]));
  return {
    members: of('member'),
    referrals: of('referral'),
    ...rows[0],
    tags: await named('tags'),
    customFields: (await named('custom_fields')).map(({ name }) => name),
  };
}

/** A page of a report's lines in their order, from below `after` on. */
export async function matchLines(
  { db }: { db: Db },
  reportId: string,
  filter: { verdict?: MatchVerdict | undefined; after?: string | undefined; limit: number },
) {
  let query = db.selectFrom('match_lines').selectAll().where('report_id', '=', reportId);
  if (filter.verdict !== undefined) query = query.where('verdict', '=', filter.verdict);
  if (filter.after !== undefined) query = query.where('seq', '>', filter.after);
  return query.orderBy('seq').limit(filter.limit).execute();
}
