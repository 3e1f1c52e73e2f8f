import { createHash } from 'node:crypto';
import type { Database, Db } from './database.ts';
import type { Mode } from './schema.ts';

/** What the bridge must know of a connection to say whose event it has received. */
export interface Route {
  readonly connectionId: string;
  readonly ghlLocationId: string;
}

/** Who owns a location, a path token or a program, as of at most five seconds ago. */
export interface Routes {
  byConnection(connectionId: string): Route | undefined;
  byLocation(locationId: string): Route | undefined;
  byWorkflowToken(token: string): Route | undefined;
  /** The connections whose RR account sends its webhooks to this token; empty: nobody knows the token. */
  byReferralRockToken(token: string): readonly Route[];
  /** The connection that owns an RR program, of whatever account. */
  ownerOfProgram(programId: string): string | undefined;
}

export interface Routing {
  /** The present routes. Rejects only when the store has never been readable. */
  routes(): Promise<Routes>;
}

const FRESH_MS = 5_000;

/** Reads all routes at once and keeps them for five seconds, so that an event costs no look-up; the last ones serve while the store is away. */
export function createRouting({ db }: Pick<Database, 'db'>): Routing {
  let known: Routes | undefined;
  let readAt = -Infinity;
  let reading: Promise<Routes> | undefined;

  const read = async (): Promise<Routes> => {
    try {
      known = await readRoutes(db);
      return known;
    } catch (error) {
      if (known) return known;
      throw error;
    } finally {
      readAt = performance.now();
      reading = undefined;
    }
  };

  return {
    async routes() {
      if (known && performance.now() - readAt < FRESH_MS) return known;
      reading ??= read();
      return reading;
    },
  };
}

async function readRoutes(db: Db): Promise<Routes> {
  const connections = await db
    .selectFrom('connections')
    .select(['id', 'ghl_location_id', 'ghl_workflow_token', 'referral_rock_webhook_token'])
    .execute();
  const programs = await db.selectFrom('programs').select(['vendor_id', 'connection_id']).execute();
  const routes = new Map<string, Route>();
  const locations = new Map<string, Route>();
  const workflowTokens = new Map<string, Route>();
  const accounts = new Map<string, Route[]>();
  for (const row of connections) {
    const route = { connectionId: row.id, ghlLocationId: row.ghl_location_id };
    routes.set(row.id, route);
    locations.set(row.ghl_location_id, route);
    if (row.ghl_workflow_token) workflowTokens.set(digest(row.ghl_workflow_token), route);
    const account = digest(row.referral_rock_webhook_token);
    accounts.set(account, [...(accounts.get(account) ?? []), route]);
  }
  const owners = new Map(programs.map((program) => [program.vendor_id.toLowerCase(), program.connection_id]));
  return {
    byConnection: (connectionId) => routes.get(connectionId),
    byLocation: (locationId) => locations.get(locationId),
    byWorkflowToken: (token) => workflowTokens.get(digest(token)),
    byReferralRockToken: (token) => accounts.get(digest(token)) ?? [],
    ownerOfProgram: (programId) => owners.get(programId.toLowerCase()),
  };
}

/** Tokens are looked up by their digest, so that the time of a look-up tells nothing about a token. */
function digest(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}

export interface ConnectionLine {
  id: string;
  name: string;
  ghlLocationId: string;
  mode: Mode;
  since: Date;
  pausedAt: Date | null;
  /** Why a vendor refuses this connection; null: none does, as far as is known. */
  brokenReason: string | null;
  /** Why no members are made until a person resumes it; null: they are. */
  membersStoppedReason: string | null;
  timeZone: string;
  country: string;
  programs: { id: string; name: string; title: string; isDefault: boolean }[];
}

/** All connections with their programs, without any secret. */
export async function listConnections({ db }: Pick<Database, 'db'>): Promise<ConnectionLine[]> {
  const connections = await db
    .selectFrom('connections')
    .select([
      'id',
      'name',
      'ghl_location_id as ghlLocationId',
      'mode',
      'since',
      'paused_at as pausedAt',
      'broken_reason as brokenReason',
      'members_stopped_reason as membersStoppedReason',
      'time_zone as timeZone',
      'country',
    ])
    .orderBy('id')
    .execute();
  const programs = await db
    .selectFrom('programs')
    .select(['connection_id', 'vendor_id as id', 'name', 'title', 'is_default as isDefault'])
    .orderBy('name')
    .execute();
  const byConnection = Map.groupBy(programs, (program) => program.connection_id);
  return connections.map((connection) => ({
    ...connection,
    programs: (byConnection.get(connection.id) ?? []).map(({ id, name, title, isDefault }) => ({
      id,
      name,
      title,
      isDefault,
    })),
  }));
}
