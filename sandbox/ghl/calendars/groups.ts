import { newGhlId } from '../../ids.ts';
import { type Answer, bodyFields, type Call, type Operation, param } from '../../operation.ts';
import type { CalendarGroup } from '../calendar-state.ts';
import { badRequest, recordNotFound } from '../errors.ts';
import { type Ghl, inLocation, locationAt, sees } from '../ghl.ts';

const read = { effect: 'read', scope: 'calendars/groups.readonly' } as const;
const write = { effect: 'write', scope: 'calendars/groups.write' } as const;
const all = '/calendars/groups';
const one = `${all}/:groupId`;

export function calendarGroupOperations(ghl: Ghl): Operation[] {
  return [
    { name: 'ghl.calendar-group.list', method: 'GET', path: all, ...read, run: (call) => list(ghl, call) },
    { name: 'ghl.calendar-group.create', method: 'POST', path: all, ...write, run: (call) => create(ghl, call) },
    {
      name: 'ghl.calendar-group.validate-slug',
      method: 'POST',
      path: `${all}/validate-slug`,
      effect: 'read',
      scope: write.scope,
      run: (call) => validateSlug(ghl, call),
    },
    { name: 'ghl.calendar-group.update', method: 'PUT', path: one, ...write, run: (call) => update(ghl, call) },
    {
      name: 'ghl.calendar-group.set-status',
      method: 'PUT',
      path: `${one}/status`,
      ...write,
      run: (call) => setStatus(ghl, call),
    },
    { name: 'ghl.calendar-group.delete', method: 'DELETE', path: one, ...write, run: (call) => remove(ghl, call) },
  ];
}

function list(ghl: Ghl, call: Call): Answer {
  const location = locationAt(ghl, call, call.query['locationId']);
  return { status: 200, body: { groups: inLocation(ghl.state.calendarGroups.all(), location) } };
}

type GroupInput = { locationId: string; name: string; description: string; slug: string; isActive?: boolean };

function create(ghl: Ghl, call: Call): Answer {
  const input = bodyFields(call) as GroupInput;
  const location = locationAt(ghl, call, input.locationId);
  checkSlug(ghl, location.id, input.slug);
  const group = ghl.state.calendarGroups.put({ isActive: true, ...input, id: newGhlId() });
  return { status: 201, body: { group }, recordId: group.id };
}

function validateSlug(ghl: Ghl, call: Call): Answer {
  const { locationId, slug } = bodyFields(call) as GroupInput;
  const location = locationAt(ghl, call, locationId);
  return { status: 200, body: { available: !isTaken(ghl, location.id, slug) } };
}

function update(ghl: Ghl, call: Call): Answer {
  const before = groupOf(ghl, call);
  const { name, description, slug } = bodyFields(call) as GroupInput;
  if (slug !== before.slug) checkSlug(ghl, before.locationId, slug);
  const group = ghl.state.calendarGroups.put({ ...before, name, description, slug });
  return { status: 200, body: { group }, recordId: group.id };
}

function setStatus(ghl: Ghl, call: Call): Answer {
  const { isActive } = bodyFields(call) as { isActive: boolean };
  const { id } = ghl.state.calendarGroups.put({ ...groupOf(ghl, call), isActive });
  return { status: 200, body: { success: true }, recordId: id };
}

/** Its calendars stay, in no group. */
function remove(ghl: Ghl, call: Call): Answer {
  const { id } = groupOf(ghl, call);
  ghl.state.calendarGroups.delete(id);
  for (const { groupId, ...calendar } of ghl.state.calendars.all()) {
    if (groupId === id) ghl.state.calendars.put(calendar);
  }
  return { status: 200, body: { success: true }, recordId: id };
}

function isTaken(ghl: Ghl, locationId: string, slug: string): boolean {
  return ghl.state.calendarGroups.all().some((group) => group.locationId === locationId && group.slug === slug);
}

function checkSlug(ghl: Ghl, locationId: string, slug: string): void {
  if (isTaken(ghl, locationId, slug)) throw badRequest('The slug is already taken.');
}

function groupOf(ghl: Ghl, call: Call): CalendarGroup {
  const id = param(call, 'groupId');
  const group = ghl.state.calendarGroups.get(id);
  if (!group || !sees(call, group)) throw recordNotFound('Group', id);
  return group;
}
