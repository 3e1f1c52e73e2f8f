import { type Answer, bodyFields, type Call, type Fields, isFields, type Operation, textOf } from '../operation.ts';
import { searchText } from './contacts.ts';
import { displayName, searchView } from './contact-view.ts';
import { badRequest, unprocessable } from './errors.ts';
import { type Ghl, inLocation, locationAt } from './ghl.ts';
import type { Contact } from './state.ts';

type Sort = { field: string; direction: 'asc' | 'desc' };
type Sortable = string | number;

const dates = new Set(['dateAdded', 'dateUpdated', 'dateOfBirth']);
const mostRecords = 10_000;

export function contactSearchOperation(ghl: Ghl): Operation {
  return {
    name: 'ghl.contact.search',
    method: 'POST',
    path: '/contacts/search',
    effect: 'read',
    scope: 'contacts.readonly',
    run: (call) => search(ghl, call),
  };
}

/** Unknown keys of the body are ignored, so a misspelt paging key gives the first page for ever (reference/ghl.md 2.2). */
function search(ghl: Ghl, call: Call): Answer {
  const body = bodyFields(call);
  const { pageLimit, page, cursor } = paging(body);
  const location = locationAt(ghl, call, body['locationId']);
  const sorts = sortsOf(body);
  const query = textOf(body['query'])?.toLowerCase();
  const filters = (Array.isArray(body['filters']) ? body['filters'] : []).filter(isFields);
  const found = inLocation(ghl.indexed(call.now), location)
    .filter((contact) => !query || searchText(contact).includes(query))
    .filter((contact) => filters.every((filter) => holds(contact, filter)))
    .sort((a, b) => bySorts(a, b, sorts));
  const sort = sorts[0] ?? { field: 'dateAdded', direction: 'desc' };
  const start = cursor ? found.findIndex((contact) => isAfter(contact, cursor, sort)) : (page - 1) * pageLimit;
  const records = start < 0 ? [] : found.slice(start, start + pageLimit);
  const contacts = records.map((contact) => searchView(ghl, contact, [sortable(contact, sort.field), contact.id]));
  return { status: 200, body: { contacts, total: found.length } };
}

function paging(body: Fields): { pageLimit: number; page: number; cursor: unknown[] | undefined } {
  const messages = ['pageLimit', 'locationId']
    .filter((key) => body[key] === undefined)
    .map((key) => `${key} should not be empty`);
  const pageLimit = Number(body['pageLimit']);
  if (messages.length === 0 && !Number.isInteger(pageLimit)) messages.push('pageLimit must be an integer number');
  if ((textOf(body['query']) ?? '').length > 75) messages.push('query must be shorter than or equal to 75 characters');
  if (messages.length > 0) throw unprocessable(messages);
  if (pageLimit < 1 || pageLimit > 500) throw badRequest('pageLimit must not be greater than 500');
  const cursor = Array.isArray(body['searchAfter']) && body['searchAfter'].length > 0 ? body['searchAfter'] : undefined;
  if (cursor && body['page'] !== undefined) throw badRequest('page and searchAfter cannot be used together');
  const page = Number(body['page'] ?? 1);
  if (!Number.isInteger(page) || page < 1) throw badRequest('page must be a positive integer');
  if (page * pageLimit > mostRecords)
    throw badRequest('Only the first 10000 records can be reached by page; use searchAfter');
  return { pageLimit, page, cursor };
}

function sortsOf(body: Fields): Sort[] {
  const given = Array.isArray(body['sort']) ? body['sort'].filter(isFields) : [];
  const sorts = given.map((sort): Sort => {
    const field = textOf(sort['field']) ?? '';
    if (!sortFields.has(field)) throw unprocessable([`Invalid sort field ${field}`]);
    return { field, direction: sort['direction'] === 'asc' ? 'asc' : 'desc' };
  });
  return sorts.length > 0 ? sorts : [{ field: 'dateAdded', direction: 'desc' }];
}

const same = [
  'id',
  'firstName',
  'lastName',
  'email',
  'phone',
  'city',
  'state',
  'postalCode',
  'country',
  'website',
  'timezone',
] as const;
const alsoSame = ['source', 'assignedTo', 'dateOfBirth', 'dnd', 'tags', 'dateAdded', 'dateUpdated'] as const;

