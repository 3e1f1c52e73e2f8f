import assert from 'node:assert/strict';
import { renderNote } from '../notes.ts';
import type { Data, Fact, LinkState } from '../../../rules/records.ts';
import type { CustomerState } from '../../../rules/state.ts';
import { contact, customer, line, linked, member, namesOf, planOf, referral, stepOf } from '../customers.ts';

const changesOf = (state: CustomerState): Record<string, [string, unknown][]> =>
  Object.fromEntries(
    planOf(state).steps.map(({ name, changes }) => [name, changes.map(({ field, after }) => [field, after])]),
  );

describe('a linked referral', () => {
  it('leads to nothing where both sides agree, and says so', () => {
    const plan = planOf(customer([linked(referral())]));
    assert.deepEqual([plan.steps, plan.merges, plan.facts, plan.link], [[], [], [], null]);
    assert.deepEqual(plan.sentences, ['nothing to do: the contact already holds what the referral says']);
  });

  it('from before the start says why its new status makes nothing', () => {
    const plan = planOf(customer([linked(referral({ status: 'Approved', createDate: '2025-12-31T00:00:00Z' }))]));
    assert.deepEqual(plan.steps, []);
    assert.match(plan.sentences.join(), /created before 2026-01-01, so no tag or note is made/u);
  });

  it('brings its edit to the contact', () => {
    assert.deepEqual(changesOf(customer([linked(referral({ lastName: 'Smith' }))])), {
      contact: [['lastName', 'Smith']],
    });
  });

  it('swaps the status tag and leaves one note when its status changes, and touches no field', () => {
    const plan = planOf(
      customer([linked(referral({ status: 'Qualified' }))], { contact: contact({ tags: ['rr-status:pending'] }) }),
    );
    assert.deepEqual(namesOf(plan), ['old-status-tag', 'status-tag', 'changes-note']);
    assert.deepEqual(
      plan.facts.map(({ key }) => key),
      ['referral|referral.status|1', 'referral|referral.changed|1'],
    );
    assert.deepEqual(plan.merges, []);
  });

  it('makes nothing of its own section in the note', () => {
    const call = line('rb:7KQ2ZD3M');
    const link = linked(referral({ note: renderNote('', [call]) }), { lines: [call] });
    assert.deepEqual(planOf(customer([link])).steps, []);
  });
});

describe('facts that wait', () => {
  const fact = (kind: Fact['kind'], version: number, data: Data): Fact => ({
    key: `referral|${kind}|${version}`,
    recordId: 'referral',
    kind,
    version,
    data,
  });
  const added = fact('referral.added', 0, { status: 'pending' });

  it('are carried on with their steps, under the same keys and references', () => {
    const first = planOf(customer([referral()]));
    const seen = { value: { status: 'pending', note: '', publicNote: '' }, version: 1 };
    const again = planOf(customer([linked(referral(), { seen, lines: first.lines })], { facts: [added] }));
    assert.deepEqual(again.facts, [added]);
    for (const name of ['tags', 'onboarding-task', 'note']) {
      const [one, other] = [stepOf(first, name), stepOf(again, name)];
      assert.deepEqual([one.factKey, one.rule, one.reference], [other.factKey, other.rule, other.reference]);
    }
  });

  it('write the line that an earlier plan did not get to write, and no second one', () => {
    const first = planOf(customer([referral()]));
    const { lines } = first;
    const again = planOf(customer([linked(referral(), { lines })], { facts: [added] }));
    assert.deepEqual(
      again.lines.map(({ reference }) => reference),
      lines.map(({ reference }) => reference),
    );
    assert.deepEqual(stepOf(again, 'referral').changes, [{ field: 'note', before: '', after: renderNote('', lines) }]);
    assert.notEqual(stepOf(again, 'referral').rule, stepOf(first, 'referral').rule, 'another write is another step');
    const written = linked(referral({ note: renderNote('', lines) }), { lines });
    assert.ok(!namesOf(planOf(customer([written], { facts: [added] }))).includes('referral'));
  });

  it('keep what they said when their plan was given up, and take note of no more than that', () => {
    const highlights = { status: 'qualified', note: '', publicNote: '' };
    const stored = fact('referral.status', 1, { from: 'pending', to: 'qualified', highlights });
    const plan = planOf(customer([linked(referral({ status: 'Approved' }))], { facts: [stored] }));
    assert.deepEqual(plan.facts, [stored]);
    assert.deepEqual(plan.highlights[0]?.value, highlights);
    assert.deepEqual(stepOf(plan, 'status-tag').input['tags'], ['rr-status:qualified']);
  });

  it('let the old tag go that their record has come back to, for the next pass will bring it', () => {
    const highlights = { status: 'qualified', note: '', publicNote: '' };
    const stored = fact('referral.status', 1, { from: 'pending', to: 'qualified', highlights });
    const plan = planOf(customer([linked(referral({ status: 'Pending' }))], { facts: [stored] }));
    assert.deepEqual(stepOf(plan, 'old-status-tag').input['tags'], ['rr-status:pending']);
    assert.deepEqual([plan.facts, plan.highlights[0]?.value], [[stored], highlights]);
  });

  it('come before what is new, each with steps of its own name', () => {
    const plan = planOf(
      customer(
        [
          linked(referral({ note: 'Likes tea' }), {
            seen: { value: { status: 'pending', note: '', publicNote: '' }, version: 2 },
          }),
        ],
        {
          facts: [fact('referral.changed', 1, { status: { from: 'denied', to: 'pending' } })],
        },
      ),
    );
    assert.deepEqual(namesOf(plan), ['changes-note', 'changes-note-2']);
    assert.match(String(stepOf(plan, 'changes-note').input['body']), /denied → pending/);
    assert.match(String(stepOf(plan, 'changes-note-2').input['body']), /note: Likes tea/);
  });
});

