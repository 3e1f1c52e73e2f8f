import { z } from 'zod';
import { MAPPED_FIELDS } from '../forms/normalize.ts';
import { FACT_WORDS } from './rule-words.ts';
import type { FactKind, LinkKind } from '../records.ts';

/*
 * A rule set as people write it, in YAML or JSON: whole or partial. What is left out keeps its default; actions are merged by id.
 * Overrides of a connection have the same form.
 */

const SYNC_RULES = [
  'fields',
  'tags',
  'tasks',
  'notes',
  'appointments',
  'memberFields',
  'optOuts',
  'contactDeletes',
] as const;

const PERSON = ['firstName', 'lastName', 'email'] as const;
const ADDRESS = ['addressLine1', 'addressLine2', 'city', 'region', 'postalCode', 'country'] as const;

/** RR's fields that a contact's may be kept in step with: no note, no slot that another rule writes, nothing that pays. */
export const RR_FIELDS: Readonly<Record<LinkKind, readonly string[]>> = {
  referral: [...PERSON, 'phoneNumber', 'companyName', ...ADDRESS],
  member: [...PERSON, 'phone', ...ADDRESS],
};

const mode = z.enum(['live', 'observe', 'off']);
const word = z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/u, {
  error: 'wants lower-case letters, digits and hyphens, at most 60 of them',
});
const text = z.string().trim().min(1, { error: 'is empty' }).max(4_000, { error: 'has more than 4,000 characters' });
const countPerHour = z.int().min(0).max(1_000_000).exactOptional();
/** Of a change: null takes the default's entry away. */
const status = z.string().trim().min(1, { error: 'is empty' }).nullable();

const Mapping = z.strictObject({
  rr: z.string().exactOptional(),
  direction: z.enum(['both', 'ghl->rr', 'rr->ghl', 'off']).exactOptional(),
  policy: z.enum(['ghl wins', 'rr wins', 'hold']).exactOptional(),
  propagateEmpty: z.boolean().exactOptional(),
});

const Mappings = z.strictObject(optional(MAPPED_FIELDS, Mapping));

const Test = z.strictObject({
  field: z.string().regex(/^\w+(\.[\w-]+)+$/u, { error: 'wants a field as in referral.status' }),
  is: z.enum(['equals', 'contains', 'exists', 'changed', 'greater', 'less', 'tag']),
  value: z.string().exactOptional(),
  not: z.boolean().exactOptional(),
});

const Conditions = z.strictObject({
  all: z.array(Test).exactOptional(),
  any: z.array(Test).min(1, { error: 'wants a test at least' }).exactOptional(),
});

const Fact = z.enum(Object.keys(FACT_WORDS) as [FactKind, ...FactKind[]]);

const Wait = z.strictObject({
  wait: z.union([z.string(), z.strictObject({ for: z.string().exactOptional(), until: z.string().exactOptional() })]),
});

const Step = z.strictObject({
  name: word,
  operation: z.string(),
  input: z.record(z.string(), z.json()),
  sentence: text,
  money: z.enum(['hold', 'allow']).exactOptional(),
  onError: z.enum(['stop', 'go on']).exactOptional(),
});

/** What stands in `do` is told apart first, so that what is wrong is named where it is. */
const Entry = z.unknown().transform((entry, context): z.infer<typeof Step> | z.infer<typeof Wait> => {
  const isWait = typeof entry === 'object' && entry !== null && 'wait' in entry;
  const parsed = (isWait ? Wait : Step).safeParse(entry, { error: wordsOf });
  if (parsed.success) return parsed.data;
  context.issues.push(...parsed.error.issues.map((issue) => ({ ...issue, input: entry }) as z.core.$ZodRawIssue));
  return z.NEVER;
});

const ActionEntry = z.strictObject({
  id: word,
  title: text.exactOptional(),
  mode: mode.exactOptional(),
  when: Fact.exactOptional(),
  if: Conditions.exactOptional(),
  while: Conditions.exactOptional(),
  stopWhen: z.array(z.strictObject({ fact: Fact, if: Conditions.exactOptional() })).exactOptional(),
  do: z.array(Entry).min(1, { error: 'wants a step at least' }).exactOptional(),
});

/** The form of a rule set; what it says is checked by check-rule-file.ts. */
export const RuleFileSchema = z.strictObject({
  sync: z.strictObject(optional(SYNC_RULES, mode)).exactOptional(),
  settings: z
    .strictObject({
      notes: z.enum(['all', 'marked', 'off']).exactOptional(),
      taskDueHour: z.int().min(0).max(23).exactOptional(),
      sectionLength: z.int().min(500).max(20_000).exactOptional(),
      unsubscribeSetsDnd: z.boolean().exactOptional(),
      propagateEmpty: z.boolean().exactOptional(),
      brakeCreates: countPerHour,
      brakeDeletes: countPerHour,
      brakeOptOuts: countPerHour,
      brakeChangedFrom: countPerHour,
      brakeChangedShare: z.int().min(0).max(100).exactOptional(),
    })
    .exactOptional(),
  fields: z.strictObject({ referral: Mappings.exactOptional(), member: Mappings.exactOptional() }).exactOptional(),
  values: z.record(z.string(), z.record(z.string(), status)).exactOptional(),
  actions: z.array(ActionEntry).exactOptional(),
});

export type RuleFile = z.infer<typeof RuleFileSchema>;
export type ActionEntry = z.infer<typeof ActionEntry>;
export type MappingEntry = z.infer<typeof Mapping>;

function optional<Name extends string, T extends z.ZodType>(
  names: readonly Name[],
  schema: T,
): Record<Name, z.ZodExactOptional<T>> {
  return Object.fromEntries(names.map((name) => [name, z.exactOptional(schema)])) as Record<
    Name,
    z.ZodExactOptional<T>
  >;
}

export type Place = readonly (string | number)[];

/** What is wrong with a rule file, and where; `message` follows the place's name: `wants one of …`. */
export interface RuleProblem {
  readonly path: Place;
  readonly message: string;
  /** The name itself is wrong, not what stands there. */
  readonly ofName?: true;
}

/** `actions[2].do[0].input.title` */
export function placeName(path: Place): string {
  return path.reduce<string>((name, part) => {
    if (typeof part === 'number') return `${name}[${part}]`;
    return name === '' ? part : `${name}.${part}`;
  }, '');
}

/** The file, or what is wrong with its form. */
export function parseRuleFile(input: unknown): RuleFile | readonly RuleProblem[] {
  const parsed = RuleFileSchema.safeParse(input, { error: wordsOf });
  return parsed.success ? parsed.data : parsed.error.issues.flatMap(problemsOf);
}

function problemsOf(issue: z.core.$ZodIssue): RuleProblem[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
  return issue.keys.map((key) => ({
    path: [...path, key],
    message: 'is not known here; is it spelled right?',
    ofName: true,
  }));
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  object: 'an object',
  record: 'an object',
  array: 'a list',
  string: 'a text',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
};

/** What a value wants to be, to follow its place's name. */
export const wordsOf: z.core.$ZodErrorMap = (issue) => {
  const missing = issue.input === undefined ? 'is missing; it ' : '';
  switch (issue.code) {
    case 'invalid_type':
      return `${missing}wants ${TYPE_WORDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `${missing}wants one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `wants ${String(issue.minimum)} at least`;
    case 'too_big':
      return `wants ${String(issue.maximum)} at the most`;
    case 'invalid_format':
      return `wants another form: ${issue.format}`;
    case 'invalid_union':
      return 'has none of the forms that it may have';
    default:
      return undefined;
  }
};
