import { type ClientParts, createClient, type Protocol } from '../executor.ts';
import type { Answer } from '../http.ts';
import type { Operation, VendorClient, VendorErrorKind } from '../operation.ts';
import { fieldsOf, kindOfStatus, refusalOf, wordsOf } from '../refusal.ts';
import { camelKeys } from './keys.ts';

const RATE_LIMIT_WAIT_MS = 10_000;
const LONGEST_RETRY_AFTER_MS = 86_400_000;

/** Referral Rock's API: HTTP Basic, failures also inside answers of 200. */
export function createReferralRockClient(parts: ClientParts): VendorClient {
  return createClient(protocol, parts);
}

const protocol: Protocol = {
  scheme: 'Basic',
  headers: () => ({ accept: 'application/json' }),
  read: camelKeys,
  isTokenRefusal: () => false,
  refusal(operation, answer) {
    const failed = failedItem(answer.body) ?? saidInstead(operation, answer);
    const kind = failed === undefined ? kindOf(operation, answer) : kindOfWords(failed);
    if (kind === undefined) return undefined;
    return refusalOf(
      kind,
      operation.id,
      'Referral Rock',
      failed === undefined ? answer : { ...answer, body: { message: failed } },
      { retryAfterMs: kind === 'RateLimited' ? retryAfterMs(answer) : undefined },
    );
  },
  quota: () => undefined,
};

function kindOf(operation: Pick<Operation, 'effect'>, answer: Answer): VendorErrorKind | undefined {
  const kind = kindOfStatus(answer);
  const words = wordsOf(answer);
  if (kind === 'Invalid') return kindOfWords(words);
  /* ASP.NET's words for a route that does not exist: ours is wrong, no record is gone. */
  if (kind === 'NotFound' && /No HTTP resource was found/i.test(words)) return 'Unexpected';
  if (kind === undefined && operation.effect === 'read' && isNothing(answer)) return 'NotFound';
  return kind;
}

/** A read of one record answered with `null`. */
function isNothing({ body, text }: Answer): boolean {
  return body === null || (body === undefined && text.trim() === '');
}

function kindOfWords(words: string): VendorErrorKind {
  return /\bnot (be )?found\b|\bcould(n't| not) find\b|\bdoes(n't| not) exist\b|\bno (such |matching )?(match|record|referral|member)/i.test(
    words,
  )
    ? 'NotFound'
    : 'Invalid';
}

/** What a bulk answer's item says that was not done; its words for success are `Success` (remove) and `Succeeded` (update). */
function failedItem(body: unknown): string | undefined {
  for (const item of Array.isArray(body) ? body : [body]) {
    const { resultInfo } = fieldsOf(item);
    if (resultInfo === undefined || resultInfo === null) continue;
    const { status, message } = fieldsOf(resultInfo);
    if (typeof status === 'string' && /^succe(ss|eded)$/i.test(status.trim())) continue;
    return [status, message].filter((word) => typeof word === 'string' && word !== '').join(': ') || 'no result';
  }
  return undefined;
}

/** What a 2xx says in place of the record or list that it should hold: its `message` tells of errors then. */
function saidInstead(
  { output, decode }: Pick<Operation, 'output' | 'decode'>,
  { status, body }: Answer,
): string | undefined {
  const { message } = fieldsOf(body);
  if (status < 200 || status > 299 || typeof message !== 'string' || message.trim() === '') return undefined;
  return output.safeParse(decode ? decode(body) : body).success ? undefined : message;
}

/** Referral Rock publishes no limits: its `Retry-After` (seconds or a date) if there is one, else 10 s; up to a tenth more at random. */
function retryAfterMs({ headers }: Answer): number {
  const header = headers['retry-after'];
  const seconds = typeof header === 'string' && header.trim() !== '' ? Number(header) : Number.NaN;
  const asked = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(String(header)) - Date.now();
  const waitMs = asked > 0 ? Math.min(asked, LONGEST_RETRY_AFTER_MS) : RATE_LIMIT_WAIT_MS;
  return waitMs + (Math.random() * Math.min(waitMs, 10_000)) / 10;
}
