import type { Answer } from './http.ts';
import { VendorError, type VendorErrorKind } from './operation.ts';

export interface RefusalDetails {
  readonly retryAfterMs?: number | undefined;
  readonly existingId?: string | undefined;
}

/** The kind of an answer by its HTTP status alone, or undefined if it was taken. Trust HTTP, not a `statusCode` in the body. */
export function kindOfStatus({ status, isHtml }: Answer): VendorErrorKind | undefined {
  if (status === 429) return 'RateLimited';
  if (isHtml || status >= 500 || status === 408) return 'Unavailable';
  if (status >= 200 && status < 300) return undefined;
  if (status === 401) return 'Unauthorized';
  if (status === 403) return 'Forbidden';
  if (status === 404) return 'NotFound';
  if (status === 409) return 'Conflict';
  return status === 400 || status === 413 || status === 415 || status === 422 ? 'Invalid' : 'Unexpected';
}

/** The error that an answer stands for, with the vendor's words in it. */
export function refusalOf(
  kind: VendorErrorKind,
  operationId: string,
  vendorName: string,
  answer: Answer,
  details: RefusalDetails = {},
): VendorError {
  const message = `${operationId}: ${vendorName} answered ${answer.status}: ${wordsOf(answer)}`;
  const traceId = fieldsOf(answer.body)['traceId'];
  return new VendorError(kind, operationId, message, {
    status: answer.status,
    ...(typeof traceId === 'string' && { traceId }),
    ...(details.retryAfterMs !== undefined && { retryAfterMs: Math.ceil(details.retryAfterMs) }),
    ...(details.existingId !== undefined && { existingId: details.existingId }),
  });
}

/** What the vendor says: `message` (a text or a list), `error`, ASP.NET's `modelState`; else the beginning of the text. */
export function wordsOf({ body, text, isHtml }: Answer): string {
  if (isHtml) return 'a web page instead of JSON';
  const { message, Message, error, modelState, ModelState } = fieldsOf(body);
  const said = [message ?? Message, error, modelState ?? ModelState].flatMap(textsIn);
  const words = said.length > 0 ? said.join('; ') : text.trim();
  return words === '' ? 'nothing' : words.slice(0, 1_000);
}

export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** A header as a number; undefined if it is missing or none. */
export function numberIn(answer: Answer, header: string): number | undefined {
  const value = answer.headers[header];
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.trim() === '' ? [] : [value.trim()];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
