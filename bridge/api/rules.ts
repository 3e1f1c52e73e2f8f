import type { FastifyInstance, FastifyReply } from 'fastify';
import stableStringify from 'safe-stable-stringify';
import { z } from 'zod';
import { checkRuleFile } from '../../rules/rule-sets/check-rule-file.ts';
import { diffRules, type RuleChange } from '../../rules/rule-sets/diff-rules.ts';
import { unresolvedNames } from '../../rules/rule-sets/names-used.ts';
import { resolveRules } from '../../rules/rule-sets/resolve-rules.ts';
import { type Place, placeName, type RuleProblem } from '../../rules/rule-sets/rule-file.ts';
import type { Rules } from '../../rules/rule-set.ts';
import type { Db } from '../../store/database.ts';
import {
  BUILT_IN,
  type ConnectionRules,
  listRuleSets,
  loadConnectionRules,
  loadRuleSet,
  saveConnectionRules,
  saveRuleSet,
  type StoredRuleSet,
} from '../../store/rule-sets.ts';
import { idOf, isPayload, parsePayload, quotable, Refusal } from '../payload.ts';
import type { ApiDeps } from './index.ts';
import { refuseConnection } from './known-connection.ts';
import { knownOperations } from './known-operations.ts';
import { parseQuery } from './query.ts';

/** What a change of rules means to one connection. */
interface Difference {
  readonly id: string;
  readonly changes: readonly RuleChange[];
  readonly warnings: readonly string[];
}

const Query = z.strictObject({ dryRun: z.enum(['true', 'false'], { error: 'wants true or false' }).optional() });

interface Named {
  Params: { name: string };
}
interface OfConnection {
  Params: { id: string };
}

/** `/rule-sets`, `/rule-sets/:name`, `/connections/:id/rules`: what decisions follow, and what a change of it would change. */
export function registerRules(server: FastifyInstance, { database: { db } }: ApiDeps): void {
  registerSets(server, db);

  server.get<OfConnection>('/connections/:id/rules', async ({ params }) => {
    const connection = await connectionOf(db, params.id);
    const resolved = await rulesOf(db, connection);
    const { ruleSet, overrides } = connection;
    return { ruleSet, overrides, resolved, warnings: warningsOf(connection, resolved) };
  });

  server.put<OfConnection>('/connections/:id/rules', async ({ params, query, body }, reply) => {
    const isDry = parseQuery(Query, query).dryRun === 'true';
    const before = await connectionOf(db, params.id);
    const { ruleSet = before.ruleSet, overrides = before.overrides } = readChoice(body);
    const set = await setOf(db, ruleSet);
    const checked = checkRuleFile(overrides, resolveRules(ruleSet, set.body, {}), knownOperations);
    if (!checked.file) return refuse(reply, checked.problems, ['overrides']);
    const after = { ...before, ruleSet, overrides: checked.file };
    const difference = differenceOf(after, await rulesOf(db, before), resolveRules(ruleSet, set.body, checked.file));
    if (!isDry) await saveConnectionRules(db, after);
    return { stored: !isDry, ruleSet, overrides: checked.file, ...difference };
  });
}

function registerSets(server: FastifyInstance, db: Db): void {
  server.get('/rule-sets', async () => {
    const connections = await loadConnectionRules(db);
    const sets = await listRuleSets(db);
    return { ruleSets: sets.map((set) => lineOf(set, connections)) };
  });

  server.get<Named>('/rule-sets/:name', async ({ params }) => {
    const set = await setOf(db, params.name);
    const line = lineOf(set, await loadConnectionRules(db, { ruleSet: set.name }));
    return { ...line, rules: set.body, resolved: resolveRules(set.name, set.body, {}) };
  });

  server.put<Named>('/rule-sets/:name', async (request, reply) => {
    const { params, query, body } = request;
    const isDry = parseQuery(Query, query).dryRun === 'true';
    const { name, version, rules } = readSet(params.name, body);
    const checked = checkRuleFile(rules, resolveRules(name, {}, {}), knownOperations);
    if (!checked.file) return refuse(reply, checked.problems);
    const by = request.principal.name;
    return db.transaction().execute((tx) => putSet(tx, { name, version, body: checked.file, by }, isDry));
  });
}

function lineOf({ name, version, updatedAt, updatedBy }: StoredRuleSet, connections: readonly ConnectionRules[]) {
  const followers = connections.filter(({ ruleSet }) => ruleSet === name).map(({ id }) => id);
  return { name, version, updatedAt, updatedBy, connections: followers };
}

