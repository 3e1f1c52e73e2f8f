import { type Digests, isAfter, type Listed, sift, triggerOf } from '../rules/walk.ts';
import { markBroken } from '../store/connections.ts';
import {
  type Before,
  type Found,
  loadKnown,
  loadVanished,
  loadVanishedItems,
  nameOf,
  storeFound,
  storeVanished,
  storeWalked,
  type Vanished,
} from '../store/walked.ts';
import { moveOn, openWalk, Outrun, type Walk, type WalkStep } from '../store/walks.ts';
import { VendorError } from '../vendors/operation.ts';
import type { Walked, WalkInput } from '../workflows/support/contract.ts';
import { type ActivityDependencies, DEFAULT_TIMING, emailKey } from './dependencies.ts';
import { cancellation, toFailure } from './failures.ts';
import type { List, Page, Reading } from './walk-list.ts';
import { LISTS } from './walk-lists.ts';

/** One activity goes on for so long, then it lets the workflow know: a worker that is to stop waits for no longer. */
const WORK_MS = 5_000;
/** More than half of what is known missing at once, and more than so many: rather the list is at fault. */
const MANY = 50;

/**
 * Goes on with a walk over a connection's records, page by page: what is new, changed or vanished becomes a row, as if its vendor had told
 * of it. Ends with the lap, with the walk's share of the quota, or after a while.
 */
export function createWalk(dependencies: ActivityDependencies): (input: WalkInput) => Promise<Walked> {
  return async ({ connectionId, name, whole, restart }) => {
    const began = Date.now();
    const done = { looked: 0, found: 0 };
    try {
      for (let first = true; ; first = false) {
        const walk = await openWalk(dependencies.database, connectionId, name, first && restart);
        if (!walk || (!whole && walk.restMs > 0)) return { more: false, ...done };
        const step = await walkOn(dependencies, walk);
        done.looked += step?.looked ?? 0;
        done.found += step?.found ?? 0;
        if (step?.lapEnds) return { more: false, ...done };
        if (Date.now() - began > WORK_MS) return { more: true, ...done };
      }
    } catch (error) {
      if (error instanceof VendorError) {
        if (error.kind === 'RateLimited' && !whole) return { more: false, ...done };
        if (error.kind === 'Unauthorized')
          await markBroken(
            dependencies.database,
            connectionId,
            `${error.operation} is refused (HTTP 401): Unauthorized`,
          );
      }
      throw toFailure(error, dependencies.log);
    }
  };
}

/** Reads one page and keeps what it shows; undefined: another process was quicker. */
async function walkOn(dependencies: ActivityDependencies, walk: Walk): Promise<WalkStep | undefined> {
  const { database, clients, addressKey, timing } = dependencies;
  const { walkTrails } = { ...DEFAULT_TIMING, ...timing };
  const { connection, position } = walk;
  const vendor = walk.name === 'referral-rock' ? 'referral-rock' : 'ghl';
  const account = { vendor, id: vendor === 'ghl' ? connection.locationId : connection.id } as const;
  const list = LISTS[walk.name][position?.list ?? 0];
  if (!list) return keep(dependencies, walk, undefined, NOTHING);
  const reading: Reading = {
    db: database.db,
    clients,
    addressKey,
    options: { account, signal: cancellation(), background: true },
    until: new Date(Date.now() - walkTrails),
  };
  try {
    return await keep(dependencies, walk, list, await list.read(reading, walk, position?.at ?? null));
  } catch (error) {
    if (error instanceof Outrun) return undefined;
    if (!(error instanceof VendorError) || !LEFT_OUT.has(error.kind)) throw error;
    dependencies.log.warn(
      { connection: connection.id, operation: error.operation, status: error.status },
      `the walk over ${connection.id} leaves out the ${list.name}: ${error.operation} is refused`,
    );
    const status = error.status === undefined ? '' : ` (HTTP ${error.status})`;
    const problem = `${list.name}: ${error.operation} is refused${status}: ${error.kind}`;
    return keep(dependencies, walk, undefined, { ...NOTHING, calls: 1 }, problem);
  }
}

const NOTHING: Page = { listed: [], calls: 0 };
/** A list that is refused so is left out of the lap: the others go on. */
const LEFT_OUT: ReadonlySet<string> = new Set(['Forbidden', 'NotFound', 'Invalid', 'Conflict', 'Unexpected']);

