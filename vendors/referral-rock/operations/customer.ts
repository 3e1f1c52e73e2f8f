import { z } from 'zod';
import { defineOperation } from '../../operation.ts';
import { helpPage } from '../lists.ts';

/** A customer whose e-mail matches a pending referral makes it approved, which pays; else every program may preload a member. */
export const feed = defineOperation({
  id: 'referral-rock.customer.feed',
  vendor: 'referral-rock',
  title: 'Report a paying customer',
  summary: 'Reports a purchase: approves the pending referral with this e-mail, else may add the person as a member.',
  method: 'POST',
  path: '/api/customerfeed',
  query: [],
  scopes: [],
  effect: 'money',
  creates: true,
  input: z.strictObject({
    email: z.string().min(1),
    firstName: z.string().optional(),
    lastName: z.string().optional(),
    phone: z.string().optional(),
    externalIdentifier: z.string().optional(),
    amount: z.number().min(0).optional(),
    purchaseDate: z.iso.datetime({ offset: true }).or(z.iso.date()).optional(),
  }),
  output: z.unknown(),
  unsure: ['The names of the fields but `email`.', 'What it answers: an outcome such as ReferralApproved.'],
  documentation: helpPage('POST-api-customerfeed'),
});
