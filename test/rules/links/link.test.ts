import assert from 'node:assert/strict';
import { chooseLink, claimsOf, countryOf, isBefore } from '../../../rules/links/link.ts';
import type { CandidateState, LinkState } from '../../../rules/records.ts';
import type { ConnectionState, CustomerState } from '../../../rules/state.ts';
import { candidate, connection, contact, customer, linked, member, referral } from '../customers.ts';

function choose(link: LinkState, more: Partial<CustomerState> = {}): string {
  const choice = chooseLink(customer([link], more), link);
  if (choice.kind === 'create') return `create by ${choice.claims.map(({ kind }) => kind).join()}`;
  if (choice.kind === 'moved') return `moved to ${choice.to}`;
  if (choice.kind === 'held') return choice.sentence;
  if (choice.kind === 'none') return `none: ${choice.sentence}`;
  return `${choice.kind} ${choice.contactId}`;
}

const among = (...candidates: CandidateState[]): Partial<LinkState> => ({ candidates });
const jane = { email: 'jane@example.com', firstName: 'Jane', lastName: 'Doe' };
const sameHouse = { phone: '+15125550101', lastName: 'Doe' };
const elsewhere = { owner: { kind: 'other', customerId: 'customer2' } } as const;

const cases: [promise: string, link: LinkState, expected: string | RegExp, more?: Partial<CustomerState>][] = [
  ['keeps the contact it is linked to', linked(referral({ email: 'other@example.com' })), 'linked c1'],
  [
    'leaves a record alone whose contact is gone',
    linked(referral()),
    /^none: the linked contact is gone from GHL; the referral is left as it is$/,
    { contact: undefined },
  ],
  ['makes a contact for a person whom none is like', referral(), 'create by email'],
  ['makes a contact for a person by phone and last name', referral({ email: '' }), 'create by phone'],
  ['follows the external id', referral({ externalIdentifier: 'c2', ...jane }, among(candidate('c2'))), 'found c2'],
  ['finds the contact by e-mail', referral({}, among(candidate('c2', { email: 'JANE@example.com' }))), 'found c2'],
  [
    'finds the contact by a further e-mail address',
    referral({}, among(candidate('c2', { email: 'j@work.com', additionalEmails: [{ email: 'jane@example.com' }] }))),
    'found c2',
  ],
  [
    'finds the contact by a further number',
    referral(
      { email: '' },
      among(candidate('c2', { lastName: 'Doe', additionalPhones: [null, { phone: '+15125550101' }] })),
    ),
    'found c2',
  ],
  [
    'finds the contact by phone and last name',
    referral({ email: null }, among(candidate('c2', sameHouse))),
    'found c2',
  ],
  [
    "reads a member's number by its own field and country",
    member(
      { email: '', phone: '030 1234567', country: 'Germany' },
      among(candidate('c2', { ...sameHouse, phone: '+49301234567' })),
    ),
    'found c2',
  ],
  [
    'makes a contact beside one of another family with the same number',
    referral({}, among(candidate('c2', { ...sameHouse, lastName: 'Smith' }))),
    'create by email',
  ],
  [
    'never takes the referring member by the phone alone, known by its contact',
    referral({}, { ...among(candidate('c2', sameHouse)), referringContactId: 'c2' }),
    'create by email',
  ],
  [
    'never takes the referring member by the phone alone, known by e-mail',
    referral({}, among(candidate('c2', { ...sameHouse, email: 'Mary@example.com' }))),
    'create by email',
  ],
  [
    'takes the contact of the same e-mail though it is the referring member',
    referral(
      { email: 'mary@example.com' },
      { ...among(candidate('c2', { email: 'mary@example.com' })), referringContactId: 'c2' },
    ),
    'found c2',
  ],
  [
    'holds a person whom two contacts may be, naming both',
    referral({ email: '' }, among(candidate('c3', sameHouse), candidate('c2', sameHouse))),
    /^held: 2 contacts have this phone and last name \(c2, c3\)/,
  ],
  [
    'holds a person beside whom GHL makes no contact',
    referral({}, among(candidate('c2', { ...sameHouse, lastName: 'Smith' }, { blocks: true }))),
    /^held: GHL makes no contact beside c2/,
  ],
  [
    'takes the contact that GHL made no other beside, when it is the person',
    referral({}, among(candidate('c2', jane, { blocks: true }))),
    'found c2',
  ],
  [
    'moves to the customer whose contact is the person',
    referral({}, among(candidate('c2', jane, elsewhere))),
    'moved to customer2',
  ],
  [
    'moves there also from another contact',
    referral({}, among(candidate('c2', jane, elsewhere))),
    'moved to customer2',
    { contact: contact({ email: 'bob@example.com' }) },
  ],
  [
    'becomes a customer of its own when it is not the person of the contact',
    referral({}, among(candidate('c1', { email: 'bob@example.com' }, { owner: { kind: 'this' } }))),
    'moved to new',
    { contact: contact({ email: 'bob@example.com' }) },
  ],
  [
    'becomes a customer of its own when it is the person of another free contact',
    referral({}, among(candidate('c2', jane))),
    'moved to new',
    { contact: contact({ email: 'bob@example.com' }) },
  ],
  [
    "is linked to the customer's own contact when that is the person",
    referral({}, among(candidate('c1', jane, { owner: { kind: 'this' } }))),
    'found c1',
    { contact: contact() },
  ],
  [
    'makes no contact for a record from before the start',
    referral({ createDate: '2025-12-31T23:59:59.9999999Z' }),
    /^none: it was created before 2026-01-01, so no contact is made for it$/,
  ],
  [
    'matches a record from before the start',
    referral({ createDate: '2025-12-31T23:59:59Z' }, among(candidate('c2', jane))),
    'found c2',
  ],
  [
    'holds a person whom nothing tells apart',
    referral({ email: 'ask her', phoneNumber: '(512) 555-0101', lastName: ' ' }),
    /^held: the referral is unsyncable: it has neither a valid e-mail nor a phone with a last name/,
  ],
];

