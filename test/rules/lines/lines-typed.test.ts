import assert from 'node:assert/strict';
import { peoplesText } from '../../../rules/lines/kept-section.ts';
import { keepSection } from '../../../rules/lines/lines.ts';
import { NoteWorld, rulesWith, worldWithTask } from '../note-world.ts';
import { DUE, END, HEADING, withoutReferences } from '../notes.ts';

describe('a line that a person typed', () => {
  for (const [typed, adopted, data] of [
    [
      '[ ] Call Jane (due 2026-12-24)',
      '[ ] Call Jane (due 2026-12-24)',
      { title: 'Call Jane', dueDate: '2026-12-24T23:00:00.000Z' },
    ],
    ['- [ ] Call Jane (due 2026-12-24)', '- [ ] Call Jane (due 2026-12-24)', { title: 'Call Jane' }],
    [
      '  * [ ]  Call   Jane  ',
      '  * [ ]  Call   Jane (due 2026-03-06)',
      { title: 'Call Jane', dueDate: '2026-03-06T23:00:00.000Z' },
    ],
    ['[x] Called Jane (due 2026-02-01)', '[x] Called Jane (due 2026-02-01)', { title: 'Called Jane', completed: true }],
    ['[ ] ask (due soon)', '[ ] ask (due soon) (due 2026-03-06)', { title: 'ask (due soon)' }],
  ] as const)
    it(`becomes a task in place: ${typed}`, () => {
      const world = new NoteWorld(`Likes tea\r\n${typed}\r\nor coffee`);
      assert.deepEqual(world.pass().calls, ['ghl.task.create']);
      const [row] = world.rows;
      assert.equal(world.note, `Likes tea\r\n${adopted} ${row?.reference}\r\nor coffee`);
      const [task] = world.items;
      assert.deepEqual(task?.data, { ...task?.data, completed: false, ...data });
      const { body } = (task?.data ?? {}) as { body?: string };
      assert.equal(body, `Referral Rock referral r1 · ${row?.reference}`);
      assert.deepEqual([row?.itemId, row?.typed], [task?.recordId, true]);
      const { note } = world;
      world.settle();
      assert.equal(world.note, note);
      assert.equal(world.items.length, 1);
    });

  it('becomes a line of the section where it was typed there', () => {
    const { world } = worldWithTask();
    world.note = world.note.replace(END, `[ ] Write (due 2026-12-24)\nknows Bob\n${END}`);
    world.settle();
    assert.deepEqual(withoutReferences(world.note).split('\n'), [
      'Likes tea',
      HEADING,
      '- [ ] Call Jane (due 2026-12-01)',
      '- [ ] Write (due 2026-12-24)',
      END,
      'knows Bob',
    ]);
    assert.equal(world.items.length, 2);
  });

  it('is a task of its own, equal or not', () => {
    const world = new NoteWorld('[ ] Call\n[ ] Call');
    world.settle();
    assert.equal(world.items.length, 2);
    assert.equal(new Set(world.rows.map(({ reference }) => reference)).size, 2);
    world.note = `${world.note}\n[ ] Call`;
    world.settle();
    assert.equal(world.items.length, 3);
  });

  it('gets its task later where that could not be made', () => {
    const world = new NoteWorld('[ ] Call');
    world.pass({ fails: 'ghl.task.create' });
    assert.match(world.note, / rb:[0-9A-Z]{8}$/u);
    assert.equal(world.items.length, 0);
    world.settle();
    assert.equal(world.items.length, 1);
    assert.equal(world.rows.length, 1);
  });

  it('keeps its reference and its task when the plan that wrote it was given up', () => {
    for (const fails of ['ghl.task.create', undefined]) {
      const world = new NoteWorld('[ ] Call\n[ ] Write');
      world.pass({ givesUp: true, ...(fails ? { fails } : {}) });
      const { note } = world;
      assert.deepEqual(world.rows, []);
      world.note = `${note}\n[ ] Think`;
      world.settle();
      assert.equal(world.items.length, 3);
      assert.ok(world.note.startsWith(note));
      assert.equal(new Set(world.rows.map(({ reference }) => reference)).size, 3);
    }
  });

  it('is left alone with a reference of another note, without words, or in an old referral', () => {
    for (const note of ['[ ] Call rb:7KQ2ZD3M', '[ ] ', '[] Call', '[x](http://example.com)', '[ ]Call']) {
      const world = new NoteWorld(note);
      world.settle();
      assert.deepEqual([world.note, world.items], [note, []]);
    }
    const world = new NoteWorld('[ ] Call');
    world.referralData = { createDate: '2025-12-31T10:00:00Z' };
    const { sentences, calls } = world.pass();
    assert.match(sentences[0] ?? '', /^the referral was created before 2026-01-01, so no tasks are made/u);
    assert.deepEqual([calls, world.note], [[], '[ ] Call']);
  });
});