/** What can be filtered and sorted by, by the names of a search record. */
const searchFields: Record<string, (contact: Contact) => unknown> = {
  ...Object.fromEntries([...same, ...alsoSame].map((field) => [field, (contact: Contact) => contact[field]])),
  address: (contact) => contact.address1,
  businessName: (contact) => contact.companyName,
  contactName: displayName,
  firstNameLowerCase: (contact) => contact.firstName?.toLowerCase(),
  lastNameLowerCase: (contact) => contact.lastName?.toLowerCase(),
  additionalEmails: (contact) => contact.additionalEmails.map((each) => each.email),
  additionalPhones: (contact) => contact.additionalPhones.map((each) => each.phone),
};

const sortFields = new Set([
  'dateAdded',
  'dateUpdated',
  'firstNameLowerCase',
  'lastNameLowerCase',
  'email',
  'businessName',
  'source',
]);

function bySorts(a: Contact, b: Contact, sorts: readonly Sort[]): number {
  for (const { field, direction } of sorts) {
    const order = compare(sortable(a, field), sortable(b, field));
    if (order !== 0) return direction === 'asc' ? order : -order;
  }
  const order = compare(a.id, b.id);
  return sorts[0]?.direction === 'desc' ? -order : order;
}

function isAfter(contact: Contact, cursor: readonly unknown[], sort: Sort): boolean {
  const [value, id] = cursor as [Sortable, string];
  const order = compare(sortable(contact, sort.field), value) || compare(contact.id, id);
  return sort.direction === 'asc' ? order > 0 : order < 0;
}

function sortable(contact: Contact, field: string): Sortable {
  const value = valueOf(contact, field);
  if (dates.has(field)) return typeof value === 'string' ? Date.parse(value) : 0;
  return typeof value === 'string' ? value : '';
}

function compare(a: Sortable, b: Sortable): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function valueOf(contact: Contact, field: string): unknown {
  if (field.startsWith('customFields.')) {
    const id = field.slice('customFields.'.length);
    return contact.customFields.find((each) => each.id === id)?.value;
  }
  const value = searchFields[field];
  if (!value) throw unprocessable([`Invalid field ${field}`]);
  return value(contact);
}

function holds(contact: Contact, filter: Fields): boolean {
  if (typeof filter['group'] === 'string') {
    const parts = (Array.isArray(filter['filters']) ? filter['filters'] : []).filter(isFields);
    return filter['group'] === 'OR'
      ? parts.some((part) => holds(contact, part))
      : parts.every((part) => holds(contact, part));
  }
  const operator = textOf(filter['operator']) ?? '';
  const test = operators[operator];
  if (!test) throw unprocessable([`Invalid operator ${operator}`]);
  return test(valueOf(contact, textOf(filter['field']) ?? ''), filter['value']);
}

const operators: Record<string, (value: unknown, wanted: unknown) => boolean> = {
  eq: equals,
  not_eq: (value, wanted) => !equals(value, wanted),
  contains: includes,
  not_contains: (value, wanted) => !includes(value, wanted),
  exists: isThere,
  not_exists: (value) => !isThere(value),
  range: (value, wanted) => isFields(wanted) && inRange(value, wanted),
};

function lower(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

function equals(value: unknown, wanted: unknown): boolean {
  const wantedOnes = (Array.isArray(wanted) ? wanted : [wanted]).map(lower);
  const values = (Array.isArray(value) ? value : [value]).map(lower);
  return values.some((each) => wantedOnes.includes(each));
}

function includes(value: unknown, wanted: unknown): boolean {
  if (Array.isArray(value)) return equals(value, wanted);
  return typeof value === 'string' && typeof wanted === 'string' && value.toLowerCase().includes(wanted.toLowerCase());
}

function isThere(value: unknown): boolean {
  return value !== null && value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0);
}

function inRange(value: unknown, wanted: Fields): boolean {
  const at = instant(value);
  if (at === undefined) return false;
  const bound = (name: string): number | undefined => instant(wanted[name]);
  const [gte, lte, gt, lt] = [bound('gte'), bound('lte'), bound('gt'), bound('lt')];
  return (
    (gte === undefined || at >= gte) &&
    (lte === undefined || at <= lte) &&
    (gt === undefined || at > gt) &&
    (lt === undefined || at < lt)
  );
}

function instant(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : at;
}
