import { sql } from 'kysely';
import type { Names } from '../rules/state.ts';
import { namesOf } from './connection-state.ts';
import type { Db } from './database.ts';
import { toJson } from './json.ts';

/** The set that a connection follows unless it is told another; it is built in, and has no row until somebody changes it. */
export const BUILT_IN = 'default';

/** A rule set as it is kept: `body` is a rule file as people wrote it. */
export interface StoredRuleSet {
  readonly name: string;
  readonly body: object;
  /** Counts its changes; 0: the built-in one, unchanged. */
  readonly version: number;
  readonly updatedAt: Date | null;
  readonly updatedBy: string | null;
}

const COLUMNS = ['name', 'body', 'version', 'updated_at as updatedAt', 'updated_by as updatedBy'] as const;

/** All rule sets by name, the built-in one among them. */
export async function listRuleSets(db: Db): Promise<StoredRuleSet[]> {
  const rows = await db.selectFrom('rule_sets').select(COLUMNS).orderBy('name').execute();
  return rows.some(({ name }) => name === BUILT_IN) ? rows : [unchanged(BUILT_IN), ...rows];
}

/** The rule set of that name, or undefined. */
export async function loadRuleSet(db: Db, name: string): Promise<StoredRuleSet | undefined> {
  const row = await db.selectFrom('rule_sets').select(COLUMNS).where('name', '=', name).executeTakeFirst();
  return row ?? (name === BUILT_IN ? unchanged(name) : undefined);
}

function unchanged(name: string): StoredRuleSet {
  return { name, body: {}, version: 0, updatedAt: null, updatedBy: null };
}

/** Stores a rule set if it still is at `version` (0: there is none); undefined: somebody else was faster. */
export async function saveRuleSet(
  db: Db,
  { name, body, version, by }: { name: string; body: object; version: number; by: string },
): Promise<number | undefined> {
  const row = await db
    .insertInto('rule_sets')
    .values({ name, body: toJson(body), version: version + 1, updated_by: by })
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet({
          body: toJson(body),
          version: sql`rule_sets.version + 1`,
          updated_at: sql`now()`,
          updated_by: by,
        })
        .where('rule_sets.version', '=', version),
    )
    .returning('version')
    .executeTakeFirst();
  return row?.version;
}

/** What decides a connection's rules, and what it has names for. */
export interface ConnectionRules {
  readonly id: string;
  readonly ruleSet: string;
  readonly overrides: object;
  /** Name by id. */
  readonly programs: Readonly<Record<string, string>>;
  readonly names: Names;
}

/** The connections, or only the one of that id, or those that follow that set. */
export async function loadConnectionRules(
  db: Db,
  { id, ruleSet }: { id?: string; ruleSet?: string } = {},
): Promise<ConnectionRules[]> {
  const rows = await db
    .selectFrom('connections')
    .select(['id', 'rule_set', 'overrides'])
    .$if(id !== undefined, (query) => query.where('id', '=', id ?? ''))
    .$if(ruleSet !== undefined, (query) => query.where('rule_set', '=', ruleSet ?? ''))
    .orderBy('id')
    .execute();
  const ids = rows.map((row) => row.id);
  if (ids.length === 0) return [];
  const programs = await db
    .selectFrom('programs')
    .select(['connection_id', 'vendor_id', 'name'])
    .where('connection_id', 'in', ids)
    .execute();
  const names = await db
    .selectFrom('names')
    .select(['connection_id', 'kind', 'vendor_id', 'name'])
    .where('connection_id', 'in', ids)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    ruleSet: row.rule_set,
    overrides: row.overrides,
    programs: Object.fromEntries(
      programs.filter((program) => program.connection_id === row.id).map(({ vendor_id, name }) => [vendor_id, name]),
    ),
    names: namesOf(names.filter((name) => name.connection_id === row.id)),
  }));
}

/** Lets a connection follow that set, with those overrides. */
export async function saveConnectionRules(
  db: Db,
  { id, ruleSet, overrides }: Pick<ConnectionRules, 'id' | 'ruleSet' | 'overrides'>,
): Promise<void> {
  await db
    .updateTable('connections')
    .set({ rule_set: ruleSet, overrides: toJson(overrides) })
    .where('id', '=', id)
    .execute();
}
