import assert from 'node:assert/strict';
import { actOn } from '../../rules/actions/act.ts';
import { LONGEST_CHAIN, withCauses } from '../../rules/facts/causes.ts';
import { defaultRules } from '../../rules/rule-sets/default-rules.ts';
import { readyAutomations } from '../../rules/ready/index.ts';
import type { Action } from '../../rules/rule-set.ts';
import type { Fact } from '../../rules/records.ts';
import type { OwnWrite } from '../../rules/state.ts';
import { tryActions } from '../../rules/actions/try-rules.ts';
import { contact, customer, linked, referral } from './customers.ts';
import { assertWrong, callBack, problemsOf } from './rule-sets.ts';

const tagged: Fact = {
  key: 'contact|contact.tag.added|1|x',
  recordId: 'contact',
  kind: 'contact.tag.added',
  version: 1,
  data: { tag: 'vip' },
};
const addTag = (tag: string, more: object = {}): object => ({
  id: 'tag-on',
  when: 'contact.tag.added',
  do: [
    {
      name: 'tags',
      operation: 'ghl.contact.add-tags',
      input: { contactId: '{{ contact.id }}', tags: [tag] },
      sentence: 'tagged',
    },
  ],
  ...more,
});
const step = { name: 'call', operation: 'ghl.task.create', input: {}, sentence: 'made a task' };
const input = { contactId: '{{ contact.id }}', title: 'Call', dueDate: '{{ now }}', completed: false };

describe('an automation that is saved', () => {
  it('may wait, look again and be stopped', () => {
    const waits = callBack({
      if: { any: [{ field: 'referral.amount', is: 'greater', value: '100' }] },
      while: { all: [{ field: 'referral.status', is: 'equals', value: 'pending' }] },
      stopWhen: [{ fact: 'contact.tag.added', if: { all: [{ field: 'fact.tag', is: 'equals', value: 'x' }] } }],
      do: [{ wait: '2 days' }, { ...step, input, onError: 'stop' }],
    });
    assert.deepEqual(problemsOf({ actions: [waits] }), []);
  });

  for (const [what, action, reason] of [
    [
      'a wait that is none',
      callBack({ do: [{ wait: 'soon' }, { ...step, input }] }),
      /^actions\[0\]\.do\[0\]\.wait wants a time/u,
    ],
    ['a wait at its end', callBack({ do: [{ ...step, input }, { wait: '1 day' }] }), /do\[1\] waits for nothing/u],
    [
      'a word that a wait has not',
      callBack({
        do: [
          { wait: '1 day', until: 1 },
          { ...step, input },
        ],
      }),
      /do\[0\]\.until is not known/u,
    ],
    [
      'a step without a sentence',
      callBack({ do: [{ ...step, input, sentence: undefined }] }),
      /do\[0\]\.sentence is missing/u,
    ],
    ['a look at what does not wait', callBack({ while: {} }), /\.while is only for an action that waits/u],
    [
      'a test of no kind',
      callBack({ if: { all: [{ field: 'fact.again', is: 'like' }] } }),
      /if\.all\[0\]\.is wants one of equals/u,
    ],
    [
      'a test without its value',
      callBack({ if: { all: [{ field: 'fact.again', is: 'equals' }] } }),
      /if\.all\[0\] lacks value/u,
    ],
    [
      'a field that the fact of a stop has not',
      callBack({
        do: [{ ...step, input }, { wait: '1 day' }, { ...step, name: 'b', input }],
        stopWhen: [{ fact: 'contact.tag.added', if: { all: [{ field: 'member.id', is: 'exists' }] } }],
      }),
      /stopWhen\[0\]\.if\.all\[0\]\.field uses "member"/u,
    ],
    [
      'a circle',
      addTag('again'),
      /do\[0\]\.operation goes in a circle: ghl\.contact\.add-tags makes contact\.tag\.added/u,
    ],
    [
      'a circle in spite of a condition',
      addTag('vip', { if: { all: [{ field: 'fact.tag', is: 'equals', value: 'VIP' }] } }),
      /goes in a circle/u,
    ],
  ] as const) {
    it(`is refused with its place for ${what}`, () => assertWrong({ actions: [action] }, reason));
  }

  it('may make what fires it where its condition leaves that out', () => {
    const other = addTag('other', { if: { all: [{ field: 'fact.tag', is: 'equals', value: 'vip' }] } });
    assert.deepEqual(problemsOf({ actions: [other] }), []);
    assert.deepEqual(problemsOf({ actions: [addTag('rr-mark')] }), []);
  });

  it('is found right of every ready one', () => {
    assert.deepEqual(problemsOf({ actions: readyAutomations }), []);
  });
});

describe('a chain of actions', () => {
  const write = (depth: number): OwnWrite => ({
    factKey: `before-${depth}`,
    depth,
    operation: 'ghl.contact.add-tags',
    input: { contactId: 'c1', tags: ['VIP'] },
  });
  const action = { ...addTag('next'), title: 'Next', mode: 'live' } as Action;
  const act = (writes: readonly OwnWrite[]) => {
    const state = customer([linked(referral())], { writes, rules: { ...defaultRules, actions: [action] } });
    return actOn(state, [tagged], { contact: { id: 'c1', data: contact().data } });
  };

  it('is known by what was written, not by when', () => {
    assert.deepEqual(withCauses([tagged], [{ ...write(1), input: { tags: ['other'] } }]), [tagged]);
    assert.deepEqual(withCauses([tagged], [write(1)]), [{ ...tagged, cause: 'before-1', depth: 2 }]);
  });

  it('goes on up to its longest, and is held there', () => {
    assert.equal(act([write(LONGEST_CHAIN - 1)]).steps.length, 1);
    const { steps, ends, waiting, sentences } = act([write(LONGEST_CHAIN)]);
    assert.deepEqual([steps.length, ends, waiting.length], [0, 'held', 1]);
    assert.match(String(sentences[0]), /^held: “Next” was not fired: 5 facts before it/u);
  });
});

describe('a try of an action', () => {
  const added: Fact = { ...tagged, recordId: 'referral', kind: 'referral.added', data: { status: 'pending' } };
  const series = readyAutomations.find(({ id }) => id === 'onboarding-series');
  assert.ok(series);

  it('shows each step as it would be, and each wait', () => {
    const { tried } = tryActions(customer([linked(referral())]), [series], [added]);
    assert.deepEqual(
      tried[0]?.steps.map((one) => ('wait' in one ? one.wait : one.input['title'])),
      [
        '2 days and until 09:00',
        'Call Jane Doe again',
        '5 days and until 09:00',
        'Send Jane Doe an offer',
        '1 week and until 09:00',
        'Last call to Jane Doe: go on or decline',
      ],
    );
    assert.equal(tried[0]?.reason, null);
  });

  it('says why it would do nothing', () => {
    const again = { ...added, data: { again: 'yes' } };
    const { tried } = tryActions(customer([linked(referral())]), [series], [again]);
    assert.deepEqual(tried[0], {
      action: 'onboarding-series',
      fact: 'referral.added',
      reason: 'its conditions do not hold: fact.again is given',
      steps: [],
    });
  });
});
