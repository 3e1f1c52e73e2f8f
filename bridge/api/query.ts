import type { z } from 'zod';
import { Refusal } from '../payload.ts';

/** A request's query as `schema` reads it; else 400, naming each parameter and what it wants. */
export function parseQuery<T>(schema: z.ZodType<T>, query: unknown): T {
  const parsed = schema.safeParse(query);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) =>
    path.length > 0 ? `${path.join('.')} ${message}` : message,
  );
  throw new Refusal(400, 'query', `${problems.join('; ')}.`);
}
