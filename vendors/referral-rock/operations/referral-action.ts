import { z } from 'zod';
import { defineOperation } from '../../operation.ts';
import { helpPage } from '../lists.ts';

/** The one write with a key against repeats: `externalIdentifier`. The answer has no documented body. */
export const create = defineOperation({
  id: 'referral-rock.referral-action.create',
  vendor: 'referral-rock',
  title: 'Create a referral action',
  summary: 'Reports a recurring event of a referral, such as a payment: makes the rewards that recur.',
  method: 'POST',
  path: '/api/referralaction',
  query: [],
  scopes: [],
  effect: 'money',
  creates: true,
  input: z.strictObject({
    amount: z.number().min(0),
    referralQuery: z.string().min(1),
    programQuery: z.string().min(1).optional(),
    name: z.string().min(1).optional(),
    externalIdentifier: z.string().min(1).optional(),
  }),
  output: z.unknown(),
  unsure: ['What a repeated `externalIdentifier` is answered.'],
  documentation: helpPage('POST-api-referralaction'),
});
