import assert from 'node:assert/strict';
import type { Action } from '../../../rules/rule-set.ts';
import { fillAnswers } from '../../../rules/forms/templates.ts';
import type { CustomerState } from '../../../rules/state.ts';
import type { Data, LinkState } from '../../../rules/records.ts';
import type { PlanDraft } from '../../../rules/plan.ts';
import { operations } from '../../../vendors/operations.ts';
import { contactWith, noteOn, rulesWith, story } from '../contact-story.ts';
import { connection, linked, member, namesOf, planOf, referral, stepOf } from '../customers.ts';

const programId = 'p Customer Referrals';
const tagged = (data: Data = {}, seen = {}) => contactWith({ tags: ['referral-member', 'rr-referral'], ...data }, seen);
const mine = (more: Partial<LinkState> = {}): LinkState => ({ ...member({ programId }), ...more });

function joining(data: Data = {}, links: readonly LinkState[] = [], more: Partial<CustomerState> = {}): PlanDraft {
  return planOf(story('tags', tagged(data), links, more));
}

describe('tags that changed', () => {
  it('stand in the slot of every live link', () => {
    const gone = { ...linked(referral()), recordId: 'gone', vendorId: 'r9', gone: true };
    const own = contactWith({ tags: ['vip'] }, { tags: ['vip'] });
    const plan = planOf(story('tags', own, [linked(referral()), linked(member()), gone]));
    assert.deepEqual(namesOf(plan), ['referral-r1', 'member-m1']);
    assert.deepEqual(stepOf(plan, 'member-m1').input['member'], {
      customText2Name: 'GHL tags',
      customText2Value: 'vip',
    });
  });

  it('are taken note of, and lead to nothing for a contact that nobody refers to', () => {
    const plan = planOf(story('tags', contactWith({ tags: ['VIP'] })));
    assert.deepEqual(plan.highlights, [{ recordId: 'contact', value: { tags: ['vip'], emailDnd: false } }]);
    assert.deepEqual(plan.sentences, ['nothing to do: no member or referral is linked to this contact']);
  });

  it('do nothing at all when they are only ours', () => {
    const own = contactWith({ tags: ['rr-referral', 'rr-status:pending'] });
    const plan = planOf(story('tags', own, [linked(referral())]));
    assert.deepEqual([plan.steps, plan.facts, plan.highlights], [[], [], []]);
  });

  it('fire the rules of a person, whichever story of the contact is told', () => {
    const rules = rulesWith({ actions: [noteOn('contact.tag.added'), noteOn('contact.tag.removed')] });
    for (const trigger of ['contact', 'tags', 'dnd'] as const) {
      const plan = planOf(story(trigger, contactWith({ tags: ['new'] }, { tags: ['old'] }), [], { rules }));
      assert.deepEqual(namesOf(plan), ['noted', 'noted-2'], trigger);
      assert.deepEqual(
        plan.facts.map(({ kind }) => kind),
        ['contact.tag.added', 'contact.tag.removed'],
      );
    }
  });

  it('give the task of a rule its line in the note of the referral, in one update with the slot', () => {
    const input = {
      contactId: '{{ contact.id }}',
      title: 'Welcome',
      dueDate: '2026-12-01T23:00:00Z',
      completed: false,
    };
    const task = { name: 'welcome', operation: 'ghl.task.create', input, sentence: 'created a task' };
    const rules = rulesWith({ actions: [{ ...noteOn('contact.tag.added'), do: [task] }] });
    const plan = planOf(story('tags', contactWith({ tags: ['vip'] }), [linked(referral())], { rules }));
    const update = stepOf(plan, 'referral-r1');
    assert.deepEqual(namesOf(plan), ['welcome', 'referral-r1']);
    assert.deepEqual(update.after, ['welcome']);
    const { customText3Value, note } = update.input['referral'] as Data;
    assert.equal(customText3Value, 'vip');
    assert.match(String(note), /- \[ \] Welcome .*rb:/);
    assert.deepEqual(
      plan.lines.map(({ itemStep }) => itemStep),
      ['welcome'],
    );
  });

  it('name the record whose slot is used for something else', () => {
    const used = linked(referral({ customText3Name: 'Colour', customText3Value: 'blue' }));
    const plan = planOf(story('tags', contactWith({ tags: ['vip'] }, { tags: ['vip'] }), [used]));
    assert.deepEqual(plan.steps, []);
    assert.match(plan.sentences.join(), /^the tags were not written to referral r1/);
  });
});

