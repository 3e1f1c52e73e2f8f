import { DateTime } from 'luxon';
import { normalizeText } from '../forms/normalize.ts';
import type { Conditions, Test, TestKind } from '../rule-set.ts';
import { asTag } from '../facts/tags.ts';
import { renderTemplates, type Scope } from '../forms/templates.ts';

/** What each test says, to follow the field's name. */
export const TEST_WORDS: Readonly<Record<TestKind, string>> = {
  equals: 'is the value',
  contains: 'has the value in it',
  exists: 'is not empty',
  changed: 'has changed, as the fact tells',
  greater: 'is a greater number, or a later date',
  less: 'is a smaller number, or an earlier date',
  tag: 'of the contact has the value as a tag',
};

/** The tests that need no value. */
export const WITHOUT_VALUE: readonly TestKind[] = ['exists', 'changed'];

/** Every test of conditions, with its place in them. */
export function testsIn(conditions: Conditions | undefined): [('all' | 'any')[], number, Test][] {
  return (['all', 'any'] as const).flatMap((name) =>
    (conditions?.[name] ?? []).map((test, n): [('all' | 'any')[], number, Test] => [[name], n, test]),
  );
}

/** Why conditions do not hold, in words; undefined: they do. */
export function whyNotMet(conditions: Conditions | undefined, scope: Scope): string | undefined {
  const failing = (conditions?.all ?? []).find((test) => !holds(test, scope));
  if (failing) return wordsOf(failing, scope);
  const any = conditions?.any;
  if (!any || any.length === 0 || any.some((test) => holds(test, scope))) return undefined;
  return any.map((test) => wordsOf(test, scope)).join(', and ');
}

function wordsOf(test: Test, scope: Scope): string {
  const wanted = WITHOUT_VALUE.includes(test.is) ? '' : ` “${valueOf(test, scope)}”`;
  const verbs: Record<TestKind, string> = {
    equals: 'is',
    contains: 'contains',
    exists: 'is given',
    changed: 'has changed',
    greater: 'is above',
    less: 'is below',
    tag: 'has the tag',
  };
  return test.not ? `${test.field} ${verbs[test.is]}${wanted}` : `not: ${test.field} ${verbs[test.is]}${wanted}`;
}

function holds(test: Test, scope: Scope): boolean {
  return isTrue(test, scope) !== (test.not ?? false);
}

const form = (value: unknown): string => normalizeText(value).toLowerCase();

function valueOf({ value = '' }: Test, scope: Scope): string {
  return String(renderTemplates(value, scope));
}

function isTrue(test: Test, scope: Scope): boolean {
  const found = lookUp(test.field, scope);
  const wanted = valueOf(test, scope);
  switch (test.is) {
    case 'exists':
      return Array.isArray(found) ? found.length > 0 : form(found) !== '';
    case 'equals':
      return form(found) === form(wanted);
    case 'contains':
      return Array.isArray(found)
        ? found.some((one) => form(one) === form(wanted))
        : form(wanted) !== '' && form(found).includes(form(wanted));
    case 'tag':
      return tagsIn(scope).includes(asTag(wanted));
    case 'changed':
      return hasChanged(test.field, scope);
    default:
      return differ(found, wanted, test.is);
  }
}

/** The value of a field's path; undefined: there is none. */
function lookUp(path: string, scope: Scope): unknown {
  return path.split('.').reduce<unknown>((at, name) => {
    const isObject = typeof at === 'object' && at !== null;
    return isObject && Object.hasOwn(at, name) ? (at as Record<string, unknown>)[name] : undefined;
  }, scope);
}

function tagsIn(scope: Scope): string[] {
  const tags = lookUp('contact.tags', scope);
  return Array.isArray(tags) ? tags.map((tag) => asTag(normalizeText(tag))) : [];
}

/** `referral.note`: the fact tells of a note `{from, to}`; or the fact is about that very field, as `referral.status` is. */
function hasChanged(field: string, scope: Scope): boolean {
  const told = lookUp(`fact.${field.split('.').at(-1) ?? ''}`, scope) as { from?: unknown; to?: unknown } | undefined;
  if (typeof told === 'object' && told !== null) return told.from !== told.to;
  if (lookUp('fact.kind', scope) !== field) return false;
  return lookUp('fact.from', scope) !== lookUp('fact.to', scope);
}

function differ(found: unknown, wanted: string, is: 'greater' | 'less'): boolean {
  const [one, other] = comparable(found, wanted);
  return is === 'greater' ? one > other : one < other;
}

/** Two numbers, or two dates as milliseconds; else such that neither is greater. */
function comparable(found: unknown, wanted: string): [number, number] {
  const texts = [form(found), form(wanted)];
  const numbers = texts.map((text) => (text === '' ? Number.NaN : Number(text.replaceAll(/[\s,$€£]/gu, ''))));
  const dates = texts.map((text) => DateTime.fromISO(text.toUpperCase(), { zone: 'utc' }).toMillis());
  const [one = Number.NaN, other = Number.NaN] = numbers.some(Number.isNaN) ? dates : numbers;
  return [one, other];
}
