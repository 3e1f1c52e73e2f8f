import { normalizeText } from '../forms/normalize.ts';
import type { Action, Rules } from '../rule-set.ts';
import type { NameKind, Names } from '../state.ts';

const NAMED = /(['"])((?:(?!\1).)*)\1\s*\|\s*(user|stage|pipeline|calendar|customField|program)\b/gu;

interface NameUsed {
  readonly kind: NameKind | 'program';
  readonly name: string;
  /** Whose it is, as a file says it. */
  readonly place: string;
}

/** What rules call by a name that only a connection can tell: `{{ 'Jane Doe' | user }}`. */
function namesUsedBy({ actions }: Rules): NameUsed[] {
  return actions.filter(({ mode }) => mode !== 'off').flatMap(namesOfAction);
}

function namesOfAction({ id, if: conditions, while: still, stopWhen, do: steps }: Action): NameUsed[] {
  const found = [
    ...JSON.stringify([conditions, still, stopWhen, steps])
      .replaceAll(String.raw`\"`, '"')
      .matchAll(NAMED),
  ];
  return found.map(([, , name = '', kind]) => ({ kind: kind as NameUsed['kind'], name, place: `actions.${id}` }));
}

/** The names that a connection does not have, or has twice, a sentence each: such an action waits, and the others act. */
export function unresolvedNames(rules: Rules, names: Names, programs: Readonly<Record<string, string>>): string[] {
  const sentences = namesUsedBy(rules).flatMap(({ kind, name, place }) => {
    const byId = kind === 'program' ? programs : names[kind];
    const known = Object.values(byId);
    const alike = known.filter((each) => sameName(each, name)).length;
    if (Object.hasOwn(byId, name) || alike === 1) return [];
    const why = known.length === 0 ? 'none was read yet' : `there are ${known.toSorted().join(', ')}`;
    const what = `${WORDS[kind]} "${name}"`;
    return [`${place}: ${alike === 0 ? `there is no ${what} (${why})` : `${alike} are called ${what}`}`];
  });
  return [...new Set(sentences)];
}

const sameName = (one: string, other: string): boolean =>
  normalizeText(one).toLowerCase() === normalizeText(other).toLowerCase();

const WORDS: Readonly<Record<NameUsed['kind'], string>> = {
  user: 'user',
  stage: 'pipeline stage',
  pipeline: 'pipeline',
  calendar: 'calendar',
  customField: 'custom field',
  program: 'program',
};
