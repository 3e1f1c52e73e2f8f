import assert from 'node:assert/strict';
import { decide } from '../../rules/decide.ts';
import { renderLine } from '../../rules/lines/line-text.ts';
import { renderNote } from './notes.ts';
import type { Data, LinkState } from '../../rules/records.ts';
import type { CustomerState } from '../../rules/state.ts';
import { stepsNamedIn } from '../../rules/forms/templates.ts';
import {
  candidate,
  connection,
  contact,
  customer,
  linked,
  member,
  namesOf,
  planOf,
  referral,
  stepOf,
} from './customers.ts';

const jane = { firstName: 'Jane', lastName: 'Doe', email: 'jane@example.com' };
const changesOf = (state: CustomerState): Record<string, [string, unknown][]> =>
  Object.fromEntries(
    planOf(state).steps.map(({ name, changes }) => [name, changes.map(({ field, after }) => [field, after])]),
  );

describe('a new referral without a contact', () => {
  const state = customer([referral({ companyName: 'Acme', note: 'Likes tea' })]);
  const plan = planOf(state);

  it('gets one made, claimed by the e-mail, with the values in the form that GHL takes', () => {
    const step = stepOf(plan, 'contact');
    assert.equal(step.operation, 'ghl.contact.create');
    assert.deepEqual(step.input, {
      locationId: 'location1',
      ...jane,
      phone: '+15125550101',
      companyName: 'Acme',
      source: 'Referral Rock',
    });
    assert.deepEqual(step.claims, [{ kind: 'email', value: 'jane@example.com' }]);
    assert.equal(step.summary, 'create contact: firstName, lastName, email, phone, companyName');
    assert.equal(step.sentence, 'created the contact Jane Doe');
    assert.deepEqual(plan.link, { step: 'contact' });
  });

  it('claims phone and last name only without an e-mail', () => {
    const claims = (data: Data): unknown => stepOf(planOf(customer([referral(data)])), 'contact').claims;
    assert.deepEqual(claims({ email: '' }), [{ kind: 'phone', value: '+15125550101 doe' }]);
  });

  it('gives GHL no e-mail, phone or country that it would refuse', () => {
    const given = (link: LinkState): Data => stepOf(planOf(customer([link])), 'contact').input;
    const input = given(referral({ email: 'ask her' }));
    assert.ok(!('email' in input));
    assert.ok(!('companyName' in input), 'nor an empty value');
    assert.ok(!('phone' in given(referral({ phoneNumber: 'call me' }))));
    assert.equal(given(member({ country: 'Germany', phone: '030 1234567' }))['country'], 'DE');
    assert.equal(given(member({ country: 'Germany', phone: '030 1234567' }))['phone'], '+49301234567');
    assert.ok(!('country' in given(member({ country: 'Narnia' }))));
  });

  it('gets tags, one task and one note, each waiting for the contact', () => {
    assert.deepEqual(namesOf(plan), ['contact', 'tags', 'onboarding-task', 'note', 'referral']);
    for (const name of ['tags', 'onboarding-task', 'note'])
      assert.deepEqual(stepsNamedIn(stepOf(plan, name).input), ['contact'], name);
  });

  it("gives Referral Rock the contact's id and the task's line in one update that waits for the task", () => {
    const update = stepOf(plan, 'referral');
    const [line] = plan.lines;
    assert.ok(line);
    assert.deepEqual(update.input, {
      query: { primaryInfo: { referralId: 'r1' } },
      referral: { externalIdentifier: '{{steps.contact.id}}', note: renderNote('Likes tea', [line]) },
    });
    assert.match(renderLine(line), /^- \[ \] Call Jane Doe \(referred by Mary Member\) \(due 2026-03-07\) rb:/);
    assert.deepEqual(update.after, ['onboarding-task']);
    assert.equal(plan.steps.filter(({ queue }) => queue === 'referral-rock').length, 1);
  });

  it('does not spend the fact before the line is written', () => {
    assert.equal(stepOf(plan, 'referral').factKey, plan.facts[0]?.key);
  });

  it('makes the contact under the key of that fact, so that no later plan makes another', () => {
    assert.equal(stepOf(plan, 'contact').factKey, plan.facts[0]?.key);
  });

  it('is noted as seen, with its fact', () => {
    assert.deepEqual(
      plan.facts.map(({ key }) => key),
      ['referral|referral.added|0'],
    );
    assert.deepEqual(plan.highlights[0]?.value, { status: 'pending', note: 'Likes tea', publicNote: '' });
  });
});

describe('a referral at its first match', () => {
  const there = candidate('c2', { ...jane, firstName: 'Janet', phone: null, tags: ['rr-referral'] });

  it('overwrites nothing of the contact, fills what is empty, and writes Referral Rock only the id and the line', () => {
    const changes = changesOf(customer([referral({}, { candidates: [there] })]));
    assert.deepEqual(changes['contact'], [['phone', '+15125550101']]);
    assert.deepEqual(
      changes['referral']?.map(([field]) => field),
      ['externalIdentifier', 'note'],
    );
    assert.equal(changes['referral']?.[0]?.[1], 'c2');
  });

  it('is linked to it and says how it was found', () => {
    const plan = planOf(customer([referral({}, { candidates: [there] })]));
    assert.deepEqual(plan.link, { contactId: 'c2', data: there.data });
    assert.deepEqual(plan.sentences, ['matched its contact by e-mail']);
  });

  it('leaves an id of another system', () => {
    const changes = changesOf(customer([referral({ externalIdentifier: 'SF-0012' }, { candidates: [there] })]));
    assert.deepEqual(
      changes['referral']?.map(([field]) => field),
      ['note'],
    );
  });

  it('gets baselines and nothing else when it is from before the start', () => {
    const plan = planOf(customer([referral({ createDate: '2025-12-31T00:00:00Z' }, { candidates: [there] })]));
    assert.deepEqual([plan.steps, plan.facts, plan.lines], [[], [], []]);
    assert.deepEqual(
      plan.merges.map(({ field }) => field),
      ['firstName', 'lastName', 'email', 'phone', 'companyName', 'tags'],
    );
    assert.deepEqual(plan.link, { contactId: 'c2', data: there.data });
  });
});

