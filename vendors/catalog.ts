import { z } from 'zod';
import { workflowOf } from '../workflows/triggers.ts';
import type { Effect, Operation } from './operation.ts';
import { operations } from './operations.ts';
import type { JsonSchema as PayloadSchema, TriggerRecord } from './trigger.ts';
import { triggerRecords } from './triggers.ts';

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

/** What the catalog tells of an event. */
export interface TriggerEntry extends Omit<TriggerRecord, 'payload'> {
  readonly kind: 'trigger';
  /** The workflow that it starts; null: nobody handles it, it is stored and says so. */
  readonly workflow: string | null;
  readonly payload: PayloadSchema;
}

export type CatalogEntry = OperationEntry | TriggerEntry;

export interface CatalogFilter {
  readonly kind?: CatalogEntry['kind'] | undefined;
  readonly vendor?: CatalogEntry['vendor'] | undefined;
  readonly resource?: string | undefined;
  readonly effect?: Effect | undefined;
}

/** Every entry, sorted by kind, vendor and resource; making one takes about 2 ms of CPU, and they are made once. */
export function catalog(): CatalogEntry[] {
  return [...catalogSources()].map((make) => make()).sort(byKindAndId);
}

/** What makes the entries, one each, for those who must not be busy for long. */
export function catalogSources(): (() => CatalogEntry)[] {
  return [
    ...[...operations.values()].map((operation) => () => entryOf(operation)),
    ...[...triggerRecords.values()].map((trigger) => () => triggerEntryOf(trigger)),
  ];
}

/** Operations before triggers, each by id: the order in which people look for them. */
export function byKindAndId(one: CatalogEntry, other: CatalogEntry): number {
  return one.kind.localeCompare(other.kind) || one.id.localeCompare(other.id);
}

/** Whether an entry is asked for. */
export function isAskedFor(entry: CatalogEntry, filter: CatalogFilter): boolean {
  const names = ['kind', 'vendor', 'resource', 'effect'] as const;
  const said: Readonly<Record<string, unknown>> = { ...entry };
  return names.every((name) => filter[name] === undefined || filter[name] === said[name]);
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

/** An event in words and JSON Schema, with the workflow that it starts. */
export function triggerEntryOf({ payload, ...trigger }: TriggerRecord): TriggerEntry {
  const workflow = workflowOf(trigger.vendor, trigger.event) ?? null;
  return { kind: 'trigger', ...trigger, workflow, payload: payload() };
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
