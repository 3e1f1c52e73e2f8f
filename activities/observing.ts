import type { RecordKind } from '../rules/records.ts';
import { connectionOfCustomer, type ConnectionFacts } from '../store/connection-state.ts';
import { type Hint, hintsOfRows, isDeletionTold } from '../store/hints.ts';
import { type KnownRecord, recordsOfRows } from '../store/records.ts';
import type { CallOptions, Vendor } from '../vendors/operation.ts';
import type { StoryInput } from '../workflows/support/contract.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { cancellation } from './failures.ts';
import { accountOf, type Data } from './read.ts';

/** A story's rows as an observing step works on them. */
export interface Story extends StoryInput {
  connection: ConnectionFacts;
  /** What the open rows say, the newest first. */
  hints: readonly Hint[];
  /** An event tells of a deletion: a record that its vendor does not know then is gone at once. */
  isDeleted: boolean;
  /** What the rows speak of, as far as it still is this customer's. */
  records: readonly KnownRecord[];
}

/** Loads what the rows of a story say, and their records of these kinds. */
export async function loadStory(
  { database: { db } }: ActivityDependencies,
  input: StoryInput,
  ...kinds: readonly RecordKind[]
): Promise<Story> {
  const [connection, hints, isDeleted, records] = await Promise.all([
    connectionOfCustomer(db, input.customerId),
    hintsOfRows(db, input.rowIds),
    isDeletionTold(db, input.rowIds),
    recordsOfRows(db, input.rowIds, ...kinds),
  ]);
  return {
    ...input,
    connection,
    hints,
    isDeleted,
    // One that was moved while this attempt waited is read by the customer that has it now.
    records: records.filter(({ customerId }) => customerId === input.customerId),
  };
}

/** How a vendor is called for a story: on the connection's account, until Temporal cancels the activity. */
export function callingFor(connection: ConnectionFacts, vendor: Vendor): CallOptions {
  return { account: accountOf(connection, vendor), signal: cancellation() };
}

/** The event's own fields, its casing as it came; empty of a row without a body. */
export function fieldsOf({ body }: Hint): Data {
  if (!body) return {};
  try {
    const fields: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return typeof fields === 'object' && fields !== null ? (fields as Data) : {};
  } catch {
    return {};
  }
}

/** The newest text that an event of the story says under a name, in whatever casing. */
export function textIn(hints: readonly Hint[], name: string): string | undefined {
  for (const hint of hints) {
    const [, value] = Object.entries(fieldsOf(hint)).find(([key]) => key.toLowerCase() === name.toLowerCase()) ?? [];
    if (typeof value === 'string' && value.trim() !== '') return value;
  }
  return undefined;
}
