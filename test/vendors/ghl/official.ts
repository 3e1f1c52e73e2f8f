import { readFileSync } from 'node:fs';
import { type Document, OpenAPIBackend } from 'openapi-backend';
import type { Received } from '../support.ts';

/** What the official documents say against a request: where in it, and why. */
export type Objection = string;

interface Described {
  readonly components: { readonly schemas: Record<string, BodySchema> };
  readonly paths: Record<
    string,
    Record<string, { parameters?: unknown[]; responses: object; requestBody?: RequestBody }>
  >;
}
interface BodySchema {
  properties: Record<string, object>;
  required?: string[];
  additionalProperties?: boolean;
}
interface RequestBody {
  content: Record<string, { schema: object }>;
}

const number = { type: 'number' };
const dateOfBirth = { type: 'string', nullable: true };

/** What the documents are known to get wrong about requests (reference/ghl.md 2.2, 2.3); all else must be as they say. */
const KNOWN_ERRORS: Record<string, Record<string, BodySchema>> = {
  /* The choices of a choice field. */
  locations: {
    CreateCustomFieldsDTO: { properties: { options: { type: 'array', items: { type: 'string' } } } },
    UpdateCustomFieldsDTO: { properties: { options: { type: 'array', items: { type: 'string' } } } },
  },
  contacts: {
    NumericField: { properties: { field_value: number } },
    MonetoryField: { properties: { field_value: number } },
    CreateContactDto: { properties: { dateOfBirth } },
    UpdateContactDto: { properties: { dateOfBirth } },
    UpsertContactDto: { properties: { dateOfBirth } },
  },
  opportunities: {
    customFieldsInputObjectSchema: { properties: { field_value: { oneOf: [number, { type: 'object' }] } } },
    UpsertOpportunityDto: { properties: { monetaryValue: number } },
    OpportunitySearchBodyDTO: {
      properties: { searchAfter: { type: 'array', items: { oneOf: [number, { type: 'string' }] } } },
      required: ['locationId', 'limit', 'page', 'searchAfter', 'additionalDetails'],
    },
  },
};

const NAMES = ['calendars', 'contacts', 'locations', 'oauth', 'opportunities', 'users'];

/** Requests held against GHL's own documents by openapi-backend; nothing of vendors/ but these files is in it. */
export async function officialDocuments(): Promise<{
  readonly operationIds: readonly string[];
  check(operationId: string, request: Received): Promise<Objection[]>;
}> {
  const apis = await Promise.all(NAMES.map(open));
  const operationIds = apis.flatMap((api) => api.getOperations().map(({ operationId = '' }) => operationId));
  return {
    operationIds,
    async check(operationId, request) {
      const api = apis.find((each) => each.getOperation(operationId));
      const operation = api?.getOperation(operationId);
      if (!api || !operation) throw new Error(`No document has ${operationId}`);
      const { pathname, search } = new URL(request.url, 'http://ghl.example');
      const body = await readBody(request);
      const parts = { method: request.method, path: pathname, query: search, headers: headersOf(request), body };
      const { errors } = api.validateRequest(parts, operation);
      /* openapi-backend takes `/contacts` for `/contacts/`; GHL does not. */
      const route = new RegExp(`^${operation.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
      return [
        ...(route.test(pathname) && request.method === operation.method.toUpperCase() ? [] : [`no ${operation.path}`]),
        ...(operation.requestBody === undefined && body !== undefined ? ['no body is described'] : []),
        ...(errors ?? []).map(({ instancePath, message, params }) =>
          `${instancePath} ${message} ${wordOf(params)}`.trim(),
        ),
      ];
    },
  };
}

async function open(name: string): Promise<OpenAPIBackend> {
  const text = readFileSync(new URL(`../../../vendors/ghl/documents/${name}.json`, import.meta.url), 'utf8');
  const document = JSON.parse(text) as Described;
  for (const [schema, { properties, required }] of Object.entries(KNOWN_ERRORS[name] ?? {})) {
    const described = document.components.schemas[schema];
    if (!described) throw new Error(`${name}.json has no ${schema}`);
    Object.assign(described.properties, properties);
    if (required) described.required = required;
  }
  for (const schema of Object.values(document.components.schemas)) close(schema);
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const operation of Object.values(methods)) {
      operation.responses = {};
      operation.parameters = [...(operation.parameters ?? []), ...undeclared(path, operation.parameters ?? [])];
      /* Forms are validated as the object that they stand for. */
      const [content] = Object.values(operation.requestBody?.content ?? {});
      if (operation.requestBody && content) operation.requestBody.content = { 'application/json': content };
    }
  }
  const api = new OpenAPIBackend({
    definition: document as unknown as Document,
    quick: true,
    coerceTypes: true,
    ajvOpts: { allErrors: true, strict: false },
  });
  await api.init();
  return api;
}

/** GHL refuses what it does not know: "property X should not exist". */
function close(schema: BodySchema): void {
  const names = Object.keys(schema.properties ?? {});
  if (names.length > 0 && !names.includes('maxFiles')) schema.additionalProperties ??= false;
}

/** The documents leave a few path parameters out. */
function undeclared(path: string, declared: unknown[]): object[] {
  const names = (declared as { in: string; name: string }[])
    .filter((each) => each.in === 'path')
    .map(({ name }) => name);
  return [...path.matchAll(/\{(\w+)\}/g)]
    .map(([, name]) => String(name))
    .filter((name) => !names.includes(name))
    .map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
}

function headersOf({ headers }: Received): Record<string, string> {
  const version = headers['version'];
  return { 'content-type': 'application/json', ...(typeof version === 'string' && { Version: version, version }) };
}

async function readBody({ headers, body }: Received): Promise<unknown> {
  if (!Buffer.isBuffer(body)) return body;
  const type = headers['content-type'] ?? '';
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
  return Object.fromEntries(form);
}

const wordOf = (params: object): string =>
  Object.values(params)
    .filter((value) => typeof value === 'string')
    .join(' ');
