import assert from 'node:assert/strict';
import { defaultRules } from '../../../rules/rule-sets/default-rules.ts';
import type { Action, Rules } from '../../../rules/rule-set.ts';
import type { Data, ItemState } from '../../../rules/records.ts';
import type { CustomerState } from '../../../rules/state.ts';
import { contact, customer, line, linked, namesOf, planOf, referral, stepOf } from '../customers.ts';

const DUE = '2026-12-01T23:00:00.000Z';

function item(kind: 'task' | 'note' | 'appointment', data: Data, more: Partial<ItemState> = {}): ItemState {
  const base = { recordId: `the-${kind}`, vendorId: kind, parentId: 'c1', gone: false, ours: false, seen: undefined };
  return { ...base, kind, data, ...more };
}

const task = item('task', { title: 'Call', dueDate: DUE, completed: false });
const note = item('note', { body: 'wants more', dateAdded: '2026-12-01T18:00:00Z' });
const appointment = item('appointment', { title: 'Demo', startTime: '2026-12-01T20:00:00Z', appointmentStatus: 'new' });

function about(one: ItemState, more: Partial<CustomerState> = {}): CustomerState {
  const links = more.links ?? [linked(referral({ note: 'Likes tea' }))];
  return customer(links, { items: [one], trigger: one.kind, focus: one.recordId, contact: contact(), ...more });
}

const seen = (value: Data): ItemState['seen'] => ({
  value: { status: '', stage: '', amount: '', description: '', ...value },
  version: 1,
});

