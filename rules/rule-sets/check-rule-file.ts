import { z } from 'zod';
import { automationProblems } from './check-automation.ts';
import { templateProblems, textsIn } from './check-template.ts';
import { withEntry, withFile } from './resolve-rules.ts';
import {
  type ActionEntry,
  parseRuleFile,
  type Place,
  RR_FIELDS,
  type RuleFile,
  type RuleProblem,
  wordsOf,
} from './rule-file.ts';
import { type Action, type ActionStep, isWait, type Rules } from '../rule-set.ts';
import type { LinkKind } from '../records.ts';

/** What an action may do: the catalog, of which rules/ knows nothing. */
export interface KnownOperations {
  find(id: string): KnownOperation | undefined;
  /** The ids that differ least. */
  nearest(id: string): readonly string[];
}

export interface KnownOperation {
  readonly effect: 'read' | 'write' | 'delete' | 'money';
  readonly input: z.ZodType;
}

export type CheckedRuleFile =
  | { readonly file: RuleFile; readonly problems: readonly [] }
  | { readonly file: undefined; readonly problems: readonly RuleProblem[] };

/**
 * A rule file that changes `base` (for a set: the built-in rules; for a connection's overrides: its set), or all that is wrong
 * with it. Whether users, stages and the like exist is not looked at: that differs by connection.
 */
export function checkRuleFile(input: unknown, base: Rules, known: KnownOperations): CheckedRuleFile {
  const parsed = parseRuleFile(input);
  if (isProblems(parsed)) return { file: undefined, problems: parsed };
  const found = [...fieldProblems(parsed, base), ...actionProblems(parsed, base, known)];
  const problems = [...new Map(found.map((problem) => [JSON.stringify(problem), problem])).values()];
  return problems.length > 0 ? { file: undefined, problems } : { file: parsed, problems: [] };
}

function isProblems(parsed: RuleFile | readonly RuleProblem[]): parsed is readonly RuleProblem[] {
  return Array.isArray(parsed);
}

const one = (path: Place, message: string): RuleProblem[] => [{ path, message }];

function fieldProblems(file: RuleFile, base: Rules): RuleProblem[] {
  const resolved = withFile(base, file).fields;
  return (['referral', 'member'] as const).flatMap((kind: LinkKind) =>
    Object.entries(file.fields?.[kind] ?? {}).flatMap(([field, entry]) => {
      const path = ['fields', kind, field];
      const mapping = resolved[kind].find((each) => each.field === field);
      const isOff = entry.direction === 'off';
      if (!mapping) return isOff ? [] : one(path, `wants rr: the field of the ${kind} that it is kept in step with`);
      if (!RR_FIELDS[kind].includes(mapping.rr))
        return one([...path, 'rr'], `wants a field of a ${kind}: one of ${RR_FIELDS[kind].join(', ')}`);
      const other = resolved[kind].find((each) => each.rr === mapping.rr && each.field !== field);
      if (other) return one([...path, 'rr'], `${mapping.rr} is kept in step with ${other.field} already`);
      if (field === 'companyName' && mapping.direction !== 'ghl->rr')
        return one([...path, 'direction'], 'wants ghl->rr: GoHighLevel refuses companyName when a contact is updated');
      return [];
    }),
  );
}

function actionProblems(file: RuleFile, base: Rules, known: KnownOperations): RuleProblem[] {
  const entries = file.actions ?? [];
  const values = withFile(base, { ...(file.values && { values: file.values }) }).values;
  return entries.flatMap((entry, index) => {
    const path = ['actions', index];
    const first = entries.findIndex(({ id }) => id === entry.id);
    if (first < index) return one([...path, 'id'], `is that of actions[${first}] too: an action is told once`);
    const before = base.actions.find(({ id }) => id === entry.id);
    const action = withEntry(before, entry);
    if (!action) return one(path, incomplete(entry, base));
    return [...automationProblems(path, action, values, entry), ...stepProblems(path, action, values, entry, known)];
  });
}

function incomplete(entry: ActionEntry, { actions }: Rules): string {
  const lacks = (['when', 'do'] as const).filter((name) => entry[name] === undefined).join(' and ');
  return `lacks ${lacks}: there is no action "${entry.id}" to change, and a new one is told whole (there are: ${actions.map(({ id }) => id).join(', ')})`;
}

/** Names of the plan's own steps. */
const RESERVED = ['contact', 'referral', 'member'];

function stepProblems(
  path: Place,
  action: Action,
  values: Rules['values'],
  entry: ActionEntry,
  known: KnownOperations,
): RuleProblem[] {
  if (!entry.do && !entry.when) return [];
  const names = action.do.map((each) => (isWait(each) ? '' : each.name));
  return action.do.flatMap((step, n) => {
    if (isWait(step)) return [];
    // Steps that were there already can only be wrong for the fact they now wait for.
    const here: Place = entry.do ? [...path, 'do', n] : [...path, 'when'];
    const inside = (...more: Place): Place => (entry.do ? [...here, ...more] : here);
    const earlier = names.slice(0, n);
    return [
      ...(RESERVED.includes(step.name)
        ? one(inside('name'), `wants another name: ${RESERVED.join(', ')} are taken`)
        : []),
      ...(earlier.includes(step.name)
        ? one(inside('name'), `wants another name: an earlier step has "${step.name}"`)
        : []),
      ...(entry.do ? operationProblems(here, step, known) : []),
      ...textsIn(step.input).flatMap(([at, template]) =>
        templateProblems(inside('input', ...at), template, action, values, earlier),
      ),
      ...templateProblems(inside('sentence'), step.sentence, action, values, earlier),
    ];
  });
}

function operationProblems(
  path: Place,
  { operation, input, money }: ActionStep,
  known: KnownOperations,
): RuleProblem[] {
  const found = known.find(operation);
  if (!found) {
    const nearest = known.nearest(operation).join(', ');
    const hint = nearest === '' ? 'GET /api/catalog lists them all' : `the nearest are ${nearest}`;
    return one([...path, 'operation'], `is no operation of the catalog; ${hint}`);
  }
  return [
    ...inputProblems(operation, input, found.input).map((problem) => ({
      ...problem,
      path: [...path, 'input', ...problem.path],
    })),
    ...(money !== undefined && found.effect !== 'money'
      ? one([...path, 'money'], `is only for operations that may pay; ${operation} is of effect ${found.effect}`)
      : []),
  ];
}

/** What an operation would refuse whatever the templates come to. */
function inputProblems(operation: string, input: ActionStep['input'], schema: z.ZodType): RuleProblem[] {
  const issues = schema.safeParse(input, { error: wordsOf }).error?.issues ?? [];
  return issues.flatMap((issue) => {
    const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    if (issue.code === 'unrecognized_keys') {
      const takes =
        path.length === 0 && schema instanceof z.ZodObject ? `: it takes ${Object.keys(schema.shape).join(', ')}` : '';
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: `is no field of ${operation}${takes}`,
        ofName: true as const,
      }));
    }
    const value = valueAt(input, path);
    if (value === undefined) return one(path.slice(0, -1), `lacks ${path.at(-1)}, which ${operation} wants`);
    const hasTemplate = textsIn(value).some(([, text]) => /\{[{%]/u.test(text));
    return hasTemplate ? [] : one(path, issue.message);
  });
}

function valueAt(value: unknown, path: Place): unknown {
  return path.reduce<unknown>(
    (at, part) => (at as Readonly<Record<string | number, unknown>> | undefined)?.[part],
    value,
  );
}
