import { sql } from 'kysely';
import type { Queryable } from './records.ts';

/** A contact as a step names it. */
export interface TaggedContact {
  connectionId: string;
  contactId: string;
}

/** The tags of a contact, as it was last read and we have tagged it since; undefined: it was never read. */
export async function knownTags(
  db: Queryable,
  { connectionId, contactId }: TaggedContact,
): Promise<string[] | undefined> {
  const row = await db
    .selectFrom('records')
    .innerJoin('snapshots', 'snapshots.record_id', 'records.id')
    .select('snapshots.data')
    .where('connection_id', '=', connectionId)
    .where('kind', '=', 'contact')
    .where('vendor_id', '=', contactId)
    .executeTakeFirst();
  const tags = row?.data['tags'];
  return Array.isArray(tags) ? tags.map(String) : undefined;
}

/** Keeps with what was read of a contact that we have given it tags, or taken some. It counts as no younger for that. */
export async function noteTagging(
  db: Queryable,
  { connectionId, contactId }: TaggedContact,
  how: 'add' | 'remove',
  tags: readonly string[],
): Promise<void> {
  const known = sql`(case jsonb_typeof(data->'tags') when 'array' then data->'tags' else '[]'::jsonb end)`;
  const rest = sql`(${known} - ${sql.val([...tags])}::text[])`;
  const now = how === 'add' ? sql`(${rest} || ${JSON.stringify(tags)}::jsonb)` : rest;
  await sql`
    update snapshots set data = jsonb_set(data, '{tags}', ${now})
    from records
    where records.id = snapshots.record_id and records.kind = 'contact'
      and records.connection_id = ${connectionId} and records.vendor_id = ${contactId}`.execute(db);
}