describe('a task, note or appointment that changed', () => {
  for (const [one, expected] of [
    [task, /^Likes tea\n---.*\n- \[ \] Call \(due 2026-12-01\) rb:\w{8}\n---/u],
    [note, /^Likes tea\n---.*\n- 2026-12-01 GHL: wants more rb:\w{8}\n---/u],
    [appointment, /^Likes tea\n---.*\n- 2026-12-01 14:00 CST Demo \(new\) rb:\w{8}\n---/u],
  ] as const)
    it(`gets its line in the referral's note: ${one.kind}`, () => {
      const plan = planOf(about(one), []);
      const step = stepOf(plan, 'referral');
      assert.equal(step.operation, 'referral-rock.referral.update');
      assert.match(String(step.changes[0]?.after), expected);
      assert.deepEqual(
        plan.lines.map(({ itemId, recordId, step: name, itemStep }) => [itemId, recordId, name, itemStep]),
        [[one.recordId, 'referral', 'referral', null]],
      );
      assert.deepEqual(
        plan.facts.map(({ kind }) => kind),
        [`${one.kind}.added`],
      );
      assert.equal(plan.highlights[0]?.recordId, one.recordId);
      assert.ok(!step.summary.includes('wants'));
    });

  it('brings what a person wrote into its line to the task, in the same pass as the line of another', () => {
    const row = line('rb:7KQ2ZD3M', { itemId: task.recordId, dueDate: '2026-12-01' });
    const links = [linked(referral({ note: '[x] Call (due 2026-12-01) rb:7KQ2ZD3M' }), { lines: [row] })];
    const plan = planOf(about(note, { links, items: [task, note] }), []);
    const update = stepOf(plan, 'task-7KQ2ZD3M');
    assert.deepEqual(update.input, { contactId: 'c1', taskId: 'task', completed: true });
    assert.deepEqual(update.changes, [{ field: 'completed', before: false, after: true }]);
    assert.deepEqual([update.recordId, update.after], [task.recordId, ['referral']]);
    assert.equal(plan.lines.find(({ reference }) => reference === row.reference)?.step, 'task-7KQ2ZD3M');
  });

  it('leads to nothing the second time, and says so', () => {
    const first = planOf(about(task), []);
    const { lines } = first;
    const links = [linked(referral({ note: stepOf(first, 'referral').changes[0]?.after }), { lines })];
    const known = { ...task, seen: seen({ status: 'open' }) };
    const plan = planOf(about(known, { links }), []);
    assert.deepEqual([plan.steps, plan.lines, plan.facts], [[], [], []]);
    assert.deepEqual(plan.sentences, ["nothing to do: the referral's note already says it"]);
  });

  it('takes its line away when it was deleted', () => {
    const row = line('rb:7KQ2ZD3M', { itemId: task.recordId, dueDate: '2026-12-01', source: '' });
    const links = [linked(referral({ note: 'Likes tea\n- [ ] Call (due 2026-12-01) rb:7KQ2ZD3M' }), { lines: [row] })];
    const plan = planOf(about({ ...task, gone: true, seen: seen({ status: 'open' }) }, { links }), []);
    assert.equal(stepOf(plan, 'referral').changes[0]?.after, 'Likes tea');
    assert.deepEqual(
      plan.lines.map(({ removed, step }) => [removed, step]),
      [[true, 'referral']],
    );
  });

  it('keeps the notes of all its referrals, each in a step of its own', () => {
    const row = line('rb:7KQ2ZD3M', { itemId: task.recordId, dueDate: '2026-12-01' });
    const old = linked(
      referral({ createDate: '2026-02-01T00:00:00Z', note: '[ ] Call (due 2026-12-01) rb:7KQ2ZD3M' }),
      {
        recordId: 'old',
        lines: [row],
      },
    );
    const young = linked(referral(), { recordId: 'young', vendorId: 'r2' });
    const done = { ...task, data: { ...task.data, completed: true } };
    const plan = planOf(about(done, { links: [old, young], items: [done, note] }), []);
    assert.deepEqual(
      plan.steps.map(({ name, recordId }) => [name, recordId]),
      [
        ['referral', 'old'],
        ['referral-2', 'young'],
      ],
    );
    assert.deepEqual(
      plan.lines.map(({ recordId, step }) => [recordId, step]),
      [
        ['old', 'referral'],
        ['young', 'referral-2'],
      ],
    );
  });

  const onCompleted: Action = {
    id: 'next',
    title: 'Next task',
    mode: 'live',
    when: 'task.completed',
    do: [
      {
        name: 'next',
        operation: 'ghl.task.create',
        input: { contactId: '{{ contact.id }}', title: 'After {{ task.title }}', dueDate: DUE, completed: false },
        sentence: 'created the next task',
      },
    ],
  };

  it('fires actions on what happened, and the task that one makes gets its line', () => {
    const done = { ...task, data: { ...task.data, completed: true }, seen: seen({ status: 'open' }) };
    const plan = planOf(about(done), [onCompleted]);
    assert.deepEqual(namesOf(plan), ['next', 'referral']);
    assert.deepEqual(stepOf(plan, 'referral').after, ['next']);
    assert.match(String(stepOf(plan, 'referral').changes[0]?.after), /\[ \] After Call \(due 2026-12-01\) rb:/u);
    assert.deepEqual(new Set(plan.lines.map(({ itemStep }) => itemStep)), new Set([null, 'next']));
  });

  it('fires actions though no referral takes its line', () => {
    const done = { ...task, data: { ...task.data, completed: true }, seen: seen({ status: 'open' }) };
    const plan = planOf(about(done, { links: [] }), [onCompleted]);
    assert.deepEqual([namesOf(plan), plan.lines], [['next'], []]);
  });

  const off = (rules: Partial<Rules['sync']>): Rules => ({ ...defaultRules, sync: { ...defaultRules.sync, ...rules } });
  for (const [why, state, sentence] of [
    ['no referral', about(task, { links: [] }), 'nothing to do: no referral of this contact takes its lines'],
    [
      'only a denied one',
      about(task, { links: [linked(referral({ status: 'Denied' }))] }),
      'nothing to do: no referral of this contact takes its lines',
    ],
    [
      'a contact that is gone',
      about(task, { contact: undefined, goneContact: contact() }),
      'nothing to do: the contact of this task no longer exists in GHL',
    ],
    [
      'a contact that was never read',
      about(task, { contact: undefined }),
      'nothing to do: the contact of this task is not known: nobody in Referral Rock is linked to it',
    ],
    ['its rule off', about(task, { rules: off({ tasks: 'off' }) }), 'nothing to do: tasks get no lines by the rules'],
    ['a note of ours', about({ ...note, ours: true }), 'nothing to do: this note gets no line'],
    ['no record', about(task, { items: [] }), 'the record does not exist any more; nothing was written'],
    ['a deletion', about({ ...task, gone: true }), 'nothing to do: the task was deleted and has no line'],
  ] as const)
    it(`says why there is nothing to do: ${why}`, () => {
      const plan = planOf(state, []);
      assert.deepEqual([plan.steps, plan.lines, plan.sentences], [[], [], [sentence]]);
    });

  it('leaves its facts for the time when there is a contact', () => {
    const plan = planOf(about(task, { contact: undefined }), [onCompleted]);
    assert.deepEqual([plan.facts, plan.highlights], [[], []]);
  });
});

