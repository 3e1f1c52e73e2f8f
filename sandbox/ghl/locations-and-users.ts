import { type Answer, type Call, type Fields, type Operation, param } from '../operation.ts';
import { companyId, location, locationId } from './constants.ts';
import { recordNotFound, unprocessable } from './errors.ts';
import { checkLocation, type Ghl } from './ghl.ts';
import type { User } from './state.ts';

const readUsers = { effect: 'read', scope: 'users.readonly' } as const;

export function locationAndUserOperations(ghl: Ghl): Operation[] {
  return [
    {
      name: 'ghl.location.get',
      method: 'GET',
      path: '/locations/:locationId',
      effect: 'read',
      scope: 'locations.readonly',
      run: (call) => getLocation(ghl, call),
    },
    { name: 'ghl.user.list', method: 'GET', path: '/users/', ...readUsers, run: (call) => listUsers(ghl, call) },
    {
      name: 'ghl.user.search',
      method: 'GET',
      path: '/users/search',
      ...readUsers,
      run: (call) => searchUsers(ghl, call),
    },
    { name: 'ghl.user.get', method: 'GET', path: '/users/:userId', ...readUsers, run: (call) => getUser(ghl, call) },
  ];
}

function getLocation(ghl: Ghl, call: Call): Answer {
  checkLocation(param(call, 'locationId'));
  const { name, address, city, state, country, postalCode, website, timezone } = location;
  const settings = {
    allowDuplicateContact: ghl.settings().allowDuplicateContact,
    allowDuplicateOpportunity: false,
    allowFacebookNameMerge: false,
    disableContactTimezone: false,
  };
  const business = { name, address, city, state, country, postalCode, website, timezone };
  return { status: 200, body: { location: { ...location, business, settings, social: {} } } };
}

function listUsers(ghl: Ghl, call: Call): Answer {
  checkLocation(call.query['locationId']);
  return { status: 200, body: { users: ghl.state.users.all().map(userView) } };
}

function searchUsers(ghl: Ghl, call: Call): Answer {
  const { companyId: wanted, locationId: wantedLocation, query, skip, limit } = call.query;
  if (!wanted) throw unprocessable(['companyId should not be empty', 'companyId must be a string']);
  if (wantedLocation !== undefined) checkLocation(wantedLocation);
  const found = ghl.state.users
    .all()
    .filter(() => wanted === companyId)
    .filter(
      (user) =>
        !query || `${user.firstName} ${user.lastName} ${user.email}`.toLowerCase().includes(query.toLowerCase()),
    );
  const start = Number(skip ?? 0);
  return {
    status: 200,
    body: { users: found.slice(start, start + Number(limit ?? 25)).map(userView), count: found.length },
  };
}

function getUser(ghl: Ghl, call: Call): Answer {
  const id = param(call, 'userId');
  const user = ghl.state.users.get(id);
  if (!user) throw recordNotFound('User', id);
  return { status: 200, body: userView(user) };
}

function userView(user: User): Fields {
  return {
    id: user.id,
    name: `${user.firstName} ${user.lastName}`,
    firstName: user.firstName,
    lastName: user.lastName,
    email: user.email,
    phone: user.phone,
    extension: '',
    deleted: false,
    roles: { type: 'account', role: user.role, locationIds: [locationId], restrictSubAccount: false },
  };
}
