/** A custom field's value as contacts and opportunities take it: text, number, choices, or the map of a file field. */
export const customFieldInput = {
  type: 'object',
  properties: {
    id: { type: 'string', minLength: 1 },
    key: { type: 'string' },
    field_value: {
      anyOf: [
        { type: 'string' },
        { type: 'number' },
        { type: 'array', items: { type: 'string' } },
        { type: 'object', additionalProperties: true },
      ],
    },
  },
  required: ['id', 'field_value'],
};
