import { z } from 'zod';
import type { Operation } from '../operation.ts';
import type { DocumentedOperation, Parameter } from './documents.ts';
import { mergePatch } from './merge-patch.ts';
import type { Details, Entry } from './overlay/entry.ts';
import { answerSchema, requestSchema, type Schema, withSureFields } from './schema.ts';

/** The record of one operation; its schemas are compiled at their first use. */
export function recordOf(resource: string, verb: string, entry: Entry, operation: DocumentedOperation): Operation {
  const { more, effect, creates, title, summary } = entry;
  const { rename: _, parameters: __, oneOf = [], instead = {}, sure: ___, scopes = operation.scopes, ...same } = more;
  const input = once(() => {
    const schema = withAdvice(toZod(inputSchema(operation)), instead);
    if (oneOf.length === 0) return schema;
    const isGiven = (value: unknown) => oneOf.some((name) => (value as Record<string, unknown>)[name] !== undefined);
    const wants = `wants ${oneOf.join(' or ')}`;
    return schema.refine(isGiven, wants).describe(wants);
  });
  const output = once(() => toZod(outputSchema(operation, more)));
  return {
    id: `ghl.${kebab(resource)}.${kebab(verb)}`,
    vendor: 'ghl',
    title,
    summary,
    method: operation.method,
    path: operation.path,
    query: namesOf(operation, 'query'),
    ...(operation.version !== undefined && { version: operation.version }),
    scopes,
    effect,
    creates,
    get input() {
      return input();
    },
    get output() {
      return output();
    },
    documentation: `https://marketplace.gohighlevel.com/docs/ghl/${operation.document}/${kebab(operation.operationId)}`,
    body: BODIES.get(operation.body?.mediaType) ?? 'json',
    ...same,
  };
}

/** Says of a field that is not taken what to do in its place. */
function withAdvice(schema: z.ZodType, instead: Readonly<Record<string, string>>): z.ZodType {
  if (Object.keys(instead).length === 0) return schema;
  const error: z.core.$ZodErrorMap = (issue) => {
    if (issue.code !== 'unrecognized_keys' || !issue.keys.some((key) => key in instead)) return undefined;
    return issue.keys
      .map((key) => (key in instead ? `${key} is not taken, ${instead[key]}` : `no "${key}"`))
      .join('; ');
  };
  return schema.clone({ ...schema.def, error });
}

const BODIES = new Map<string | undefined, Operation['body']>([
  [undefined, 'none'],
  ['application/x-www-form-urlencoded', 'form'],
  ['multipart/form-data', 'multipart'],
]);

/** The documented operation with our names of its path parameters, and its parameters' schemas mended. */
export function withOurWords(
  operation: DocumentedOperation,
  { rename = {}, parameters: mended = {} }: Details,
): DocumentedOperation {
  const nameOf = (name: string): string => rename[name] ?? name;
  const parameters = operation.parameters.map((parameter) => ({
    ...parameter,
    name: parameter.in === 'path' ? nameOf(parameter.name) : parameter.name,
    schema: mergePatch(parameter.schema, mended[parameter.name] ?? {}) as Schema,
  }));
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => `{${nameOf(name)}}`);
  return { ...operation, path, parameters };
}

/** All of an input in one object: path and query parameters and the body's fields. */
export function inputSchema({ parameters, body, components }: DocumentedOperation): Schema {
  const whole = body ? requestSchema(body.schema, components) : {};
  const given = parameters.map((parameter) => [parameter.name, parameterSchema(parameter)] as const);
  const required = [...parameters.filter((each) => each.required).map(({ name }) => name), ...(whole.required ?? [])];
  const properties: Record<string, Schema> = { ...Object.fromEntries(given), ...whole.properties };
  /* An id that must be there is not an empty one. */
  for (const name of required) {
    if (/^id$|Id$|_id$/.test(name) && properties[name]?.type === 'string')
      properties[name] = { minLength: 1, ...properties[name] };
  }
  return { type: 'object', properties, required, additionalProperties: false };
}

/** A document's `string` of a count only means that a query is text. */
function parameterSchema(parameter: Parameter): Schema {
  const { description } = parameter;
  const schema = requestSchema({ ...(description !== undefined && { description }), ...parameter.schema }, {});
  if (parameter.in === 'path') return { ...schema, minLength: 1, maxLength: 100 };
  const { example: _, ...rest } = schema;
  return /^(limit|skip|offset)$/.test(parameter.name) ? { minimum: 0, ...rest, type: 'integer' } : schema;
}

/** The answer, as far as it can be relied on; anything if the document does not describe it. */
export function outputSchema({ answer, components }: DocumentedOperation, { sure }: Details): Schema {
  return answer ? withSureFields(answerSchema(answer, components), sure) : {};
}

function toZod(schema: Schema): z.ZodType {
  return z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0], { defaultTarget: 'openapi-3.0' });
}

function namesOf(operation: DocumentedOperation, place: Parameter['in']): string[] {
  return operation.parameters.filter((parameter) => parameter.in === place).map(({ name }) => name);
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** As our ids and the addresses of GHL's pages are written. */
const kebab = (name: string): string => name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
