import type { Answer, Call, Operation } from '../operation.ts';
import { param } from '../operation.ts';
import { recordNotFound } from './errors.ts';
import { type Ghl, inLocation, locationAt, sees } from './ghl.ts';
import { pageOf } from './paging.ts';

const all = '/locations/:locationId/templates';

export function templateOperations(ghl: Ghl): Operation[] {
  const scope = 'locations/templates.readonly';
  return [
    { name: 'ghl.template.list', method: 'GET', path: all, effect: 'read', scope, run: (call) => list(ghl, call) },
    {
      name: 'ghl.template.delete',
      method: 'DELETE',
      path: `${all}/:id`,
      effect: 'write',
      run: (call) => remove(ghl, call),
    },
  ];
}

/** `originId` is compulsory, and what it does is not said; here it does nothing. */
function list(ghl: Ghl, call: Call): Answer {
  const location = locationAt(ghl, call, param(call, 'locationId'));
  const { type, deleted } = call.query;
  const found = inLocation(ghl.state.templates.all(), location)
    .filter(() => deleted !== 'true')
    .filter((template) => !type || template.type === type);
  const templates = pageOf(call, found, { limit: 25, most: 100 });
  return { status: 200, body: { templates, totalCount: found.length } };
}

/** The documents name no body for this answer. */
function remove(ghl: Ghl, call: Call): Answer {
  locationAt(ghl, call, param(call, 'locationId'));
  const id = param(call, 'id');
  const template = ghl.state.templates.get(id);
  if (!template || !sees(call, template)) throw recordNotFound('Template', id);
  ghl.state.templates.delete(id);
  return { status: 200, recordId: id };
}
