import { z } from 'zod';
import { number, text } from '../fields.ts';

/** The documentation of one call: its name in Referral Rock's help pages. */
export const helpPage = (call: string): string => `https://api.referralrock.com/Help/Api/${call}`;

/** Where in a list to begin, from 0, and how many to give; without `count` everything comes at once. */
export const page = { offset: z.int().min(0).optional(), count: z.int().min(1).optional() };

/** Days of creation; there is no "changed since". */
export const created = { dateFrom: z.iso.date().optional(), dateTo: z.iso.date().optional() };

/** One of `fields` with `_Asc` or `_Desc`; newest first when left out. Scans use `Create_Dt_Asc`, so that new rows come last. */
export function sortBy<Field extends string>(...fields: readonly [Field, ...Field[]]) {
  const orders = fields.flatMap((field) => [`${field}_Asc`, `${field}_Desc`] as const);
  return z.enum(orders as [`${Field}_Asc` | `${Field}_Desc`]).optional();
}

/** What every list answers beside its records; `message` tells of errors under status 200. */
export const listed = { offset: number, total: number, message: text };

/**
 * For lists that may come bare or under a name that nobody has written down: brings the list under `name`. Anything without
 * exactly one list in it is passed on for the output schema to refuse.
 */
export function under(name: string): (answer: unknown) => unknown {
  return (answer) => {
    if (Array.isArray(answer)) return { [name]: answer };
    if (typeof answer !== 'object' || answer === null || name in answer) return answer;
    const lists = Object.entries(answer).filter(([, value]) => Array.isArray(value));
    const [found] = lists;
    return found && lists.length === 1 ? { ...answer, [name]: found[1] } : answer;
  };
}

/** For single records that may come bare or wrapped under `name`: takes the wrapper off. */
export function bare(name: string): (answer: unknown) => unknown {
  return (answer) => {
    if (typeof answer !== 'object' || answer === null || 'id' in answer || !(name in answer)) return answer;
    return (answer as Record<string, unknown>)[name];
  };
}
