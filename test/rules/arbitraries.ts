import fc from 'fast-check';

/** Values as they meet each other in life: few enough that equal, equal in form and different all happen. */
export const likelyValue = fc.constantFrom<unknown>(
  null,
  '',
  '  ',
  'Jane',
  ' Jane ',
  'JANE@example.com',
  'jane@example.com',
  'jon@example.com',
  '(415) 555-0123',
  '+14155550123',
  '+1 415 555 0199',
  'call me',
  'United States',
  'US',
  'germany',
  'California',
  'CA',
  'sw1a 1aa',
);

export const anyValue = fc.oneof(
  likelyValue,
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.emailAddress(),
  fc.stringMatching(/^\+?[0-9 ().-]{3,18}$/),
  fc.integer(),
  fc.constant(undefined),
);
