import type { KnownOperation, KnownOperations } from '../../rules/check-rule-file.ts';
import { entryOf } from '../../vendors/catalog.ts';
import { nearestTo } from '../../vendors/find-operation.ts';
import { operations } from '../../vendors/operations.ts';

/** The catalog as the check of a rule file needs it. */
export const knownOperations: KnownOperations = {
  find(id): KnownOperation | undefined {
    const operation = operations.get(id);
    if (!operation) return undefined;
    const { properties = {}, required = [] } = entryOf(operation).input;
    const fields = Object.keys(properties).map((name) => [name, required.includes(name)] as const);
    return { effect: operation.effect, fields: Object.fromEntries(fields) };
  },
  nearest: (id) => nearestTo(id, [...operations.keys()]),
};
