import { loadConnectionById } from '../store/connection-state.ts';
import {
  type BackfillEntry,
  backfillLoad,
  endBackfill,
  enterBackfill,
  linkedContactsAfter,
  newestBackfill,
} from '../store/backfills.ts';
import type { BackfillActivities, BackfillTurn } from '../workflows/support/contract.ts';
import { type ActivityDependencies, emailKey } from './dependencies.ts';
import { cancellation } from './failures.ts';
import { accountOf, type Data } from './read.ts';
import { type RockPlace, rockPage } from './rr-page.ts';

/** So many are entered at once, and only while fewer than half of that are open: a live event has few before it. */
const AT_ONCE = 20;

/** The steps of a backfill; each goes on from where the store says that it stands. */
export function createBackfillSteps(dependencies: ActivityDependencies): {
  local: Omit<BackfillActivities, 'backfillRecords'>;
  'referral-rock': Pick<BackfillActivities, 'backfillRecords'>;
} {
  const { db } = dependencies.database;
  return {
    local: {
      backfillTurn: ({ connectionId }) => turnOf(dependencies, connectionId),
      async backfillContacts({ connectionId }) {
        const backfill = await newestBackfill({ db }, connectionId);
        if (backfill?.status !== 'running' || backfill.stage !== 'contacts') return;
        const after = backfill.cursor?.['after'] as string | undefined;
        const contacts = await linkedContactsAfter(db, backfill.connection_id, after, AT_ONCE);
        const last = contacts.at(-1);
        const entries = contacts.map(({ vendorId, emailKey: key }) => ({
          kind: 'contact' as const,
          vendorId,
          emailKey: key,
        }));
        const next = last
          ? { stage: 'contacts' as const, cursor: { after: last.id } }
          : { stage: 'over' as const, cursor: null };
        await enterBackfill(db, backfill, entries, next);
      },
      async failBackfill({ connectionId, type }) {
        const reason = `Referral Rock could not be read (${type}): mend that, then resume it`;
        const backfill = await newestBackfill({ db }, connectionId);
        if (backfill) await endBackfill(db, backfill.id, 'failed', reason);
      },
    },
    'referral-rock': { backfillRecords: ({ connectionId }) => enterRecords(dependencies, connectionId) },
  };
}

async function turnOf({ database: { db } }: ActivityDependencies, connectionId: string): Promise<BackfillTurn> {
  const backfill = await newestBackfill({ db }, connectionId);
  if (!backfill) return { next: 'over', progress: {} };
  const { open, live } = await backfillLoad(db, backfill);
  const progress = { ...backfill.progress, open };
  const { status, stage, cursor } = backfill;
  if (status === 'paused') return { next: 'paused', progress };
  if (status !== 'running') return { next: 'over', progress };
  if (stage === 'over' && open === 0) {
    await endBackfill(db, backfill.id, 'done', null);
    return { next: 'over', progress };
  }
  // Who is linked is known once the members and referrals are through.
  const mustWait = stage === 'over' || (stage === 'contacts' && cursor === null);
  const mayEnter = open === 0 || (!mustWait && open < AT_ONCE / 2 && !live);
  return { next: mayEnter && stage !== 'over' ? stage : 'wait', progress };
}

async function enterRecords(parts: ActivityDependencies, connectionId: string): Promise<void> {
  const { database, clients, addressKey } = parts;
  const backfill = await newestBackfill(database, connectionId);
  const { stage, status } = backfill ?? {};
  if (!backfill || status !== 'running' || (stage !== 'members' && stage !== 'referrals')) return;
  const kind = stage === 'members' ? 'member' : 'referral';
  const { connection } = await loadConnectionById(database.db, backfill.connection_id);
  const options = { account: accountOf(connection, 'referral-rock'), signal: cancellation() };
  const place = (backfill.cursor ?? undefined) as RockPlace | undefined;
  const page = await rockPage(clients, kind, place, options, AT_ONCE);
  const programs = connection.programs.map(({ id }) => id.toLowerCase());
  const isOurs = ({ programId }: Data): boolean =>
    typeof programId !== 'string' || programs.includes(programId.toLowerCase());
  const entries = page.records.filter(isOurs).map((data): BackfillEntry => ({
    kind,
    vendorId: String(data['id']),
    emailKey: emailKey(addressKey, data['email']),
  }));
  await enterBackfill(database.db, backfill, entries, {
    stage: page.next ? stage : kind === 'member' ? 'referrals' : 'contacts',
    cursor: page.next ?? null,
    totals: { [`${kind}sTotal`]: page.total },
  });
}
