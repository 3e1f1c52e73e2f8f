import assert from 'node:assert/strict';
import { defaultRules } from '../../rules/default-rules.ts';
import { peoplesText } from '../../rules/kept-section.ts';
import { keepSection, targetReferral } from '../../rules/lines.ts';
import type { RuleSettings, Rules, SyncRule } from '../../rules/rule-set.ts';
import type { Line } from '../../rules/state.ts';
import { connection, customer, line, linked, referral } from './customers.ts';
import { NoteWorld } from './note-world.ts';

const HEADING = '--- GoHighLevel (kept by Rockbridge) ---';
const END = '--- end of GoHighLevel ---';
const DUE = '2026-12-01T23:00:00.000Z';

const rules = (
  sync: Partial<Record<SyncRule, 'live' | 'observe' | 'off'>>,
  settings: Partial<RuleSettings> = {},
): Rules => ({
  ...defaultRules,
  sync: { ...defaultRules.sync, ...sync },
  settings: { ...defaultRules.settings, ...settings },
});

/** A world whose task stands in the note already. */
function worldWithTask(note = 'Likes tea', data = {}): { world: NoteWorld; id: string; reference: string } {
  const world = new NoteWorld(note);
  const id = world.add('task', { title: 'Call Jane', dueDate: DUE, completed: false, ...data });
  world.settle();
  return { world, id, reference: world.rows[0]?.reference ?? '' };
}

const withoutReferences = (note: string): string => note.replaceAll(/ rb:[0-9A-Z]{8}/gu, '');

