import assert from 'node:assert/strict';
import { newsOfItem } from '../../../rules/facts/item-facts.ts';
import type { Data, Fact, FactKind, ItemKind, ItemState } from '../../../rules/records.ts';
import { connection, customer, line, linked, referral } from '../customers.ts';
import { item, seen } from '../items.ts';

const names = {
  ...connection.names,
  stage: { stage1: 'New', stage2: 'Qualified' },
  pipeline: { pipeline1: 'Sales' },
};

function news(one: ItemState, facts: readonly Fact[] = []): ReturnType<typeof newsOfItem> {
  return newsOfItem(
    customer([], { connection: { ...connection, names }, items: [one], focus: one.recordId, facts }),
    one,
  );
}

/** The facts without what they all hold. */
function told(one: ItemState): [FactKind, Data][] {
  return news(one).facts.map(({ kind, data }) => [kind, without(data)]);
}

function without(data: Data): Data {
  return Object.fromEntries(Object.entries(data).filter(([name]) => name !== 'highlights'));
}

const moved = { from: '', to: 'stage1', fromStage: '', stage: 'New', pipeline: 'Sales' };
const reward = { amount: '50', currency: 'USD' };

describe('the facts of an item', () => {
  for (const [what, one, facts] of [
    ['a new task', item('task'), [['task.added', { completed: 'no' }]]],
    [
      'a new task that is done already',
      item('task', { completed: true }),
      [
        ['task.added', { completed: 'yes' }],
        ['task.completed', {}],
      ],
    ],
    [
      'a task that was completed',
      item('task', { completed: true }, { seen: seen({ status: 'open' }) }),
      [['task.completed', {}]],
    ],
    ['a task that was opened again', item('task', {}, { seen: seen({ status: 'completed' }) }), []],
    ['a task of ours', item('task', {}, { ours: true }), []],
    [
      'a task of ours that was completed',
      item('task', { completed: true }, { ours: true, seen: seen({ status: 'open' }) }),
      [['task.completed', {}]],
    ],
    [
      'a task of ours that was completed before it was first read',
      item('task', { completed: true }, { ours: true }),
      [['task.completed', {}]],
    ],
    ['a task of ours that was deleted before it was first read', item('task', {}, { ours: true, gone: true }), []],
    ['a task that was deleted', item('task', {}, { gone: true, seen: seen({ status: 'open' }) }), []],
    ['a new note', item('note'), [['note.added', {}]]],
    ['a note of ours', item('note', {}, { ours: true }), []],
    ['a note that was edited', item('note', { body: 'Likes milk' }, { seen: seen({ status: 'there' }) }), []],
    ['a new appointment', item('appointment'), [['appointment.added', { status: 'confirmed' }]]],
    [
      'an appointment with another status',
      item('appointment', { appointmentStatus: 'showed' }, { seen: seen({ status: 'confirmed' }) }),
      [['appointment.status', { from: 'confirmed', to: 'showed' }]],
    ],
    [
      'an appointment that says that it was deleted',
      item('appointment', { deleted: true }, { seen: seen({ status: 'confirmed' }) }),
      [],
    ],
    [
      'a new opportunity: its stage before its status',
      item('opportunity'),
      [
        ['opportunity.stage', moved],
        ['opportunity.status', { from: '', to: 'open' }],
      ],
    ],
    [
      'an opportunity in another stage, with its name',
      item('opportunity', { pipelineStageId: 'stage2' }, { seen: seen({ status: 'open', stage: 'stage1' }) }),
      [['opportunity.stage', { ...moved, from: 'stage1', to: 'stage2', fromStage: 'New', stage: 'Qualified' }]],
    ],
    [
      'an opportunity that was won',
      item('opportunity', { status: 'won' }, { seen: seen({ status: 'open', stage: 'stage1' }) }),
      [['opportunity.status', { from: 'open', to: 'won' }]],
    ],
    ['an opportunity from before the start', item('opportunity', { createdAt: '2025-12-31T00:00:00.000Z' }), []],
    [
      'one from before the start that was won since',
      item('opportunity', {
        status: 'won',
        createdAt: '2025-12-31T00:00:00.000Z',
        lastStatusChangeAt: '2026-02-01T00:00:00.000Z',
        lastStageChangeAt: '2025-12-31T00:00:00.000Z',
      }),
      [['opportunity.status', { from: '', to: 'won' }]],
    ],
    ['a new reward', item('reward'), [['reward.added', { status: 'pending', description: 'Gift card', ...reward }]]],
    [
      'a new reward that is issued already',
      item('reward', { status: 'Issued' }),
      [
        ['reward.added', { status: 'issued', description: 'Gift card', ...reward }],
        ['reward.issued', reward],
      ],
    ],
    ['a reward from before the start', item('reward', { createDate: '2025-12-31T00:00:00' }), []],
    [
      'a reward of another amount',
      item('reward', {}, { seen: seen({ status: 'pending', amount: '25', description: 'Gift card' }) }),
      [['reward.changed', { amount: { from: '25', to: '50' } }]],
    ],
    [
      'a reward that was issued',
      item(
        'reward',
        { status: 'Issued' },
        { seen: seen({ status: 'pending', amount: '50', description: 'Gift card' }) },
      ),
      [['reward.issued', reward]],
    ],
    [
      'a reward that was deleted',
      item('reward', {}, { gone: true, seen: seen({ status: 'pending', amount: '50' }) }),
      [['reward.deleted', reward]],
    ],
    ['a reward whose deletion is known', item('reward', {}, { gone: true, seen: seen({ status: 'deleted' }) }), []],
    ['a reward that was gone before it was seen', item('reward', {}, { gone: true }), []],
  ] as const satisfies [string, ItemState, [FactKind, Data][]][]) {
    it(`tell of ${what}`, () => assert.deepEqual(told(one), facts));
  }

  for (const kind of ['task', 'note', 'appointment', 'opportunity', 'reward'] as const satisfies ItemKind[]) {
    it(`are told once of a ${kind}: what is taken note of is no news`, () => {
      const one = item(kind);
      const { facts, highlights } = news(one);
      assert.ok(facts.length > 0);
      assert.equal(highlights.recordId, one.recordId);
      const noted = { ...one, seen: { value: { ...highlights.value }, version: 1 } };
      assert.deepEqual(news(noted).facts, []);
      assert.deepEqual(news(noted).highlights, highlights);
    });

    it(`of a deleted ${kind} are told once`, () => {
      const gone = { ...item(kind), gone: true, seen: seen({ status: 'there' }, 3) };
      const { highlights } = news(gone);
      assert.deepEqual(news({ ...gone, seen: { value: { ...highlights.value }, version: 4 } }).facts, []);
    });
  }

  it('are none of a task that was made of a ticked line', () => {
    const task = item('task', { completed: true }, { ours: true });
    const link = linked(referral(), { lines: [line('rb:7KQ2ZD3M', { done: true, itemId: task.recordId })] });
    assert.deepEqual(newsOfItem(customer([link], { items: [task], focus: task.recordId }), task).facts, []);
  });

  it('have a key of record, kind and version', () => {
    const won = item('opportunity', { status: 'won' }, { seen: seen({ status: 'open', stage: 'stage1' }, 4) });
    assert.deepEqual(
      news(won).facts.map(({ key }) => key),
      ['opportunity|opportunity.status|4'],
    );
  });

  it('that wait keep what they said, and what came since is told later', () => {
    const won = item('opportunity', { status: 'won' }, { seen: seen({ status: 'open', stage: 'stage1' }) });
    const [waiting] = news(won).facts;
    assert.ok(waiting);
    const lost = { ...won, data: { ...won.data, status: 'lost' } };
    const { facts, highlights } = news(lost, [waiting]);
    assert.deepEqual(facts, [waiting]);
    assert.equal(highlights.value.status, 'won');
    const later = news({ ...lost, seen: { value: { ...highlights.value }, version: 2 } });
    assert.deepEqual(
      later.facts.map(({ kind, data: { from, to } }) => [kind, from, to]),
      [['opportunity.status', 'won', 'lost']],
    );
  });
});
