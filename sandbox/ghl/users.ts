import { newGhlId } from '../ids.ts';
import { type Answer, bodyFields, type Call, type Fields, type Operation, param } from '../operation.ts';
import type { User } from './account-state.ts';
import { companyId } from './constants.ts';
import { badRequest, forbidden, recordNotFound } from './errors.ts';
import { type Ghl, locationAt } from './ghl.ts';
import { pageOf, slice } from './paging.ts';

const read = { effect: 'read', scope: 'users.readonly', level: 'both' } as const;
const write = { effect: 'write', scope: 'users.write', level: 'both' } as const;
const one = '/users/:userId';

type UserInput = Partial<Omit<User, 'id' | 'dateAdded'>> & { companyId?: string };

export function userOperations(ghl: Ghl): Operation[] {
  return [
    {
      name: 'ghl.user.list',
      method: 'GET',
      path: '/users/',
      ...read,
      level: 'location',
      run: (call) => list(ghl, call),
    },
    { name: 'ghl.user.search', method: 'GET', path: '/users/search', ...read, run: (call) => search(ghl, call) },
    {
      name: 'ghl.user.filter-by-email',
      method: 'POST',
      path: '/users/search/filter-by-email',
      ...read,
      level: 'company',
      run: (call) => filterByEmail(ghl, call),
    },
    { name: 'ghl.user.create', method: 'POST', path: '/users/', ...write, run: (call) => create(ghl, call) },
    { name: 'ghl.user.get', method: 'GET', path: one, ...read, run: (call) => answer(200, userOf(ghl, call)) },
    { name: 'ghl.user.update', method: 'PUT', path: one, ...write, run: (call) => update(ghl, call) },
    { name: 'ghl.user.delete', method: 'DELETE', path: one, ...write, run: (call) => remove(ghl, call) },
  ];
}

/** Deprecated. */
function list(ghl: Ghl, call: Call): Answer {
  const { id } = locationAt(ghl, call, call.query['locationId']);
  const users = ghl.state.users.all().filter((user) => user.locationIds.includes(id));
  return { status: 200, body: { users: users.map(userView) } };
}

function search(ghl: Ghl, call: Call): Answer {
  const { companyId: wanted, locationId: wantedLocation, query, ids, role, type, sort, sortDirection } = call.query;
  if (wantedLocation !== undefined) locationAt(ghl, call, wantedLocation);
  const text = query?.toLowerCase();
  const found = reachable(ghl, call)
    .filter(() => wanted === companyId)
    .filter((user) => wantedLocation === undefined || user.locationIds.includes(wantedLocation))
    .filter((user) => !ids || ids.split(',').includes(user.id))
    .filter((user) => (!role || user.role === role) && (!type || user.type === type))
    .filter((user) => !text || `${user.firstName} ${user.lastName} ${user.email}`.toLowerCase().includes(text));
  if (sort === 'dateAdded' && sortDirection === 'desc') found.reverse();
  const users = pageOf(call, found, { limit: 25, most: 100 }).map(userView);
  return { status: 200, body: { users, count: found.length } };
}

/** Gives id and e-mail only, unless `projection` says `all` or names fields. */
function filterByEmail(ghl: Ghl, call: Call): Answer {
  const input = bodyFields(call) as {
    companyId: string;
    emails: string;
    skip?: string;
    limit?: string;
    projection?: string;
  };
  checkCompany(call, input);
  const emails = new Set(input.emails.split(',').map((email) => email.trim().toLowerCase()));
  const found = ghl.state.users.all().filter((user) => emails.has(user.email.toLowerCase()));
  const page = slice(found, Number(input.skip ?? 0), Number(input.limit ?? 25), 100);
  const names = input.projection?.split(',').map((name) => name.trim()) ?? ['id', 'email'];
  const users = page
    .map(userView)
    .map((view) => (names.includes('all') ? view : Object.fromEntries(names.map((name) => [name, view[name]]))));
  return { status: 200, body: { users, count: found.length } };
}

function create(ghl: Ghl, call: Call): Answer {
  const input = bodyFields(call) as UserInput & {
    firstName: string;
    lastName: string;
    email: string;
    locationIds: string[];
  };
  checkCompany(call, input);
  const taken = ghl.state.users.all().some((user) => user.email.toLowerCase() === input.email.toLowerCase());
  if (taken) throw badRequest('A user with this email already exists.');
  for (const id of input.locationIds) locationAt(ghl, call, id);
  const user = ghl.state.users.put({
    phone: '',
    extension: '',
    permissions: {},
    scopes: [],
    type: 'account',
    role: 'user',
    ...given(input),
    firstName: input.firstName,
    lastName: input.lastName,
    email: input.email,
    locationIds: input.locationIds,
    id: newGhlId(),
    dateAdded: new Date(call.now).toISOString(),
  });
  emit(ghl, 'UserCreate', user);
  return answer(201, user);
}

function update(ghl: Ghl, call: Call): Answer {
  const before = userOf(ghl, call);
  const user = ghl.state.users.put({ ...before, ...given(bodyFields(call)) });
  emit(ghl, 'UserUpdate', user);
  return answer(200, user);
}

/** Takes effect at once here, in "a few minutes" there. */
function remove(ghl: Ghl, call: Call): Answer {
  const user = userOf(ghl, call);
  ghl.state.users.delete(user.id);
  emit(ghl, 'UserDelete', user);
  const message = `Queued deleting user with e-mail ${user.email} and name ${nameOf(user)}. Will take effect in a few minutes.`;
  return { status: 200, body: { succeded: true, message }, recordId: user.id };
}

/** Secrets and pictures are taken and not kept. */
function given(input: UserInput): Partial<User> {
  const kept = [
    'firstName',
    'lastName',
    'email',
    'phone',
    'type',
    'role',
    'locationIds',
    'permissions',
    'scopes',
  ] as const;
  return Object.fromEntries(kept.flatMap((name) => (input[name] === undefined ? [] : [[name, input[name]]])));
}

function checkCompany(call: Call, input: { companyId?: string }): void {
  if (call.actor === 'api' && input.companyId !== companyId) throw forbidden();
}

/** A location's token sees the people of its location. */
function reachable(ghl: Ghl, { actor, reach }: Call): User[] {
  const users = ghl.state.users.all();
  if (actor === 'user' || reach.locationId === undefined) return users;
  const { locationId } = reach;
  return users.filter((user) => user.locationIds.includes(locationId));
}

function userOf(ghl: Ghl, call: Call): User {
  const id = param(call, 'userId');
  const user = reachable(ghl, call).find((each) => each.id === id);
  if (!user) throw recordNotFound('User', id);
  return user;
}

function answer(status: number, user: User): Answer {
  return { status, body: userView(user), recordId: user.id };
}

function nameOf({ firstName, lastName }: User): string {
  return `${firstName} ${lastName}`;
}

function userView(user: User): Fields {
  const { type, role, locationIds, dateAdded: _dateAdded, ...fields } = user;
  return {
    ...fields,
    name: nameOf(user),
    deleted: false,
    roles: { type, role, locationIds, restrictSubAccount: false },
  };
}

/** Told per location for a location's user, of the company for one of the agency. */
function emit(ghl: Ghl, type: string, user: User): void {
  const { id, firstName, lastName, email, phone, extension, role, permissions } = user;
  const fields = { id, firstName, lastName, email, phone, extension, role, permissions };
  if (user.type === 'agency') ghl.emit(type, undefined, { companyId, ...fields, locations: user.locationIds });
  else for (const locationId of user.locationIds) ghl.emit(type, locationId, fields);
}
