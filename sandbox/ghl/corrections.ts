import type { Parameter, Schema } from './documents.ts';

/** What the documents say wrongly about an operation's request: properties of its body put right or added, its `required` list. */
export type Correction = {
  properties?: Record<string, Schema>;
  required?: readonly string[];
  parameters?: readonly Parameter[];
};

const text: Schema = { type: 'string' };
const number: Schema = { type: 'number' };
const date: Schema = { type: 'string', format: 'iso8601' };
const email: Schema = { type: 'string', nullable: true, format: 'email' };

/** Written as `field_value`, in v3 as `fieldValue`; both are taken. What the value must be depends on the field (reference/ghl.md 3.4). */
const fieldValue = { id: text, key: text, field_value: {}, fieldValue: {} };
const contactFields: Schema = { type: 'array', items: { type: 'object', properties: fieldValue, required: ['id'] } };
const opportunityFields: Schema = { type: 'array', items: { type: 'object', properties: fieldValue } };

/** `dateOfBirth` is an object in the documents and a text on the wire. */
const contact = { email, customFields: contactFields, dateOfBirth: { type: 'string', nullable: true } };
/** The documents forget `options`, without which a choice field has none. */
const customField = { options: { type: 'array', items: text }, acceptedFormat: { type: 'array', items: text } };

export const corrections: Record<string, Correction> = {
  'create-contact': { properties: contact },
  'update-contact': { properties: contact },
  'upsert-contact': { properties: contact },
  'create-task': { properties: { dueDate: date } },
  'update-task': { properties: { dueDate: date, body: nullable(text), assignedTo: nullable(text) } },
  'update-note': { properties: { userId: nullable(text) } },
  'create-note': { properties: { userId: nullable(text) } },
  'create-custom-field': { properties: customField },
  'update-custom-field': { properties: customField },
  'create-appointment': { properties: { startTime: date, endTime: date } },
  'edit-appointment': { properties: { startTime: date, endTime: date } },
  'create-block-slot': { properties: { startTime: date, endTime: date } },
  'edit-block-slot': { properties: { startTime: date, endTime: date } },
  'create-opportunity': { properties: { customFields: opportunityFields, lostReasonId: text, source: text } },
  'update-opportunity': {
    properties: { customFields: opportunityFields, lostReasonId: text, assignedTo: nullable(text) },
  },
  'search-opportunities-advanced': {
    properties: { searchAfter: { type: 'array', items: {} } },
    required: ['locationId', 'limit', 'page', 'searchAfter', 'additionalDetails'],
  },
  'Upsert-opportunity': { properties: { monetaryValue: number, customFields: opportunityFields, contactId: text } },
};

function nullable(schema: Schema): Schema {
  return { ...schema, nullable: true };
}
