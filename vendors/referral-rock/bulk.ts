import { z } from 'zod';

/** Referral Rock's update and remove calls take a list and answer one: ours is a list of one. */
export function toBulk(item: unknown): readonly unknown[] {
  return [item];
}

/** The answer's one item; anything but a list of one is passed on for the output schema to refuse. */
export function fromBulk(answer: unknown): unknown {
  return Array.isArray(answer) && answer.length === 1 ? answer[0] : answer;
}

/** How the one item went; another status than success has already become an error. */
export const ResultInfo = z.looseObject({ status: z.string(), message: z.string().nullish() });
