import assert from 'node:assert/strict';
import { type Acted, actOn } from '../../../rules/actions/act.ts';
import { defaultRules } from '../../../rules/rule-sets/default-rules.ts';
import type { Action, ActionStep } from '../../../rules/rule-set.ts';
import type { Fact } from '../../../rules/records.ts';
import type { CustomerState } from '../../../rules/state.ts';
import { connection, contact, customer, linked, member, program, referral } from '../customers.ts';
import { item } from '../items.ts';

const names = {
  customField: { field1: 'contact.shoe_size' },
  stage: { stage1: 'New', stage2: 'Qualified', stage3: 'Twice', stage4: 'twice' },
  pipeline: { pipeline1: 'Sales' },
  user: { user1: 'Jane Smith' },
  calendar: { calendar1: 'Visits' },
};
const tagged: Fact = {
  key: 'contact|contact.tag.added|1|vip',
  recordId: 'contact',
  kind: 'contact.tag.added',
  version: 1,
  data: { tag: 'vip' },
};

const task = (title: string, more: Partial<ActionStep> = {}): ActionStep => ({
  name: 'task',
  operation: 'ghl.task.create',
  input: { contactId: '{{ contact.id }}', title },
  sentence: 'made a task',
  ...more,
});

const rule = (steps: ActionStep[], more: Partial<Action> = {}): Action => ({
  id: 'mine',
  title: 'Mine',
  mode: 'live',
  when: 'contact.tag.added',
  do: steps,
  ...more,
});

function act(actions: readonly Action[], more: Partial<CustomerState> = {}, facts: readonly Fact[] = [tagged]): Acted {
  const links = more.links ?? [linked(referral())];
  const state = customer(links, {
    connection: { ...connection, names, programs: [program()] },
    contact: contact(),
    trigger: 'tags',
    focus: 'contact',
    ...more,
    rules: { ...defaultRules, values: { size: { VIP: 'large' } }, actions },
  });
  return actOn(state, facts, { contact: { id: 'c1', data: contact().data } });
}

const titleOf = (template: string, more: Partial<CustomerState> = {}): unknown =>
  act([rule([task(template)])], more).steps[0]?.input['title'];