/** Keeps what a page shows and moves the walk on, in one transaction. `list` undefined: it was left out. */
async function keep(
  { database: { db }, addressKey, timing }: ActivityDependencies,
  walk: Walk,
  list: List | undefined,
  page: Page,
  problem?: string,
): Promise<WalkStep> {
  const { walkTrails } = { ...DEFAULT_TIMING, ...timing };
  const now = Date.now();
  const known = await loadKnown(db, walk.connection.id, page.listed);
  const sifted = page.listed.map((listed) => siftOne(walk, listed, known.get(nameOf(listed)), now - walkTrails));
  return db.transaction().execute(async (tx) => {
    await storeWalked(tx, walk, sifted);
    const { vanished, said } = await vanishedOf(tx, walk, list, page, walkTrails);
    await storeVanished(tx, walk, vanished);
    const found = [...sifted.flatMap(foundOf(addressKey)), ...vanished.map(deleteOf)];
    const told = problem ?? said;
    const step: WalkStep = {
      ...positionAfter(walk, page),
      calls: page.calls,
      looked: page.listed.length,
      found: await storeFound(tx, walk.connection.id, found),
      ...(told === undefined ? {} : { problem: told }),
    };
    await moveOn(tx, walk, step);
    return step;
  });
}

/** What we know and the vendor lists no longer: of the page's contacts, or at its end of the whole list. */
async function vanishedOf(
  tx: Parameters<typeof moveOn>[0],
  walk: Walk,
  list: List | undefined,
  page: Page,
  trailMs: number,
): Promise<{ vanished: Vanished[]; said?: string }> {
  const { whole } = page;
  if (whole) {
    const ids = page.listed.map(({ vendorId }) => vendorId);
    const before = new Date(Date.now() - trailMs);
    return { vanished: await loadVanishedItems(tx, walk.connection.id, whole.kinds, whole.parentIds, ids, before) };
  }
  if (page.next !== undefined || !list) return { vanished: [] };
  const gone: Vanished[] = [];
  for (const kind of list.all) {
    const before = new Date(walk.lapStartedAt.getTime() - trailMs);
    const { vanished, all } = await loadVanished(tx, walk, kind, before);
    const many = vanished.length;
    if (many > MANY && many * 2 > all)
      return { vanished: gone, said: `${kind}s: ${many} of ${all} are not listed; none of them is taken for gone` };
    gone.push(...vanished);
  }
  return { vanished: gone };
}

interface Sifted extends Listed {
  digests: Digests | undefined;
  triggers: readonly string[];
}

function siftOne({ connection }: Walk, listed: Listed, before: Before | undefined, until: number): Sifted {
  // Of what has just happened its own webhook may be on its way.
  if (isAfter(listed, until)) return { ...listed, digests: undefined, triggers: [] };
  const { start, timeZone } = connection;
  return { ...listed, ...sift(listed, before?.known, before?.digests, { start: start.toISOString(), timeZone }) };
}

const foundOf =
  (addressKey: Buffer) =>
  ({ triggers, kind, vendorId, parentKind, parentId, data }: Sifted): Found[] =>
    triggers.map((trigger) => ({
      event: 'Found',
      trigger,
      kind,
      vendorId,
      parentKind,
      parentId,
      emailKey:
        kind === 'address'
          ? vendorId
          : (emailKey(addressKey, data['email'] ?? data['recipientEmailAddress']) ?? undefined),
    }));

function deleteOf({ kind, vendorId, parentId }: Vanished): Found {
  const hangs = kind === 'task' || kind === 'note' || kind === 'appointment' || kind === 'opportunity';
  const parent = parentId === null || !hangs ? {} : { parentKind: 'contact' as const, parentId };
  return { event: 'FoundDelete', trigger: triggerOf(kind), kind, vendorId, ...parent };
}

/** Where the walk goes on: the next page, the next list, or the next lap. */
function positionAfter({ name, position }: Walk, page: Page): Pick<WalkStep, 'position' | 'lapEnds'> {
  const list = position?.list ?? 0;
  if (page.next !== undefined) return { position: { list, at: page.next }, lapEnds: false };
  if (list + 1 < LISTS[name].length) return { position: { list: list + 1, at: null }, lapEnds: false };
  return { position: page.resume === undefined ? null : { list: 0, at: page.resume }, lapEnds: true };
}
