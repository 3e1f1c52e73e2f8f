import { newGhlId } from '../../ids.ts';
import { type Answer, bodyFields, type Call, type Operation, param } from '../../operation.ts';
import type { CalendarResource } from '../calendar-state.ts';
import { recordNotFound } from '../errors.ts';
import { type Ghl, inLocation, locationAt, sees } from '../ghl.ts';
import { pageOf } from '../paging.ts';
import { calendarById } from './appointments.ts';

const read = { effect: 'read', scope: 'calendars/resources.readonly' } as const;
const write = { effect: 'write', scope: 'calendars/resources.write' } as const;
const all = '/calendars/resources/:resourceType';
const one = `${all}/:id`;

/** Rooms and equipments. The documents' answers have no id; without one there were no way to ask for it, so here they have. */
export function calendarResourceOperations(ghl: Ghl): Operation[] {
  return [
    { name: 'ghl.calendar-resource.list', method: 'GET', path: all, ...read, run: (call) => list(ghl, call) },
    { name: 'ghl.calendar-resource.create', method: 'POST', path: all, ...write, run: (call) => create(ghl, call) },
    {
      name: 'ghl.calendar-resource.get',
      method: 'GET',
      path: one,
      ...read,
      run: (call) => ({ status: 200, body: resourceOf(ghl, call) }),
    },
    { name: 'ghl.calendar-resource.update', method: 'PUT', path: one, ...write, run: (call) => update(ghl, call) },
    { name: 'ghl.calendar-resource.delete', method: 'DELETE', path: one, ...write, run: (call) => remove(ghl, call) },
  ];
}

/** A bare list. */
function list(ghl: Ghl, call: Call): Answer {
  const location = locationAt(ghl, call, call.query['locationId']);
  const found = inLocation(ghl.state.calendarResources.all(), location).filter(
    (resource) => resource.resourceType === param(call, 'resourceType'),
  );
  return { status: 200, body: pageOf(call, found, { limit: 20, most: 100 }) };
}

type ResourceInput = Omit<CalendarResource, 'id' | 'resourceType' | 'isActive'>;

function create(ghl: Ghl, call: Call): Answer {
  const input = bodyFields(call) as ResourceInput;
  const location = locationAt(ghl, call, input.locationId);
  for (const id of input.calendarIds) calendarById(ghl, call, id);
  const resourceType = param(call, 'resourceType') as CalendarResource['resourceType'];
  const { id } = ghl.state.calendarResources.put({
    ...input,
    id: newGhlId(),
    locationId: location.id,
    resourceType,
    isActive: true,
  });
  return { status: 201, body: ghl.state.calendarResources.get(id), recordId: id };
}

function update(ghl: Ghl, call: Call): Answer {
  const before = resourceOf(ghl, call);
  const input = bodyFields(call) as Partial<ResourceInput>;
  if (input.locationId !== undefined) locationAt(ghl, call, input.locationId);
  const resource = ghl.state.calendarResources.put({ ...before, ...input });
  return { status: 200, body: resource, recordId: resource.id };
}

function remove(ghl: Ghl, call: Call): Answer {
  const { id } = resourceOf(ghl, call);
  ghl.state.calendarResources.delete(id);
  return { status: 200, body: { success: true }, recordId: id };
}

function resourceOf(ghl: Ghl, call: Call): CalendarResource {
  const id = param(call, 'id');
  const resource = ghl.state.calendarResources.get(id);
  if (!resource || !sees(call, resource) || resource.resourceType !== param(call, 'resourceType'))
    throw recordNotFound('Resource', id);
  return resource;
}
