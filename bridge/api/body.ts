import type { z } from 'zod';
import { parsePayload, Refusal } from '../payload.ts';

/** A request's JSON body as `schema` reads it; else 400, naming each field and what it wants. `reason` counts the refusal. */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown, reason: string): T {
  const parsed = schema.safeParse(parsePayload(Buffer.isBuffer(body) ? body : Buffer.alloc(0)));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => [...path, message].join(' '));
  throw new Refusal(400, reason, `${problems.join('; ')}.`);
}