describe('a rule', () => {
  for (const [what, template, id] of [
    ['a user', `{{ 'Jane Smith' | user }}`, 'user1'],
    ['a stage, whatever its letter case', `{{ 'qualified' | stage }}`, 'stage2'],
    ['a pipeline', `{{ 'Sales' | pipeline }}`, 'pipeline1'],
    ['a calendar', `{{ 'Visits' | calendar }}`, 'calendar1'],
    ['a custom field by its key', `{{ 'contact.shoe_size' | customField }}`, 'field1'],
    ['a program', `{{ 'Customer Referrals' | program }}`, 'p Customer Referrals'],
    ['what it calls by its id', `{{ 'user1' | user }}`, 'user1'],
    ['the word of a value map, whatever the letter case', '{{ fact.tag | lookup: values.size }}', 'large'],
  ] as const) {
    it(`finds ${what}`, () => assert.equal(titleOf(template), id));
  }

  for (const [what, template, sentence] of [
    ['a user that is not there', `{{ 'Nobody' | user }}`, /there is no user named “Nobody”/u],
    ['a stage of which there are two', `{{ 'Twice' | stage }}`, /2 stages are named “Twice”/u],
    ['a value map that is not there', '{{ fact.tag | lookup: values.none }}', /undefined variable/u],
  ] as const) {
    it(`is held alone when it names ${what}: the others act, and its fact waits`, () => {
      const acted = act([rule([task(template)], { id: 'lost', title: 'Lost' }), rule([task('x')])]);
      assert.deepEqual(
        acted.steps.map(({ rule: by }) => by),
        ['mine|0'],
      );
      assert.equal(acted.ends, 'held');
      assert.deepEqual([acted.facts, acted.waiting], [[], [tagged]]);
      assert.equal(acted.sentences.length, 1);
      assert.match(String(acted.sentences[0]), /^held: rule lost \(“Lost”\) could not act: /u);
      assert.match(String(acted.sentences[0]), sentence);
    });
  }

  for (const [what, conditions, acts] of [
    [
      'all its conditions hold, whatever the letter case',
      { all: [{ field: 'fact.tag', is: 'equals', value: 'VIP' }] },
      true,
    ],
    [
      'one does not hold',
      {
        all: [
          { field: 'fact.tag', is: 'equals', value: 'VIP' },
          { field: 'contact.name', is: 'equals', value: 'x' },
        ],
      },
      false,
    ],
  ] as const) {
    it(`${acts ? 'acts' : 'does nothing'} where ${what}`, () => {
      const { steps, facts } = act([rule([task('x')], { if: conditions })]);
      assert.equal(steps.length, acts ? 1 : 0);
      assert.deepEqual(facts, [tagged]);
    });
  }

  it('that only watches plans its steps, and makes no line and no approval', () => {
    const money = task('', { name: 'pay', operation: 'referral-rock.reward.issue', input: { rewardId: 'w1' } });
    const acted = act([rule([task('x'), money], { mode: 'observe' })]);
    assert.deepEqual(
      acted.steps.map(({ mode }) => mode),
      ['observe', 'observe'],
    );
    assert.deepEqual([acted.lines, acted.approvals], [[], []]);
  });

  it('leaves out a step whose required input comes to nothing, and what needs its answer', () => {
    const tell = (name: string, body: string): ActionStep => ({
      ...task(''),
      name,
      operation: 'ghl.note.create',
      input: { contactId: '{{ contact.id }}', body },
    });
    const nothing = '{% if fact.tag == "none" %}x{% endif %}';
    const acted = act([rule([task(nothing), tell('about', 'see {{steps.task.id}}'), tell('other', 'x')])]);
    assert.deepEqual(
      acted.steps.map(({ name }) => name),
      ['other'],
    );
  });

  it('has names of its own for its steps beside another rule that has the same', () => {
    const tell = (): ActionStep => ({
      ...task(''),
      name: 'tell',
      operation: 'ghl.note.create',
      input: { contactId: 'c1', body: '{{steps.task.id}}' },
    });
    const acted = act([rule([task('a'), tell()]), rule([task('b'), tell()], { id: 'yours' })]);
    assert.deepEqual(
      acted.steps.map(({ name, input }) => [name, String(input['body']).split('\n')[0]]),
      [
        ['task', `Rockbridge · ${acted.steps[0]?.reference}`],
        ['tell', '{{steps.task.id}}'],
        ['task-2', `Rockbridge · ${acted.steps[2]?.reference}`],
        ['tell-2', '{{steps.task-2.id}}'],
      ],
    );
  });

  it('that speaks of the referral of a contact gets the one that is open', () => {
    const denied = linked(referral({ status: 'Denied', programName: 'Old' }), { recordId: 'old', vendorId: 'r0' });
    const links = [denied, linked(referral({ programName: 'New' }))];
    assert.equal(titleOf('Call about {{ referral.programName }}', { links }), 'Call about New');
  });

  it('asks which referral is meant also where nothing may pay', () => {
    const links = [linked(referral()), linked(referral(), { recordId: 'second', vendorId: 'r2' })];
    const acted = act([rule([task('Call about {{ referral.programName }}')])], { links });
    assert.deepEqual(acted.steps, []);
    assert.deepEqual(
      acted.approvals.map(({ kind, recordId, pays, proposal }) => [kind, recordId, pays, proposal['does']]),
      [['ambiguous', 'contact', [], ['create task (mine)']]],
    );
  });
});

