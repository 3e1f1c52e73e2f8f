import assert from 'node:assert/strict';
import { type Change, type MergeDraft, PLAIN_STEP, type PlanDraft } from '../../../rules/plan.ts';
import type { ItemState } from '../../../rules/records.ts';
import type { CustomerState, DoneStep } from '../../../rules/state.ts';
import { contact, customer, line, linked, member, namesOf, planOf, referral, stepOf } from '../customers.ts';

/** A step that was done; what the vendor took is what we wrote. */
function done(name: string, operation: string, more: Partial<DoneStep> = {}): DoneStep {
  return {
    ...PLAIN_STEP,
    name,
    operation,
    queue: operation.startsWith('ghl.') ? 'ghl' : 'referral-rock',
    rule: 'sync.fields',
    input: {},
    summary: name,
    sentence: `did ${name}`,
    answer: {},
    merges: [],
    ...more,
  };
}

function merge(recordId: string, field: string, side: 'ghl' | 'rr', as: string, value: string): MergeDraft {
  return { recordId, field, ghl: value, rr: value, written: { side, step: 'any', as, value } };
}

function undo(links: Parameters<typeof customer>[0], steps: DoneStep[], more: Partial<CustomerState> = {}): PlanDraft {
  return planOf(customer(links, { trigger: 'undo', undo: { planId: 'plan1', steps }, ...more }));
}

const emailTo = (after: string, before = 'old@example.com'): Change => ({ field: 'email', before, after });

/** The referral's e-mail was brought to what GHL has. */
function referralUpdate(change: Change = emailTo('jane@example.com'), more: Partial<DoneStep> = {}): DoneStep {
  return done('referral', 'referral-rock.referral.update', {
    recordId: 'referral',
    input: { query: { primaryInfo: { referralId: 'r1' } }, referral: { [change.field]: change.after } },
    changes: [change],
    merges: [merge('referral', change.field, 'rr', change.field, String(change.after))],
    ...more,
  });
}

function contactUpdate(change: Change, merges: MergeDraft[], more: Partial<DoneStep> = {}): DoneStep {
  return done('contact', 'ghl.contact.update', {
    recordId: 'contact',
    input: { contactId: 'c1', [change.field]: change.after },
    changes: [change],
    merges,
    ...more,
  });
}

function task(more: Partial<ItemState> = {}): ItemState {
  return {
    recordId: 'task-record',
    kind: 'task',
    vendorId: 't1',
    parentId: 'c1',
    data: { id: 't1', title: 'Call', dueDate: '2026-12-01T17:00:00.000Z', completed: false },
    gone: false,
    ours: true,
    seen: undefined,
    ...more,
  };
}

