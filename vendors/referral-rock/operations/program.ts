import { z } from 'zod';
import { flag, id, number, text } from '../../fields.ts';
import { defineOperation } from '../../operation.ts';

export const Program = z.looseObject({
  id,
  name: text,
  title: text,
  type: text,
  isActive: flag,
  memberOffer: text,
  referralOffer: text,
});
export type Program = z.infer<typeof Program>;

export const list = defineOperation({
  id: 'referral-rock.program.list',
  vendor: 'referral-rock',
  title: 'List programs',
  summary: "Reads the account's programs, all or one by id.",
  method: 'GET',
  path: '/api/programs',
  query: ['programId', 'offset', 'count'],
  scopes: [],
  effect: 'read',
  creates: false,
  input: z.strictObject({
    programId: id.optional(),
    offset: z.int().min(0).optional(),
    count: z.int().min(1).optional(),
  }),
  output: z.looseObject({ programs: z.array(Program), offset: number, total: number, message: text }),
  documentation: 'https://api.referralrock.com/Help',
});
