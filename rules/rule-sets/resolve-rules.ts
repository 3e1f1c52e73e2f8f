import { defaultRules } from './default-rules.ts';
import type { FieldMapping } from '../links/fields.ts';
import { MAPPED_FIELDS } from '../forms/normalize.ts';
import type { ActionEntry, MappingEntry, RuleFile } from './rule-file.ts';
import { type Action, type ActionStep, isWait, type Rules, type Wait } from '../rule-set.ts';
import type { LinkKind } from '../records.ts';

/** The rules of a connection: the set that it follows (undefined: nobody has changed the built-in one), with its own overrides. */
export function resolveRules(name: string, body: object | undefined, overrides: object): Rules {
  return withFile(withFile({ ...defaultRules, name }, body ?? {}), overrides);
}

/** `rules` with what a file says; an action that is neither there nor told whole is left out. */
export function withFile(rules: Rules, file: RuleFile): Rules {
  return {
    name: rules.name,
    sync: { ...rules.sync, ...file.sync },
    settings: { ...rules.settings, ...file.settings },
    fields: {
      referral: withMappings(rules.fields.referral, file.fields?.referral),
      member: withMappings(rules.fields.member, file.fields?.member),
    },
    values: withValues(rules.values, file.values),
    actions: withActions(rules.actions, file.actions),
  };
}

function withMappings(
  mappings: readonly FieldMapping[],
  entries: Readonly<Partial<Record<string, MappingEntry>>> = {},
): FieldMapping[] {
  const known = new Map(mappings.map((mapping) => [mapping.field, mapping]));
  return [...new Set([...known.keys(), ...MAPPED_FIELDS])].flatMap((field) => {
    const { rr, direction, policy, ...more } = { ...known.get(field), ...entries[field] };
    if (rr === undefined || direction === 'off') return [];
    return [{ ...more, field, rr, direction: direction ?? 'both', policy: policy ?? 'ghl wins' }];
  });
}

function withValues(values: Rules['values'], changes: RuleFile['values'] = {}): Rules['values'] {
  const changed = Object.entries(changes).map(([name, map]) => {
    const entries = Object.entries(map).map(([key, value]) => [key.trim().toLowerCase(), value] as const);
    const merged = Object.entries({ ...values[name], ...Object.fromEntries(entries) });
    return [name, Object.fromEntries(merged.filter((entry): entry is [string, string] => entry[1] !== null))] as const;
  });
  return { ...values, ...Object.fromEntries(changed) };
}

function withActions(actions: readonly Action[], entries: readonly ActionEntry[] = []): Action[] {
  const merged = new Map(actions.map((action) => [action.id, action]));
  for (const entry of entries) {
    const action = withEntry(merged.get(entry.id), entry);
    if (action) merged.set(entry.id, action);
  }
  return [...merged.values()];
}

/** An action with what an entry of its id says; undefined: there is none of that id, and the entry does not tell it whole. */
export function withEntry(action: Action | undefined, entry: ActionEntry): Action | undefined {
  const merged = { ...action, ...entry };
  if (merged.when === undefined || merged.do === undefined) return undefined;
  return {
    id: entry.id,
    title: merged.title ?? entry.id,
    mode: merged.mode ?? 'live',
    when: merged.when,
    ...(merged.if && { if: merged.if }),
    ...(merged.while && { while: merged.while }),
    ...(merged.stopWhen && { stopWhen: merged.stopWhen }),
    do: merged.do.map(inOrder),
  };
}

/** The database keeps the entries of objects in an order of its own. */
function inOrder(entry: ActionStep | Wait): ActionStep | Wait {
  if (isWait(entry)) return entry;
  const { name, operation, input, sentence, money, onError } = entry;
  return { name, operation, input, sentence, ...(money && { money }), ...(onError && { onError }) };
}

/** The file that makes these rules of the built-in ones, all told: the way back of `withFile`. */
export function fileOf({ sync, settings, fields, values, actions }: Rules): RuleFile {
  return {
    sync,
    settings,
    fields: { referral: mappingsOf(fields.referral, 'referral'), member: mappingsOf(fields.member, 'member') },
    values: valuesOf(values),
    // Apart: what two actions share would be an anchor in YAML.
    actions: actions.map((action) => structuredClone(action) as ActionEntry),
  };
}

function mappingsOf(mappings: readonly FieldMapping[], kind: LinkKind): Record<string, MappingEntry> {
  const gone = defaultRules.fields[kind].filter(({ field }) => !mappings.some((mapping) => mapping.field === field));
  return Object.fromEntries([
    ...mappings.map(({ field, ...entry }) => [field, entry] as const),
    ...gone.map(({ field }) => [field, { direction: 'off' }] as const),
  ]);
}

function valuesOf(values: Rules['values']): NonNullable<RuleFile['values']> {
  const gone = Object.entries(defaultRules.values).map(
    ([name, map]) =>
      [
        name,
        Object.keys(map)
          .filter((key) => values[name]?.[key] === undefined)
          .map((key) => [key, null] as const),
      ] as const,
  );
  const taken = Object.fromEntries(gone.map(([name, keys]) => [name, Object.fromEntries(keys)]));
  return Object.fromEntries(Object.entries(values).map(([name, map]) => [name, { ...map, ...taken[name] }]));
}
