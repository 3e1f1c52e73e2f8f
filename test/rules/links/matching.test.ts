import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  chooseContact,
  type Candidate,
  type ContactChoice,
  type PersonToMatch,
} from '../../../rules/links/matching.ts';

const context = { country: 'US' };
const jane: PersonToMatch = { email: 'jane@example.com', phone: '(415) 555-0123', firstName: 'Jane', lastName: 'Doe' };

function contact(contactId: string, values: Partial<Candidate> = {}): Candidate {
  return { contactId, ...values };
}

const cases: [promise: string, person: PersonToMatch, candidates: Candidate[], choice: ContactChoice][] = [
  [
    'creates a contact when nobody is like the person',
    jane,
    [contact('c1', { email: 'jon@example.com' })],
    { kind: 'create' },
  ],
  ['creates a contact when there is no candidate', jane, [], { kind: 'create' }],
  [
    'keeps the stored link before all else',
    { ...jane, linkedContactId: 'c9', externalIdentifier: 'c1' },
    [contact('c1', { email: 'jane@example.com' })],
    { kind: 'link', contactId: 'c9', by: 'link' },
  ],
  [
    'follows the external id before the e-mail',
    { ...jane, externalIdentifier: 'c2' },
    [contact('c1', { email: 'jane@example.com' }), contact('c2')],
    { kind: 'link', contactId: 'c2', by: 'external-id' },
  ],
  [
    "ignores an external id that is another system's",
    { ...jane, externalIdentifier: 'SF-0012' },
    [contact('c1', { email: 'Jane@Example.com' })],
    { kind: 'link', contactId: 'c1', by: 'email' },
  ],
  [
    'finds the contact by e-mail whatever the case, under another name',
    jane,
    [contact('c1', { email: 'JANE@EXAMPLE.COM', lastName: 'Miller' })],
    { kind: 'link', contactId: 'c1', by: 'email' },
  ],
  [
    'finds the contact by a further e-mail address',
    jane,
    [contact('c1', { email: 'work@example.com', additionalEmails: ['jane@example.com'] })],
    { kind: 'link', contactId: 'c1', by: 'email' },
  ],
  [
    'prefers the e-mail to the phone of another contact',
    jane,
    [contact('c1', { email: 'jane@example.com' }), contact('c2', { phone: '+14155550123', lastName: 'Doe' })],
    { kind: 'link', contactId: 'c1', by: 'email' },
  ],
  [
    'finds the contact by phone when last names agree, whatever case and accents',
    { ...jane, lastName: 'Núñez' },
    [contact('c1', { phone: '+1 415 555 0123', lastName: 'NUNEZ' })],
    { kind: 'link', contactId: 'c1', by: 'phone' },
  ],
  [
    'does not follow the phone when last names differ',
    jane,
    [contact('c1', { phone: '+14155550123', lastName: 'Miller' })],
    { kind: 'create' },
  ],
  [
    'does not follow the phone when no last name is known',
    { ...jane, lastName: '' },
    [contact('c1', { phone: '+14155550123', lastName: null })],
    { kind: 'create' },
  ],
  [
    'never takes the referring member by phone, known by contact',
    { ...jane, referringMember: { contactId: 'c1' } },
    [contact('c1', { phone: '+14155550123', lastName: 'Doe' })],
    { kind: 'create' },
  ],
  [
    'never takes the referring member by phone, known by e-mail',
    { ...jane, referringMember: { email: 'DAD@example.com' } },
    [contact('c1', { phone: '+14155550123', lastName: 'Doe', email: 'dad@example.com' })],
    { kind: 'create' },
  ],
  [
    'never takes the referring member by phone, known by phone',
    { ...jane, referringMember: { phone: '415 555 0123' } },
    [contact('c1', { phone: '+14155550123', lastName: 'Doe' })],
    { kind: 'create' },
  ],
  [
    'takes the other one of a family by phone when the referring member is known to be somebody else',
    { ...jane, referringMember: { contactId: 'c2', phone: '+14155550123' } },
    [
      contact('c1', { phone: '+14155550123', lastName: 'Doe' }),
      contact('c2', { phone: '+14155550123', lastName: 'Doe' }),
    ],
    { kind: 'link', contactId: 'c1', by: 'phone' },
  ],
  [
    'leaves two contacts with the e-mail to a person',
    jane,
    [contact('c2', { email: 'jane@example.com' }), contact('c1', { email: 'Jane@example.com' })],
    { kind: 'ambiguous', contactIds: ['c1', 'c2'], reason: '2 contacts have this e-mail address' },
  ],
  [
    'leaves two contacts with phone and last name to a person',
    jane,
    [
      contact('c1', { phone: '4155550123', lastName: 'Doe' }),
      contact('c2', { phone: '+14155550123', lastName: 'doe' }),
    ],
    { kind: 'ambiguous', contactIds: ['c1', 'c2'], reason: '2 contacts have this phone and last name' },
  ],
  [
    'takes a contact found twice for one',
    jane,
    [contact('c1', { email: 'jane@example.com' }), contact('c1', { email: 'jane@example.com' })],
    { kind: 'link', contactId: 'c1', by: 'email' },
  ],
];

describe('choosing the contact of a person', () => {
  for (const [promise, person, candidates, choice] of cases) {
    it(promise, () => assert.deepEqual(chooseContact(person, candidates, context), choice));
  }

  const text = fc.constantFrom('', 'a@example.com', 'b@example.com', 'x');
  const phone = fc.constantFrom('', '+14155550123', '(415) 555-0123', '+14155550199');
  const name = fc.constantFrom('', 'Doe', 'doe', 'Miller');
  const candidate = fc.record({ contactId: fc.constantFrom('c1', 'c2', 'c3'), email: text, phone, lastName: name });
  const someone = fc.record(
    {
      email: text,
      phone,
      lastName: name,
      externalIdentifier: fc.constantFrom(null, 'c1', 'other'),
      referringMember: fc.record({ email: text, phone, contactId: fc.constantFrom(null, 'c1', 'c2') }),
    },
    { requiredKeys: ['email', 'phone', 'lastName'] },
  );

  it('does not depend on the order of the candidates, and chooses only among them', () => {
    fc.assert(
      fc.property(
        someone,
        fc.uniqueArray(candidate, { selector: ({ contactId }) => contactId }),
        (person, candidates) => {
          const choice = chooseContact(person, candidates, context);
          assert.deepEqual(chooseContact(person, candidates.toReversed(), context), choice);
          const ids: string[] = candidates.map(({ contactId }) => contactId);
          if (choice.kind === 'link') assert.ok(ids.includes(choice.contactId));
          if (choice.kind === 'ambiguous') assert.ok(choice.contactIds.length > 1);
        },
      ),
    );
  });

  it('never links the referring member by phone', () => {
    fc.assert(
      fc.property(someone, fc.array(candidate), (person, candidates) => {
        const choice = chooseContact(person, candidates, context);
        if (choice.kind !== 'link' || choice.by !== 'phone' || !person.referringMember?.contactId) return;
        assert.notEqual(choice.contactId, person.referringMember.contactId);
      }),
    );
  });
});