async function putSet(
  tx: Db,
  { name, version, body, by }: { name: string; version: number | undefined; body: object; by: string },
  isDry: boolean,
) {
  const stored = await loadRuleSet(tx, name);
  const current = stored?.version ?? 0;
  if (version !== undefined && version !== current) throw stale(name, version, current);
  const before = resolveRules(name, stored?.body, {});
  const after = resolveRules(name, body, {});
  const connections = (await loadConnectionRules(tx, { ruleSet: name })).map((connection) =>
    differenceOf(
      connection,
      resolveRules(name, stored?.body, connection.overrides),
      resolveRules(name, body, connection.overrides),
    ),
  );
  const answer = { name, changes: diffRules(before, after), connections };
  if (isDry) return { stored: false, version: current, ...answer };
  const isSame = stored !== undefined && stableStringify(stored.body) === stableStringify(body);
  if (isSame) return { stored: true, version: current, ...answer };
  const saved = await saveRuleSet(tx, { name, body, version: current, by });
  if (saved === undefined) throw stale(name, current, undefined);
  return { stored: true, version: saved, ...answer };
}

function stale(name: string, version: number, current: number | undefined): Refusal {
  const now = current === undefined ? 'was changed just now' : `is at version ${current}`;
  return new Refusal(
    409,
    'version',
    `The rule set ${name} ${now}, and this is a change of version ${version}: read it anew, and change that.`,
  );
}

function differenceOf(connection: ConnectionRules, before: Rules, after: Rules): Difference {
  return { id: connection.id, changes: diffRules(before, after), warnings: warningsOf(connection, after) };
}

function warningsOf({ overrides, names, programs }: ConnectionRules, resolved: Rules): string[] {
  const told = (overrides as { actions?: { id: string }[] }).actions ?? [];
  const lost = told.filter(({ id }) => !resolved.actions.some((action) => action.id === id));
  return [
    ...lost.map(({ id }) => `actions.${id}: the overrides change this action, which the rule set does not have`),
    ...unresolvedNames(resolved, names, programs),
  ];
}

async function rulesOf(db: Db, { ruleSet, overrides }: ConnectionRules): Promise<Rules> {
  return resolveRules(ruleSet, (await loadRuleSet(db, ruleSet))?.body, overrides);
}

/** The rule set of that name; 404 if there is none. */
export async function setOf(db: Db, name: string): Promise<StoredRuleSet> {
  const set = idOf(name) && (await loadRuleSet(db, name));
  if (set) return set;
  throw new Refusal(404, 'rule-set', `There is no rule set ${quotable(name)}: PUT /api/rule-sets/<name> makes one.`);
}

/** What decides the rules of a connection; 404 if there is none of that id. */
export async function connectionOf(db: Db, id: string): Promise<ConnectionRules> {
  const [connection] = idOf(id) ? await loadConnectionRules(db, { id }) : [];
  return connection ?? refuseConnection(id);
}

/** A rule file with, perhaps, the name and version of its set. */
function readSet(name: string, body: unknown): { name: string; version: number | undefined; rules: object } {
  if (!/^[a-z0-9][a-z0-9-]{0,59}$/u.test(name))
    throw new Refusal(
      400,
      'rule-set',
      `A rule set's name wants lower-case letters, digits and hyphens, as ${BUILT_IN} has.`,
    );
  const { name: told = name, version, ...rules } = payloadOf(body);
  if (told !== name)
    throw new Refusal(400, 'rule-set', `The rules call themselves ${quotable(String(told))}, and the address ${name}.`);
  if (version !== undefined && !Number.isSafeInteger(version))
    throw new Refusal(400, 'rule-set', 'version wants the number that the rule set had when it was read.');
  return { name, version: version as number | undefined, rules };
}

function readChoice(body: unknown): { ruleSet?: string; overrides?: object } {
  const { ruleSet, overrides, ...others } = payloadOf(body);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw new Refusal(400, 'rules', `${quotable(unknown)} is not known here: ruleSet and overrides are.`);
  if (ruleSet !== undefined && typeof ruleSet !== 'string')
    throw new Refusal(400, 'rules', 'ruleSet wants the name of a rule set.');
  if (overrides !== undefined && !isPayload(overrides))
    throw new Refusal(400, 'rules', 'overrides wants an object, {} for none.');
  return { ...(ruleSet !== undefined && { ruleSet }), ...(overrides !== undefined && { overrides }) };
}

/** The JSON of a request's body. */
export function payloadOf(body: unknown): Readonly<Record<string, unknown>> {
  return parsePayload(Buffer.isBuffer(body) ? body : Buffer.alloc(0));
}

/** All that is wrong, each with its place. */
export function refuse(reply: FastifyReply, problems: readonly RuleProblem[], within: Place = []): FastifyReply {
  const named = problems.map((problem) => {
    const path = [...within, ...problem.path];
    return { ...problem, path, place: placeName(path) };
  });
  const sentences = named.map(({ place, message }) => `${place} ${message}`.trim());
  return reply.code(400).send({ error: `The rules were not stored. ${sentences.join('. ')}.`, problems: named });
}
