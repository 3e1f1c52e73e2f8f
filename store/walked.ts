import { sql, type Transaction } from 'kysely';
import { v7 as uuid } from 'uuid';
import type { Data, RecordKind } from '../rules/records.ts';
import type { Digests, KnownOfListed, Listed } from '../rules/walk.ts';
import type { Db } from './database.ts';
import { toJson } from './json.ts';
import type { Tables } from './schema.ts';
import type { Walk } from './walks.ts';

/** What is known of a listed record, and what a walk last saw of it. */
export interface Before {
  known: KnownOfListed | undefined;
  digests: Digests | undefined;
}

/** The name of a record within its connection. */
export function nameOf({ kind, vendorId }: { kind: string; vendorId: string }): string {
  return `${kind} ${vendorId}`;
}

/** What is known of listed records, by `nameOf`. */
export async function loadKnown(
  db: Db,
  connectionId: string,
  listed: readonly Listed[],
): Promise<ReadonlyMap<string, Before>> {
  if (listed.length === 0) return new Map();
  const kinds = [...new Set(listed.map(({ kind }) => kind))];
  const ids = listed.map(({ vendorId }) => vendorId);
  const [records, walked] = await Promise.all([
    db
      .selectFrom('records')
      .leftJoin('snapshots', 'snapshots.record_id', 'records.id')
      .leftJoin('baselines', (join) =>
        join
          .onRef('baselines.record_id', '=', 'records.id')
          .on('baselines.side', '=', 'record')
          .on('baselines.field', '=', 'highlights'),
      )
      .select(['kind', 'vendor_id', 'data', 'value', 'gone_at', 'forgotten_at'])
      .where('connection_id', '=', connectionId)
      .where('kind', 'in', kinds)
      .where('vendor_id', 'in', ids)
      .execute(),
    db
      .selectFrom('walked')
      .select(['kind', 'vendor_id', 'listed', 'known'])
      .where('connection_id', '=', connectionId)
      .where('kind', 'in', kinds)
      .where('vendor_id', 'in', ids)
      .execute(),
  ]);
  const knownBy = new Map(
    records.map((row) => [
      nameOf({ kind: row.kind, vendorId: row.vendor_id }),
      {
        snapshot: row.data,
        seen: row.value as Data | null,
        gone: row.gone_at !== null,
        forgotten: row.forgotten_at !== null,
      },
    ]),
  );
  const walkedBy = new Map(walked.map((row) => [nameOf({ kind: row.kind, vendorId: row.vendor_id }), row]));
  return new Map(
    listed.map((one) => [nameOf(one), { known: knownBy.get(nameOf(one)), digests: walkedBy.get(nameOf(one)) }]),
  );
}

/** A record that a pass is to look at. */
export interface Found {
  event: 'Found' | 'FoundDelete';
  trigger: string;
  kind: RecordKind;
  vendorId: string;
  parentKind?: RecordKind | undefined;
  parentId?: string | undefined;
  emailKey?: string | undefined;
}

/**
 * What was found becomes a row each, as if the vendor had told of it, but for a record about which such a row waits already. Answers how
 * many rows there are more.
 */
export async function storeFound(
  tx: Transaction<Tables>,
  connectionId: string,
  found: readonly Found[],
): Promise<number> {
  if (found.length === 0) return 0;
  const rows = found.map((one) => ({ id: uuid(), ...one }));
  const { rows: stored } = await sql`
    insert into inbox (id, source, event, trigger, connection_id, record_kind, vendor_id, parent_kind, parent_id, email_key, status)
    select f.id, 'rockbridge', f.event, f.trigger, ${connectionId}, f.kind, f."vendorId", f."parentKind", f."parentId", f."emailKey", 'stored'
    from jsonb_to_recordset(${toJson(rows)}::jsonb)
      as f (id uuid, event text, trigger text, kind text, "vendorId" text, "parentKind" text, "parentId" text, "emailKey" text)
    left join records r on r.connection_id = ${connectionId} and r.kind = f.kind and r.vendor_id = f."vendorId"
    where not exists (
      select from inbox i where i.status = 'stored' and i.record_id = r.id and ${covers})
    and not exists (
      select from inbox i where i.status = 'stored' and i.record_id is null and i.connection_id = ${connectionId}
        and i.record_kind = f.kind and i.vendor_id = f."vendorId" and ${covers})
    returning id`.execute(tx);
  if (stored.length > 0) await sql`select pg_notify('rockbridge', '')`.execute(tx);
  return stored.length;
}

/** The three stories of a contact do the same, but that those of its tags and its do-not-disturb read something more. */
const covers = sql`(i.trigger = f.trigger or f.trigger = 'contact' and i.trigger in ('tags', 'dnd'))`;

