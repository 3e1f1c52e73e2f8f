import { type Fields, textOf } from '../operation.ts';
import { unprocessable } from './errors.ts';
import type { Ghl } from './ghl.ts';
import type { Contact, CustomField, CustomFieldValue } from './state.ts';

const numbers = new Set(['NUMERICAL', 'MONETORY', 'FLOAT']);
const lists = new Set(['CHECKBOX', 'MULTIPLE_OPTIONS']);
const itemKeys = new Set(['id', 'key', 'field_value', 'fieldValue']);

/**
 * Sets the named fields and leaves the others. Written as `{id, field_value}` (v3: `fieldValue`), read as `{id, value}`.
 * An id that the location does not know is left out without a word.
 */
export function mergeCustomFields(ghl: Ghl, contact: Contact, items: readonly Fields[]): CustomFieldValue[] {
  const values = new Map(contact.customFields.map((each) => [each.id, each.value]));
  const messages = items.flatMap((item, n) => itemMessages(item, n));
  if (messages.length > 0) throw unprocessable(messages);
  items.forEach((item, n) => {
    const field = ghl.state.customFields.get(textOf(item['id']) ?? '');
    if (!field) return;
    const value = Object.hasOwn(item, 'field_value') ? item['field_value'] : item['fieldValue'];
    if (value === undefined || value === null || value === '') values.delete(field.id);
    else values.set(field.id, valueFor(field, value, n));
  });
  return [...values].map(([id, value]) => ({ id, value }));
}

function itemMessages(item: Fields, n: number): string[] {
  const unknown = Object.keys(item).filter((key) => !itemKeys.has(key));
  return [
    ...unknown.map((key) => `customFields.${n}.property ${key} should not exist`),
    ...(typeof item['id'] === 'string' ? [] : [`customFields.${n}.id must be a string`]),
  ];
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
