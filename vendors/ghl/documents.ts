import { readFileSync } from 'node:fs';
import type { Operation } from '../operation.ts';
import { mergePatch } from './merge-patch.ts';
import type { Components, Schema } from './schema.ts';

/** One operation as GHL's document describes it, `$ref`s to be looked up in `components`. */
export interface DocumentedOperation {
  readonly document: string;
  readonly operationId: string;
  readonly method: Operation['method'];
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: { readonly mediaType: string; readonly schema: Schema } | undefined;
  /** Undefined: the document does not describe the answer. */
  readonly answer: Schema | undefined;
  readonly version: string | undefined;
  readonly scopes: readonly string[];
  readonly components: Components;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentOperation>>>>;
  readonly components: { readonly schemas: Components };
}

interface DocumentOperation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>;

/** The operations of `documents/<name>.json` after `patch`, by their `operationId`. */
export function readDocument(name: string, patch: object): ReadonlyMap<string, DocumentedOperation> {
  const text = readFileSync(new URL(`documents/${name}.json`, import.meta.url), 'utf8');
  const document = mergePatch(JSON.parse(text), patch) as Document;
  const found = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => read(name, document, path, method, operation)),
  );
  return new Map(found.map((operation) => [operation.operationId, operation]));
}

function read(
  document: string,
  { components }: Document,
  path: string,
  method: string,
  operation: DocumentOperation,
): DocumentedOperation {
  const parameters = [...undeclared(path, operation.parameters ?? []), ...(operation.parameters ?? [])];
  const version = parameters.find((parameter) => parameter.name === 'Version')?.schema.enum?.[0];
  const [mediaType, body] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  const status = Object.keys(operation.responses).find((code) => code.startsWith('2')) ?? '200';
  return {
    document,
    operationId: operation.operationId,
    method: method.toUpperCase() as Operation['method'],
    path,
    parameters: parameters.filter((parameter) => parameter.in !== 'header'),
    body: mediaType !== undefined && body ? { mediaType, schema: body.schema } : undefined,
    answer: operation.responses[status]?.content?.['application/json']?.schema,
    version: typeof version === 'string' ? version : undefined,
    scopes: [...new Set((operation.security ?? []).flatMap((scheme) => Object.values(scheme).flat()))],
    components: components.schemas,
  };
}

/** Some path parameters stand in the path alone. */
function undeclared(path: string, declared: readonly Parameter[]): Parameter[] {
  return [...path.matchAll(/\{(\w+)\}/g)]
    .map(([, name]) => String(name))
    .filter((name) => !declared.some((parameter) => parameter.in === 'path' && parameter.name === name))
    .map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
}
