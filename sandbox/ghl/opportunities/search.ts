import { type Answer, bodyFields, type Call, type Fields, type Operation } from '../../operation.ts';
import { displayName } from '../contact-view.ts';
import { badRequest, unprocessable } from '../errors.ts';
import { type Ghl, inLocation, locationAt } from '../ghl.ts';
import type { Opportunity } from '../opportunity-state.ts';
import { slice } from '../paging.ts';
import { type Extras, opportunityView } from './view.ts';

const read = { effect: 'read', scope: 'opportunities.readonly', path: '/opportunities/search' } as const;
const most = 100;

export function opportunitySearchOperations(ghl: Ghl): Operation[] {
  return [
    { name: 'ghl.opportunity.search', method: 'GET', ...read, run: (call) => search(ghl, call) },
    { name: 'ghl.opportunity.search-advanced', method: 'POST', ...read, run: (call) => searchAdvanced(ghl, call) },
  ];
}

type Cursor = [at: number, id: string];

/** Pages by number, or by the `startAfter` and `startAfterId` of the answer's meta. Names are in snake case here. */
function search(ghl: Ghl, call: Call): Answer {
  const { query } = call;
  const location = locationAt(ghl, call, query['location_id']);
  const [order = 'added', direction = 'desc'] = (query['order'] ?? 'added_desc').split('_');
  const at = timeOf(order);
  const found = inLocation(ghl.state.opportunities.all(), location)
    .filter((each) => fits(each, query))
    .filter((each) => !query['q'] || textOf(ghl, each).includes(query['q'].toLowerCase()))
    .sort((a, b) => (direction === 'asc' ? compare(at, a, b) : compare(at, b, a)));
  const cursor: Cursor | undefined = query['startAfter']
    ? [Number(query['startAfter']), query['startAfterId'] ?? '']
    : undefined;
  const rest = cursor ? found.filter((each) => isAfter(at, each, cursor, direction)) : found;
  const [page, limit] = [Number(query['page'] ?? 1), Number(query['limit'] ?? 20)];
  const records = slice(rest, cursor ? 0 : (page - 1) * limit, limit, most);
  const extras: Extras = {
    tasks: query['getTasks'] === 'true',
    notes: query['getNotes'] === 'true',
    calendarEvents: query['getCalendarEvents'] === 'true',
  };
  const last = records.at(-1);
  const isMore = last !== undefined && last !== found.at(-1);
  const meta = {
    total: found.length,
    ...(isMore && { nextPageUrl: nextPageUrl(query, at(last), last.id), startAfter: at(last), startAfterId: last.id }),
    currentPage: page,
    nextPage: isMore ? page + 1 : undefined,
    prevPage: page > 1 ? page - 1 : undefined,
  };
  const opportunities = records.map((each) => opportunityView(ghl, each, extras));
  return { status: 200, body: { opportunities, meta, aggregations: {} } };
}

function nextPageUrl(query: Call['query'], startAfter: number, startAfterId: string): string {
  const next = new URLSearchParams({ location_id: query['location_id'] ?? '', limit: query['limit'] ?? '20' });
  next.set('startAfter', String(startAfter));
  next.set('startAfterId', startAfterId);
  return `http://services.leadconnectorhq.com/opportunities/search?${next.toString()}`;
}

const filters: [parameter: string, property: keyof Opportunity][] = [
  ['pipeline_id', 'pipelineId'],
  ['pipeline_stage_id', 'pipelineStageId'],
  ['contact_id', 'contactId'],
  ['assigned_to', 'assignedTo'],
  ['id', 'id'],
];

function fits(opportunity: Opportunity, query: Call['query']): boolean {
  const { status, date, endDate } = query;
  if (filters.some(([name, property]) => query[name] && query[name] !== opportunity[property])) return false;
  if (status && status !== 'all' && status !== opportunity.status) return false;
  const at = Date.parse(opportunity.createdAt);
  return (!date || at >= dayOf(date)) && (!endDate || at < dayOf(endDate) + 86_400_000);
}

/** Written mm-dd-yyyy. */
function dayOf(text: string): number {
  const [, month, day, year] = /^(\d{2})-(\d{2})-(\d{4})$/.exec(text) ?? [];
  const at = Date.parse(`${year}-${month}-${day}T00:00:00.000Z`);
  if (Number.isNaN(at)) throw badRequest('date must be in the format mm-dd-yyyy');
  return at;
}

/** Pages by number, or by the `sort` of the last record given back as `searchAfter`. */
function searchAdvanced(ghl: Ghl, call: Call): Answer {
  const body = bodyFields(call) as {
    locationId: string;
    query?: string;
    limit: number;
    page: number;
    searchAfter: (string | number)[];
    additionalDetails: Extras;
  };
  const location = locationAt(ghl, call, body.locationId);
  const at = timeOf('added');
  const found = inLocation(ghl.state.opportunities.all(), location)
    .filter((each) => textOf(ghl, each).includes((body.query ?? '').toLowerCase()))
    .sort((a, b) => compare(at, b, a));
  const [time, id] = body.searchAfter;
  const cursor: Cursor | undefined = time === undefined ? undefined : [Number(time), String(id)];
  const rest = cursor ? found.filter((each) => isAfter(at, each, cursor, 'desc')) : found;
  const records = slice(rest, cursor ? 0 : (body.page - 1) * body.limit, body.limit, most);
  const opportunities = records.map((each): Fields => ({
    ...opportunityView(ghl, each, body.additionalDetails),
    sort: [at(each), each.id],
  }));
  return { status: 200, body: { opportunities, total: found.length, aggregations: {} } };
}

function textOf(ghl: Ghl, opportunity: Opportunity): string {
  const contact = ghl.state.contacts.get(opportunity.contactId);
  const of = contact ? [displayName(contact), contact.email, contact.phone] : [];
  return [opportunity.name, ...of].filter(Boolean).join(' ').toLowerCase();
}

type TimeOf = (opportunity: Opportunity) => number;

function timeOf(order: string): TimeOf {
  if (order === 'added') return ({ createdAt }) => Date.parse(createdAt);
  if (order === 'updated') return ({ updatedAt }) => Date.parse(updatedAt);
  throw unprocessable([`Invalid order ${order}`]);
}

function compare(at: TimeOf, a: Opportunity, b: Opportunity): number {
  return at(a) - at(b) || (a.id < b.id ? -1 : 1);
}

function isAfter(at: TimeOf, opportunity: Opportunity, [time, id]: Cursor, direction: string): boolean {
  const order = at(opportunity) - time || (opportunity.id === id ? 0 : opportunity.id < id ? -1 : 1);
  return direction === 'asc' ? order > 0 : order < 0;
}
