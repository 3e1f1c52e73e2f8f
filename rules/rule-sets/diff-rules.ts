import stableStringify from 'safe-stable-stringify';
import { type Action, isWait, type Rules } from '../rule-set.ts';

/** What differs between two rule sets at one place; `before` and `after` are missing where there was or will be nothing. */
export interface RuleChange {
  /** `sync.tags`, `fields.member.email.policy`, `actions.onboarding-task.do.task.input.title` */
  readonly place: string;
  readonly kind: 'added' | 'removed' | 'changed';
  readonly before?: unknown;
  readonly after?: unknown;
}

/** What changes, in the order in which a rule file says it. Actions and steps are compared by name: their order changes nothing. */
export function diffRules(before: Rules, after: Rules): RuleChange[] {
  return diff('', treeOf(before), treeOf(after));
}

type Tree = Readonly<Record<string, unknown>>;

/** Lists whose entries have names become objects, so that one more entry is one change. */
function treeOf({ name, sync, settings, fields, values, actions }: Rules): Tree {
  return {
    name,
    sync,
    settings,
    fields: { referral: byName(fields.referral, 'field'), member: byName(fields.member, 'field') },
    values,
    actions: byName(
      actions.map((action) => ({ ...action, do: byName(named(action), 'name') })),
      'id',
    ),
  };
}

/** Waits by their place among the waits. */
function named({ do: entries }: Action): object[] {
  const waits = entries.filter(isWait);
  return entries.map((entry) => (isWait(entry) ? { name: `wait-${waits.indexOf(entry) + 1}`, ...entry } : entry));
}

function byName(entries: readonly object[], key: string): Tree {
  return Object.fromEntries(
    entries.map((entry) => {
      const { [key]: name, ...more } = entry as Tree;
      return [String(name), more];
    }),
  );
}

function diff(place: string, before: Tree, after: Tree): RuleChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => {
    const here = place === '' ? name : `${place}.${name}`;
    const [was, is] = [before[name], after[name]];
    if (was === undefined) return [{ place: here, kind: 'added', after: is }];
    if (is === undefined) return [{ place: here, kind: 'removed', before: was }];
    if (isTree(was) && isTree(is)) return diff(here, was, is);
    return stableStringify(was) === stableStringify(is)
      ? []
      : [{ place: here, kind: 'changed', before: was, after: is }];
  });
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
