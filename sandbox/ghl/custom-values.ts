import { newGhlId } from '../ids.ts';
import { type Answer, bodyFields, type Call, type Operation, param } from '../operation.ts';
import type { CustomValue } from './account-state.ts';
import { toKey } from './custom-fields.ts';
import { badRequest, recordNotFound } from './errors.ts';
import { type Ghl, inLocation, locationAt, sees } from './ghl.ts';

const read = { effect: 'read', scope: 'locations/customValues.readonly' } as const;
const write = { effect: 'write', scope: 'locations/customValues.write' } as const;
const all = '/locations/:locationId/customValues';
const one = `${all}/:id`;

export function customValueOperations(ghl: Ghl): Operation[] {
  return [
    { name: 'ghl.custom-value.list', method: 'GET', path: all, ...read, run: (call) => list(ghl, call) },
    { name: 'ghl.custom-value.create', method: 'POST', path: all, ...write, run: (call) => create(ghl, call) },
    { name: 'ghl.custom-value.get', method: 'GET', path: one, ...read, run: (call) => answer(200, valueOf(ghl, call)) },
    { name: 'ghl.custom-value.update', method: 'PUT', path: one, ...write, run: (call) => update(ghl, call) },
    { name: 'ghl.custom-value.delete', method: 'DELETE', path: one, ...write, run: (call) => remove(ghl, call) },
  ];
}

function list(ghl: Ghl, call: Call): Answer {
  const location = locationAt(ghl, call, param(call, 'locationId'));
  return { status: 200, body: { customValues: inLocation(ghl.state.customValues.all(), location) } };
}

type Input = { name: string; value: string };

function create(ghl: Ghl, call: Call): Answer {
  const location = locationAt(ghl, call, param(call, 'locationId'));
  const { name, value } = bodyFields(call) as Input;
  const fieldKey = `{{ custom_values.${toKey(name)} }}`;
  const values = inLocation(ghl.state.customValues.all(), location);
  if (values.some((each) => each.fieldKey === fieldKey)) throw badRequest('name already exists');
  return answer(201, ghl.state.customValues.put({ id: newGhlId(), name, fieldKey, value, locationId: location.id }));
}

/** The key keeps the name that the value was made with. */
function update(ghl: Ghl, call: Call): Answer {
  const { name, value } = bodyFields(call) as Input;
  return answer(200, ghl.state.customValues.put({ ...valueOf(ghl, call), name, value }));
}

function remove(ghl: Ghl, call: Call): Answer {
  const { id } = valueOf(ghl, call);
  ghl.state.customValues.delete(id);
  return { status: 200, body: { succeded: true, succeeded: true }, recordId: id };
}

function valueOf(ghl: Ghl, call: Call): CustomValue {
  locationAt(ghl, call, param(call, 'locationId'));
  const id = param(call, 'id');
  const value = ghl.state.customValues.get(id);
  if (!value || !sees(call, value)) throw recordNotFound('Custom value', id);
  return value;
}

function answer(status: number, customValue: CustomValue): Answer {
  return { status, body: { customValue }, recordId: customValue.id };
}
