import { z } from 'zod';

/** A vendor's id of a record. */
export const id = z.string().min(1).max(100);

/** What vendors leave out, set to null or send: a text in their answers. */
export const text = z.string().nullish();
export const number = z.number().nullish();
export const flag = z.boolean().nullish();

/** An ISO 8601 date-time with zone. */
export const dateTime = z.iso.datetime({ offset: true });