describe('a referral that changed', () => {
  it('makes tasks of the lines typed into its note, for the contact that this plan makes', () => {
    const plan = planOf(customer([referral({ note: '[ ] Call Jane (due 2026-12-01)' })]), []);
    const name = namesOf(plan).find((one) => one.startsWith('task-')) ?? '';
    const create = stepOf(plan, name);
    assert.equal(create.input['contactId'], '{{steps.contact.id}}');
    assert.deepEqual([create.after, create.factKey], [['referral'], `line|${create.reference}`]);
    assert.equal(
      stepOf(plan, 'referral').changes.find(({ field }) => field === 'note')?.after,
      `[ ] Call Jane (due 2026-12-01) ${create.reference}`,
    );
    assert.deepEqual(
      plan.lines.map(({ typed, step, itemStep }) => [typed, step, itemStep]),
      [[true, 'referral', name]],
    );
  });

  it('takes what was typed for no news of its note', () => {
    const plan = planOf(customer([linked(referral({ note: '[ ] Call Jane' }))]));
    assert.deepEqual(plan.facts, []);
  });

  it('takes the lines of all that its contact has', () => {
    const plan = planOf(customer([linked(referral())], { items: [task, note, appointment] }), []);
    assert.equal(plan.lines.length, 3);
    assert.deepEqual(namesOf(plan), ['referral']);
  });

  it('leaves its lines to the referral that is left when it is deleted', () => {
    const row = line('rb:7KQ2ZD3M', { itemId: task.recordId, dueDate: '2026-12-01' });
    const gone = linked(referral(), { gone: true, lines: [row] });
    const left = linked(referral(), { recordId: 'left', vendorId: 'r2' });
    const plan = planOf(customer([gone, left], { items: [task] }), []);
    assert.deepEqual(
      plan.lines.map(({ reference, recordId, step }) => [reference, recordId, step]),
      [['rb:7KQ2ZD3M', 'left', 'referral']],
    );
    assert.equal(stepOf(plan, 'referral').recordId, 'left');
  });

  it('brings a tick to GHL without a write of its own', () => {
    const row = line('rb:7KQ2ZD3M', { itemId: task.recordId, dueDate: '2026-12-01' });
    const there = linked(referral({ note: '[x] Call (due 2026-12-01) rb:7KQ2ZD3M' }), {
      lines: [{ ...row, typed: true }],
    });
    const plan = planOf(customer([there], { items: [task] }), []);
    assert.deepEqual(namesOf(plan), ['task-7KQ2ZD3M']);
    assert.deepEqual([stepOf(plan, 'task-7KQ2ZD3M').after, plan.lines[0]?.step], [[], 'task-7KQ2ZD3M']);
  });
});
