import { type Operation, VendorError } from './operation.ts';

export interface VendorRequest {
  readonly method: Operation['method'];
  readonly url: string;
  /** Undefined: none. */
  readonly body: unknown;
  readonly form: 'json' | 'form' | 'multipart';
}

/** A file in the input of a `multipart` operation: under `files`, by the name of its part. */
export interface InputFile {
  readonly filename: string;
  readonly contentType?: string;
  /** base64 */
  readonly content: string;
}

/** Checks the input and lays it out as path, query and body. Throws `Invalid` naming the fields; nothing is sent then. */
export function toRequest<I, O>(baseUrl: string, operation: Operation<I, O>, input: I): VendorRequest {
  const checked = operation.input.safeParse(input);
  if (!checked.success) {
    throw new VendorError('Invalid', operation.id, `${operation.id}: not sent, ${issuesOf(checked.error)}`);
  }
  const fields = new Map<string, unknown>(Object.entries(checked.data ?? {}));
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    segment(operation.id, name, take(fields, name)),
  );
  const query = new URLSearchParams();
  for (const name of operation.query) {
    const values = [take(fields, name)].flat();
    for (const value of values) if (value !== undefined && value !== null) query.append(name, String(value));
  }
  const url = `${baseUrl.replace(/\/+$/, '')}${path}${query.size > 0 ? `?${query.toString()}` : ''}`;
  const form = operation.body === undefined || operation.body === 'none' ? 'json' : operation.body;
  return { method: operation.method, url, body: bodyOf(operation, Object.fromEntries(fields)), form };
}

/** `contact.email: expected string, received number; title: ...` of a zod error: paths and kinds, no values. */
export function issuesOf(error: {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
}): string {
  return error.issues.map(({ path, message }) => `${path.map(String).join('.') || 'it'}: ${message}`).join('; ');
}

function take(fields: Map<string, unknown>, name: string): unknown {
  const value = fields.get(name);
  fields.delete(name);
  return value;
}

/** An id of dots would climb to another route. */
function segment(operationId: string, name: string, value: unknown): string {
  if (typeof value !== 'string' || /^\.*$/.test(value)) {
    throw new VendorError('Invalid', operationId, `${operationId}: not sent, ${name} is no id`);
  }
  return encodeURIComponent(value);
}

function bodyOf(operation: Pick<Operation, 'method' | 'body' | 'encode'>, fields: Record<string, unknown>): unknown {
  const isEmpty = Object.keys(fields).length === 0;
  const mayBeLeftOut = operation.method === 'GET' || operation.method === 'DELETE';
  if (operation.body === 'none' || (operation.body === undefined && isEmpty && mayBeLeftOut)) return undefined;
  return operation.encode === undefined ? fields : operation.encode(fields);
}