describe('a step that may pay', () => {
  const issue = task('', { name: 'pay', operation: 'referral-rock.reward.issue', input: { rewardId: 'w1' } });
  const feed = task('', { name: 'feed', operation: 'referral-rock.customer.feed', input: { email: 'a@b.example' } });

  it('is held for a person, with what needs its answer, in one approval for the record', () => {
    const acted = act([rule([issue, feed])]);
    assert.deepEqual(
      acted.steps.map(({ mode, allowedBy }) => [mode, allowedBy]),
      [
        ['hold', null],
        ['hold', null],
      ],
    );
    assert.deepEqual(
      acted.approvals.map(({ kind, recordId, steps }) => [kind, recordId, steps]),
      [['status', 'contact', ['pay', 'feed']]],
    );
    assert.equal(acted.approvals[0]?.proposal['operation'], 'referral-rock.reward.issue');
    const also = acted.approvals[0]?.proposal['also'] as { operation: string }[] | undefined;
    assert.deepEqual(
      also?.map(({ operation }) => operation),
      ['referral-rock.customer.feed'],
    );
  });

  it('passes where its own rule allows it by name, and no other', () => {
    const acted = act([rule([{ ...issue, money: 'allow' }, feed])]);
    assert.deepEqual(
      acted.steps.map(({ mode, allowedBy }) => [mode, allowedBy]),
      [
        ['live', 'rule:mine'],
        ['hold', null],
      ],
    );
  });
});

describe('the tag of a member', () => {
  const fact = (kind: Fact['kind']): Fact => ({ ...tagged, kind, recordId: 'member', data: {} });
  const tagsOf = (kind: Fact['kind'], links: CustomerState['links']): unknown[] => {
    const [link] = links;
    const state = customer(links, { contact: contact() });
    const { steps } = actOn(state, [fact(kind)], { contact: { id: 'c1', data: contact().data }, link });
    return steps.map(({ operation, input }) => [operation, ...(input['tags'] as string[])]);
  };
  const other = linked(member(), { recordId: 'other', vendorId: 'm2' });
  const disabled = linked(member({ disabledFlag: true }));

  for (const [promise, kind, links, expected] of [
    ['comes with a member', 'member.added', [linked(member())], [['ghl.contact.add-tags', 'rr-member']]],
    ['does not come with a disabled one', 'member.added', [disabled], []],
    ['comes back with an enabled one', 'member.enabled', [linked(member())], [['ghl.contact.add-tags', 'rr-member']]],
    [
      'goes with the last one that is disabled',
      'member.disabled',
      [disabled],
      [['ghl.contact.remove-tags', 'rr-member']],
    ],
    ['stays where there is another', 'member.disabled', [disabled, other], []],
    [
      'goes with the last one that is deleted',
      'member.deleted',
      [{ ...linked(member()), gone: true }],
      [['ghl.contact.remove-tags', 'rr-member']],
    ],
    ['stays where another lives on', 'member.deleted', [{ ...linked(member()), gone: true }, other], []],
  ] as const) {
    it(promise, () => assert.deepEqual(tagsOf(kind, links), expected));
  }
});

describe('the other default actions', () => {
  it('make a member of a contact by its tag, in the default program', () => {
    const join = (tag: string): Acted => act(defaultRules.actions, {}, [{ ...tagged, data: { tag } }]);
    assert.deepEqual(join('vip').steps, []);
    const [create, tag] = join('referral-member').steps;
    assert.deepEqual(create?.input, {
      programId: 'p Customer Referrals',
      firstName: 'Jane',
      lastName: 'Doe',
      email: 'jane@example.com',
      phone: '+15125550101',
      externalIdentifier: 'c1',
    });
    assert.deepEqual(tag?.input, { contactId: 'c1', tags: ['rr-member'] });
  });

  it('tag a contact whose address opted out', () => {
    const fact: Fact = { ...tagged, kind: 'email.unsubscribed', data: {} };
    assert.deepEqual(
      act(defaultRules.actions, { items: [item('address')] }, [fact]).steps.map(({ input }) => input['tags']),
      [['rr-unsubscribed']],
    );
  });
});
