import { z } from 'zod';
import { id, number, text } from '../../fields.ts';
import { defineOperation } from '../../operation.ts';

/** A user of the agency or location: who tasks and contacts are assigned to. */
export const User = z.looseObject({ id, name: text, firstName: text, lastName: text, email: text, phone: text });
export type User = z.infer<typeof User>;

/** `GET /users/`, by location alone, is deprecated and gone in v3. The company's id stands on the location. */
export const list = defineOperation({
  id: 'ghl.user.list',
  vendor: 'ghl',
  title: 'List users',
  summary: "Reads a location's users, or finds some by name or e-mail.",
  method: 'GET',
  path: '/users/search',
  query: ['companyId', 'locationId', 'query', 'skip', 'limit'],
  version: '2021-07-28',
  scopes: ['users.readonly'],
  effect: 'read',
  creates: false,
  input: z.strictObject({
    companyId: id,
    locationId: id.optional(),
    query: z.string().optional(),
    skip: z.int().min(0).optional(),
    limit: z.int().min(1).optional(),
  }),
  output: z.looseObject({ users: z.array(User), count: number }),
  documentation: 'https://marketplace.gohighlevel.com/docs/ghl/users/search-users',
});