/** Keeps what was seen of listed records; of one without digests only that it is there. */
export async function storeWalked(
  tx: Transaction<Tables>,
  { connection, lap }: Pick<Walk, 'connection' | 'lap'>,
  seen: readonly { kind: RecordKind; vendorId: string; digests: Digests | undefined }[],
): Promise<void> {
  const distinct = new Map(seen.map((one) => [nameOf(one), one]));
  if (distinct.size === 0) return;
  const rows = [...distinct.values()].map(({ kind, vendorId, digests }) => ({ kind, vendorId, ...digests }));
  await sql`
    insert into walked (connection_id, kind, vendor_id, listed, known, lap)
    select ${connection.id}, w.kind, w."vendorId", coalesce(w.listed, ''), coalesce(w.known, ''), ${lap}::int
    from jsonb_to_recordset(${toJson(rows)}::jsonb) as w (kind text, "vendorId" text, listed text, known text)
    order by w.kind, w."vendorId"
    on conflict (connection_id, kind, vendor_id) do update set lap = excluded.lap,
      listed = case when excluded.listed = '' then walked.listed else excluded.listed end,
      known = case when excluded.listed = '' then walked.known else excluded.known end`.execute(tx);
}

/** A record that we know and that was not listed. */
export interface Vanished {
  kind: RecordKind;
  vendorId: string;
  parentId: string | null;
}

/**
 * The records of a kind that we knew before `before` and that this lap has not seen: each is told once, until it is listed again.
 * `all`: how many of the kind we know, told if any is missing.
 */
export async function loadVanished(
  tx: Transaction<Tables>,
  { connection, lap }: Pick<Walk, 'connection' | 'lap'>,
  kind: RecordKind,
  before: Date,
): Promise<{ vanished: Vanished[]; all: number }> {
  const known = sql`r.connection_id = ${connection.id} and r.kind = ${kind} and r.gone_at is null and r.forgotten_at is null`;
  const { rows: vanished } = await sql<Vanished>`
    select r.kind, r.vendor_id as "vendorId", r.parent_id as "parentId"
    from records r left join walked w on w.connection_id = r.connection_id and w.kind = r.kind and w.vendor_id = r.vendor_id
    where ${known} and r.created_at < ${before}::timestamptz
      and (w.lap is null or w.lap < ${lap}::int and w.listed <> '')`.execute(tx);
  if (vanished.length === 0) return { vanished, all: 0 };
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from records r where ${known}`.execute(tx);
  return { vanished, all: rows[0]?.n ?? 0 };
}

/** The items of some contacts that we knew before `before` and that are not among those listed now. */
export async function loadVanishedItems(
  tx: Transaction<Tables>,
  connectionId: string,
  kinds: readonly RecordKind[],
  parentIds: readonly string[],
  listedIds: readonly string[],
  before: Date,
): Promise<Vanished[]> {
  if (kinds.length === 0 || parentIds.length === 0) return [];
  const { rows } = await sql<Vanished>`
    select r.kind, r.vendor_id as "vendorId", r.parent_id as "parentId"
    from records r left join walked w on w.connection_id = r.connection_id and w.kind = r.kind and w.vendor_id = r.vendor_id
    where r.connection_id = ${connectionId} and r.kind = any(${[...kinds]}::text[]) and r.parent_id = any(${[...parentIds]}::text[])
      and r.gone_at is null and r.forgotten_at is null and r.created_at < ${before}::timestamptz
      and r.vendor_id <> all(${[...listedIds]}::text[]) and coalesce(w.listed <> '', true)`.execute(tx);
  return rows;
}

/** Notes that a record was told as vanished. */
export async function storeVanished(
  tx: Transaction<Tables>,
  { connection, lap }: Pick<Walk, 'connection' | 'lap'>,
  vanished: readonly Vanished[],
): Promise<void> {
  if (vanished.length === 0) return;
  const rows = vanished.map(({ kind, vendorId }) => ({ kind, vendorId }));
  await sql`
    insert into walked (connection_id, kind, vendor_id, listed, known, lap)
    select ${connection.id}, w.kind, w."vendorId", '', '', ${lap}::int
    from jsonb_to_recordset(${toJson(rows)}::jsonb) as w (kind text, "vendorId" text)
    order by w.kind, w."vendorId"
    on conflict (connection_id, kind, vendor_id) do update set listed = '', known = '', lap = excluded.lap`.execute(tx);
}

/** A customer whose person is linked: its contact, and an e-mail of it as last read. */
export interface LinkedContact {
  recordId: string;
  contactId: string;
  email: string | null;
  /** When the newest of its links was made at its vendor, as that says it. */
  linkMade: string | null;
}

/** The contacts with a live link, from after `after` (a record's id) on. */
export async function linkedContacts(
  db: Db,
  connectionId: string,
  after: string | undefined,
  limit: number,
): Promise<LinkedContact[]> {
  const { rows } = await sql<LinkedContact>`
    select r.id as "recordId", r.vendor_id as "contactId", s.data ->> 'email' as email, link.made as "linkMade"
    from records r left join snapshots s on s.record_id = r.id
    join lateral (
      select count(*) as links, max(coalesce(ls.data ->> 'createDate', ls.data ->> 'createDt')) as made
      from records l left join snapshots ls on ls.record_id = l.id
      where l.customer_id = r.customer_id and l.kind in ('referral', 'member') and l.gone_at is null and l.linked_at is not null
    ) link on link.links > 0
    where r.connection_id = ${connectionId} and r.kind = 'contact' and r.gone_at is null and r.forgotten_at is null
      and (${after ?? null}::uuid is null or r.id > ${after ?? null}::uuid)
    order by r.id limit ${limit}`.execute(db);
  return rows;
}
