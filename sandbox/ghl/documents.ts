import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { corrections } from './corrections.ts';

export type Schema = {
  $ref?: string;
  type?: string;
  properties?: Record<string, Schema>;
  required?: readonly string[];
  items?: Schema;
  additionalProperties?: boolean | Schema;
  nullable?: boolean;
  format?: string;
  minLength?: number;
  maximum?: number;
  [keyword: string]: unknown;
};

export type Parameter = { name: string; in: 'path' | 'query' | 'header'; required?: boolean; schema: Schema };

/** One operation of GoHighLevel's OpenAPI documents, its references resolved and what the documents get wrong put right. */
export type Documented = {
  operationId: string;
  method: string;
  /** `/contacts/{contactId}` */
  path: string;
  parameters: Parameter[];
  body?: { contentType: string; schema: Schema };
};

const folder = fileURLToPath(new URL('../../vendors/ghl/documents/', import.meta.url));
const names = ['contacts', 'calendars', 'opportunities', 'locations', 'users', 'oauth'];

type Document = {
  paths: Record<string, Record<string, RawOperation>>;
  components: { schemas: Record<string, Schema> };
};
type RawOperation = {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
};

/** Reads the documents of vendors/ghl/documents: data that GoHighLevel publishes, no code of ours. */
export function readDocuments(): Documented[] {
  return names.flatMap((name) => {
    const document = JSON.parse(fs.readFileSync(`${folder}${name}.json`, 'utf8')) as Document;
    return Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => documented(document, path, method, operation)),
    );
  });
}

function documented(document: Document, path: string, method: string, operation: RawOperation): Documented {
  const { operationId } = operation;
  const [contentType, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  const schema = content && resolved(content.schema, document.components.schemas);
  const correction = corrections[operationId] ?? {};
  const corrected = schema && {
    ...schema,
    ...(schema.properties && { properties: { ...schema.properties, ...correction.properties } }),
    ...(correction.required && { required: correction.required }),
  };
  return {
    operationId,
    method: method.toUpperCase(),
    path,
    parameters: [...parametersOf(path, operation), ...(correction.parameters ?? [])],
    ...(contentType &&
      corrected && { body: { contentType, schema: isForm(contentType) ? corrected : closed(corrected) } }),
  };
}

function resolved(schema: Schema, schemas: Record<string, Schema>): Schema {
  if (schema.$ref) return resolved(schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}, schemas);
  const { allOf, ...rest } = schema;
  // The documents wrap a single reference in `allOf` to give it a description.
  if (Array.isArray(allOf)) return { ...rest, ...resolved(allOf[0] as Schema, schemas) };
  const inside = (each: unknown): unknown => (isSchema(each) ? resolved(each, schemas) : each);
  return Object.fromEntries(
    Object.entries(rest).map(([keyword, value]) => {
      if (keyword === 'properties')
        return [keyword, Object.fromEntries(Object.entries(value as object).map(([k, v]) => [k, inside(v)]))];
      return [keyword, Array.isArray(value) && keyword !== 'enum' ? value.map(inside) : inside(value)];
    }),
  );
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A form carries files under names of the caller's choice. */
function isForm(contentType: string): boolean {
  return contentType === 'multipart/form-data';
}

/** Required texts that may be empty all the same. */
const maybeEmpty = new Set(['query', 'value', 'description']);

/** An unknown property is refused wherever the documents name some, and a required text must not be empty (reference/ghl.md 3.1, #31). */
function closed(schema: Schema): Schema {
  const { properties, items } = schema;
  if (items) return { ...schema, items: closed(items) };
  // A body without any is one that they leave open (contacts/search).
  if (!properties || Object.keys(properties).length === 0) return schema;
  const inner = Object.entries(properties).map(([name, property]) => {
    const filled = schema.required?.includes(name) && property.type === 'string' && !maybeEmpty.has(name);
    return [name, closed(filled ? { ...property, minLength: 1 } : property)];
  });
  return { additionalProperties: false, ...schema, properties: Object.fromEntries(inner) };
}

/**
 * The credentials' check judges the Version header, and answers for a missing location in the query (403, reference/ghl.md 3.5).
 * Some path parameters are left undeclared. A page size above the most is a 400 of the operation itself (2.1).
 */
function parametersOf(path: string, { parameters = [] }: RawOperation): Parameter[] {
  const declared = parameters
    .filter((parameter) => parameter.in !== 'header')
    .map((parameter) => {
      if (parameter.in !== 'query') return parameter;
      const { maximum: _maximum, ...schema } = parameter.schema;
      return /^location_?id$/i.test(parameter.name)
        ? { ...parameter, schema, required: false }
        : { ...parameter, schema };
    });
  const undeclared = [...path.matchAll(/\{(\w+)\}/g)]
    .map(([, name = '']) => name)
    .filter((name) => !declared.some((parameter) => parameter.in === 'path' && parameter.name === name));
  return [
    ...declared,
    ...undeclared.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }) as const),
  ];
}
