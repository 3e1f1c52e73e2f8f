import { create, type Overlay, read, remove, write } from './entry.ts';

/** The document says one of the scopes; GHL answers a list of them. */
const scopes = { type: 'array', enum: null, items: { type: 'string' } };

const count = { type: 'integer', minimum: 0 };

/** GHL wants `skip` and `limit` as texts in this body. */
function withTexts(body: unknown): unknown {
  const fields = Object.entries(body as Record<string, unknown>);
  return Object.fromEntries(fields.map(([name, value]) => [name, typeof value === 'number' ? String(value) : value]));
}

export const users = {
  patch: {
    components: {
      schemas: {
        UserSchema: { properties: { scopes } },
        UserSuccessfulResponseDto: { properties: { scopes } },
        FilterByEmailDto: { properties: { skip: count, limit: count } },
      },
    },
  },
  resources: {
    user: {
      list: read(
        'search-users',
        'List users',
        "Reads a company's users, or a location's, or finds some by name or e-mail.",
        {
          paging: { style: 'skip-limit', records: 'users', max: 100 },
        },
      ),
      listByLocation: read('get-user-by-location', "List a location's users", "Reads a location's users.", {
        deprecated: 'Use ghl.user.list: version v3 has this no more.',
      }),
      filterByEmail: read(
        'filter-users-by-email',
        'Find users by e-mail',
        "Finds a company's users by their e-mail addresses; agency token.",
        { paging: { style: 'skip-limit', records: 'users' }, encode: withTexts },
      ),
      get: read('get-user', 'Get a user', 'Reads one user by its id.'),
      create: create('create-user', 'Create a user', 'Makes a user of a company and its locations.'),
      update: write('update-user', 'Update a user', 'Changes the given fields of a user.'),
      delete: remove('delete-user', 'Delete a user', 'Deletes a user.'),
    },
  },
} satisfies Overlay;
