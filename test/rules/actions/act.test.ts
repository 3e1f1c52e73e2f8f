import assert from 'node:assert/strict';
import type { ActionContact } from '../../../rules/actions/scope.ts';
import { type Acted, actOn } from '../../../rules/actions/act.ts';
import { defaultActions } from '../../../rules/actions/default-actions.ts';
import { defaultRules } from '../../../rules/rule-sets/default-rules.ts';
import { type Action, stepsOf } from '../../../rules/rule-set.ts';
import type { Data, Fact, LinkState } from '../../../rules/records.ts';
import type { ProgramState } from '../../../rules/state.ts';
import type { StepDraft } from '../../../rules/plan.ts';
import { connection, customer, line, linked, member, program, referral } from '../customers.ts';

const added: Fact = {
  key: 'referral|referral.added|0',
  recordId: 'referral',
  kind: 'referral.added',
  version: 0,
  data: { status: 'pending' },
};
const status = (from: string, to: string, version = 1): Fact => ({
  ...added,
  key: `referral|referral.status|${version}`,
  kind: 'referral.status',
  version,
  data: { from, to },
});
const changed = (data: Data): Fact => ({
  ...added,
  key: 'referral|referral.changed|1',
  kind: 'referral.changed',
  data,
});

interface Given {
  fact?: Fact;
  facts?: Fact[];
  link?: LinkState;
  others?: LinkState[];
  tags?: string[];
  programs?: ProgramState[];
  contact?: ActionContact;
  actions?: readonly Action[];
  now?: string;
}

function act(given: Given): Acted {
  const link = given.link ?? referral();
  const contact = given.contact ?? {
    id: 'c1',
    data: { firstName: 'Jane', lastName: 'Doe', assignedTo: 'user1', tags: given.tags ?? [] },
  };
  const state = customer([link, ...(given.others ?? [])], {
    connection: { ...connection, programs: given.programs ?? [program()] },
    ...(given.actions ? { rules: { ...defaultRules, actions: given.actions } } : {}),
    ...(given.now ? { now: given.now } : {}),
  });
  return actOn(state, given.facts ?? [given.fact ?? added], { contact, link });
}

function step(acted: Acted, name: string): StepDraft {
  const found = acted.steps.find((one) => one.name === name);
  assert.ok(found, `no step ${name}`);
  return found;
}

const tagsOf = (acted: Acted): Record<string, unknown> =>
  Object.fromEntries(
    acted.steps.filter(({ operation }) => operation.endsWith('-tags')).map(({ name, input }) => [name, input['tags']]),
  );

describe('a new referral', () => {
  it('gets the contact tagged with what it is, its program, source and status', () => {
    assert.deepEqual(tagsOf(act({})), {
      tags: ['rr-referral', 'rr-program:customer referrals', 'rr-source:widget', 'rr-status:pending'],
    });
  });

  for (const [promise, given, tags] of [
    [
      'names the program in the status tag where there are several',
      { programs: [program(), program('Partners', false)] },
      ['rr-referral', 'rr-program:customer referrals', 'rr-source:widget', 'rr-status:customer referrals:pending'],
    ],
    [
      'makes no tag of what is not known',
      { link: referral({ source: '', programName: null, status: '' }) },
      ['rr-referral'],
    ],
    [
      'adds no tag that the matched contact has, whatever its letter case',
      { tags: ['RR-Referral', 'rr-status:pending', 'vip'] },
      ['rr-program:customer referrals', 'rr-source:widget'],
    ],
  ] as const satisfies [string, Given, string[]][]) {
    it(promise, () => assert.deepEqual(tagsOf(act(given)), { tags }));
  }

  it('gets no step for tags that are all there', () => {
    const all = ['rr-referral', 'rr-program:customer referrals', 'rr-source:widget', 'rr-status:pending'];
    assert.deepEqual(tagsOf(act({ tags: all })), {});
  });

  it('gets one onboarding task, due tomorrow at 17:00 in the zone of the location, with its line', () => {
    const { steps, lines } = act({});
    const [task, ...more] = steps.filter(({ operation }) => operation === 'ghl.task.create');
    assert.deepEqual(more, []);
    assert.ok(task?.reference);
    assert.deepEqual(task.input, {
      contactId: 'c1',
      title: 'Call Jane Doe (referred by Mary Member)',
      body: `New referral in Customer Referrals.\n\nReferral Rock referral r1 · ${task.reference}`,
      dueDate: '2026-03-07T23:00:00.000Z',
      completed: false,
      assignedTo: 'user1',
    });
    assert.deepEqual(lines, [
      {
        ...line(task.reference, { text: 'Call Jane Doe (referred by Mary Member)', dueDate: '2026-03-07' }),
        step: 'onboarding-task',
      },
    ]);
  });

  for (const [promise, now, dueDate, day] of [
    ['goes forward', '2026-03-07T20:00:00Z', '2026-03-08T22:00:00.000Z', '2026-03-08'],
    ['goes back', '2026-10-31T20:00:00Z', '2026-11-01T23:00:00.000Z', '2026-11-01'],
  ] as const) {
    it(`gets a task due at 17:00 also when the clock ${promise} in between`, () => {
      const acted = act({ now });
      assert.equal(step(acted, 'onboarding-task').input['dueDate'], dueDate);
      assert.equal(acted.lines[0]?.dueDate, day);
    });
  }

  it('shows the line under the day of the zone, not of UTC', () => {
    const late: Action[] = defaultActions.map((action) => ({
      ...action,
      do: stepsOf(action).map((one) => ({
        ...one,
        input:
          'dueDate' in one.input ? { ...one.input, dueDate: '{{ now | due: 1, 23, connection.timeZone }}' } : one.input,
      })),
    }));
    const acted = act({ actions: late });
    assert.equal(step(acted, 'onboarding-task').input['dueDate'], '2026-03-08T05:00:00.000Z');
    assert.equal(acted.lines[0]?.dueDate, '2026-03-07');
  });

  it('assigns the task to nobody where the contact has nobody', () => {
    const task = step(act({ contact: { id: 'c1', data: { firstName: 'Jane' } } }), 'onboarding-task');
    assert.ok(!('assignedTo' in task.input));
  });

  it('gets a note of who referred, the program, status, amount and what was noted', () => {
    const link = referral({ amount: 250, amountFormatted: '$250.00', note: 'Likes tea' });
    const note = step(act({ link }), 'note');
    assert.equal(
      note.input['body'],
      `Referred by Mary Member in Customer Referrals, status pending, amount $250.00.\nLikes tea\n\nReferral Rock referral r1 · ${note.reference}`,
    );
    assert.match(String(step(act({}), 'note').input['body']), /status pending\.\n\nReferral Rock/);
  });

  it('works on a contact that a step of the same plan makes', () => {
    const { steps } = act({ contact: { id: '{{steps.contact.id}}', data: { firstName: 'Jane' } } });
    assert.ok(steps.every(({ input }) => input['contactId'] === '{{steps.contact.id}}'));
  });

  it('has the same references whenever it is planned, and others for another referral', () => {
    const references = (fact: Fact): (string | null)[] => act({ fact }).steps.map(({ reference }) => reference);
    assert.deepEqual(references(added), references(added));
    const [, task, note] = references(added);
    assert.match(String(task), /^rb:[0-9A-HJKMNP-TV-Z]{8}$/);
    assert.notEqual(task, note);
    assert.ok(!references({ ...added, key: 'other|referral.added|0' }).includes(task ?? null));
  });
});

