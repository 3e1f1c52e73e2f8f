import { Context } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { StoredError } from '../store/schema.ts';
import { FINAL_KINDS, VendorError } from '../vendors/operation.ts';

/** Whether a repeat of the same request can help. */
export function isFinal(error: unknown): boolean {
  return error instanceof VendorError && FINAL_KINDS.includes(error.kind);
}

/** The failure as the store keeps it, with the vendor's own words. */
export function storedError(error: unknown): StoredError {
  if (!(error instanceof VendorError))
    return { type: 'Unexpected', message: error instanceof Error ? error.message : String(error) };
  const { kind, message, status, traceId } = error;
  return { type: kind, message, status, traceId };
}

/** The failure as Temporal keeps it: type and status, never a vendor's words, which may hold personal data. */
export function toFailure(error: unknown): unknown {
  if (!(error instanceof VendorError))
    return error instanceof ApplicationFailure
      ? error
      : ApplicationFailure.retryable(`${nameOfError(error)}; the store or log has the details`, 'Unexpected');
  const { kind, operation, status, retryAfterMs } = error;
  return ApplicationFailure.create({
    type: kind,
    message: `${operation}: ${kind}${status === undefined ? '' : ` (HTTP ${status})`}`,
    nonRetryable: isFinal(error),
    ...(retryAfterMs === undefined ? {} : { nextRetryDelay: retryAfterMs }),
    ...(kind === 'RateLimited' ? { category: ApplicationFailureCategory.BENIGN } : {}),
  });
}

function nameOfError(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/** Asks Temporal to try again in so many milliseconds; not an error of anybody's. */
export function tryAgain(type: string, message: string, delayMs: number): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    message,
    nextRetryDelay: Math.max(1, Math.ceil(delayMs)),
    category: ApplicationFailureCategory.BENIGN,
  });
}

/** Aborts the HTTP request when Temporal cancels the activity. */
export function cancellation(): AbortSignal {
  return Context.current().cancellationSignal;
}
