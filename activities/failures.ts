import { Context } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory, TemporalFailure } from '@temporalio/common';
import type { Logger } from 'pino';
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

/**
 * The failure as Temporal keeps it: type and status, never a vendor's words, which may hold personal data. What is not a
 * vendor's refusal is a fault of ours or of the store: logged, and retried.
 */
export function toFailure(error: unknown, log: Logger): unknown {
  if (error instanceof TemporalFailure) return error;
  if (error instanceof VendorError) return refusal(error);
  const { name, code, stack } = error as Error & { code?: unknown };
  const { activityType, attempt } = Context.current().info;
  log.error({ activityType, attempt, code, stack }, `activity ${activityType} failed: ${name}`);
  return ApplicationFailure.retryable(
    `${activityType} failed: ${name}; the worker's log has the details`,
    'Unexpected',
  );
}

function refusal({ kind, operation, status, retryAfterMs }: VendorError): ApplicationFailure {
  return ApplicationFailure.create({
    type: kind,
    message: `${operation}: ${kind}${status === undefined ? '' : ` (HTTP ${status})`}`,
    nonRetryable: FINAL_KINDS.includes(kind),
    ...(retryAfterMs === undefined ? {} : { nextRetryDelay: retryAfterMs }),
    ...(kind === 'RateLimited' ? { category: ApplicationFailureCategory.BENIGN } : {}),
  });
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
