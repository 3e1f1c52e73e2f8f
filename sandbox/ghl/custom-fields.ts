import { newGhlId } from '../ids.ts';
import { type Answer, bodyFields, type Call, isFields, type Operation, param, textOf } from '../operation.ts';
import { badRequest, recordNotFound, unprocessable } from './errors.ts';
import { type Ghl, inLocation, locationAt, sees } from './ghl.ts';
import type { CustomField } from './state.ts';

export const dataTypes = [
  'TEXT',
  'LARGE_TEXT',
  'NUMERICAL',
  'PHONE',
  'MONETORY',
  'CHECKBOX',
  'SINGLE_OPTIONS',
  'MULTIPLE_OPTIONS',
  'FLOAT',
  'TIME',
  'DATE',
  'TEXTBOX_LIST',
  'FILE_UPLOAD',
  'SIGNATURE',
  'RADIO',
];

const read = { effect: 'read', scope: 'locations/customFields.readonly' } as const;
const write = { effect: 'write', scope: 'locations/customFields.write' } as const;
const all = '/locations/:locationId/customFields';
const one = `${all}/:id`;

export function customFieldOperations(ghl: Ghl): Operation[] {
  return [
    { name: 'ghl.custom-field.list', method: 'GET', path: all, ...read, run: (call) => list(ghl, call) },
    { name: 'ghl.custom-field.create', method: 'POST', path: all, ...write, run: (call) => create(ghl, call) },
    { name: 'ghl.custom-field.get', method: 'GET', path: one, ...read, run: (call) => answer(200, fieldOf(ghl, call)) },
    { name: 'ghl.custom-field.update', method: 'PUT', path: one, ...write, run: (call) => update(ghl, call) },
    { name: 'ghl.custom-field.delete', method: 'DELETE', path: one, ...write, run: (call) => remove(ghl, call) },
    {
      name: 'ghl.custom-field.upload',
      method: 'POST',
      path: `${all}/upload`,
      ...write,
      run: (call) => upload(ghl, call),
    },
  ];
}

function list(ghl: Ghl, call: Call): Answer {
  const location = locationAt(ghl, call, param(call, 'locationId'));
  const model = call.query['model'] ?? 'contact';
  const customFields = inLocation(ghl.state.customFields.all(), location).filter(
    (field) => model === 'all' || field.model === model,
  );
  return { status: 200, body: { customFields } };
}

function create(ghl: Ghl, call: Call): Answer {
  const location = locationAt(ghl, call, param(call, 'locationId'));
  const body = bodyFields(call);
  const dataType = String(body['dataType']);
  if (!dataTypes.includes(dataType))
    throw unprocessable([`dataType must be one of the following values: ${dataTypes.join(', ')}`]);
  const model = body['model'] === 'opportunity' ? 'opportunity' : 'contact';
  const name = String(body['name']);
  const fieldKey = `${model}.${toKey(name)}`;
  if (inLocation(ghl.state.customFields.by('fieldKey', fieldKey), location).length > 0)
    throw badRequest('name already exists');
  const field = ghl.state.customFields.put({
    id: newGhlId(),
    name,
    fieldKey,
    placeholder: textOf(body['placeholder']) ?? '',
    dataType,
    position: typeof body['position'] === 'number' ? body['position'] : 0,
    picklistOptions: (body['options'] as string[] | undefined) ?? [],
    model,
    locationId: location.id,
    parentId: 'SandboxFolder0000001',
    dateAdded: new Date(call.now).toISOString(),
    standard: false,
  });
  return answer(201, field);
}

/** The key keeps the name that the field was made with. */
function update(ghl: Ghl, call: Call): Answer {
  const field = fieldOf(ghl, call);
  const body = bodyFields(call);
  const placeholder = textOf(body['placeholder']) ?? field.placeholder;
  return answer(200, ghl.state.customFields.put({ ...field, name: String(body['name']), placeholder }));
}

function remove(ghl: Ghl, call: Call): Answer {
  const field = fieldOf(ghl, call);
  ghl.state.customFields.delete(field.id);
  return { status: 200, body: { succeded: true, succeeded: true }, recordId: field.id };
}

type Uploaded = { fileName: string; contentType: string; size: number };

/** Files come as parts of a form, beside `id` and `maxFiles`; each gets an address. What they hold is not kept. */
function upload(ghl: Ghl, call: Call): Answer {
  const location = locationAt(ghl, call, param(call, 'locationId'));
  const body = bodyFields(call);
  const files = Object.entries(body).filter((part): part is [string, Uploaded] => isFields(part[1]));
  if (files.length === 0) throw badRequest('No file was uploaded.');
  if (files.length > Number(body['maxFiles'] ?? 15)) throw badRequest('Too many files.');
  const meta = files.map(([fieldname, { fileName, contentType, size }]) => ({
    fieldname,
    originalname: fileName,
    encoding: '7bit',
    mimetype: contentType,
    size,
    url: `https://storage.example/location/${location.id}/custom-field/${newGhlId()}/${encodeURIComponent(fileName)}`,
  }));
  const uploadedFiles = Object.fromEntries(meta.map(({ originalname, url }) => [originalname, url]));
  return { status: 200, body: { uploadedFiles, meta }, recordId: textOf(body['id']) };
}

function fieldOf(ghl: Ghl, call: Call): CustomField {
  locationAt(ghl, call, param(call, 'locationId'));
  const id = param(call, 'id');
  const field = ghl.state.customFields.get(id);
  if (!field || !sees(call, field)) throw recordNotFound('Custom field', id);
  return field;
}

function answer(status: number, customField: CustomField): Answer {
  return { status, body: { customField }, recordId: customField.id };
}

export function toKey(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
}
