import { keysOfContact, keysOfRecord, matchContact, matchRecord, type MatchWorld } from '../rules/match.ts';
import type { LinkKind } from '../rules/records.ts';
import { loadConnectionById } from '../store/connection-state.ts';
import {
  contactsByKey,
  contactsOfMembers,
  contactsWithoutMember,
  failMatch,
  finishMatch,
  linkedContacts,
  loadMatch,
  type MatchReport,
  type MatchStep,
  storeContacts,
  storeMatchLines,
} from '../store/match-reports.ts';
import type { Vendor } from '../vendors/operation.ts';
import { ghl } from '../vendors/operations.ts';
import type { MatchActivities, MatchStage } from '../workflows/support/contract.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { cancellation } from './failures.ts';
import { accountOf, type Data } from './read.ts';
import { type RockPlace, rockPage } from './rr-page.ts';

/** The most that GHL's search gives at once. */
const CONTACTS_A_PAGE = 500;
const CONTACTS_A_LOOK = 250;
/** An activity hands over after so long, well before its time is over; what it has read is stored page by page. */
const LONG_ENOUGH_MS = 15_000;

type Input = { reportId: string };

/** The steps of a match report: each reads on from where the report stands, and writes nothing to a vendor. */
export function createMatchSteps(dependencies: ActivityDependencies): {
  local: Pick<MatchActivities, 'matchRest' | 'failMatch'>;
  ghl: Pick<MatchActivities, 'matchContacts'>;
  'referral-rock': Pick<MatchActivities, 'matchRecords'>;
} {
  const { db } = dependencies.database;

  /** Reads page after page of a stage, for a while. */
  async function reading(
    { reportId }: Input,
    stages: readonly MatchStage[],
    page: (report: MatchReport, world: MatchWorld) => Promise<void>,
  ): Promise<MatchStage> {
    const end = performance.now() + LONG_ENOUGH_MS;
    for (;;) {
      const report = await loadMatch(db, reportId);
      if (report.status !== 'running') return 'over';
      if (!stages.includes(report.stage) || performance.now() > end) return report.stage;
      await page(report, await worldOf(dependencies, report));
    }
  }

  return {
    ghl: {
      matchContacts: (input) =>
        reading(input, ['contacts'], (report, world) => readContacts(dependencies, report, world)),
    },
    'referral-rock': {
      matchRecords: (input) =>
        reading(input, ['members', 'referrals'], (report, world) => readRecords(dependencies, report, world)),
    },
    local: {
      matchRest: async ({ reportId }) => {
        const report = await loadMatch(db, reportId);
        if (report.status !== 'running' || report.stage !== 'rest') return 'over';
        return lookAtContacts(dependencies, report, await worldOf(dependencies, report));
      },
      failMatch: ({ reportId, type }) => failMatch(db, reportId, FAILURES[type] ?? `it could not be read: ${type}`),
    },
  };
}

const FAILURES: Readonly<Record<string, string>> = {
  Unauthorized: 'a vendor refuses our credentials: mend the token or keys of this connection, then make it anew',
  Forbidden: 'a vendor does not let this token read: add the scope or the location, then make it anew',
  TimedOut: 'a vendor did not answer for a day: make it anew when it is reachable again',
};

/** As the connection would be when it is live, with the start that the report is made for. */
async function worldOf({ database }: ActivityDependencies, report: MatchReport): Promise<MatchWorld> {
  const { connection, rules } = await loadConnectionById(database.db, report.connection_id);
  const since = report.since.toISOString();
  return { connection: { ...connection, mode: 'live', since }, rules, now: report.created_at.toISOString() };
}

function calling(vendor: Vendor, { connection }: MatchWorld) {
  return { account: accountOf(connection, vendor), signal: cancellation() };
}