describe('choosing the contact of a record', () => {
  for (const [promise, link, expected, more] of cases) {
    it(promise, () => {
      const chosen = choose(link, more);
      if (typeof expected === 'string') assert.equal(chosen, expected);
      else assert.match(chosen, expected);
    });
  }

  it('says by what the contact was found', () => {
    const said = (link: LinkState): unknown => {
      const choice = chooseLink(customer([link]), link);
      return choice.kind === 'found' ? choice.sentence : choice;
    };
    assert.equal(said(referral({}, among(candidate('c2', jane)))), 'matched its contact by e-mail');
    assert.equal(
      said(referral({ externalIdentifier: 'c2' }, among(candidate('c2')))),
      'matched its contact by its external id',
    );
    assert.equal(
      said(referral({ email: '' }, among(candidate('c2', sameHouse)))),
      'matched its contact by phone and last name',
    );
  });
});

describe('what a person is claimed by', () => {
  for (const [promise, link, expected] of [
    ['is the e-mail', referral({ email: ' Jane@Example.com' }), ['email jane@example.com']],
    ['is phone and last name only without an e-mail', referral({ email: '' }), ['phone +15125550101 doe']],
    ['is phone and last name when the e-mail is none', referral({ email: 'ask her' }), ['phone +15125550101 doe']],
    [
      'is the same however the last name is written',
      referral({ email: '', lastName: 'NÚÑEZ ' }),
      ['phone +15125550101 nunez'],
    ],
    ["is a member's phone", member({ email: '', phone: '512.555.0199' }), ['phone +15125550199 doe']],
    ['is nothing without a last name', referral({ email: '', lastName: '' }), []],
    ['is nothing without a phone that is one', referral({ email: '', phoneNumber: 'call me' }), []],
  ] as const) {
    it(promise, () => {
      assert.deepEqual(
        claimsOf(link, 'US').map(({ kind, value }) => `${kind} ${value}`),
        expected,
      );
    });
  }
});

describe('created before the start', () => {
  const since: ConnectionState['since'] = '2026-01-01T00:00:00.000Z';
  for (const [created, expected] of [
    ['2025-12-31T23:59:59.9999999Z', true],
    ['2026-01-01T00:00:00.0000000Z', false],
    ['2025-12-31T23:30:00', true],
    ['2026-01-01T00:30:00', false],
    ['2025-12-31T20:00:00-05:00', false],
    ['', false],
    [null, false],
    ['some day', false],
  ] as const) {
    it(`is ${expected ? '' : 'not '}what says ${created}`, () => {
      assert.equal(isBefore(since, referral({ createDate: created })), expected);
      assert.equal(isBefore(since, member({ createDt: created })), expected);
    });
  }

  it('does not depend on the time zone of the machine', () => {
    const zone = process.env['TZ'];
    try {
      for (const one of ['Pacific/Auckland', 'America/Los_Angeles']) {
        process.env['TZ'] = one;
        assert.equal(isBefore(since, referral({ createDate: '2025-12-31T23:30:00' })), true, one);
        assert.equal(isBefore(since, referral({ createDate: '2026-01-01T00:30:00' })), false, one);
      }
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });
});

describe('the country of a person', () => {
  it('is the first that is one, else that of the location', () => {
    assert.equal(countryOf('US', { country: '' }, { country: 'Narnia' }, { country: 'germany' }), 'DE');
    assert.equal(countryOf(connection.country, {}, { country: null }), 'US');
  });
});
