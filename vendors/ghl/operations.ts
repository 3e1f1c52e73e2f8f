import type { Operation } from '../operation.ts';
import { readDocument } from './documents.ts';
import type { components } from './generated/operations.d.ts';
import * as overlays from './overlay/index.ts';
import type { Entry, Overlay } from './overlay/entry.ts';
import { inputSchema, outputSchema, recordOf, withOurWords } from './record.ts';
import type { Schema } from './schema.ts';

type Resources = {
  [Document in keyof typeof overlays]: (typeof overlays)[Document]['resources'];
}[keyof typeof overlays];
type AllOf<Union> = (Union extends unknown ? (one: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;
type Generated = components['schemas'];
type RecordOf<OperationId extends string> = Operation<
  Generated[`${OperationId}.input` & keyof Generated],
  Generated[`${OperationId}.output` & keyof Generated]
>;
/** By resource and verb, as the overlay names them, with the types of the documents. */
type GhlOperations = {
  readonly [Resource in keyof AllOf<Resources>]: {
    readonly [Verb in keyof AllOf<Resources>[Resource]]: AllOf<Resources>[Resource][Verb] extends Entry<
      infer OperationId
    >
      ? RecordOf<OperationId>
      : never;
  };
};

/** The schemas of one operation in OpenAPI 3.0's form: all of its input in one object, and its answer. */
export interface OperationSchemas {
  readonly operationId: string;
  readonly input: Schema;
  readonly output: Schema;
}

const entries = Object.entries<Overlay>(overlays).flatMap(([document, { patch, resources }]) => {
  const documented = readDocument(document, patch);
  return Object.entries(resources).flatMap(([resource, verbs]) =>
    Object.entries(verbs).map(([verb, entry]) => {
      const operation = documented.get(entry.operation);
      if (!operation) throw new Error(`documents/${document}.json has no operation ${entry.operation}`);
      return { resource, verb, entry, operation: withOurWords(operation, entry.more) };
    }),
  );
});

/** GHL's operations, one record for each of its documents'. */
export const ghl = Object.fromEntries(
  [...Map.groupBy(entries, ({ resource }) => resource)].map(([resource, verbs]) => [
    resource,
    Object.fromEntries(verbs.map(({ verb, entry, operation }) => [verb, recordOf(resource, verb, entry, operation)])),
  ]),
) as unknown as GhlOperations;

/** What the types are generated from (scripts/generate-types.ts). */
export function allSchemas(): OperationSchemas[] {
  return entries.map(({ entry, operation }) => ({
    operationId: entry.operation,
    input: inputSchema(operation),
    output: outputSchema(operation, entry.more),
  }));
}