describe('a tag that makes a member', () => {
  it('makes one in the default program, then tags the contact and fills its custom fields', () => {
    const plan = joining({ firstName: 'Jane', lastName: 'Doe' });
    const create = stepOf(plan, 'join');
    assert.deepEqual(create.claims, [{ kind: 'member', value: `${programId} c1` }]);
    assert.deepEqual(
      [create.input['programId'], create.input['email'], create.input['externalIdentifier']],
      [programId, 'jane@example.com', 'c1'],
    );
    assert.deepEqual([stepOf(plan, 'tags').input['tags'], stepOf(plan, 'tags').after], [['rr-member'], ['join']]);
    assert.deepEqual(
      plan.facts.map(({ kind }) => kind),
      ['contact.tag.added'],
    );
  });

  it('writes what Referral Rock answers into the fields, once they are there', () => {
    const plan = joining();
    const fields = plan.steps.filter(({ operation }) => operation === 'ghl.custom-field.create');
    const answers = {
      ...Object.fromEntries(fields.map(({ name }) => [name, { id: `id of ${name}` }])),
      join: { id: 'm1', referralCode: 'A1', referralUrl: 'https://rr.example/A1' },
    };
    const update = stepOf(plan, 'contact-then');
    const input = fillAnswers(update.input, answers);
    operations.get('ghl.contact.update')?.input.parse(input);
    assert.deepEqual(
      (input['customFields'] as Data[]).map(({ field_value }) => field_value),
      ['A1', 'https://rr.example/A1', 0, 0, 0],
    );
  });

  it('shows no value in a summary', () => {
    for (const { summary } of joining().steps) assert.doesNotMatch(summary, /jane|doe|referral-member/i);
  });

  it('leaves it to the story that looks for a member first, and takes note of the tag', () => {
    const plan = planOf(story('contact', tagged()));
    assert.deepEqual(namesOf(plan), []);
    assert.deepEqual(plan.findings, [{ trigger: 'tags', kind: 'contact', vendorId: 'c1' }]);
    assert.deepEqual([plan.facts, plan.waiting.map(({ kind }) => kind)], [[], ['contact.tag.added']]);
    assert.deepEqual(plan.highlights[0]?.value, { tags: ['referral-member'], emailDnd: false });
    const seen = { value: { tags: ['referral-member'], emailDnd: false }, version: 2 };
    const next = planOf(story('tags', { ...tagged(), seen }, [], { facts: plan.waiting }));
    assert.equal(stepOf(next, 'join').factKey, plan.waiting[0]?.key);
  });

  it('says in observe mode at once what it would make', () => {
    const plan = planOf(story('contact', tagged(), [], { connection: { ...connection, mode: 'observe' } }));
    assert.deepEqual(namesOf(plan).slice(-3), ['join', 'tags', 'contact-then']);
  });

  it('links a member that is there instead of making another', () => {
    const plan = joining({}, [mine()]);
    assert.deepEqual(namesOf(plan), []);
    assert.deepEqual(plan.findings, [{ trigger: 'member', kind: 'member', vendorId: 'm1' }]);
    assert.deepEqual(plan.sentences, ['member m1 is there already and is linked instead of making another']);
    assert.equal(plan.waiting.length, 0);
  });

  it('makes none for a contact that has one, and tags it as a member', () => {
    const plan = joining({}, [linked(mine(), { data: { ...linked(mine()).data, programId } })]);
    assert.deepEqual(namesOf(plan), ['tags', 'member-m1']);
    assert.match(plan.sentences.join(), /has its member m1 already/);
  });

  it('neither makes nor tags one that is disabled', () => {
    const off = { ...linked(mine()).data, programId, disabledFlag: true };
    const plan = joining({}, [linked(mine(), { data: off })]);
    assert.deepEqual(namesOf(plan), ['member-m1']);
    assert.match(plan.sentences.join(), /has its member m1 already, which is disabled/);
  });

  it('makes one beside a member of another program, or one that is gone', () => {
    assert.ok(namesOf(joining({}, [mine({ data: { ...member().data, programId: 'p Other' } })])).includes('join'));
    assert.ok(namesOf(joining({}, [mine({ gone: true })])).includes('join'));
  });

  for (const [lack, data, sentence] of [
    ['an e-mail address', { email: 'ask her' }, /^unsyncable: the contact has no e-mail address, so/],
    ['a first name', { firstName: ' ' }, /^unsyncable: the contact has no first name, so/],
    ['both', { firstName: null, email: '' }, /^unsyncable: the contact has no e-mail address and no first name, so/],
  ] as const) {
    it(`makes none of a contact without ${lack}, and does once that is added`, () => {
      const plan = joining(data);
      assert.deepEqual([namesOf(plan), plan.facts, plan.ends], [[], [], 'done']);
      assert.match(plan.sentences.join(), sentence);
      const seen = { value: { tags: ['referral-member'], emailDnd: false }, version: 2 };
      const next = planOf(story('tags', { ...tagged(), seen }, [], { facts: plan.waiting }));
      assert.ok(namesOf(next).includes('join'));
    });
  }

  it('forgets it when the tag was taken off again in the meantime', () => {
    const { waiting } = joining({ email: '' });
    const seen = { value: { tags: ['referral-member'], emailDnd: false }, version: 2 };
    const plan = planOf(story('tags', { ...contactWith({ tags: [] }), seen }, [], { facts: waiting }));
    assert.deepEqual([namesOf(plan), plan.waiting], [[], []]);
  });

  it('holds while no members are made, and says why', () => {
    const plan = joining({}, [], { connection: { ...connection, membersStopped: 'the plan allows 100 members' } });
    assert.deepEqual([namesOf(plan), plan.ends, plan.facts], [[], 'held', []]);
    assert.equal(plan.waiting.length, 1);
    assert.deepEqual(plan.sentences, ['held: no members are made: the plan allows 100 members']);
  });

  it('makes none for a contact from before the start', () => {
    const plan = joining({ dateAdded: '2025-06-01T00:00:00Z' });
    assert.deepEqual(namesOf(plan), []);
    assert.match(plan.sentences.join(), /created before 2026-01-01, so its tags make no member of it/u);
  });

  it('makes one where two tags ask for it', () => {
    const [join] = rulesWith({}).actions.filter(({ id }) => id === 'join-by-tag');
    assert.ok(join);
    const other: Action = {
      ...join,
      id: 'join-by-vip',
      if: { all: [{ field: 'fact.tag', is: 'equals', value: 'vip' }] },
    };
    const plan = joining({ tags: ['referral-member', 'vip'] }, [], { rules: rulesWith({ actions: [other] }) });
    const creates = plan.steps.filter(({ operation }) => operation === 'referral-rock.member.create');
    assert.equal(creates.length, 1);
    assert.equal(plan.facts.length, 2);
  });

  it('is looked at only, where its rule only watches', () => {
    const rules = rulesWith({});
    const actions = rules.actions.map((one) => (one.id === 'join-by-tag' ? { ...one, mode: 'observe' as const } : one));
    const plan = joining({}, [], { rules: { ...rules, actions } });
    assert.deepEqual(new Set(plan.steps.map(({ mode }) => mode)), new Set(['observe']));
  });
});
