import assert from 'node:assert/strict';
import {
  contactIdOf,
  type LinkMerge,
  mergeLink,
  mergesOfCreate,
  withExternalId,
} from '../../../rules/links/merge-link.ts';
import { defaultRules } from '../../../rules/rule-sets/default-rules.ts';
import { type FieldMapping, fieldMap } from '../../../rules/links/fields.ts';
import type { Data, FieldBaseline, LinkState } from '../../../rules/records.ts';
import { contact, customer, linked, member, referral } from '../customers.ts';
import { shown } from '../shown-merge.ts';

const steps = { ghl: 'contact', rr: 'there' };
const old = { createDate: '2025-06-01T00:00:00Z' };

function merge(link: LinkState, data: Data = contact().data, mappings?: readonly FieldMapping[]): LinkMerge {
  const rules = mappings
    ? { ...defaultRules, fields: { ...defaultRules.fields, [link.kind]: mappings } }
    : defaultRules;
  return mergeLink(customer([link], { rules }), link, data, steps);
}

const withBaseline = (link: LinkState, field: string, baseline: FieldBaseline): LinkState => ({
  ...link,
  baselines: { ...link.baselines, [field]: baseline },
});
const base = (ghl: unknown, rr: unknown): FieldBaseline => ({ ghl: { value: ghl }, rr: { value: rr } });

const cases: [promise: string, link: LinkState, data: Data | undefined, expected: string[]][] = [
  ['has nothing to do where both sides agree', linked(referral()), undefined, []],
  [
    'has nothing to do where they differ in form alone',
    withBaseline(
      linked(referral({ email: 'JANE@example.com' })),
      'email',
      base('jane@example.com', 'JANE@example.com'),
    ),
    undefined,
    [],
  ],
  [
    'brings an edit of the contact to the record, by its own name of the field',
    linked(referral()),
    contact({ phone: '+15125550177' }).data,
    ['rr phoneNumber: (512) 555-0101 -> +15125550177', 'phone by there.phoneNumber = +15125550177'],
  ],
  [
    'brings an edit of the record to the contact',
    linked(member({ phone: '512 555 0177' })),
    undefined,
    ['ghl phone: +15125550101 -> +15125550177', 'phone by contact.phone = +15125550177'],
  ],
  [
    'lets the contact win where both were edited',
    linked(referral({ lastName: 'Smith' })),
    contact({ lastName: 'Miller' }).data,
    ['rr lastName: Smith -> Miller', 'lastName by there.lastName = Miller'],
  ],
  [
    'has nothing but a baseline to move when our own change came back',
    withBaseline(linked(referral({ lastName: 'Smith' })), 'lastName', {
      ghl: { value: 'Smith' },
      rr: { value: 'Doe', pending: 'Smith' },
    }),
    contact({ lastName: 'Smith' }).data,
    ['lastName is Smith / Smith'],
  ],
  [
    'sees an edit beside our own change that came back',
    withBaseline(linked(referral({ lastName: 'Smith' })), 'lastName', {
      ghl: { value: 'Smith' },
      rr: { value: 'Doe', pending: 'Smith' },
    }),
    contact({ lastName: 'Miller' }).data,
    ['rr lastName: Smith -> Miller', 'lastName by there.lastName = Miller'],
  ],
  [
    'sees an edit of the other side while our own change came back',
    withBaseline(linked(referral({ lastName: 'Miller' })), 'lastName', {
      ghl: { value: 'Doe', pending: 'Smith' },
      rr: { value: 'Smith' },
    }),
    contact({ lastName: 'Smith' }).data,
    ['ghl lastName: Smith -> Miller', 'lastName by contact.lastName = Miller'],
  ],
  [
    'forgets a change of ours that nobody wants any more',
    withBaseline(linked(referral()), 'lastName', { ghl: { value: 'Doe' }, rr: { value: 'Doe', pending: 'Smith' } }),
    undefined,
    ['lastName is Doe / Doe'],
  ],
  [
    'does not repeat what was not taken',
    withBaseline(linked(referral()), 'lastName', { ghl: { value: 'Doe' }, rr: { value: 'Doe', refused: 'Miller' } }),
    contact({ lastName: 'Miller' }).data,
    ['lastName is Miller / Doe'],
  ],
  [
    'takes a new form for the baseline without a write',
    linked(referral({ phoneNumber: '512-555-0101' })),
    undefined,
    ['phone is +15125550101 / 512-555-0101'],
  ],
  ['brings the company one way only', linked(referral({ companyName: 'Acme' })), undefined, ['companyName is  / Acme']],
  [
    'never overwrites a contact at the first match, fills what is empty, and leaves Referral Rock alone',
    referral({ firstName: 'Janet', lastName: '', companyName: 'Acme' }),
    contact({ phone: null }).data,
    [
      'ghl phone: null -> +15125550101',
      'firstName is Jane / Janet',
      'lastName is Doe / ',
      'email is jane@example.com / jane@example.com',
      'phone by contact.phone = +15125550101',
      'companyName is  / Acme',
    ],
  ],
  [
    'does so too when the record brings baselines from another contact',
    { ...linked(referral({ lastName: 'Smith' })), linked: false },
    contact({ firstName: 'Janet' }).data,
    ['firstName is Janet / Jane', 'lastName is Doe / Smith'],
  ],
  [
    'only takes baselines of a record from before the start at its first match',
    referral(old),
    contact({ phone: null }).data,
    [
      'firstName is Jane / Jane',
      'lastName is Doe / Doe',
      'email is jane@example.com / jane@example.com',
      'phone is null / (512) 555-0101',
      'companyName is  / ',
    ],
  ],
  [
    'merges later edits of a record from before the start',
    linked(referral({ ...old, lastName: 'Smith' })),
    undefined,
    ['ghl lastName: Doe -> Smith', 'lastName by contact.lastName = Smith'],
  ],
  [
    'reads a number in the country of the person',
    withBaseline(linked(member({ phone: '030 1234567', country: 'Germany' })), 'country', base('DE', 'Germany')),
    contact({ country: 'DE' }).data,
    ['ghl phone: +15125550101 -> +49301234567', 'phone by contact.phone = +49301234567'],
  ],
  [
    'writes a region together with the country that is there',
    withBaseline(linked(member({ country: 'United States' })), 'country', base('US', 'United States')),
    contact({ state: 'TX', country: 'US' }).data,
    ['rr region: null -> TX', 'rr country: United States -> United States', 'state by there.region = TX'],
  ],
  [
    "writes a region together with the contact's country where there is none",
    withBaseline(linked(member()), 'country', base('DE', null)),
    contact({ state: 'Hessen', country: 'DE' }).data,
    [
      'rr region: null -> Hessen',
      'rr country: null -> DE',
      'state by there.region = Hessen',
      'country by there.country = DE',
    ],
  ],
  [
    "writes a region together with the location's country where nobody has one",
    linked(member()),
    contact({ state: 'TX' }).data,
    ['rr region: null -> TX', 'rr country: null -> US', 'state by there.region = TX', 'country by there.country = US'],
  ],
  [
    'writes region and country once when both were edited',
    linked(member()),
    contact({ state: 'TX', country: 'US' }).data,
    ['rr region: null -> TX', 'rr country: null -> US', 'state by there.region = TX', 'country by there.country = US'],
  ],
];

