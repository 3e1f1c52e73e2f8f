import { MAKES } from '../facts/causes.ts';
import { testsIn, WITHOUT_VALUE } from '../actions/conditions.ts';
import { templateProblems } from './check-template.ts';
import type { ActionEntry, Place, RuleProblem } from './rule-file.ts';
import { type Action, type ActionStep, type Conditions, isWait, type Rules, stepsOf } from '../rule-set.ts';
import { asTag } from '../facts/tags.ts';
import { hasWaits, whyNoWait } from '../actions/waits.ts';

const one = (path: Place, message: string): RuleProblem[] => [{ path, message }];

/** What is wrong with an action besides its steps: conditions, waits, and a step that makes the fact which fires it. */
export function automationProblems(
  path: Place,
  action: Action,
  values: Rules['values'],
  entry: ActionEntry,
): RuleProblem[] {
  const at = (name: 'if' | 'while'): Place => [...path, entry[name] ? name : 'when'];
  const isAsked = (name: 'if' | 'while'): boolean => entry[name] !== undefined || entry.when !== undefined;
  return [
    ...(['if', 'while'] as const).flatMap((name) =>
      isAsked(name) ? conditionProblems(at(name), action[name], action, values, entry[name] !== undefined) : [],
    ),
    ...stopProblems(path, values, entry),
    ...waitProblems(path, action, entry),
    ...loopProblems(path, action, entry),
  ];
}

/** `isOwn`: the conditions stand at this place; else they stood there before, and can only be wrong for the fact they now wait for. */
function conditionProblems(
  path: Place,
  conditions: Conditions | undefined,
  action: Pick<Action, 'when'>,
  values: Rules['values'],
  isOwn: boolean,
): RuleProblem[] {
  return testsIn(conditions).flatMap(([[list = 'all'], n, test]) => {
    const inside = (name: string): Place => (isOwn ? [...path, list, n, name] : path);
    const needsNone = WITHOUT_VALUE.includes(test.is);
    return [
      ...templateProblems(inside('field'), `{{ ${test.field} }}`, action, values, []),
      ...(test.value === undefined ? [] : templateProblems(inside('value'), test.value, action, values, [])),
      ...(!needsNone && test.value === undefined
        ? one(isOwn ? [...path, list, n] : path, `lacks value, which ${test.is} wants`)
        : []),
      ...(needsNone && test.value !== undefined ? one(inside('value'), `is not for ${test.is}`) : []),
      ...(test.is === 'tag' && test.field !== 'contact.tags'
        ? one(inside('field'), 'wants contact.tags, where tags are asked for')
        : []),
    ];
  });
}

function stopProblems(path: Place, values: Rules['values'], { stopWhen = [] }: ActionEntry): RuleProblem[] {
  return stopWhen.flatMap(({ fact, if: conditions }, n) =>
    conditionProblems([...path, 'stopWhen', n, 'if'], conditions, { when: fact }, values, true),
  );
}

function waitProblems(path: Place, action: Action, entry: ActionEntry): RuleProblem[] {
  const waits = (entry.do ?? []).flatMap((each, n) => {
    const why = isWait(each) ? whyNoWait(each) : undefined;
    return why === undefined ? [] : one([...path, 'do', n, 'wait'], why);
  });
  if (entry.do?.every(isWait)) return [...waits, ...one([...path, 'do'], 'wants a step, not only waits')];
  const last = entry.do?.at(-1);
  const atEnd =
    last && isWait(last)
      ? one([...path, 'do', (entry.do?.length ?? 1) - 1], 'waits for nothing: a step is to follow')
      : [];
  const idle = (['while', 'stopWhen'] as const).filter((name) => entry[name] !== undefined && !hasWaits(action));
  return [...waits, ...atEnd, ...idle.flatMap((name) => one([...path, name], 'is only for an action that waits'))];
}

/** An action that makes the fact which fires it, and does not say that it leaves that one out. */
function loopProblems(path: Place, action: Action, entry: ActionEntry): RuleProblem[] {
  if (!entry.do && !entry.when) return [];
  return stepsOf(action).flatMap((step) => {
    if (!MAKES[step.operation]?.includes(action.when) || leavesItOut(action, step)) return [];
    const n = action.do.indexOf(step);
    const here: Place = entry.do ? [...path, 'do', n, 'operation'] : [...path, 'when'];
    const by = action.when.startsWith('contact.tag.') ? 'fact.tag' : 'what the fact tells';
    return one(
      here,
      `goes in a circle: ${step.operation} makes ${action.when}, which fires this action; add a condition on ${by} that does not hold of it`,
    );
  });
}

/** A condition of the action asks for something else than what the step makes; tags `rr-*` make no facts. */
function leavesItOut({ when, if: conditions }: Action, { input }: ActionStep): boolean {
  const tests = (conditions?.all ?? []).filter(
    ({ field, is }) => field.startsWith('fact.') && (is === 'equals' || is === 'contains'),
  );
  if (!when.startsWith('contact.tag.'))
    return tests.some(({ value, not }) => says(input, value ?? '') === (not ?? false));
  const tags = ((input['tags'] as unknown[] | undefined) ?? []).map((tag) => asTag(String(tag)));
  if (tags.every((tag) => tag.startsWith('rr-'))) return true;
  if (tags.some((tag) => tag.includes('{{'))) return tests.length > 0;
  return tests.some(({ value = '', not }) => tags.every((tag) => (tag === asTag(value)) === (not ?? false)));
}

function says(value: unknown, text: string): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some((each) => says(each, text));
  return asTag(String(value)) === asTag(text);
}