describe('a record that finds no place', () => {
  for (const [promise, link, sentence] of [
    [
      'is held when two contacts may be its person',
      referral({}, { candidates: [candidate('c2', jane), candidate('c3', jane)] }),
      /^held: 2 contacts have this e-mail address \(c2, c3\)/,
    ],
    [
      'is held when nothing tells its person apart',
      referral({ email: '', phoneNumber: '' }),
      /^held: the referral is unsyncable/,
    ],
  ] as const) {
    it(promise, () => {
      const plan = planOf(customer([link]));
      assert.equal(plan.ends, 'held');
      assert.match(plan.sentences.join(), sentence);
      assert.deepEqual([plan.steps, plan.merges, plan.facts, plan.highlights, plan.link], [[], [], [], [], null]);
    });
  }

  it('moves to the customer whose contact its person is', () => {
    const owned = candidate('c2', jane, { owner: { kind: 'other', customerId: 'customer2' } });
    const decision = decide(customer([referral({}, { candidates: [owned] })]));
    assert.deepEqual(decision, {
      outcome: 'moved',
      to: 'customer2',
      sentence: 'the referral is the same person as contact c2 and moves there',
    });
  });

  it('becomes a new customer when it is not the person of the contact', () => {
    const decision = decide(customer([referral()], { contact: contact({ email: 'bob@example.com' }) }));
    assert.deepEqual([decision.outcome, decision.outcome === 'moved' && decision.to], ['moved', 'new']);
  });

  it('never ends at the referring member by the phone alone', () => {
    const mary = candidate('c2', { phone: '+15125550101', lastName: 'Doe', email: 'mary@example.com' });
    assert.equal(
      stepOf(planOf(customer([referral({}, { candidates: [mary] })])), 'contact').operation,
      'ghl.contact.create',
    );
  });

  for (const [what, state, sentence] of [
    [
      'from before the start, without a contact',
      customer([referral({ createDate: '2025-12-31T00:00:00Z' })]),
      /^it was created before 2026-01-01, so no contact is made for it$/,
    ],
    [
      'that is gone',
      customer([referral({}, { gone: true })]),
      /^the referral no longer exists in Referral Rock; nothing was written$/,
    ],
    [
      'whose contact is gone',
      customer([linked(referral())], { contact: undefined }),
      /^the linked contact is gone from GHL; the referral is left as it is$/,
    ],
    [
      'that was gone before it was read',
      customer([], { focus: 'referral9', contact: contact() }),
      /^the record does not exist any more; nothing was written$/,
    ],
    ['of a contact that is gone', customer([]), /^the contact no longer exists in GHL; nothing was written$/],
    [
      'of a contact that nobody is linked to',
      customer([referral()], { contact: contact(), focus: 'contact' }),
      /^nothing to do: no member or referral is linked to this contact$/,
    ],
  ] as const) {
    it(`says why nothing is done ${what}`, () => {
      const plan = planOf(state);
      assert.deepEqual([plan.steps, plan.merges, plan.facts], [[], [], []]);
      assert.match(plan.sentences.join('; '), sentence);
    });
  }
});

describe('a new member', () => {
  it('gets a contact with its address and the tag, and Referral Rock the id; no task, no note', () => {
    const plan = planOf(customer([member({ addressLine1: '1 Main St', region: 'TX', country: 'United States' })]));
    assert.deepEqual(namesOf(plan), ['contact', 'tags', 'member']);
    const { address1, state, country } = stepOf(plan, 'contact').input;
    assert.deepEqual([address1, state, country], ['1 Main St', 'TX', 'US']);
    assert.deepEqual(stepOf(plan, 'member').input, {
      query: { primaryInfo: { memberId: 'm1' } },
      member: { externalIdentifier: '{{steps.contact.id}}' },
    });
    assert.deepEqual(plan.lines, []);
  });

  it('has no note that the line of a task could stand in', () => {
    const task = {
      name: 'welcome',
      operation: 'ghl.task.create',
      input: { title: 'Welcome' },
      sentence: 'made a task',
    };
    const plan = planOf(customer([member()]), [
      { id: 'mine', title: 'Mine', mode: 'live', when: 'member.added', do: [task] },
    ]);
    assert.deepEqual(namesOf(plan), ['contact', 'welcome', 'member']);
    assert.deepEqual([plan.lines, stepOf(plan, 'member').after], [[], []]);
  });

  it('fires nothing when it is edited later', () => {
    const plan = planOf(customer([linked(member({ firstName: 'Janet' }))]));
    assert.deepEqual([namesOf(plan), plan.facts], [['contact'], []]);
  });
});

describe('a connection that observes', () => {
  it('has the same decisions: what is not carried out is the business of the store', () => {
    const state = customer([referral()]);
    const observing = { ...state, connection: { ...connection, mode: 'observe' as const } };
    assert.deepEqual(decide(observing), decide(state));
  });
});
