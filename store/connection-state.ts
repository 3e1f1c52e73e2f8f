import { resolveRules } from '../rules/rule-sets/resolve-rules.ts';
import type { Rules } from '../rules/rule-set.ts';
import type { ConnectionState, NameKind, Names } from '../rules/state.ts';
import type { Db } from './database.ts';

/** What an activity needs of a customer's connection. */
export type ConnectionFacts = Pick<ConnectionState, 'id' | 'mode' | 'country' | 'locationId'>;

export async function connectionOfCustomer(db: Db, customerId: string): Promise<ConnectionFacts> {
  const row = await connectionRow(db, customerId).executeTakeFirstOrThrow();
  return { id: row.id, mode: row.mode, country: row.country, locationId: row.ghl_location_id };
}

/** A customer's connection with its programs and the names of its location, as decisions are made from it, and the rules that it follows. */
export async function loadConnection(
  db: Db,
  customerId: string,
): Promise<{ connection: ConnectionState; rules: Rules }> {
  const row = await connectionRow(db, customerId).executeTakeFirstOrThrow();
  const [programs, names] = await Promise.all([
    db
      .selectFrom('programs')
      .select(['vendor_id', 'name', 'is_default', 'reward_rules'])
      .where('connection_id', '=', row.id)
      .orderBy('is_default', 'desc')
      .orderBy('vendor_id')
      .execute(),
    db.selectFrom('names').select(['kind', 'vendor_id', 'name']).where('connection_id', '=', row.id).execute(),
  ]);
  const connection: ConnectionState = {
    id: row.id,
    mode: row.mode,
    since: row.since.toISOString(),
    timeZone: row.time_zone,
    country: row.country,
    locationId: row.ghl_location_id,
    programs: programs.map((program) => ({
      id: program.vendor_id,
      name: program.name,
      isDefault: program.is_default,
      rewardRules: program.reward_rules,
    })),
    names: namesOf(names),
    membersStopped: row.members_stopped_reason ?? undefined,
  };
  return { connection, rules: rulesOf(row) };
}

/** The rules that a customer's connection follows: its rule set with its own overrides. */
export async function loadRules(db: Db, customerId: string): Promise<Rules> {
  return rulesOf(await connectionRow(db, customerId).executeTakeFirstOrThrow());
}

function rulesOf(row: { rule_set: string; body: object | null; overrides: object }): Rules {
  return resolveRules(row.rule_set, row.body ?? undefined, row.overrides);
}

function connectionRow(db: Db, customerId: string) {
  return db
    .selectFrom('connections')
    .innerJoin('customers', 'customers.connection_id', 'connections.id')
    .leftJoin('rule_sets', 'rule_sets.name', 'connections.rule_set')
    .select(['rule_set', 'overrides', 'body'])
    .select(['connections.id', 'mode', 'since', 'time_zone', 'country', 'ghl_location_id', 'members_stopped_reason'])
    .where('customers.id', '=', customerId);
}

/** What a location calls its things, by kind. */
export function namesOf(rows: readonly { kind: string; vendor_id: string; name: string }[]): Names {
  const ofKind = (kind: NameKind): Record<string, string> =>
    Object.fromEntries(rows.filter((row) => row.kind === kind).map(({ vendor_id, name }) => [vendor_id, name]));
  return {
    customField: ofKind('customField'),
    stage: ofKind('stage'),
    pipeline: ofKind('pipeline'),
    user: ofKind('user'),
    calendar: ofKind('calendar'),
  };
}
