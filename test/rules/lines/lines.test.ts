import assert from 'node:assert/strict';
import { NoteWorld, rulesWith, worldWithTask } from '../note-world.ts';
import { DUE, END, HEADING, withoutReferences } from '../notes.ts';

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
    const world = new NoteWorld('', rulesWith({}, { notes: 'marked' }));
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
    const world = new NoteWorld('', rulesWith({}, { sectionLength: 300 }));
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
