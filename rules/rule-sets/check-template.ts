import type { Place, RuleProblem } from './rule-file.ts';
import type { Action, Rules } from '../rule-set.ts';
import { FACT_WORDS } from './rule-words.ts';
import { namesUsed, stepsNamedIn } from '../forms/templates.ts';

/** Every text in a value, with its place. */
export function textsIn(value: unknown, path: Place = []): [Place, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => textsIn(item, [...path, index]));
  return Object.entries(value).flatMap(([name, item]) => textsIn(item, [...path, name]));
}

/** What is wrong with a template that is used when an action fires; `earlier` steps of it have answers. */
export function templateProblems(
  path: Place,
  template: string,
  { when }: Pick<Action, 'when'>,
  values: Rules['values'],
  earlier: readonly string[],
): RuleProblem[] {
  const late = stepsNamedIn(template).filter((name) => !earlier.includes(name));
  if (late.length > 0)
    return problem(path, `uses the answer of ${late.join(', ')}, which is no earlier step of this action`);
  try {
    return namesUsed(template).flatMap((name) => nameProblems(path, name, when, values));
  } catch (error) {
    return problem(path, `is no template: ${(error as Error).message.replace(/, line:.*$/su, '')}`);
  }
}

/** Told of every fact, if only as nothing: rules/actions/scope.ts. */
const OF_EVERY_FACT = [
  'kind',
  'again',
  'from',
  'to',
  'status',
  'note',
  'publicNote',
  'amount',
  'description',
  'fromTag',
  'toTag',
];

function nameProblems(
  path: Place,
  [name = '', field]: string[],
  when: Action['when'],
  values: Rules['values'],
): RuleProblem[] {
  const { record, data } = FACT_WORDS[when];
  // The contact's one open referral may be spoken of whatever happened; a reward is of a referral or member.
  const records = [...new Set(['referral', ...(record ? [record] : []), ...(record === 'reward' ? ['member'] : [])])];
  const scope = ['fact', 'contact', ...records, 'connection', 'values', 'now'];
  if (name === 'steps') return problem(path, 'wants an answer written as {{steps.<step>.<field>}}, without spaces');
  if (!scope.includes(name))
    return problem(path, `uses "${name}", which there is not on ${when}: there are ${scope.join(', ')}`);
  if (name === 'values' && field && !Object.hasOwn(values, field))
    return problem(
      path,
      `uses the value map "${field}", which there is not: there are ${Object.keys(values).join(', ')}`,
    );
  if (name === 'fact' && field && !data.includes(field) && !OF_EVERY_FACT.includes(field))
    return problem(
      path,
      `uses "fact.${field}", which ${when} does not tell: it tells ${data.join(', ') || 'nothing more'}`,
    );
  return [];
}

function problem(path: Place, message: string): RuleProblem[] {
  return [{ path, message }];
}
