import assert from 'node:assert/strict';
import { defaultRules } from '../../../rules/rule-sets/default-rules.ts';
import { fileOf } from '../../../rules/rule-sets/resolve-rules.ts';
import { assertWrong, callBack, problemsOf } from '../rule-sets.ts';

const fields = (referral: object): object => ({ fields: { referral } });
const action = (more: object = {}, step: object = {}): object => ({ actions: [callBack(more, step)] });

describe('a rule file', () => {
  const right: [string, unknown][] = [
    ['is whole: the built-in rules', fileOf(defaultRules)],
    ['says nothing', {}],
    ['switches one rule', { sync: { tags: 'observe' } }],
    ['switches a default action by its id', { actions: [{ id: 'onboarding-task', mode: 'off' }] }],
    ['changes who wins a field', fields({ email: { policy: 'rr wins' } })],
    ['maps one more field', fields({ city: { rr: 'city' } })],
    ['takes a field off the map', fields({ phone: { direction: 'off' } })],
    ['swaps the fields of two', fields({ firstName: { rr: 'lastName' }, lastName: { rr: 'firstName' } })],
    ['adds to a value map and takes away', { values: { opportunityStatus: { abandoned: 'denied', lost: null } } }],
    ['adds an action', action()],
    [
      'adds an action with a condition',
      action({ if: { all: [{ field: 'referral.source', is: 'equals', value: 'widget' }] } }),
    ],
    [
      'uses a value map of its own',
      { values: { mine: { a: 'b' } }, ...action({}, { sentence: '{{ values.mine[fact.status] }}' }) },
    ],
    [
      'lets money pass',
      action(
        {},
        {
          operation: 'referral-rock.referral.set-status',
          input: { query: { primaryInfo: { referralId: '{{ referral.id }}' } }, referral: { status: 'qualified' } },
          money: 'allow',
        },
      ),
    ],
    [
      'tells of the contact’s referral when the contact gets a tag',
      action({ when: 'contact.tag.added' }, { sentence: '{{ fact.tag }} {{ referral.id }}' }),
    ],
  ];
  for (const [what, file] of right) it(`is taken when it ${what}`, () => assert.deepEqual(problemsOf(file), []));

  const two = (first: object, second: object): object => ({
    actions: [callBack({ do: [first, second].map((step) => ({ ...(callBack({}, step) as { do: object[] }).do[0] })) })],
  });
  const wrong: [string, unknown, RegExp][] = [
    ['is a list', [], /^ ?wants an object$/],
    ['has an unknown section', { snyc: {} }, /^snyc is not known here/],
    ['has an unknown switch', { sync: { tag: 'off' } }, /^sync\.tag is not known here/],
    ['has an unknown mode', { sync: { tags: 'on' } }, /^sync\.tags wants one of live, observe, off$/],
    ['has a setting of another kind', { settings: { taskDueHour: '17' } }, /^settings\.taskDueHour wants a/],
    [
      'has a setting out of its range',
      { settings: { taskDueHour: 24 } },
      /^settings\.taskDueHour wants 23 at the most$/,
    ],
    [
      'maps an unknown field',
      fields({ nickname: { rr: 'firstName' } }),
      /^fields\.referral\.nickname is not known here/,
    ],
    [
      'maps to an unknown field of Referral Rock',
      fields({ email: { rr: 'mail' } }),
      /^fields\.referral\.email\.rr wants a field of a referral: one of .*phoneNumber/,
    ],
    [
      'maps to a note, which the lines stand in',
      fields({ city: { rr: 'note' } }),
      /^fields\.referral\.city\.rr wants a field/,
    ],
    ['maps a new field to nothing', fields({ city: { policy: 'rr wins' } }), /^fields\.referral\.city wants rr/],
    [
      'maps two fields to one',
      fields({ city: { rr: 'email' } }),
      /^fields\.referral\.city\.rr email is kept in step with email already$/,
    ],
    [
      'writes companyName to contacts, which GoHighLevel refuses',
      fields({ companyName: { direction: 'both' } }),
      /^fields\.referral\.companyName\.direction wants ghl->rr/,
    ],
    ['tells an action twice', { actions: [callBack(), callBack()] }, /^actions\[1\]\.id is that of actions\[0\] too/],
    [
      'changes an action that is not there',
      { actions: [{ id: 'nothing', mode: 'off' }] },
      /^actions\[0\] lacks when and do: .*onboarding-task/,
    ],
    [
      'waits for an unknown fact',
      action({ when: 'referral.born' }),
      /^actions\[0\]\.when wants one of referral\.added, /,
    ],
    ['does nothing', action({ do: [] }), /^actions\[0\]\.do wants a step at least$/],
    ['has an action without an id', { actions: [{ mode: 'off' }] }, /^actions\[0\]\.id is missing; it wants a text$/],
    [
      'names a step like one of ours',
      action({}, { name: 'contact' }),
      /^actions\[0\]\.do\[0\]\.name wants another name: contact, referral, member are taken$/,
    ],
    [
      'names two steps alike',
      two({}, {}),
      /^actions\[0\]\.do\[1\]\.name wants another name: an earlier step has "call"$/,
    ],
    ['names a step in capitals', action({}, { name: 'Call' }), /^actions\[0\]\.do\[0\]\.name wants lower-case letters/],
    [
      'calls an unknown operation',
      action({}, { operation: 'ghl.task.crete' }),
      /^actions\[0\]\.do\[0\]\.operation is no operation of the catalog; the nearest are ghl\.task\.create/,
    ],
    [
      'gives an operation what it does not take',
      action({}, { operation: 'ghl.contact.add-tags', input: { contactId: 'x', tags: ['x'], tag: 'x' } }),
      /^actions\[0\]\.do\[0\]\.input\.tag is no field of ghl\.contact\.add-tags: it takes contactId, tags$/,
    ],
    [
      'leaves out what an operation wants',
      action({}, { operation: 'ghl.contact.add-tags', input: { contactId: 'x' } }),
      /^actions\[0\]\.do\[0\]\.input lacks tags, which ghl\.contact\.add-tags wants$/,
    ],
    [
      'gives an operation what it does not take, deep within',
      action(
        {},
        {
          operation: 'referral-rock.referral.update',
          input: { query: { primaryInfo: { referralId: 'x' } }, referral: { nots: 'x' } },
        },
      ),
      /^actions\[0\]\.do\[0\]\.input\.referral\.nots is no field of referral-rock\.referral\.update$/,
    ],
    [
      'gives an operation another kind of value',
      action({}, { input: { contactId: 'x', title: 'x', dueDate: '{{ now }}', completed: 'no' } }),
      /^actions\[0\]\.do\[0\]\.input\.completed wants true or false$/,
    ],
    [
      'gives an operation a word that it does not know',
      action(
        {},
        {
          operation: 'referral-rock.referral.set-status',
          input: { query: { primaryInfo: { referralId: 'x' } }, referral: { status: 'aproved' } },
        },
      ),
      /^actions\[0\]\.do\[0\]\.input\.referral\.status wants one of pending, qualified, approved, denied$/,
    ],
    [
      'writes an answer with spaces',
      two({ name: 'one' }, { name: 'two', sentence: 'see {{ steps.one.id }}' }),
      /^actions\[0\]\.do\[1\]\.sentence wants an answer written as \{\{steps\.<step>\.<field>\}\}/,
    ],
    [
      'lets money pass where none moves',
      action({}, { money: 'allow' }),
      /^actions\[0\]\.do\[0\]\.money is only for operations that may pay; ghl\.task\.create is of effect write$/,
    ],
    [
      'has a template that ends nowhere',
      action({}, { sentence: 'did {{ contact.name' }),
      /^actions\[0\]\.do\[0\]\.sentence is no template: output "\{\{ contact\.name" not closed$/,
    ],
    [
      'has an unknown filter',
      action({}, { sentence: '{{ contact.name | shout }}' }),
      /^actions\[0\]\.do\[0\]\.sentence is no template: undefined filter: shout$/,
    ],
    [
      'has a wrong template deep in an input',
      action({}, { operation: 'ghl.contact.add-tags', input: { contactId: 'x', tags: ['a', '{% if %}'] } }),
      /^actions\[0\]\.do\[0\]\.input\.tags\[1\] is no template/,
    ],
    [
      'has a wrong template in a condition',
      action({ if: { all: [{ field: 'member.id', is: 'equals', value: 'x' }] } }),
      /^actions\[0\]\.if\.all\[0\]\.field uses "member", which there is not on referral\.added/,
    ],
    [
      'uses a name that there is not',
      action({}, { sentence: '{{ referal.id }}' }),
      /^actions\[0\]\.do\[0\]\.sentence uses "referal", which there is not on referral\.added: there are fact, contact, referral,/,
    ],
    [
      'uses what the fact does not tell',
      action({}, { sentence: '{{ fact.statsu }}' }),
      /sentence uses "fact\.statsu", which referral\.added does not tell: it tells status, again$/,
    ],
    [
      'uses a value map that there is not',
      action({}, { sentence: '{{ values.mine.a }}' }),
      /sentence uses the value map "mine", which there is not: there are opportunityStatus, opportunityStage$/,
    ],
    [
      'uses the answer of a later step',
      two({ name: 'one', sentence: '{{steps.two.id}}' }, { name: 'two' }),
      /^actions\[0\]\.do\[0\]\.sentence uses the answer of two, which is no earlier step/,
    ],
    [
      'adds a condition that the new fact cannot tell',
      {
        actions: [
          { id: 'member-tag', when: 'task.added', if: { all: [{ field: 'member.id', is: 'equals', value: 'x' }] } },
        ],
      },
      /^actions\[0\]\.if\.all\[0\]\.field uses "member"/,
    ],
    [
      'lets a default action wait for what its steps cannot tell',
      { actions: [{ id: 'member-tag', when: 'task.added' }] },
      /^actions\[0\]\.when uses "member", which there is not on task\.added/,
    ],
  ];
  for (const [what, file, reason] of wrong) it(`is refused when it ${what}`, () => assertWrong(file, reason));

  it('is told once of what is wrong with it in many places', () => {
    const moved = problemsOf({ actions: [{ id: 'reward-note', when: 'task.added' }] });
    assert.deepEqual(moved.length, 1);
    assert.match(String(moved[0]), /^actions\[0\]\.when uses "reward"/);
  });

  it('is told all that is wrong with it at once', () => {
    assert.equal(problemsOf({ sync: { tags: 'on' }, settings: { notes: 'some' }, colour: 'red' }).length, 3);
  });
});
