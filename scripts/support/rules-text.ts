import { stringify } from 'yaml';
import type { RuleChange } from '../../rules/rule-sets/diff-rules.ts';

const SIGNS = { added: '+', removed: '-', changed: '~' } as const;
const LINE_LENGTH = 120;

/** A change for people: `~ sync.tags: live -> off`; what is long stands below its place. */
export function changeLines({ place, kind, before, after }: RuleChange): string[] {
  const head = `${SIGNS[kind]} ${place}:`;
  if (kind !== 'changed') {
    const value = kind === 'added' ? after : before;
    return isShort(value, head.length) ? [`${head} ${short(value)}`] : [head, ...indented(stringify(value))];
  }
  const line = `${head} ${short(before)} -> ${short(after)}`;
  if (line.length <= LINE_LENGTH) return [line];
  return [head, `    before: ${short(before)}`, `    after:  ${short(after)}`];
}

function isShort(value: unknown, taken: number): boolean {
  return typeof value !== 'object' && short(value).length + taken < LINE_LENGTH;
}

/** A word as it is, all else as JSON. */
function short(value: unknown): string {
  return typeof value === 'string' && /^[\w.:>\- ]+$/u.test(value) ? value : JSON.stringify(value);
}

function indented(text: string): string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `    ${line}`);
}

export interface Difference {
  readonly id: string;
  readonly changes: readonly RuleChange[];
  readonly warnings: readonly string[];
}

/** What changes for each connection; those with the same changes stand together. */
export function differenceLines(connections: readonly Difference[]): string[] {
  const alike = Map.groupBy(connections, ({ changes, warnings }) => JSON.stringify([changes, warnings]));
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const names = group.map(({ id }) => id).join(', ');
    const count = first.changes.length;
    const what = count === 0 ? 'nothing changes' : `${count} ${count === 1 ? 'change' : 'changes'}`;
    return [
      `${group.length === 1 ? 'connection' : 'connections'} ${names}: ${what}`,
      ...first.changes.flatMap(changeLines).map((line) => `  ${line}`),
      ...first.warnings.map((warning) => `  ! ${warning}`),
    ];
  });
}
