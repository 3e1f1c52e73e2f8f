import { unprocessable } from './errors.ts';
import type { Ghl } from './ghl.ts';
import type { CustomField, CustomFieldValue } from './state.ts';

const numbers = new Set(['NUMERICAL', 'MONETORY', 'FLOAT']);
const lists = new Set(['CHECKBOX', 'MULTIPLE_OPTIONS']);
export type FieldItem = { id?: string; key?: string; field_value?: unknown; fieldValue?: unknown };

/**
 * Sets the named fields and leaves the others. Written as `{id, field_value}` (v3: `fieldValue`), read as `{id, value}`.
 * A field that the location does not know is left out without a word.
 */
export function mergeCustomFields(
  ghl: Ghl,
  owner: { locationId: string; customFields: CustomFieldValue[] },
  items: readonly FieldItem[],
): CustomFieldValue[] {
  const values = new Map(owner.customFields.map((each) => [each.id, each.value]));
  items.forEach((item, n) => {
    const field = fieldOf(ghl, owner.locationId, item);
    if (!field) return;
    const value = Object.hasOwn(item, 'field_value') ? item.field_value : item.fieldValue;
    if (value === undefined || value === null || value === '') values.delete(field.id);
    else values.set(field.id, valueFor(field, value, n));
  });
  return [...values].map(([id, value]) => ({ id, value }));
}

/** By its id; without one by its key, with or without the model in front. */
function fieldOf(ghl: Ghl, locationId: string, { id, key }: FieldItem): CustomField | undefined {
  const fields = ghl.state.customFields.all().filter((field) => field.locationId === locationId);
  if (id !== undefined) return fields.find((field) => field.id === id);
  return fields.find((field) => field.fieldKey === key || field.fieldKey.split('.')[1] === key);
}

function valueFor(field: CustomField, value: unknown, n: number): unknown {
  if (numbers.has(field.dataType)) {
    const number = typeof value === 'string' ? Number(value) : value;
    if (typeof number !== 'number' || Number.isNaN(number)) throw wrong(n, 'must be a number');
    return number;
  }
  if (lists.has(field.dataType)) {
    if (!Array.isArray(value)) throw wrong(n, 'must be an array');
    return value;
  }
  if (field.dataType === 'FILE_UPLOAD') return value;
  if (typeof value === 'object') throw wrong(n, 'must be a string');
  return String(value);
}

function wrong(n: number, says: string): Error {
  return unprocessable([`customFields.${n}.field_value ${says}`]);
}
