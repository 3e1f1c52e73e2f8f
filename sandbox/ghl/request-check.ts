import { type Document, OpenAPIBackend } from 'openapi-backend';
import type { Call, Fields, Operation } from '../operation.ts';
import { isFields } from '../operation.ts';
import { type Documented, readDocuments } from './documents.ts';
import { unprocessable } from './errors.ts';
import { sentencesOf } from './sentences.ts';

/** Refuses a request that is not as GoHighLevel's documents want it: 422, one sentence per wrong property. */
export type RequestCheck = (operation: Operation, call: Call) => void;

let check: Promise<RequestCheck> | undefined;

/** The check by GoHighLevel's documents; they are read once a process. */
export function requestCheck(): Promise<RequestCheck> {
  check ??= newRequestCheck();
  return check;
}

const emailPattern = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const formats: Record<string, (value: string) => boolean> = {
  email: (value) => value === '' || emailPattern.test(value),
  iso8601: (value) => /^\d{4}-\d{2}-\d{2}/.test(value) && !Number.isNaN(Date.parse(value)),
};

async function newRequestCheck(): Promise<RequestCheck> {
  const api = new OpenAPIBackend({
    definition: definitionOf(readDocuments()),
    quick: true,
    ajvOpts: { verbose: true, allErrors: true, logger: false },
    customizeAjv(ajv) {
      for (const [name, validate] of Object.entries(formats)) ajv.addFormat(name, validate);
      return ajv;
    },
  });
  await api.init();
  const byRoute = new Map(api.getOperations().map((each) => [routeOf(each), each]));
  return (operation, call) => {
    const documented = byRoute.get(routeOf(operation));
    if (!documented) throw new Error(`GoHighLevel's documents have no ${operation.method} ${operation.path}`);
    const { errors } = api.validateRequest(
      {
        method: operation.method,
        path: call.path,
        headers: {},
        query: { ...call.query } as Record<string, string>,
        // A missing body is bound as an empty one.
        ...(documented.requestBody && { body: bodyOf(operation, call) }),
      },
      documented,
    );
    if (errors) throw unprocessable(sentencesOf(errors));
  };
}

function bodyOf(operation: Operation, call: Call): unknown {
  const body = call.body ?? {};
  if (call.actor !== 'user' || !isFields(body)) return body;
  const pages = operation.pageFields ?? [];
  return Object.fromEntries(Object.entries(body).filter(([name]) => !pages.includes(name))) satisfies Fields;
}

/** `GET /contacts/:` */
function routeOf({ method, path }: { method: string; path: string }): string {
  return `${method.toUpperCase()} ${path.replace(/:\w+|\{\w+\}/g, ':')}`;
}

function definitionOf(operations: readonly Documented[]): Document {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { operationId, method, path, parameters, body } of operations) {
    const requestBody = body && { requestBody: { content: { [body.contentType]: { schema: body.schema } } } };
    (paths[path] ??= {})[method.toLowerCase()] = { operationId, parameters, ...requestBody, responses: {} };
  }
  const definition = { openapi: '3.0.3', info: { title: 'GoHighLevel', version: '2' }, paths };
  // openapi-backend takes an object that stands in two places for a cycle: each place gets a copy of its own.
  return JSON.parse(JSON.stringify(definition)) as Document;
}
