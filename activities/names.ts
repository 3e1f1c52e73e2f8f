import type { NameKind } from '../rules/state.ts';
import type { ConnectionFacts } from '../store/connection-state.ts';
import type { Database } from '../store/database.ts';
import { areKnown, claimReading, type Named, releaseReading, saveNames, type Wanted } from '../store/names.ts';
import { type CallOptions, VendorError } from '../vendors/operation.ts';
import { ghl } from '../vendors/operations.ts';
import { isFinal } from './failures.ts';
import { accountOf, type Clients } from './read.ts';

interface Parts {
  database: Database;
  clients: Clients;
}

type Connection = Pick<ConnectionFacts, 'id' | 'locationId'>;

/** A list that names come from; the pipelines tell their stages, too. */
interface Reader {
  kinds: readonly NameKind[];
  read: (clients: Clients, locationId: string, options: CallOptions) => Promise<Named[]>;
}

const READERS: Readonly<Record<'customField' | 'stage' | 'user' | 'calendar', Reader>> = {
  customField: {
    kinds: ['customField'],
    async read({ ghl: client }, locationId, options) {
      const { customFields } = await client.call(ghl.customField.list, { locationId, model: 'contact' }, options);
      return (customFields ?? []).map(({ id, fieldKey }) => ({ kind: 'customField', id, name: fieldKey ?? '' }));
    },
  },
  stage: {
    kinds: ['stage', 'pipeline'],
    async read({ ghl: client }, locationId, options) {
      const { pipelines } = await client.call(ghl.pipeline.list, { locationId }, options);
      return (pipelines ?? []).flatMap(({ id, name, stages }) => [
        { kind: 'pipeline' as const, id, name: name ?? '' },
        ...(stages ?? []).map((stage) => ({ kind: 'stage' as const, id: stage.id, name: stage.name ?? '' })),
      ]);
    },
  },
  user: {
    kinds: ['user'],
    async read({ ghl: client }, locationId, options) {
      const { users } = await client.call(ghl.user.listByLocation, { locationId }, options);
      return (users ?? []).map(({ id, name, firstName, lastName }) => ({
        kind: 'user',
        id,
        name: name?.trim() || `${firstName ?? ''} ${lastName ?? ''}`.trim(),
      }));
    },
  },
  calendar: {
    kinds: ['calendar'],
    async read({ ghl: client }, locationId, options) {
      const { calendars } = await client.call(ghl.calendar.list, { locationId }, options);
      return (calendars ?? []).map(({ id, name }) => ({ kind: 'calendar', id, name: name ?? '' }));
    },
  },
};

export type ReadableName = keyof typeof READERS;
export const READABLE_NAMES = Object.keys(READERS) as ReadableName[];

/** Reads what a location calls its things of one kind, unless all that is wanted is known; at most once a minute. */
export async function learnNames(
  parts: Parts,
  connection: Connection,
  kind: ReadableName,
  wanted: Wanted,
  signal?: AbortSignal,
): Promise<void> {
  if (await areKnown(parts.database, connection.id, kind, wanted)) return;
  await readNames(parts, connection, kind, signal);
}

/**
 * Reads what a location calls its things of one kind, at most once a minute. Where the vendor refuses (a scope is missing), they
 * stay unknown: a rule that needs one says so.
 */
export async function readNames(
  { database, clients }: Parts,
  connection: Connection,
  kind: ReadableName,
  signal?: AbortSignal,
): Promise<void> {
  const since = await claimReading(database, connection.id, kind);
  if (!since) return;
  const { kinds, read } = READERS[kind];
  const options = { account: accountOf(connection, 'ghl'), ...(signal ? { signal } : {}) };
  try {
    await saveNames(database, connection.id, kinds, await read(clients, connection.locationId, options), since);
  } catch (error) {
    if (error instanceof VendorError && isFinal(error)) return;
    await releaseReading(database, connection.id, kind);
    throw error;
  }
}
