import type { CandidateState, Fact, FactKind } from '../rules/records.ts';
import type { Db } from './database.ts';
import type { EventStatus } from './schema.ts';

/** Every record of a customer with what was last read of it, oldest first. */
export function loadRecords(db: Db, customerId: string) {
  return db
    .selectFrom('records')
    .leftJoin('snapshots', 'snapshots.record_id', 'records.id')
    .select(['records.id', 'kind', 'vendor_id', 'parent_id', 'email_key', 'ours', 'linked_at', 'gone_at'])
    .select('snapshots.data')
    .where('customer_id', '=', customerId)
    .orderBy('records.created_at')
    .execute();
}

/** The contacts that may be the person of these records, and whose they are as a customer sees it. */
export async function loadCandidates(
  db: Db,
  customerId: string,
  recordIds: readonly string[],
): Promise<{ recordId: string; candidate: CandidateState }[]> {
  if (recordIds.length === 0) return [];
  const rows = await candidatesOf(db)
    .where('candidates.record_id', 'in', [...recordIds])
    .execute();
  return rows.map(({ record_id, contact_id, data, newer, blocks, owner }) => ({
    recordId: record_id,
    candidate: { contactId: contact_id, data: newer ?? data, blocks, owner: ownerOf(owner, customerId) },
  }));
}

/** Candidates with the customer whose contact each is; one that was read again since it was found, as it is now. */
function candidatesOf(db: Db) {
  return db
    .selectFrom('candidates')
    .innerJoin('records as link', 'link.id', 'candidates.record_id')
    .leftJoin('records as contact', (join) =>
      join
        .onRef('contact.connection_id', '=', 'link.connection_id')
        .onRef('contact.vendor_id', '=', 'candidates.contact_id')
        .on('contact.kind', '=', 'contact')
        .on('contact.forgotten_at', 'is', null),
    )
    .leftJoin('snapshots', (join) =>
      join.onRef('snapshots.record_id', '=', 'contact.id').onRef('snapshots.read_at', '>', 'candidates.read_at'),
    )
    .select(['candidates.record_id', 'candidates.contact_id', 'candidates.data', 'blocks'])
    .select(['snapshots.data as newer', 'contact.customer_id as owner']);
}

function ownerOf(owner: string | null, customerId: string): CandidateState['owner'] {
  if (owner === null) return { kind: 'none' };
  return owner === customerId ? { kind: 'this' } : { kind: 'other', customerId: owner };
}

/** Unspent ones; a fact of which an action failed for good waits for the retry of its row, and goes with a row that is ignored. */
export async function loadFacts(db: Db, recordId: string): Promise<Fact[]> {
  const rows = await db
    .selectFrom('facts')
    .selectAll()
    .where('record_id', '=', recordId)
    .where('spent_by', 'is', null)
    .where((where) => {
      const failedIn = (statuses: EventStatus[]) =>
        where.exists(
          where
            .selectFrom('inbox')
            .innerJoin('steps', 'steps.plan_id', 'inbox.plan_id')
            .select('inbox.id')
            .where('inbox.record_id', '=', recordId)
            .where('inbox.status', 'in', statuses)
            .whereRef('steps.fact_key', '=', 'facts.key')
            .where('steps.status', '=', 'failed')
            // Without a contact no action was tried.
            .where('steps.name', '!=', 'contact'),
        );
      return where.not(
        where.and([failedIn(['failed', 'held', 'ignored']), where.not(failedIn(['stored', 'running']))]),
      );
    })
    .orderBy('created_at')
    .execute();
  return rows.map(({ key, record_id, kind, version, data, cause, depth }) => ({
    key,
    recordId: record_id,
    kind: kind as FactKind,
    version,
    data,
    depth,
    ...(cause === null ? {} : { cause }),
  }));
}

/** Of each referral: the contact of the member who made it, by the member's record. */
export async function loadReferringContacts(
  db: Db,
  connectionId: string,
  records: Awaited<ReturnType<typeof loadRecords>>,
): Promise<Map<string, string>> {
  const referrals = records.filter(({ kind }) => kind === 'referral');
  const memberIds = referrals.map(({ data }) => String(data?.['referringMemberId'] ?? '')).filter((id) => id !== '');
  if (memberIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('records as member')
    .innerJoin('records as contact', (join) =>
      join.onRef('contact.customer_id', '=', 'member.customer_id').on('contact.kind', '=', 'contact'),
    )
    .select(['member.vendor_id as member_id', 'contact.vendor_id as contact_id'])
    .where('member.connection_id', '=', connectionId)
    .where('member.kind', '=', 'member')
    .where('member.linked_at', 'is not', null)
    .where('member.vendor_id', 'in', memberIds)
    .execute();
  const contacts = new Map(rows.map(({ member_id, contact_id }) => [member_id, contact_id]));
  return new Map(
    referrals.flatMap(({ id, data }) => {
      const contactId = contacts.get(String(data?.['referringMemberId'] ?? ''));
      return contactId === undefined ? [] : [[id, contactId] as const];
    }),
  );
}

/** The lines of these referrals in their order. */
export function loadLines(db: Db, referralIds: readonly string[]) {
  if (referralIds.length === 0) return Promise.resolve([]);
  return db
    .selectFrom('lines')
    .selectAll()
    .where('record_id', 'in', [...referralIds])
    .orderBy('seq')
    .execute();
}
