import { newGhlId } from '../ids.ts';
import { type Answer, bodyFields, type Call, type Fields, type Operation, param } from '../operation.ts';
import type { Location, LocationSettings } from './account-state.ts';
import { companyId } from './constants.ts';
import { forbidden } from './errors.ts';
import { type Ghl, locationAt } from './ghl.ts';
import { revokeTokens } from './grants.ts';
import { pageOf } from './paging.ts';

const read = { effect: 'read', scope: 'locations.readonly', level: 'both' } as const;
const write = { effect: 'write', scope: 'locations.write', level: 'company' } as const;
const one = '/locations/:locationId';

type LocationInput = Partial<Omit<Location, 'settings' | 'social'>> & {
  companyId: string;
  settings?: Partial<LocationSettings>;
  social?: Record<string, string>;
  prospectInfo?: { firstName: string; lastName: string; email: string };
};

export function locationOperations(ghl: Ghl): Operation[] {
  return [
    {
      name: 'ghl.location.search',
      method: 'GET',
      path: '/locations/search',
      ...read,
      run: (call) => search(ghl, call),
    },
    { name: 'ghl.location.create', method: 'POST', path: '/locations/', ...write, run: (call) => create(ghl, call) },
    { name: 'ghl.location.get', method: 'GET', path: one, ...read, run: (call) => get(ghl, call) },
    { name: 'ghl.location.update', method: 'PUT', path: one, ...write, run: (call) => update(ghl, call) },
    { name: 'ghl.location.delete', method: 'DELETE', path: one, ...write, run: (call) => remove(ghl, call) },
    {
      name: 'ghl.location.timezones',
      method: 'GET',
      path: `${one}/timezones`,
      ...read,
      level: 'location',
      run: (call) => timezones(ghl, call),
    },
  ];
}

/** A location's token finds its own location only. */
function search(ghl: Ghl, call: Call): Answer {
  const { companyId: company, email, order } = call.query;
  const found = ghl.state.locations
    .all()
    .filter(({ id }) => call.reach.locationId === undefined || id === call.reach.locationId)
    .filter((location) => company === undefined || location.companyId === company)
    .filter((location) => email === undefined || location.email.toLowerCase() === email.toLowerCase())
    .sort((a, b) => a.dateAdded.localeCompare(b.dateAdded));
  const locations = pageOf(call, order === 'desc' ? found.reverse() : found, { limit: 10, most: 1000 });
  return { status: 200, body: { locations: locations.map(locationView) } };
}

function get(ghl: Ghl, call: Call): Answer {
  const location = locationAt(ghl, call, param(call, 'locationId'));
  const { name, address, city, state, country, postalCode, website, timezone } = location;
  const business = { name, address, city, state, country, postalCode, website, timezone, logoUrl: '' };
  const view = locationView(location);
  const allowDuplicateContact = location.settings.allowDuplicateContact || ghl.settings().allowDuplicateContact;
  return {
    status: 200,
    body: { location: { ...view, business, settings: { ...location.settings, allowDuplicateContact } } },
  };
}

const blank = { domain: '', address: '', city: '', state: '', postalCode: '', website: '', email: '', phone: '' };

function create(ghl: Ghl, call: Call): Answer {
  const input = bodyFields(call) as LocationInput;
  checkCompany(call, input);
  const { prospectInfo = { firstName: '', lastName: '', email: '' } } = input;
  const at = new Date(call.now).toISOString();
  const settings = {
    allowDuplicateContact: false,
    allowDuplicateOpportunity: false,
    allowFacebookNameMerge: false,
    disableContactTimezone: false,
    ...input.settings,
  };
  const location = ghl.state.locations.put({
    ...blank,
    country: 'US',
    timezone: 'America/New_York',
    name: '',
    ...prospectInfo,
    ...profileOf(input),
    id: newGhlId(),
    companyId: input.companyId,
    settings,
    social: input.social ?? {},
    dateAdded: at,
    installedAt: null,
  });
  ghl.emit('LocationCreate', undefined, locationEvent(location));
  return { status: 201, body: locationView(location), recordId: location.id };
}

function update(ghl: Ghl, call: Call): Answer {
  const input = bodyFields(call) as LocationInput;
  checkCompany(call, input);
  const before = locationAt(ghl, call, param(call, 'locationId'));
  const location = ghl.state.locations.put({
    ...before,
    ...input.prospectInfo,
    ...profileOf(input),
    settings: { ...before.settings, ...input.settings },
    social: { ...before.social, ...input.social },
  });
  ghl.emit('LocationUpdate', undefined, locationEvent(location));
  return { status: 200, body: locationView(location), recordId: location.id };
}

/** No event tells of it. The app's tokens of the location end. */
function remove(ghl: Ghl, call: Call): Answer {
  const { id } = locationAt(ghl, call, param(call, 'locationId'));
  ghl.state.locations.delete(id);
  revokeTokens(ghl, id);
  return { status: 200, body: { success: true, message: `Deleted location with id: ${id}` }, recordId: id };
}

/** The documents name no shape for this answer. */
function timezones(ghl: Ghl, call: Call): Answer {
  locationAt(ghl, call, param(call, 'locationId'));
  return { status: 200, body: { timeZones: Intl.supportedValuesOf('timeZone') } };
}

function checkCompany(call: Call, input: { companyId: string }): void {
  if (call.actor === 'api' && input.companyId !== companyId) throw forbidden();
}

const profile = [
  'name',
  'phone',
  'address',
  'city',
  'state',
  'country',
  'postalCode',
  'website',
  'timezone',
] as const satisfies readonly (keyof LocationInput)[];

function profileOf(input: LocationInput): Partial<Location> {
  return Object.fromEntries(profile.flatMap((name) => (input[name] === undefined ? [] : [[name, input[name]]])));
}

function locationView({ installedAt: _installedAt, dateAdded, ...location }: Location): Fields {
  return { ...location, dateAdded };
}

function locationEvent({ id, companyId: company, name, email }: Location): Fields {
  return { id, companyId: company, name, email };
}
