import { defaultRules } from './default-rules.ts';
import type { Rules } from './rule-set.ts';

/** The rules of a connection: the set that it follows (undefined: nobody has changed the built-in one), with its own overrides. */
export function resolveRules(name: string, body: object | undefined, overrides: object): Rules {
  return { ...defaultRules, ...body, ...overrides, name };
}