describe('undo', () => {
  it('puts a field of a referral back that still holds what we wrote', () => {
    const plan = undo([linked(referral())], [referralUpdate()]);
    const step = stepOf(plan, 'undo-referral');
    assert.equal(step.operation, 'referral-rock.referral.update');
    assert.deepEqual(step.input, {
      query: { primaryInfo: { referralId: 'r1' } },
      referral: { email: 'old@example.com' },
    });
    assert.deepEqual(step.changes, [emailTo('old@example.com', 'jane@example.com')]);
    assert.equal(step.recordId, 'referral');
  });

  it('remembers the difference, with what the other side was last known to hold', () => {
    const plan = undo([linked(referral())], [referralUpdate()], {
      // GHL has moved on, which nobody has seen yet.
      contact: contact({ email: 'new@example.com' }),
    });
    assert.deepEqual(plan.merges, [
      {
        recordId: 'referral',
        field: 'email',
        ghl: 'jane@example.com',
        rr: 'jane@example.com',
        written: { side: 'rr', step: 'undo-referral', as: 'email', value: 'old@example.com' },
      },
    ]);
  });

  it('puts a contact back for each link whose field it was', () => {
    const change = emailTo('jane@example.com');
    const merges = [
      merge('referral', 'email', 'ghl', 'email', 'jane@example.com'),
      merge('member', 'email', 'ghl', 'email', 'jane@example.com'),
      merge('of somebody else', 'email', 'ghl', 'email', 'jane@example.com'),
    ];
    const plan = undo([linked(referral()), linked(member())], [contactUpdate(change, merges)]);
    assert.deepEqual(stepOf(plan, 'undo-contact').input, { contactId: 'c1', email: 'old@example.com' });
    assert.deepEqual(
      plan.merges.map(({ recordId }) => recordId),
      ['referral', 'member'],
    );
  });

  it('puts a custom field back that a rule keeps', () => {
    const as = 'customField:f1';
    const step = contactUpdate({ field: as, before: null, after: 'CODE-1' }, [
      merge('member', 'referral_code', 'ghl', as, 'CODE-1'),
    ]);
    const state = { contact: contact({ customFields: [{ id: 'f1', value: 'CODE-1' }] }) };
    const plan = undo([linked(member())], [step], state);
    assert.deepEqual(stepOf(plan, 'undo-contact').input, {
      contactId: 'c1',
      customFields: [{ id: 'f1', field_value: '' }],
    });
    assert.match(stepOf(plan, 'undo-contact').summary, /referral_code/);
  });

  it('takes a value in another form for the same', () => {
    const change = { field: 'phoneNumber', before: '', after: '+15125550101' };
    const merges = [merge('referral', 'phone', 'rr', 'phoneNumber', '+15125550101')];
    const plan = undo([linked(referral())], [referralUpdate(change, { merges })]);
    assert.deepEqual(stepOf(plan, 'undo-referral').changes, [
      { field: 'phoneNumber', before: '(512) 555-0101', after: '' },
    ]);
  });

  for (const [what, step, says] of [
    ['was changed since', referralUpdate(emailTo('other@example.com')), /left email of the referral: it was changed/],
    [
      'is kept by a rule without memory of it',
      referralUpdate(emailTo('jane@example.com'), { merges: [] }),
      /left email of the referral: it would be written again/,
    ],
    [
      'links the two',
      referralUpdate({ field: 'externalIdentifier', before: '', after: 'c1' }),
      /left externalIdentifier of the referral: it is what links/,
    ],
    [
      'says whether to write to somebody',
      contactUpdate({ field: 'dndSettings', before: null, after: { Email: { status: 'active' } } }, []),
      /left dndSettings of the contact: whether somebody may be written to/,
    ],
  ] as const) {
    it(`leaves a field that ${what}, and says so`, () => {
      const data = contact({ dndSettings: { Email: { status: 'active' } } });
      const plan = undo([linked(referral())], [step], { contact: data });
      assert.deepEqual(plan.steps, []);
      assert.match(plan.sentences.join(), says);
    });
  }

  it('puts back what it can of a step, field by field', () => {
    const step = referralUpdate(emailTo('jane@example.com'), {
      changes: [emailTo('jane@example.com'), { field: 'firstName', before: 'Jo', after: 'Janet' }],
      merges: [
        merge('referral', 'email', 'rr', 'email', 'jane@example.com'),
        merge('referral', 'firstName', 'rr', 'firstName', 'Janet'),
      ],
    });
    const plan = undo([linked(referral())], [step]);
    assert.deepEqual(
      stepOf(plan, 'undo-referral').changes.map(({ field }) => field),
      ['email'],
    );
    assert.match(plan.sentences.join(), /left firstName/);
  });

  it('has nothing to do where all is as before, or the vendor had not taken it', () => {
    const same = referralUpdate(emailTo('jane@example.com', 'JANE@example.com'));
    const refused = referralUpdate(emailTo('x@example.com'), { answer: { refused: ['email'] } });
    for (const step of [same, refused]) {
      const plan = undo([linked(referral())], [step]);
      assert.deepEqual([plan.steps, plan.sentences], [[], ['nothing to undo: all is as it was before']]);
    }
  });

  it('leaves a record that is gone or another customer’s', () => {
    const steps = [referralUpdate(emailTo('jane@example.com'), { recordId: 'elsewhere' })];
    for (const links of [[linked(referral(), { gone: true })], [linked(referral())]]) {
      const plan = undo(links, steps);
      assert.deepEqual(plan.steps, []);
      assert.match(plan.sentences.join(), /its record is not there any more/);
    }
  });

  it('puts a task back as it was', () => {
    const changes = [
      { field: 'dueDate', before: '2026-11-01T17:00:00.000Z', after: '2026-12-01T17:00:00Z' },
      { field: 'completed', before: true, after: false },
    ];
    const step = done('task', 'ghl.task.update', {
      recordId: 'task-record',
      input: { contactId: 'c1', taskId: 't1', dueDate: '2026-12-01T17:00:00Z', completed: false },
      changes,
    });
    const plan = undo([linked(referral())], [step], { items: [task()] });
    assert.deepEqual(stepOf(plan, 'undo-task').input, {
      contactId: 'c1',
      taskId: 't1',
      dueDate: '2026-11-01T17:00:00.000Z',
      completed: true,
    });
  });

  for (const [made, operation, id] of [
    ['task', 'ghl.task.create', 'taskId'],
    ['note', 'ghl.note.create', 'noteId'],
  ] as const) {
    it(`deletes a ${made} that we made, unless it is gone`, () => {
      const step = done(made, operation, { input: { contactId: 'c1' }, answer: { id: 't1' } });
      const item = task({ kind: made });
      const back = stepOf(undo([linked(referral())], [step], { items: [item] }), `undo-${made}`);
      assert.deepEqual(
        [back.operation, back.input, back.recordId],
        [`ghl.${made}.delete`, { contactId: 'c1', [id]: 't1' }, 'task-record'],
      );
      const plan = undo([linked(referral())], [step], { items: [{ ...item, gone: true }] });
      assert.deepEqual(plan.steps, []);
      assert.match(plan.sentences.join(), /is not there any more/);
    });
  }

  it('adds tags again that were removed and removes those that were added, and takes note of it', () => {
    const tags = (name: string, operation: string, ...given: string[]) =>
      done(name, operation, { input: { contactId: 'c1', tags: given } });
    const plan = undo(
      [linked(referral())],
      [tags('tag', 'ghl.contact.add-tags', 'rr-referral', 'Hot'), tags('untag', 'ghl.contact.remove-tags', 'cold')],
      { contact: { ...contact(), seen: { value: { tags: ['hot', 'vip'], emailDnd: false }, version: 1 } } },
    );
    assert.deepEqual(
      plan.steps.map(({ name, operation, input }) => [name, operation, input['tags']]),
      [
        ['undo-untag', 'ghl.contact.add-tags', ['cold']],
        ['undo-tag', 'ghl.contact.remove-tags', ['rr-referral', 'Hot']],
      ],
    );
    assert.deepEqual(plan.highlights, [
      { recordId: 'contact', value: { tags: ['cold', 'hot', 'vip'], emailDnd: false }, step: 'undo-untag' },
      { recordId: 'contact', value: { tags: ['cold', 'vip'], emailDnd: false }, step: 'undo-tag' },
    ]);
  });

  for (const operation of [
    'ghl.contact.create',
    'referral-rock.member.create',
    'referral-rock.referral.set-status',
    'referral-rock.reward.create',
    'referral-rock.email.unsubscribe',
    'ghl.custom-field.create',
  ]) {
    it(`does nothing about ${operation}, and says so`, () => {
      const plan = undo([linked(referral())], [done('it', operation, { answer: { id: 'x' } })]);
      assert.deepEqual(plan.steps, []);
      assert.match(plan.sentences.join(), /left as it is \(did it\)/);
    });
  }

  it('takes the line of a task out of the note with the task, and keeps people’s text', () => {
    const note = [
      'Call her soon',
      '--- GoHighLevel (kept by Rockbridge) ---',
      '- [ ] Call rb:7KQ2ZD3M',
      '- [ ] Visit rb:AAAAAAAA',
      '--- end of GoHighLevel ---',
    ].join('\n');
    const mine = line('rb:7KQ2ZD3M', { itemId: 'task-record', text: 'Call' });
    const other = line('rb:AAAAAAAA', { itemId: 'visit', text: 'Visit' });
    const visit = task({ recordId: 'visit', vendorId: 't2', data: { id: 't2', title: 'Visit', completed: false } });
    const step = done('task', 'ghl.task.create', { input: { contactId: 'c1' }, answer: { id: 't1' } });
    const plan = undo([linked(referral({ note }), { lines: [mine, other] })], [step], { items: [task(), visit] });
    assert.deepEqual(namesOf(plan), ['undo-task', 'undo-lines-r1']);
    const [change] = stepOf(plan, 'undo-lines-r1').changes;
    assert.match(String(change?.after), /Call her soon[^]*Visit rb:AAAAAAAA/);
    assert.doesNotMatch(String(change?.after), /7KQ2ZD3M/);
    const gone = plan.lines.find(({ reference }) => reference === 'rb:7KQ2ZD3M');
    assert.deepEqual([gone?.removed, gone?.vanished, gone?.step], [true, 2, 'undo-lines-r1']);
    assert.ok(!plan.lines.some(({ reference, removed }) => reference === 'rb:AAAAAAAA' && removed));
  });

  it('takes a line out that tells of a person’s note, and leaves the note', () => {
    const section = (...lines: string[]) =>
      ['--- GoHighLevel (kept by Rockbridge) ---', ...lines, '--- end of GoHighLevel ---'].join('\n');
    const noteLine = '- 2026-12-01 Jane: tea rb:7KQ2ZD3M';
    const row = line('rb:7KQ2ZD3M', { kind: 'note', itemId: 'note-record', text: '2026-12-01 Jane: tea' });
    const item = task({ recordId: 'note-record', kind: 'note', vendorId: 'n1', ours: false, data: { body: 'tea' } });
    const step = referralUpdate({ field: 'note', before: '', after: section(noteLine) });
    const plan = undo([linked(referral({ note: section(noteLine) }), { lines: [row] })], [step], { items: [item] });
    assert.deepEqual(namesOf(plan), ['undo-lines-r1']);
    assert.deepEqual(stepOf(plan, 'undo-lines-r1').changes, [{ field: 'note', before: section(noteLine), after: '' }]);
    assert.deepEqual(
      plan.lines.map(({ reference, removed, vanished }) => [reference, removed, vanished]),
      [['rb:7KQ2ZD3M', true, 2]],
    );
  });

  it('spends no fact, asks nothing and links nothing', () => {
    const plan = undo([linked(referral())], [referralUpdate()]);
    assert.deepEqual([plan.facts, plan.approvals, plan.link, plan.ends], [[], [], null, 'done']);
  });

  it('says that nothing is known any more of what was forgotten', () => {
    assert.match(undo([linked(referral())], []).sentences.join(), /nothing to undo/);
  });
});