describe('the lines of what is in GHL', () => {
  it('stand in the section in the order of their days', () => {
    const world = new NoteWorld('Likes tea');
    world.add('appointment', { title: 'Demo', startTime: '2026-12-01T20:00:00Z', appointmentStatus: 'confirmed' });
    world.add('task', { title: 'Call  Jane\nDoe', dueDate: '2026-12-24T23:00:00Z', completed: true });
    world.add('note', { body: '<p>wants &amp; needs</p><p>more</p>', userId: 'u1', dateAdded: '2026-12-02T03:00:00Z' });
    world.add('note', { body: 'by nobody', bodyText: 'by nobody', userId: null, dateAdded: '2026-11-30T18:00:00Z' });
    assert.deepEqual(world.pass().calls, []);
    assert.equal(
      withoutReferences(world.note),
      [
        'Likes tea',
        HEADING,
        '- 2026-11-30 GHL: by nobody',
        '- 2026-12-01 14:00 CST Demo (confirmed)',
        '- 2026-12-01 Jane: wants & needs more',
        '- [x] Call Jane Doe (due 2026-12-24)',
        END,
      ].join('\n'),
    );
    const { note } = world;
    world.settle();
    assert.equal(world.note, note);
  });

  it('come out the same whatever came first', () => {
    const data = [
      ['task', { title: 'Call', dueDate: DUE, completed: false }],
      ['note', { body: 'hello', dateAdded: '2026-12-01T18:00:00Z' }],
      ['appointment', { title: 'Demo', startTime: '2026-12-01T18:00:00Z' }],
    ] as const;
    const notes = [data, data.toReversed()].map((order) => {
      const world = new NoteWorld();
      for (const [kind, fields] of order) {
        world.add(kind, fields, { vendorId: `the-${kind}`, recordId: `the-${kind}` });
        world.settle();
      }
      return world.note;
    });
    assert.equal(notes[0], notes[1]);
  });

  it('are none of notes of ours', () => {
    const world = new NoteWorld();
    world.add('note', { body: 'made by us' }, { ours: true });
    world.add('note', { body: 'Referred by Mary.\n\nReferral Rock referral r1 · rb:7KQ2ZD3M' });
    world.settle();
    assert.equal(world.note, '');
  });

  it('are those of marked notes only where the rule wants it so, and go with the mark', () => {
    const world = new NoteWorld('', rules({}, { notes: 'marked' }));
    world.add('note', { body: 'nothing' });
    const id = world.add('note', { body: 'for the partner #rr' });
    world.settle();
    assert.deepEqual(withoutReferences(world.note).split('\n'), [HEADING, '- GHL: for the partner #rr', END]);
    world.change(id, { body: 'not any more' });
    world.settle();
    assert.equal(world.note, '');
    world.change(id, { body: '#RR again' });
    world.settle();
    assert.match(world.note, /GHL: #RR again/u);
  });

  it('cut a long note between words', () => {
    const world = new NoteWorld();
    world.add('note', { body: 'seven77 '.repeat(100) });
    world.settle();
    const [, text = ''] = withoutReferences(world.note).split('\n');
    assert.ok(text.length < 300 && text.endsWith('seven77…'), text);
  });

  it('know the task that an action made by its reference', () => {
    const world = new NoteWorld();
    const body = 'New referral.\n\nReferral Rock referral r1 · rb:7KQ2ZD3M';
    world.add('task', { title: 'Call', dueDate: DUE, completed: false, body }, { ours: true });
    world.settle();
    assert.equal(world.note, `${HEADING}\n- [ ] Call (due 2026-12-01) rb:7KQ2ZD3M\n${END}`);
    // A copy that somebody made of it in GHL is another task.
    const copy = world.add('task', { title: 'Call', dueDate: DUE, completed: false, body });
    world.settle();
    assert.equal(world.rows.length, 2);
    assert.notEqual(world.rows.find(({ itemId }) => itemId === `record-${copy}`)?.reference, 'rb:7KQ2ZD3M');
  });

  it('go when their item is deleted, wherever they stand, and come back with it', () => {
    const { world, id, reference } = worldWithTask();
    world.note = `Likes tea\n[ ] Call Jane (due 2026-12-01) ${reference}\nor coffee`;
    world.settle();
    world.change(id, {}, { gone: true });
    world.settle();
    assert.equal(world.note, 'Likes tea\nor coffee');
    world.change(id, {}, { gone: false });
    world.settle();
    assert.equal(world.note, `Likes tea\nor coffee\n${HEADING}\n- [ ] Call Jane (due 2026-12-01) ${reference}\n${END}`);
  });

  it('go with an appointment that GHL still finds and calls deleted', () => {
    const world = new NoteWorld('Likes tea');
    const id = world.add('appointment', { title: 'Demo', startTime: '2026-12-01 14:00:00', appointmentStatus: 'new' });
    world.settle();
    assert.match(world.note, /- 2026-12-01 14:00 CST Demo \(new\) rb:/u);
    world.change(id, { deleted: true });
    world.settle();
    assert.equal(world.note, 'Likes tea');
  });

  it('wait for an item that was not read yet', () => {
    const { world, id } = worldWithTask();
    const before = world.note;
    const n = world.items.findIndex(({ vendorId }) => vendorId === id);
    world.items[n] = { ...world.item(id), data: {} };
    assert.deepEqual([world.pass().calls, world.note], [[], before]);
  });
});

describe('a title or text', () => {
  for (const title of [
    'Pay (due 2026-01-01)',
    'Pay (due 2026-01-01) now',
    'see rb:7KQ2ZD3M',
    'see rb:7KQ2ZD3M first',
    '[x] done',
    '- [ ] - x',
    '* a',
    '(due soon)',
    '{{ x }} \u2028 two',
    '',
  ])
    for (const dueDate of [DUE, null])
      it(`of “${title}” ${dueDate ? 'with' : 'without'} a date confuses nothing`, () => {
        const { world, id } = worldWithTask('', { title, dueDate });
        const before = { ...world.item(id).data };
        assert.deepEqual(world.pass(), { wrote: false, calls: [], stored: 0, sentences: [] });
        world.note = world.note.replace('- [ ] ', '- [x] ');
        world.settle();
        assert.deepEqual(world.item(id).data, { ...before, completed: true });
      });
});

describe('a line of a task', () => {
  const edits: [promise: string, edit: (line: string, reference: string) => string, after: Record<string, unknown>][] =
    [
      ['completes it when ticked', (text) => text.replace('[ ]', '[x]'), { completed: true }],
      ['completes it when ticked in capitals', (text) => text.replace('[ ]', '[X]'), { completed: true }],
      ['completes it when ticked carelessly', (text) => text.replace('- [ ]', '[x ]'), { completed: true }],
      ['moves its due date', (text) => text.replace('12-01', '12-24'), { dueDate: '2026-12-24T23:00:00.000Z' }],
      [
        'moves it over the end of summer time',
        (text) => text.replace('12-01', '06-01'),
        { dueDate: '2026-06-01T22:00:00.000Z' },
      ],
      [
        'takes a date as people write it',
        (text) => text.replace('2026-12-01', '12/24/2026'),
        { dueDate: '2026-12-24T23:00:00.000Z' },
      ],
      ['renames it', (text) => text.replace('Call Jane', 'Call  Jane Doe'), { title: 'Call Jane Doe' }],
      ['renames it by what stands behind the reference', (text) => `${text} tomorrow`, { title: 'Call Jane tomorrow' }],
      ['keeps its title when that was emptied', (text) => text.replace('Call Jane ', ''), {}],
      ['keeps its date when that was taken away', (text) => text.replace(' (due 2026-12-01)', ''), {}],
      [
        'takes an impossible date for words',
        (text) => text.replace('12-01', '13-45'),
        { title: 'Call Jane (due 2026-13-45)' },
      ],
      ['is known without its bullet', (text) => text.replace('- ', ''), {}],
      ['is known wherever the reference stands', (_, reference) => `- [ ] ${reference} Call Jane (due 2026-12-01)`, {}],
    ];
  for (const [promise, edit, after] of edits)
    it(promise, () => {
      const { world, id, reference } = worldWithTask();
      const before = { ...world.item(id).data };
      const there = world.lineOf(id) ?? '';
      world.note = world.note.replace(there, edit(there, reference));
      world.settle();
      assert.deepEqual(world.item(id).data, { ...before, ...after });
      const moved = String(world.item(id).data['dueDate']).slice(0, 10);
      const box = world.item(id).data['completed'] ? '[x]' : '[ ]';
      assert.equal(world.lineOf(id), `- ${box} ${String(world.item(id).data['title'])} (due ${moved}) ${reference}`);
    });

  it('can be re-worded though its title holds a date', () => {
    const { world, id } = worldWithTask('', { title: 'Pay (due 2026-01-01)', dueDate: null });
    world.note = world.note.replace('Pay', 'Pay now');
    world.settle();
    assert.deepEqual(
      ['title', 'dueDate'].map((field) => world.item(id).data[field]),
      ['Pay now (due 2026-01-01)', null],
    );
  });

  it('stays with its words where people moved it to', () => {
    const { world, id, reference } = worldWithTask();
    world.note = `  * [ ]  Call Jane   (due: 2026-12-01)  ${reference}\nLikes tea`;
    world.settle();
    assert.equal(world.note, `  * [ ]  Call Jane   (due: 2026-12-01)  ${reference}\nLikes tea`);
    world.change(id, { completed: true, title: 'Call her' });
    world.settle();
    assert.equal(world.note, `  * [x] Call her (due 2026-12-01) ${reference}\nLikes tea`);
    assert.equal(world.rows[0]?.typed, true);
  });

  it('follows GHL where both sides changed the same, and each where they changed something else', () => {
    const { world, id } = worldWithTask();
    world.note = world.note.replace('[ ] Call Jane (due 2026-12-01)', '[x] Call him (due 2026-12-24)');
    world.change(id, { title: 'Call her' });
    world.settle();
    assert.match(world.lineOf(id) ?? '', /^- \[x\] Call her \(due 2026-12-24\) rb:/u);
    assert.deepEqual(
      ['title', 'dueDate', 'completed'].map((field) => world.item(id).data[field]),
      ['Call her', '2026-12-24T23:00:00.000Z', true],
    );
  });

  it('says nothing new when GHL returns its date in another form or at another hour', () => {
    const { world, id } = worldWithTask();
    for (const dueDate of ['2026-12-01T23:00:00Z', '2026-12-01T17:00:00-06:00', '2026-12-02T05:59:00.000Z']) {
      world.change(id, { dueDate });
      assert.deepEqual(world.pass(), { wrote: false, calls: [], stored: 0, sentences: [] });
    }
    world.change(id, { dueDate: '2026-12-02T06:00:00.000Z' });
    world.settle();
    assert.match(world.note, /\(due 2026-12-02\)/u);
  });

  it('is not what mentions its reference', () => {
    const { world, id, reference } = worldWithTask(`Likes tea`);
    world.note = `see ${reference}\n${world.note}`;
    const { note } = world;
    world.settle();
    assert.equal(world.note, note);
    assert.equal(world.item(id).data['title'], 'Call Jane');
  });

  it('counts once: the first, and a copy is people’s text', () => {
    const { world, id, reference } = worldWithTask();
    const there = world.lineOf(id) ?? '';
    world.note = `${world.note}\n${there.replace('Jane', 'Joe')}`;
    const { note } = world;
    world.settle();
    assert.equal(world.note, note);
    assert.equal(world.item(id).data['title'], 'Call Jane');
    world.change(id, { completed: true });
    world.settle();
    assert.equal(world.note, note.replace('- [ ]', '- [x]'));
    assert.equal(world.rows.length, 1, reference);
  });
});

describe('a line of a note or appointment', () => {
  it('keeps the words that a person gave it until the note itself changes', () => {
    const world = new NoteWorld();
    const id = world.add('note', { body: 'wants more', userId: 'u1', dateAdded: '2026-12-01T18:00:00Z' });
    world.settle();
    world.note = world.note.replace('2026-12-01 Jane: wants more', 'Jane says: he wants a lot more');
    world.settle();
    assert.match(world.note, /^- Jane says: he wants a lot more rb:/mu);
    world.change(id, { pinned: true });
    world.settle();
    assert.match(world.note, /^- Jane says: he wants a lot more rb:/mu);
    world.change(id, { body: 'wants less' });
    world.settle();
    assert.match(world.note, /^- 2026-12-01 Jane: wants less rb:/mu);
  });

  it('changes with time, title and status', () => {
    const world = new NoteWorld();
    const id = world.add('appointment', { title: 'Demo', startTime: '2026-12-01T20:00:00Z', appointmentStatus: 'new' });
    for (const [data, expected] of [
      [{ appointmentStatus: 'confirmed' }, '2026-12-01 14:00 CST Demo (confirmed)'],
      [{ startTime: '2026-07-01T20:00:00Z' }, '2026-07-01 15:00 CDT Demo (confirmed)'],
      [{ title: 'Visit' }, '2026-07-01 15:00 CDT Visit (confirmed)'],
    ] as const) {
      world.change(id, data);
      world.settle();
      assert.equal(withoutReferences(world.lineOf(id) ?? ''), `- ${expected}`);
    }
  });
});

describe('a line that vanished', () => {
  it('is rendered once more; gone a second time it counts as deleted, and its task stays', () => {
    const { world, id } = worldWithTask();
    const there = world.note;
    world.note = 'Likes tea';
    world.settle();
    assert.equal(world.note, there);
    world.note = 'Likes tea';
    const { sentences } = world.pass();
    assert.deepEqual(sentences, ['its line was deleted twice, the task itself stays: Call Jane']);
    assert.deepEqual([world.note, world.item(id).gone], ['Likes tea', false]);
    world.change(id, { title: 'Call her' });
    world.settle();
    assert.equal(world.note, 'Likes tea');
  });

  it('counts again when a person brings it back', () => {
    const { world, id, reference } = worldWithTask();
    for (let n = 0; n < 2; n++) {
      world.note = 'Likes tea';
      world.settle();
    }
    world.note = `Likes tea\n- [x] Call Jane (due 2026-12-01) ${reference}`;
    world.settle();
    assert.equal(world.item(id).data['completed'], true);
    assert.deepEqual([world.rows[0]?.removed, world.rows[0]?.vanished], [false, 0]);
  });

  it('is not one that the section had no room for', () => {
    const world = new NoteWorld('', rules({}, { sectionLength: 300 }));
    for (let n = 0; n < 9; n++) {
      world.add('task', { title: `Task ${n}`, dueDate: `2026-11-0${n + 1}T20:00:00Z`, completed: true });
      world.settle();
    }
    assert.match(world.note, /^- \d finished$/mu);
    assert.ok(world.rows.every(({ removed, vanished }) => !removed && vanished === 0));
    const [first] = world.items;
    world.change(first?.vendorId ?? '', { completed: false });
    world.settle();
    assert.match(world.note, /^- \[ \] Task 0 /mu);
    assert.ok(world.rows.every(({ removed, vanished }) => !removed && vanished === 0));
  });
});

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

describe('what a rule does not want', () => {
  it('is neither made, nor changed, nor removed where it is off', () => {
    const { world, id } = worldWithTask();
    world.add('note', { body: 'hello' });
    world.settle();
    const { note } = world;
    world.rules = rules({ tasks: 'off', notes: 'off' });
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
    world.rules = rules({ tasks: 'off' }, { notes: 'off' });
    assert.deepEqual(world.pass().calls, []);
    world.rules = rules({});
    world.settle();
    assert.deepEqual(world.rows.filter(({ removed }) => !removed).length, 5);
  });

  it('is planned and not carried out where a rule only watches', () => {
    const { world, id } = worldWithTask();
    world.rules = rules({ tasks: 'observe' });
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

describe('the referral that takes a line', () => {
  const named = (recordId: string, data = {}, lines: Line[] = []) =>
    linked(referral({ note: '', ...data }), { recordId, vendorId: `v-${recordId}`, lines });
  const old = named('old', { createDate: '2026-02-01T00:00:00Z' });
  const young = named('young', { createDate: '2026-03-01T00:00:00Z' });

  it('is the newest one that is linked, there and not denied', () => {
    assert.equal(targetReferral([old, young])?.recordId, 'young');
    assert.equal(targetReferral([old, { ...young, gone: true }])?.recordId, 'old');
    assert.equal(targetReferral([old, { ...young, linked: false }])?.recordId, 'old');
    assert.equal(targetReferral([old, named('young', { status: 'Denied' })])?.recordId, 'old');
    assert.equal(targetReferral([]), undefined);
  });

  const task = {
    recordId: 'task1',
    kind: 'task' as const,
    vendorId: 't1',
    parentId: 'c1',
    data: { title: 'Call', dueDate: DUE, completed: false },
    gone: false,
    ours: false,
    seen: undefined,
  };
  const noteOf = (links: (typeof old)[], recordId: string, item = task): string | undefined => {
    const link = links.find((one) => one.recordId === recordId);
    assert.ok(link);
    const [change] = keepSection(customer(links, { items: [item] }), link).note;
    return change && withoutReferences(String(change.after));
  };
  const section = `${HEADING}\n- [ ] Call (due 2026-12-01)\n${END}`;

  it('is the one alone', () => {
    assert.equal(noteOf([old, young], 'young'), section);
    assert.equal(noteOf([old, young], 'old'), undefined);
  });

  it('is the one that the line stands in, also when that is denied later', () => {
    const row = line('rb:7KQ2ZD3M', { itemId: 'task1', dueDate: '2026-12-01' });
    const note = `${HEADING}\n- [ ] Call (due 2026-12-01) rb:7KQ2ZD3M\n${END}`;
    const links = [named('old', { ...old.data, note, status: 'Denied' }, [row]), young];
    assert.deepEqual([noteOf(links, 'old'), noteOf(links, 'young')], [undefined, undefined]);
  });

  it('is another one when that is deleted, under the same reference', () => {
    const row = line('rb:7KQ2ZD3M', { itemId: 'task1', dueDate: '2026-12-01', vanished: 1 });
    const links = [{ ...named('old', {}, [row]), gone: true }, young];
    const kept = keepSection(customer(links, { items: [task] }), young);
    assert.deepEqual(
      kept.lines.map(({ reference, recordId, vanished }) => [reference, recordId, vanished]),
      [['rb:7KQ2ZD3M', 'young', 0]],
    );
  });

  it('is none for a line that somebody deleted in the one that is gone', () => {
    const row = line('rb:7KQ2ZD3M', { itemId: 'task1', removed: true, vanished: 2 });
    const links = [{ ...named('old', {}, [row]), gone: true }, young];
    assert.equal(noteOf(links, 'young'), undefined);
  });

  it('is the one that the task itself names', () => {
    const body = 'Call\n\nReferral Rock referral v-old · rb:7KQ2ZD3M';
    const item = { ...task, ours: true, data: { ...task.data, body } };
    assert.deepEqual([noteOf([old, young], 'old', item), noteOf([old, young], 'young', item)], [section, undefined]);
  });

  it('keeps no line of another contact’s task, and leaves its row to that', () => {
    const row = line('rb:7KQ2ZD3M', { itemId: 'elsewhere' });
    const note = `Likes tea\n${HEADING}\n- [ ] Call rb:7KQ2ZD3M\n${END}`;
    const link = named('old', { note }, [row]);
    const kept = keepSection(customer([link]), link);
    assert.deepEqual([kept.note[0]?.after, kept.lines], ['Likes tea', []]);
  });

  it('is written to from what was read, to the letter', () => {
    const link = named('old', { note: ' Likes tea\r\n' });
    const state = customer([link], { items: [task], connection: { ...connection } });
    assert.equal(keepSection(state, link).note[0]?.before, ' Likes tea\r\n');
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
