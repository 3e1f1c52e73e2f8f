import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  MAPPED_FIELDS,
  nameOf,
  normalForm,
  normalizeCountry,
  normalizeDate,
  normalizeEmail,
  normalizePhone,
  normalizeRegion,
  normalizeText,
  type SyncedField,
} from '../../../rules/forms/normalize.ts';
import { anyValue } from '../arbitraries.ts';

describe('normal form of a value', () => {
  const sameForm: [SyncedField, unknown, unknown, string][] = [
    ['email', ' Jane@Example.COM ', 'jane@example.com', 'US'],
    ['phone', '(415) 555-0123', '+14155550123', 'US'],
    ['phone', '+44 20 7946 0958', '020 7946 0958', 'GB'],
    ['phone', '415.555.0123', '+1 415-555-0123', 'United States'],
    ['country', 'United States', 'us', 'US'],
    ['country', 'UK', 'Great Britain', 'US'],
    ['state', 'california', 'CA', 'US'],
    ['state', 'US-NY', 'New York', 'US'],
    ['postalCode', 'sw1a 1aa', 'SW1A 1AA', 'GB'],
    ['firstName', ' Mary   Ann ', 'Mary Ann', 'US'],
    ['lastName', 'Nu\u0301ñez', 'Núñez', 'US'],
    ['companyName', null, '', 'US'],
    ['city', undefined, '   ', 'US'],
  ];
  for (const [field, left, right, country] of sameForm) {
    it(`takes ${field} ${JSON.stringify(left)} and ${JSON.stringify(right)} for the same in ${country}`, () => {
      assert.equal(normalForm(field, left, { country }), normalForm(field, right, { country }));
    });
  }

  const otherForm: [SyncedField, unknown, unknown, string][] = [
    ['email', 'jane@example.com', 'jan@example.com', 'US'],
    ['phone', '+14155550123', '+14155550124', 'US'],
    ['phone', 'call the office', '', 'US'],
    ['email', 'not yet known', '', 'US'],
    ['country', 'Atlantis', '', 'US'],
    ['state', 'WA', 'Western Australia', 'AU'],
    ['firstName', 'jane', 'Jane', 'US'],
  ];
  for (const [field, left, right, country] of otherForm) {
    it(`tells ${field} ${JSON.stringify(left)} from ${JSON.stringify(right)} in ${country}`, () => {
      assert.notEqual(normalForm(field, left, { country }), normalForm(field, right, { country }));
    });
  }

  it('does not change when taken again', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...MAPPED_FIELDS),
        anyValue,
        fc.constantFrom('US', 'GB', 'DE', ''),
        (field, value, country) => {
          const once = normalForm(field, value, { country });
          assert.equal(normalForm(field, once, { country }), once);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('normalizers', () => {
  it('keep no e-mail address that none can be', () => {
    for (const value of [
      'jane',
      'jane@',
      '@example.com',
      'jane@example',
      'a b@example.com',
      'a@b.com, c@d.com',
      null,
      7,
    ]) {
      assert.equal(normalizeEmail(value), '', String(value));
    }
  });

  it('keep no phone number that none can be', () => {
    for (const value of ['12', 'call me', '', null, '555-0123'])
      assert.equal(normalizePhone(value, 'US'), '', String(value));
  });

  it('need a country for a national number', () => {
    assert.equal(normalizePhone('415 555 0123', ''), '');
    assert.equal(normalizePhone('+1 415 555 0123', ''), '+14155550123');
  });

  it('know every country by code and by name', () => {
    for (const [value, code] of [
      ['de', 'DE'],
      ['Germany', 'DE'],
      ['usa', 'US'],
      ['UK', 'GB'],
      ['Türkiye', 'TR'],
      ['Turkey', 'TR'],
      ["Côte d'Ivoire", 'CI'],
      ['Côte d’Ivoire', 'CI'],
      ['EU', ''],
      ['ZZ', ''],
      ['Narnia', ''],
    ] as const) {
      assert.equal(normalizeCountry(value), code, value);
    }
  });

  it('leave regions outside the United States as they are', () => {
    assert.equal(normalizeRegion('IN', 'DE'), 'IN');
    assert.equal(normalizeRegion(' Bayern ', 'DE'), 'Bayern');
  });

  it('read a calendar day as written, in every layout of GHL', () => {
    for (const value of [
      '1990-09-05',
      '1990/09/05',
      '1990.09.05',
      '1990_9_5',
      '09-05-1990',
      '09/05/1990',
      '09.05.1990',
      '9_5_1990',
      '1990-09-05T23:30:00.000-07:00',
      new Date('1990-09-05T12:00:00Z'),
    ]) {
      assert.equal(normalizeDate(value), '1990-09-05', String(value));
    }
    for (const value of ['1990-02-30', 'soon', '', null, '13/13/1990'])
      assert.equal(normalizeDate(value), '', String(value));
  });

  it('make one line of text', () => {
    assert.equal(normalizeText('  a \n\t b\u00a0c '), 'a b c');
    assert.equal(normalizeText({ a: 1 }), '');
    assert.equal(normalizeText(12), '12');
  });

  it('name a person by the best that is known', () => {
    assert.equal(nameOf({ firstName: ' Jane ', lastName: 'Doe', name: 'x' }), 'Jane Doe');
    assert.equal(nameOf({ lastName: 'Doe' }), 'Doe');
    assert.equal(nameOf({ displayName: 'JD', companyName: 'Acme' }), 'JD');
    assert.equal(nameOf({ firstName: null, email: 'j@example.com' }), 'j@example.com');
    assert.equal(nameOf({}), '');
  });
});