describe('keeping a link in step', () => {
  for (const [promise, link, data, expected] of cases) {
    it(promise, () => assert.deepEqual(shown(merge(link, data)), expected));
  }

  it('holds what both sides changed where the policy says so, and moves no baseline of it', () => {
    const hold = fieldMap.referral.map((mapping): FieldMapping => ({ ...mapping, policy: 'hold' }));
    const link = linked(referral({ lastName: 'Smith', firstName: 'Janet' }));
    assert.deepEqual(shown(merge(link, contact({ lastName: 'Miller' }).data, hold)), [
      'ghl firstName: Jane -> Janet',
      'firstName by contact.firstName = Janet',
      'held: lastName changed on both sides; correct one of them, then retry',
    ]);
  });
});

describe("the contact's id in Referral Rock", () => {
  const nothing: LinkMerge = { toGhl: [], toRr: [], merges: [], conflicts: [] };
  const id = (link: LinkState): string[] => shown(withExternalId(nothing, customer([link]), link, 'c1', 'there'));
  const written = (before: string): string[] => [
    `rr externalIdentifier: ${before} -> c1`,
    'id by there.externalIdentifier = c1',
  ];

  for (const [promise, link, expected] of [
    ['is written where there is none', referral(), written('')],
    ['is written where there is none, of a member', member({ externalIdentifier: null }), written('')],
    ['is not written where it stands', referral({ externalIdentifier: 'c1' }), []],
    ['leaves the id of another system', referral({ externalIdentifier: 'SF-0012' }), []],
    [
      'takes the place of one that we wrote',
      withBaseline(referral({ externalIdentifier: 'c0' }), 'id', base(null, 'c0')),
      written('c0'),
    ],
    [
      'leaves what somebody wrote over ours',
      withBaseline(referral({ externalIdentifier: 'SF-0012' }), 'id', base(null, 'c0')),
      [],
    ],
    [
      'is not written again when Referral Rock did not take it',
      withBaseline(referral(), 'id', { rr: { value: '', refused: 'c1' } }),
      [],
    ],
    ['is not written to a record from before the start', referral(old), []],
  ] as const) {
    it(promise, () => assert.deepEqual(id(link), expected));
  }
});

describe('the baselines of a contact that is made', () => {
  it('are what GHL answers for each field, and what Referral Rock held', () => {
    const link = referral({ phoneNumber: 'call me' });
    const merges = mergesOfCreate(customer([link]), link, { firstName: 'Jane', email: 'jane@example.com' });
    assert.deepEqual(
      merges.map(({ field, rr, written }) => [field, rr, written?.step, written?.as, written?.value]),
      [
        ['firstName', 'Jane', 'contact', 'firstName', 'Jane'],
        ['lastName', 'Doe', 'contact', 'lastName', ''],
        ['email', 'jane@example.com', 'contact', 'email', 'jane@example.com'],
        ['phone', 'call me', 'contact', 'phone', ''],
        ['companyName', '', 'contact', 'companyName', ''],
      ],
    );
  });

  it('belong to a contact that is named by the step which makes it', () => {
    assert.deepEqual([contactIdOf({ contactId: 'c1' }), contactIdOf(undefined)], ['c1', '{{steps.contact.id}}']);
  });
});