async function readContacts(parts: ActivityDependencies, report: MatchReport, world: MatchWorld): Promise<void> {
  const { locationId, country } = world.connection;
  const searchAfter = report.cursor?.['searchAfter'] as (string | number)[] | undefined;
  const asked = { locationId, pageLimit: CONTACTS_A_PAGE, sort: [{ field: 'dateAdded', direction: 'asc' as const }] };
  const { contacts: found, total } = await parts.clients.ghl.call(
    ghl.contact.search,
    { ...asked, ...(searchAfter ? { searchAfter } : {}) },
    calling('ghl', world),
  );
  const contacts = (found ?? []) as Data[];
  const cursor = contacts.at(-1)?.['searchAfter'];
  // A page that begins where the last one did has no end: the vendor ignored the cursor.
  const goesOn =
    contacts.length === CONTACTS_A_PAGE &&
    cursor !== undefined &&
    JSON.stringify(cursor) !== JSON.stringify(searchAfter);
  await storeContacts(
    parts.database.db,
    contacts.map((data) => ({ id: String(data['id']), data, keys: keysOfContact(data, country) })),
    {
      from: report,
      stage: goesOn ? 'contacts' : 'members',
      cursor: goesOn ? { searchAfter: cursor } : null,
      add: { contacts: contacts.length, ghlCalls: 1 },
      totals: typeof total === 'number' ? { contactsTotal: total } : {},
    },
  );
}

async function readRecords(parts: ActivityDependencies, report: MatchReport, world: MatchWorld): Promise<void> {
  const { db } = parts.database;
  const kind: LinkKind = report.stage === 'members' ? 'member' : 'referral';
  const place = (report.cursor ?? undefined) as RockPlace | undefined;
  const page = await rockPage(parts.clients, kind, place, calling('referral-rock', world));
  const ours = page.records.filter((data) => isOurs(world, data));
  const keysOf = (data: Data): string[] => keysOfRecord(kind, data, world.connection.country);
  const referrer = (data: Data): string => String(data['referringMemberId'] ?? '');
  const [linked, found, referrers] = await Promise.all([
    linkedContacts(
      db,
      report.connection_id,
      kind,
      ours.map(({ id }) => String(id)),
    ),
    contactsByKey(db, report.id, [...new Set(ours.flatMap(keysOf))]),
    contactsOfMembers(db, report.id, kind === 'referral' ? ours.map(referrer) : []),
  ]);
  const lines = ours.map((data) => {
    const candidates = new Map(
      keysOf(data)
        .flatMap((key) => found.get(key) ?? [])
        .map((one) => [one.contactId, one]),
    );
    return matchRecord(world, {
      kind,
      data,
      linkedTo: linked.get(String(data['id'])),
      candidates: [...candidates.values()],
      referringContactId: referrers.get(referrer(data)),
    });
  });
  const step: MatchStep = {
    from: report,
    stage: page.next ? report.stage : kind === 'member' ? 'referrals' : 'rest',
    cursor: page.next ? { ...page.next } : null,
    add: { [`${kind}s`]: lines.length, referralRockCalls: 1 },
    totals: { [`${kind}sTotal`]: page.total },
  };
  await storeMatchLines(db, lines, step);
}

/** A program that another connection owns is that one's. */
function isOurs({ connection }: MatchWorld, { programId }: Data): boolean {
  const ids = connection.programs.map(({ id }) => id.toLowerCase());
  return ids.length === 0 || typeof programId !== 'string' || ids.includes(programId.toLowerCase());
}

/** Contacts that would be given a member by their tag; the last page of them ends the report. */
async function lookAtContacts(
  { database: { db } }: ActivityDependencies,
  report: MatchReport,
  world: MatchWorld,
): Promise<MatchStage> {
  const after = String(report.cursor?.['after'] ?? '');
  const contacts = await contactsWithoutMember(db, report, after, CONTACTS_A_LOOK);
  if (contacts.length === 0) {
    await finishMatch(db, report.id);
    return 'over';
  }
  const lines = contacts.flatMap(({ contactId, data }) => matchContact(world, contactId, data) ?? []);
  const cursor = { after: contacts.at(-1)?.contactId ?? '' };
  await storeMatchLines(db, lines, { from: report, stage: 'rest', cursor, add: { looked: contacts.length } });
  return 'rest';
}
