import { z } from 'zod';
import { id, text } from '../../fields.ts';
import { defineOperation } from '../../operation.ts';

/** The definition behind the ids in a contact's `customFields`; `fieldKey` is like `contact.referral_code`. */
export const CustomField = z.looseObject({
  id,
  name: text,
  fieldKey: text,
  dataType: text,
  model: text,
  picklistOptions: z.array(z.unknown()).nullish(),
});
export type CustomField = z.infer<typeof CustomField>;

export const list = defineOperation({
  id: 'ghl.custom-field.list',
  vendor: 'ghl',
  title: 'List custom fields',
  summary: "Reads the definitions of a location's custom fields.",
  method: 'GET',
  path: '/locations/{locationId}/customFields',
  query: ['model'],
  version: '2021-07-28',
  scopes: ['locations/customFields.readonly'],
  effect: 'read',
  creates: false,
  input: z.strictObject({ locationId: id, model: z.enum(['contact', 'opportunity', 'all']).optional() }),
  output: z.looseObject({ customFields: z.array(CustomField) }),
  documentation: 'https://marketplace.gohighlevel.com/docs/ghl/locations/get-custom-fields',
});
