import type { KnownOperations } from '../../rules/rule-sets/check-rule-file.ts';
import { nearestTo } from '../../vendors/find-operation.ts';
import { operations } from '../../vendors/operations.ts';

/** The catalog as the check of a rule file needs it. */
export const knownOperations: KnownOperations = {
  find: (id) => operations.get(id),
  nearest: (id) => nearestTo(id, [...operations.keys()]),
};
