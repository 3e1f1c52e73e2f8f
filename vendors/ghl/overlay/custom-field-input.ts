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

/** As opportunities take it: the field is named by its id, or by its key alone if the value is a text. */
export const customFieldByIdOrKey = {
  anyOf: [
    customFieldInput,
    {
      type: 'object',
      properties: { key: { type: 'string', minLength: 1 }, field_value: { type: 'string' } },
      required: ['key', 'field_value'],
    },
  ],
};
