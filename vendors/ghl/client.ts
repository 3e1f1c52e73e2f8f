import { type ClientParts, createClient, type Protocol } from '../executor.ts';
import type { Answer } from '../http.ts';
import type { QuotaSeen, VendorClient, VendorErrorKind } from '../operation.ts';
import { fieldsOf, kindOfStatus, numberIn, refusalOf, wordsOf } from '../refusal.ts';

const INTERVAL_MS = 10_000;
/** If GHL says that the day is used up but not when it ends. */
const UNKNOWN_DAY_MS = 3_600_000;

/** GoHighLevel's API v2: bearer token and `Version` header, limits read from each answer. */
export function createGhlClient(parts: ClientParts): VendorClient {
  return createClient(protocol, parts);
}

const protocol: Protocol = {
  scheme: 'Bearer',
  headers: ({ version }) => ({ accept: 'application/json', ...(version !== undefined && { version }) }),
  read: (body) => body,
  isTokenRefusal: (answer) => answer.status === 401 && isAboutToken(wordsOf(answer)),
  refusal(operation, answer) {
    const kind = kindOf(answer);
    if (kind === undefined) return undefined;
    return refusalOf(kind, operation.id, 'GHL', answer, {
      retryAfterMs: kind === 'RateLimited' ? retryAfterMs(answer) : undefined,
      existingId: kind === 'Conflict' ? existingIdIn(answer) : undefined,
    });
  },
  quota,
};

function kindOf(answer: Answer): VendorErrorKind | undefined {
  const kind = kindOfStatus(answer);
  const words = wordsOf(answer);
  if (kind === 'Unauthorized') return kindOf401(words);
  if (kind === 'Invalid' && existingIdIn(answer) !== undefined) return 'Conflict';
  /* A missing contact is 400 `Contact with id ... not found`; only an unknown route is 404, with an empty body. */
  if (kind === 'Invalid' && answer.status === 400 && /\bnot found\b/i.test(words)) return 'NotFound';
  if (kind === 'NotFound' && answer.text.trim() === '') return 'Unexpected';
  return kind;
}

/** GHL answers 401 also for scopes, locations, missing parameters and its own gateway's time-outs. */
function kindOf401(words: string): VendorErrorKind {
  if (/timed out/i.test(words)) return 'Unavailable';
  if (isAboutToken(words)) return 'Unauthorized';
  if (/scope|location|forbidden|access/i.test(words)) return 'Forbidden';
  return /\bE01\b/.test(words) ? 'Invalid' : 'Unauthorized';
}

function isAboutToken(words: string): boolean {
  return /invalid jwt|invalid (access )?token|access token is invalid|(jwt|token)\b.{0,20}\bexpired|expired (access )?token/i.test(
    words,
  );
}

function existingIdIn(answer: Answer): string | undefined {
  const { contactId } = fieldsOf(fieldsOf(answer.body)['meta']);
  return typeof contactId === 'string' && contactId !== '' ? contactId : undefined;
}

/** GHL sends no `Retry-After`: the interval, or what is left of the day, and a tenth at random so that callers spread. */
function retryAfterMs(answer: Answer): number {
  const { intervalMs, dailyRemaining, dailyResetMs } = quota(answer) ?? {};
  const waitMs = dailyRemaining === 0 ? (dailyResetMs ?? UNKNOWN_DAY_MS) : (intervalMs ?? INTERVAL_MS);
  return waitMs + Math.random() * Math.min(waitMs / 10, 60_000);
}

/** `x-ratelimit-daily-reset` is not documented: milliseconds until the reset, as seen on live answers. */
function quota(answer: Answer): QuotaSeen | undefined {
  const seen = {
    max: numberIn(answer, 'x-ratelimit-max'),
    intervalMs: numberIn(answer, 'x-ratelimit-interval-milliseconds'),
    remaining: numberIn(answer, 'x-ratelimit-remaining'),
    dailyMax: numberIn(answer, 'x-ratelimit-limit-daily'),
    dailyRemaining: numberIn(answer, 'x-ratelimit-daily-remaining'),
    dailyResetMs: numberIn(answer, 'x-ratelimit-daily-reset'),
  };
  const known = Object.entries(seen).filter(([, value]) => value !== undefined);
  return known.length === 0 ? undefined : Object.fromEntries(known);
}
