import { distance } from 'fastest-levenshtein';
import type { Operation } from './operation.ts';
import { operations } from './operations.ts';

/** Somebody asked for an operation that does not exist; the message names the nearest ones. */
export class UnknownOperation extends Error {
  override readonly name = 'UnknownOperation';
}

const NEAREST = 3;
/** Vendors' names are so long that without them a word that has nothing to do with an id would still seem near. */
const FARTHEST = 0.6;

/** The operation of that id. Throws UnknownOperation. */
export function findOperation(id: string): Operation {
  const operation = operations.get(id);
  if (operation) return operation;
  const nearest = nearestTo(id, [...operations.keys()]);
  const hint = nearest.length > 0 ? `The nearest: ${nearest.join(', ')}.` : 'The catalog lists them all.';
  throw new UnknownOperation(`There is no operation "${id.slice(0, 100)}". ${hint}`);
}

/** The names that differ least from `wanted`, at most three; a name that holds it as a whole is nearest. */
export function nearestTo(wanted: string, names: readonly string[]): string[] {
  const word = wanted.slice(0, 100).toLowerCase();
  const far = (name: string): number => (word !== '' && name.includes(word) ? 0 : distance(word, name));
  return names
    .map((name) => ({ name, far: far(name) }))
    .filter(({ name, far: letters }) => letters <= FARTHEST * Math.min(name.length, word.length))
    .sort((one, other) => one.far - other.far || one.name.localeCompare(other.name))
    .slice(0, NEAREST)
    .map(({ name }) => name);
}
