import { Context } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory, TemporalFailure } from '@temporalio/common';
import type { Logger } from 'pino';
import { markBroken } from '../store/connections.ts';
import { connectionOfCustomer } from '../store/connection-state.ts';
import type { StoredError } from '../store/schema.ts';
import { FINAL_KINDS, VendorError } from '../vendors/operation.ts';
import type { ActivityDependencies } from './dependencies.ts';

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
  // Without its first lines: a database's message may quote the row.
  const frames = stack?.slice(stack.indexOf('\n    at '));
  const { activityType, attempt } = Context.current().info;
  log.error({ activityType, attempt, code, stack: frames }, `activity ${activityType} failed: ${name}`);
  return ApplicationFailure.retryable(
    `${activityType} failed: ${name}; the worker's log has the details`,
    'Unexpected',
  );
}

/** Steps whose failures are told as Temporal may keep them. */
export function guarded<Steps extends object>(steps: Steps, log: Logger): Steps {
  const guard =
    (step: (input: unknown) => Promise<unknown>) =>
    async (input: unknown): Promise<unknown> => {
      try {
        return await step(input);
      } catch (error) {
        throw toFailure(error, log);
      }
    };
  const entries = Object.entries(steps as Record<string, (input: unknown) => Promise<unknown>>);
  return Object.fromEntries(entries.map(([name, step]) => [name, guard(step)])) as Steps;
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

/** A refusal of our credentials, or of a read, is one of the whole connection: it is marked, and not rung for a while. */
export async function noteRefusal(
  { database, log }: Pick<ActivityDependencies, 'database' | 'log'>,
  customerId: string,
  { kind, operation, status }: VendorError,
  what: 'reads' | 'writes',
): Promise<void> {
  if (kind !== 'Unauthorized' && !(kind === 'Forbidden' && what === 'reads')) return;
  const { id } = await connectionOfCustomer(database.db, customerId);
  const reason = `${operation} is refused${status === undefined ? '' : ` (HTTP ${status})`}: ${kind}`;
  log.warn({ connection: id, operation, status }, `connection ${id} is refused by its vendor`);
  await markBroken(database, id, reason);
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
