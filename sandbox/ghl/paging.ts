import type { Call } from '../operation.ts';
import { badRequest } from './errors.ts';

/** The page of `skip` and `limit` in the query. A page size above the most is a 400, not clamped (reference/ghl.md 2.1). */
export function pageOf<T>(call: Call, found: readonly T[], sizes: { limit: number; most: number }): T[] {
  const { skip = 0, limit = sizes.limit } = call.query as { skip?: string; limit?: string };
  return slice(found, Number(skip), Number(limit), sizes.most);
}

export function slice<T>(found: readonly T[], skip: number, limit: number, most: number): T[] {
  if (!Number.isInteger(limit) || limit < 1 || limit > most) throw badRequest(`limit must not be greater than ${most}`);
  if (!Number.isInteger(skip) || skip < 0) throw badRequest('skip must not be less than 0');
  return found.slice(skip, skip + limit);
}