describe('a change of a referral', () => {
  for (const [promise, data, expected] of [
    ['its status', { status: { from: 'pending', to: 'denied' } }, '\nstatus pending → denied'],
    ['its note', { note: { from: '', to: 'Likes\ntea' } }, '\nnote: Likes\ntea'],
    ['its public note', { publicNote: { from: 'a', to: 'b' } }, '\npublic note: b'],
    [
      'all of it',
      { status: { from: 'pending', to: 'denied' }, note: { from: '', to: 'n' }, publicNote: { from: '', to: 'p' } },
      '\nstatus pending → denied\nnote: n\npublic note: p',
    ],
  ] as const) {
    it(`leaves one note, dated in the zone of the location, of ${promise}`, () => {
      const { steps } = act({ fact: changed(data), link: linked(referral()), now: '2026-03-07T03:00:00Z' });
      assert.deepEqual(
        steps.map(({ operation }) => operation),
        ['ghl.note.create'],
      );
      const [body] = String(steps[0]?.input['body']).split('\n\nReferral Rock');
      assert.equal(body, `2026-03-06 referral in Customer Referrals:${expected}`);
    });
  }
});

describe('a new member', () => {
  it('gets the contact the tag of a member and nothing else', () => {
    const fact: Fact = { ...added, key: 'member|member.added|0', kind: 'member.added' };
    const { steps, lines } = act({ fact, link: member() });
    assert.deepEqual(
      steps.map(({ operation, input }) => [operation, input]),
      [['ghl.contact.add-tags', { contactId: 'c1', tags: ['rr-member'] }]],
    );
    assert.deepEqual(lines, []);
  });
});

describe('the actions of a user', () => {
  const action = (input: Record<string, unknown>): Action[] => [
    {
      id: 'mine',
      title: 'Mine',
      mode: 'live',
      when: 'referral.status',
      do: [
        {
          name: 'task',
          operation: 'ghl.task.create',
          input: { contactId: '{{ contact.id }}', title: 'x' },
          sentence: 'a',
        },
        { name: 'tell', operation: 'ghl.note.create', input, sentence: 'b' },
      ],
    },
  ];

  it('fire on their own kind of fact only', () => {
    assert.deepEqual(act({ fact: added, actions: action({ body: 'x' }) }).steps, []);
  });

  for (const [what, body] of [
    ['a name that is unknown', '{{ referal.status }}'],
    ['a name of another kind of record', '{{ member.status }}'],
    ['a field that is unknown', '{{ contact.emial }}'],
  ] as const) {
    it(`are held when they use ${what}, and say which rule it is`, () => {
      const acted = act({ fact: status('a', 'b'), actions: action({ body }) });
      assert.deepEqual([acted.ends, acted.steps, acted.facts], ['held', [], []]);
      assert.match(acted.sentences.join(), /^held: rule mine \(“Mine”\) could not act: undefined variable: \w+/u);
      assert.deepEqual(
        acted.waiting.map(({ kind }) => kind),
        ['referral.status'],
      );
    });
  }

  it('have a reference of its own for each task and note', () => {
    const acted = act({ fact: status('a', 'b'), actions: action({ body: 'x' }) });
    assert.equal(new Set(acted.steps.map(({ reference }) => reference)).size, 2);
  });

  it('may name an answer of their own steps, also when two facts fire them', () => {
    const actions = action({ body: 'see {{steps.task.id}}' });
    const { steps, lines } = act({ facts: [status('a', 'b', 1), status('b', 'c', 2)], actions });
    assert.deepEqual(
      steps.map(({ name }) => name),
      ['task', 'tell', 'task-2', 'tell-2'],
    );
    assert.match(String(steps[1]?.input['body']), /^see \{\{steps\.task\.id\}\}/);
    assert.match(String(steps[3]?.input['body']), /^see \{\{steps\.task-2\.id\}\}/);
    assert.deepEqual(
      lines.map((one) => one.step),
      ['task', 'task-2'],
    );
  });
});