describe('a contact that changed', () => {
  const two = (data: Data): CustomerState =>
    customer([linked(referral()), linked(member())], { focus: 'contact', contact: contact(data) });

  it('brings its edit to each linked record, by its own name of the field', () => {
    assert.deepEqual(changesOf(two({ phone: '+15125550177' })), {
      'referral-r1': [['phoneNumber', '+15125550177']],
      'member-m1': [['phone', '+15125550177']],
    });
  });

  it('leads to nothing where both sides agree, and says so', () => {
    const plan = planOf(two({}));
    assert.deepEqual([plan.steps, plan.merges], [[], []]);
    assert.deepEqual(plan.sentences, ['nothing to do: Referral Rock already holds the same values']);
  });

  it('leads to nothing when it differs in form alone', () => {
    assert.deepEqual(planOf(two({ email: 'JANE@example.com', firstName: ' Jane ' })).steps, []);
  });

  it('writes its id to a record that has none, and leaves that of another system', () => {
    const ids = (id: string): unknown =>
      changesOf(
        customer([{ ...linked(referral()), data: { ...referral().data, externalIdentifier: id } }], {
          focus: 'contact',
        }),
      );
    assert.deepEqual(ids(''), { 'referral-r1': [['externalIdentifier', 'c1']] });
    assert.deepEqual(ids('SF-0012'), {});
  });

  it('leaves records alone that are gone or only queued with it', () => {
    const state = two({ phone: '+15125550177' });
    const [first, second] = state.links;
    assert.ok(first && second);
    assert.deepEqual(
      namesOf(
        planOf({
          ...state,
          links: [
            { ...first, gone: true },
            { ...second, linked: false },
          ],
        }),
      ),
      [],
    );
  });

  it('takes one value where two records bring different ones, and leaves the other for the next pass', () => {
    const state = two({});
    const [first, second] = state.links;
    assert.ok(first && second);
    const edited = (link: LinkState, lastName: string): LinkState => ({ ...link, data: { ...link.data, lastName } });
    const plan = planOf({ ...state, links: [edited(first, 'Smith'), edited(second, 'Miller')] });
    assert.deepEqual(
      plan.steps.map(({ name, input }) => [name, input]),
      [['contact', { contactId: 'c1', lastName: 'Smith' }]],
    );
    assert.deepEqual(
      plan.merges.map(({ recordId, field }) => [recordId, field]),
      [['referral', 'lastName']],
    );
  });

  it('takes a value once that two records bring', () => {
    const state = two({});
    const plan = planOf({
      ...state,
      links: state.links.map((link) => ({ ...link, data: { ...link.data, lastName: 'Smith' } })),
    });
    assert.equal(stepOf(plan, 'contact').summary, 'update contact: lastName');
    assert.deepEqual(
      plan.merges.map(({ recordId }) => recordId),
      ['referral', 'member'],
    );
  });
});
