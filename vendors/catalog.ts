import { z } from 'zod';
import type { Effect, Operation, Vendor } from './operation.ts';
import { operations } from './operations.ts';

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** What the catalog tells of an operation: `GET /api/catalog`, `npx rockbridge catalog`. */
export interface OperationEntry extends Pick<
  Operation,
  'id' | 'vendor' | 'title' | 'summary' | 'method' | 'path' | 'version' | 'scopes' | 'effect' | 'creates'
> {
  readonly kind: 'operation';
  readonly resource: string;
  readonly input: JsonSchema;
  readonly output: JsonSchema;
  readonly documentation: string;
  readonly paging?: Operation['paging'];
  readonly unsure?: readonly string[];
  readonly deprecated?: string;
}

export type CatalogEntry = OperationEntry;

export interface CatalogFilter {
  readonly kind?: CatalogEntry['kind'] | undefined;
  readonly vendor?: Vendor | undefined;
  readonly resource?: string | undefined;
  readonly effect?: Effect | undefined;
}

/** Every entry, sorted by vendor and resource; making one takes about 2 ms of CPU, and they are made once. */
export function catalog(): CatalogEntry[] {
  return [...operations.values()].map(entryOf).sort((one, other) => one.id.localeCompare(other.id));
}

/** Whether an entry is asked for. */
export function isAskedFor(entry: CatalogEntry, filter: CatalogFilter): boolean {
  const names = ['kind', 'vendor', 'resource', 'effect'] as const;
  return names.every((name) => filter[name] === undefined || filter[name] === entry[name]);
}

const made = new Map<string, OperationEntry>();

/** An operation in words and JSON Schema (2020-12). */
export function entryOf(operation: Operation): OperationEntry {
  const entry = made.get(operation.id) ?? makeEntry(operation);
  made.set(operation.id, entry);
  return entry;
}

function makeEntry(operation: Operation): OperationEntry {
  const { id, vendor, title, summary, method, path, version, scopes, effect, creates, documentation } = operation;
  const { paging, unsure, deprecated } = operation;
  return {
    kind: 'operation',
    id,
    vendor,
    resource: id.split('.')[1] ?? '',
    title,
    summary,
    method,
    path,
    ...(version !== undefined && { version }),
    scopes,
    effect,
    creates,
    input: jsonSchemaOf(operation.input, 'input'),
    output: jsonSchemaOf(operation.output, 'output'),
    documentation,
    ...(paging && { paging }),
    ...(unsure && { unsure }),
    ...(deprecated !== undefined && { deprecated }),
  };
}

function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  return z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      /* OpenAPI's word for it. */
      if (!('example' in jsonSchema)) return;
      jsonSchema.examples = [jsonSchema['example']] as NonNullable<typeof jsonSchema.examples>;
      delete jsonSchema['example'];
    },
  });
}
