import { type Context, Liquid } from 'liquidjs';
import { DateTime } from 'luxon';
import { normalizeText } from './normalize.ts';

/** Names that templates may use: the fact, the customer's records, the connection, the time of planning. */
export type Scope = Readonly<Record<string, unknown>>;

const liquid = new Liquid({ strictVariables: true, strictFilters: true, lenientIf: true, ownPropertyOnly: true });

const STEP_ANSWER = /\{\{steps\.([\w-]+)\.([\w-]+)\}\}/gu;

/** `{{ now | due: 1, 17, connection.timeZone }}`: so many days later at that hour of the zone, as ISO time in UTC. */
liquid.registerFilter('due', (now: string, days: number, hour: number, zone: string) =>
  DateTime.fromISO(now, { zone }).plus({ days }).set({ hour, minute: 0, second: 0, millisecond: 0 }).toUTC().toISO(),
);

/** `{{ now | day: connection.timeZone }}`: `2026-12-01` in that zone. */
liquid.registerFilter('day', (time: string, zone: string) => DateTime.fromISO(time, { zone }).toISODate());

/** `{{ fact.to | lookup: values.opportunityStatus }}`: what a value map has for it, whatever its letter case; '' if nothing. */
liquid.registerFilter('lookup', (key: unknown, map: Readonly<Record<string, string>> | undefined) => {
  const wanted = normalizeText(key).toLowerCase();
  return Object.entries(map ?? {}).find(([name]) => name.toLowerCase() === wanted)?.[1] ?? '';
});

/** `{{ opportunity.monetaryValue | number }}` as the whole of a text: comes out as a number, for inputs that want one. */
liquid.registerFilter('number', (value: unknown) => {
  const text = normalizeText(value);
  if (text !== '' && Number.isNaN(Number(text))) throw new Error(`“${text}” is no number`);
  return text;
});
const AS_NUMBER = /^\{\{[^{}]*\|\s*number\s*\}\}$/u;

/** What rules call by name and the vendors by id. */
export const NAMED = ['user', 'stage', 'pipeline', 'calendar', 'customField', 'program'] as const;

/** A rule names something that the connection does not have, or has twice. */
export class UnresolvedName extends Error {
  constructor(kind: string, name: string, found: number) {
    const what = kind === 'customField' ? 'custom field' : kind;
    super(found === 0 ? `there is no ${what} named “${name}”` : `${found} ${what}s are named “${name}”`);
    this.name = 'UnresolvedName';
  }
}

/** `{{ 'Jane Doe' | user }}`: the id of what a connection calls so; an id stays. Nothing named is nothing. */
for (const kind of NAMED) {
  liquid.registerFilter(kind, function (this: { context: Context }, value: unknown) {
    const wanted = normalizeText(value);
    if (wanted === '') return '';
    const byId = this.context.getSync(['connection', 'names', kind]) as Readonly<Record<string, string>>;
    if (Object.hasOwn(byId, wanted)) return wanted;
    const found = Object.keys(byId).filter((id) => byId[id]?.toLowerCase() === wanted.toLowerCase());
    if (found.length !== 1) throw new UnresolvedName(kind, wanted, found.length);
    return found[0];
  });
}

/** Why a template could not be rendered, in words for the person who wrote the rule. */
export function whyNotRendered(error: unknown): string {
  const cause = (error as { originalError?: unknown }).originalError ?? error;
  return cause instanceof Error ? cause.message.replace(/, (?:file|line|col):.*$/su, '') : String(cause);
}

/**
 * Renders every text in a value; unknown names and filters are errors. Texts that come out empty are left out of lists and
 * objects. `{{steps.<name>.id}}` comes out as it stands: it is filled in right before the call.
 */
export function renderTemplates(value: unknown, scope: Scope): unknown {
  if (typeof value === 'string') {
    const text = liquid.parseAndRenderSync(keepAnswers(value), scope).trim();
    return text !== '' && AS_NUMBER.test(value.trim()) ? Number(text) : text;
  }
  if (Array.isArray(value)) return value.map((item) => renderTemplates(item, scope)).filter((item) => item !== '');
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([name, item]) => [name, renderTemplates(item, scope)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== ''));
}

/** The names that a template uses, each as its path: `['contact', 'name']`. Throws if it does not parse or uses an unknown filter. */
export function namesUsed(template: string): string[][] {
  const names = liquid.globalVariableSegmentsSync(liquid.parse(keepAnswers(template)));
  return names.map((path) => path.map((part) => (typeof part === 'object' ? '' : String(part))));
}

function keepAnswers(template: string): string {
  return template.replaceAll(STEP_ANSWER, '{% raw %}$&{% endraw %}');
}

/** The placeholder for an earlier step's answer. */
export function stepAnswer(step: string, field: string): string {
  return `{{steps.${step}.${field}}}`;
}

/** The names of the steps whose answers a value needs. */
export function stepsNamedIn(value: unknown): string[] {
  return [...new Set([...JSON.stringify(value).matchAll(STEP_ANSWER)].map(([, step]) => step ?? ''))];
}

/**
 * Fills in earlier steps' answers. Throws naming the step when one has no such answer; what looks like one of a step that is none
 * of the plan's is people's text, and stays.
 */
export function fillAnswers<T>(value: T, answers: Readonly<Record<string, Readonly<Record<string, unknown>>>>): T {
  return mapAnswers(value, (step, field) => {
    const known = answers[step];
    if (!known) return stepAnswer(step, field);
    const answer = known[field];
    if (answer === undefined || answer === null) throw new Error(`Step ${step} has no answer named ${field}`);
    return String(answer);
  });
}

/** Lets a value's placeholders name other steps. */
export function renameAnswers<T>(value: T, rename: (step: string) => string): T {
  return mapAnswers(value, (step, field) => stepAnswer(rename(step), field));
}

function mapAnswers<T>(value: T, answer: (step: string, field: string) => string): T {
  if (typeof value === 'string') {
    return value.replaceAll(STEP_ANSWER, (_, step: string, field: string) => answer(step, field)) as T;
  }
  if (Array.isArray(value)) return value.map((item) => mapAnswers(item, answer)) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapAnswers(item, answer)])) as T;
}