describe("people's text", () => {
  it('is the same before and after lines are typed, adopted, ticked, moved and rendered', () => {
    const world = new NoteWorld('Likes tea\n[ ] Call\nor coffee');
    const before = peoplesText(world.note);
    const id = world.add('note', { body: 'hello' });
    world.settle();
    assert.equal(peoplesText(world.note), before);
    world.note = world.note.replace('[ ]', '[x]').replace(HEADING, '').replace(END, '');
    world.settle();
    assert.equal(peoplesText(world.note).replaceAll(/\n+/gu, '\n').trim(), before);
    world.change(id, {}, { gone: true });
    world.settle();
    assert.equal(peoplesText(world.note).replaceAll(/\n+/gu, '\n').trim(), before);
  });
});

describe('what a rule does not want', () => {
  it('is neither made, nor changed, nor removed where it is off', () => {
    const { world, id } = worldWithTask();
    world.add('note', { body: 'hello' });
    world.settle();
    const { note } = world;
    world.rules = rulesWith({ tasks: 'off', notes: 'off' });
    world.change(id, { completed: true, title: 'Other' });
    world.add('task', { title: 'New', dueDate: DUE });
    world.add('note', { body: 'new' });
    world.add('appointment', { title: 'Demo', startTime: '2026-12-01T20:00:00Z' });
    world.note = `[ ] typed\n${note}`;
    world.settle();
    assert.equal(world.note.replace(/- 2026-12-01 14:00.*\n/u, ''), `[ ] typed\n${note}`);
    assert.match(world.note, /- 2026-12-01 14:00 CST Demo rb:/u);
    world.change(id, {}, { gone: true });
    world.settle();
    assert.match(world.note, /Call Jane/u);
    world.rules = rulesWith({ tasks: 'off' }, { notes: 'off' });
    assert.deepEqual(world.pass().calls, []);
    world.rules = rulesWith({});
    world.settle();
    assert.deepEqual(world.rows.filter(({ removed }) => !removed).length, 5);
  });

  it('is planned and not carried out where a rule only watches', () => {
    const { world, id } = worldWithTask();
    world.rules = rulesWith({ tasks: 'observe' });
    world.change(id, { completed: true });
    world.add('note', { body: 'hello' });
    world.note = world.note.replace('Likes tea', '[ ] typed');
    const state = world.state();
    const [link] = state.links;
    assert.ok(link);
    const kept = keepSection(state, link);
    assert.deepEqual(
      kept.steps.map(({ name, operation, mode }) => [name.replace(/-\w{8}$/u, ''), operation, mode]),
      [
        ['referral-lines', 'referral-rock.referral.update', 'observe'],
        ['task', 'ghl.task.create', 'observe'],
      ],
    );
    assert.ok(String(kept.note[0]?.after).includes('GHL: hello'));
    assert.ok(!String(kept.note[0]?.after).includes('[x]'));
    assert.deepEqual(
      kept.lines.map(({ kind }) => kind),
      ['note'],
    );
  });
});
