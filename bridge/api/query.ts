import { z } from 'zod';
import { Refusal } from '../payload.ts';

/** PostgreSQL takes no zero byte. */
export const word = z.string().regex(/^\P{Cc}*$/u, 'has control characters');

/** How many are wanted, 500 at most. */
export function limitOf(usual: number) {
  return z.coerce
    .number({ error: 'wants a number' })
    .int('wants a whole number')
    .min(1, 'wants at least 1')
    .max(500, 'wants at most 500')
    .default(usual);
}

/** A switch, off where it is left out: `?all=true`; the bare name is on as well. */
export const yesOrNo = z
  .enum(['', 'true', 'false', '1', '0'], { error: 'wants true or false' })
  .default('false')
  .transform((value) => value !== 'false' && value !== '0');

/** A request's query as `schema` reads it; else 400, naming each parameter and what it wants. */
export function parseQuery<T>(schema: z.ZodType<T>, query: unknown): T {
  const parsed = schema.safeParse(query);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) =>
    path.length > 0 ? `${path.join('.')} ${message}` : message,
  );
  throw new Refusal(400, 'query', `${problems.join('; ')}.`);
}
