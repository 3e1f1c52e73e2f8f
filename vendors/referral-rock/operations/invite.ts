import { z } from 'zod';
import { defineOperation } from '../../operation.ts';
import { helpPage } from '../lists.ts';

/** The body's fields are those of one wrapper; none is documented but that these calls exist. */
const contact = {
  firstName: z.string().min(1),
  lastName: z.string().optional(),
  email: z.string().min(1),
  contactType: z.string().min(1).optional(),
};
const unsure = ['The names of the fields.', 'What it answers.'];

/** Potential invites are kept for 60 days. */
export const create = defineOperation({
  id: 'referral-rock.invite.create',
  vendor: 'referral-rock',
  title: 'Queue a person to be invited',
  summary: 'Adds one person to the queue of automatic invitations to become a member.',
  method: 'POST',
  path: '/api/invitefeed',
  query: [],
  scopes: [],
  effect: 'write',
  creates: true,
  input: z.strictObject(contact),
  output: z.unknown(),
  unsure,
  documentation: helpPage('POST-api-invitefeed'),
});

export const createMany = defineOperation({
  id: 'referral-rock.invite.create-many',
  vendor: 'referral-rock',
  title: 'Queue people to be invited',
  summary: 'Adds several people to the queue of automatic invitations to become members.',
  method: 'POST',
  path: '/api/invitefeeds',
  query: [],
  scopes: [],
  effect: 'write',
  creates: true,
  input: z.strictObject({ contacts: z.array(z.strictObject(contact)).min(1) }),
  output: z.unknown(),
  unsure,
  documentation: helpPage('POST-api-invitefeeds'),
  encode: (body) => (body as { contacts: unknown }).contacts,
});
