import assert from 'node:assert/strict';
import fc from 'fast-check';
import { peoplesText } from '../../../rules/lines/kept-section.ts';
import { renderLine } from '../../../rules/lines/line-text.ts';
import { END, HEADING, renderNote } from '../notes.ts';
import type { Line } from '../../../rules/records.ts';
import { anyNote } from '../any-customer.ts';
import { line as kept } from '../customers.ts';

function task(reference: string, more: Partial<Line> = {}): Line {
  return kept(reference, { text: 'Call Jane', dueDate: '2026-12-01', ...more });
}

const call = task('rb:7KQ2ZD3M');
const CALL = '- [ ] Call Jane (due 2026-12-01) rb:7KQ2ZD3M';

describe('a line', () => {
  for (const [promise, one, expected] of [
    ['shows what is to be done, until when, under which reference', call, CALL],
    ['is ticked when done', task('rb:AAAAAAAA', { done: true }), '- [x] Call Jane (due 2026-12-01) rb:AAAAAAAA'],
    ['leaves out a date that there is none of', task('rb:AAAAAAAA', { dueDate: null }), '- [ ] Call Jane rb:AAAAAAAA'],
    [
      'stays one line',
      task('rb:AAAAAAAA', { text: ' two\r\n lines\u2028and ' }),
      '- [ ] two lines and (due 2026-12-01) rb:AAAAAAAA',
    ],
  ] as const) {
    it(promise, () => assert.equal(renderLine(one), expected));
  }
});

const section = [HEADING, CALL, END].join('\n');
const windows = section.replaceAll('\n', '\r\n');
const cases: [promise: string, note: unknown, lines: Line[], expected: string, deleted?: Line[]][] = [
  ['makes a section of a note that was empty', '', [call], section],
  ['makes a section of a note that there was none of', null, [call], section],
  ['puts the section below what people wrote', 'Likes tea', [call], `Likes tea\n${section}`],
  ['writes no empty section', 'Likes tea', [], 'Likes tea'],
  ['takes the section away with its last line', `Likes tea\n${section}\nor coffee`, [], 'Likes tea\nor coffee', [call]],
  ['leaves the section where people moved it', `${section}\nLikes tea`, [call], `${section}\nLikes tea`],
  [
    'renders the section as a whole',
    `Likes tea\n${section}\nor coffee`,
    [task('rb:BBBBBBBB', { text: 'Write' })],
    `Likes tea\n${HEADING}\n- [ ] Write (due 2026-12-01) rb:BBBBBBBB\n${END}\nor coffee`,
    [call],
  ],
  [
    'puts what was typed into the section below it',
    `a\n${HEADING}\nasked for a discount\n${CALL}\nknows Bob\n${END}\nb`,
    [call],
    `a\n${section}\nasked for a discount\nknows Bob\nb`,
  ],
  [
    'leaves a line with a reference that nobody knows to people',
    `${HEADING}\n- [ ] Other rb:00000000\n${CALL}\n${END}`,
    [call],
    `${section}\n- [ ] Other rb:00000000`,
  ],
  [
    'knows its lines when somebody ticked them',
    `${HEADING}\n- [X] Call Jane (due 2026-12-01) rb:7KQ2ZD3M\n${END}`,
    [call],
    section.replace('[ ]', '[x]'),
  ],
  [
    'takes no text for its own when the end line was deleted',
    `a\n${HEADING}\n${CALL}\n\nLikes tea\n\nor coffee`,
    [call],
    `a\n${section}\n\nLikes tea\n\nor coffee`,
  ],
  ['makes its heading anew when that was deleted', `a\n${CALL}\n${END}\nb`, [call], `a\n${section}\nb`],
  ['makes no second line of a task when heading and end were deleted', `a\n${CALL}\nb`, [call], `a\n${CALL}\nb`],
  [
    'makes no second line of a task that people moved into their own text',
    `[ ] Call Jane soon rb:7KQ2ZD3M\n${HEADING}\n${END}`,
    [call, task('rb:BBBBBBBB', { dueDate: null })],
    `[ ] Call Jane soon (due 2026-12-01) rb:7KQ2ZD3M\n${HEADING}\n- [ ] Call Jane rb:BBBBBBBB\n${END}`,
  ],
  [
    'renders a line though its reference is quoted in a sentence',
    'see rb:7KQ2ZD3M',
    [call],
    `see rb:7KQ2ZD3M\n${section}`,
  ],
  ['takes away what is left of other sections', `${END}\na\n${HEADING}\n${END}\n${HEADING}\nb`, [], 'a\nb'],
  ['leaves Windows line ends to people', 'a\r\n\r\nb\r\n', [call], `a\r\n\r\nb\r\n\n${section}`],
  ['knows its section by Windows line ends', `a\r\n${windows}\r\nb`, [], 'a\r\nb', [call]],
  ['leaves its section with the line ends that it has', `a\r\n${windows}\r\nb`, [call], `a\r\n${windows}\r\nb`],
];

describe('rendering a note', () => {
  for (const [promise, note, lines, expected, deleted] of cases) {
    it(promise, () => assert.equal(renderNote(note, lines, deleted), expected));
  }
});

describe('a section that grows', () => {
  const sized = (note: string): number => note.slice(note.indexOf(HEADING), note.indexOf(END) + END.length).length;
  const many = (done: (n: number) => boolean): Line[] =>
    Array.from({ length: 150 }, (_, n) =>
      task(`rb:${String(n).padStart(8, '0')}`, { text: `Task ${n}`, done: done(n) }),
    );

  it('folds the oldest finished lines into one count, up to 4,000 characters', () => {
    const note = renderNote(
      'Likes tea',
      many((n) => n !== 3),
    );
    assert.ok(sized(note) <= 4_000 && sized(note) > 3_900, String(sized(note)));
    const [, , count, first] = note.split('\n');
    const folded = Number(/^- (\d+) finished$/.exec(count ?? '')?.[1]);
    assert.match(first ?? '', /^- \[ \] Task 3 /, 'what is open is not folded, however old');
    const rendered = note.split('\n').filter((line) => line.startsWith('- ['));
    assert.equal(folded + rendered.length, 150);
    assert.match(rendered[1] ?? '', new RegExp(`Task ${folded + 1} `), 'the oldest were folded');
  });

  it('folds nothing that fits to the letter, and one line for one letter more', () => {
    const lines = many(() => true).slice(0, 60);
    const filler = 4_000 - sized(renderNote('', lines));
    const grown = (by: number): Line[] => lines.with(0, { ...task('rb:00000000'), text: `Task 0${'!'.repeat(by)}` });
    const withDone = (by: number): Line[] => grown(by).map((one) => ({ ...one, done: true }));
    assert.equal(sized(renderNote('', withDone(filler))), 4_000);
    assert.ok(!renderNote('', withDone(filler)).includes('finished'));
    assert.ok(renderNote('', withDone(filler + 1)).includes('- 1 finished'));
  });

  it('hides nothing that is still to be done', () => {
    const note = renderNote(
      '',
      many(() => false),
    );
    assert.equal(note.split('\n').filter((line) => line.startsWith('- [ ]')).length, 150);
  });
});

const ours = (line: string): boolean =>
  [HEADING, END].includes(line.trim()) || /^- (\[[ xX]\] (.* )?rb:[0-9A-Z]+|\d+ finished)$/u.test(line.trim());
/** What people wrote, line by line: all that is neither a marker nor a line of ours, nor blank. */
const written = (note: string): string[] => note.split('\n').filter((line) => line.trim() !== '' && !ours(line));

const anyLines = fc.uniqueArray(
  fc
    .record({
      reference: fc.stringMatching(/^rb:[0-9A-HJKMNP-TV-Z]{8}$/),
      text: fc.string({ unit: 'grapheme' }),
      dueDate: fc.constantFrom('2026-12-01', null),
      done: fc.boolean(),
    })
    .map(({ reference, ...more }) => kept(reference, more)),
  { selector: ({ reference }) => reference },
);

describe('rendering any note with any lines', () => {
  const runs = { numRuns: 2000 };

  it('loses and reorders nothing that people wrote, whatever they did to the section', () => {
    fc.assert(
      fc.property(anyNote, anyLines, (note, lines) => {
        assert.deepEqual(written(renderNote(note, lines)), written(note));
      }),
      runs,
    );
  });

  it('does so after somebody typed into the section, deleted lines of it, its heading or its end', () => {
    const edit = fc.array(
      fc.tuple(fc.nat(), fc.constantFrom('delete', 'type', 'space', 'windows'), fc.string({ unit: 'grapheme' })),
    );
    fc.assert(
      fc.property(anyNote, anyLines, edit, (note, lines, edits) => {
        const text = renderNote(note, lines).split('\n');
        for (const [at, what, typed] of edits) {
          const index = at % Math.max(text.length, 1);
          if (what === 'delete' && ours(text[index] ?? '')) text.splice(index, 1);
          if (what === 'type') text.splice(index, 0, typed.replaceAll('\n', ' '));
          if (what === 'space') text.splice(index, 0, '');
          if (what === 'windows') text.splice(index, 1, `${text[index] ?? ''}\r`);
        }
        const edited = text.join('\n');
        assert.deepEqual(written(renderNote(edited, lines)), written(edited));
      }),
      runs,
    );
  });

  it('changes nothing when rendered again', () => {
    const once = fc.string({ unit: 'grapheme' }).map((note) => note.replaceAll('---', ''));
    fc.assert(
      fc.property(once, anyLines, (note, lines) => {
        const rendered = renderNote(note, lines);
        assert.equal(renderNote(rendered, lines), rendered);
      }),
      runs,
    );
  });

  it('is no change of what people wrote', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), anyLines, anyLines, (note, lines, later) => {
        assert.equal(peoplesText(renderNote(note, lines)), peoplesText(note));
        assert.equal(peoplesText(renderNote(renderNote(note, lines), later)), peoplesText(note));
        assert.equal(renderNote(renderNote(note, lines), [], lines), note);
      }),
      runs,
    );
  });

  it('shows every task once', () => {
    fc.assert(
      fc.property(anyNote, anyLines, (note, lines) => {
        const rendered = renderNote(note, lines);
        const folded = Number(/^- (\d+) finished$/m.exec(rendered.slice(rendered.indexOf(HEADING)))?.[1] ?? 0);
        if (folded > 0) return;
        for (const { reference } of lines) assert.equal(rendered.split(reference).length, 2, reference);
      }),
      runs,
    );
  });

  it('stays within 4,000 characters while finished lines are left to fold', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 60, maxLength: 140 }), (ticks) => {
        const lines = ticks.map((done, n) => task(`rb:${String(n).padStart(8, '0')}`, { done }));
        const rendered = renderNote('', lines);
        const left = rendered.split('\n').some((line) => line.startsWith('- [x]'));
        assert.ok(rendered.length <= 4_000 || !left);
      }),
      { numRuns: 100 },
    );
  });
});

describe("people's text", () => {
  for (const [promise, note, expected] of [
    ['is the note without the section', `a\n${section}\nb`, 'a\nb'],
    ['is the whole note where there is no section', 'a\n\nb', 'a\n\nb'],
    ['counts what was typed into the section', `a\n${HEADING}\n${CALL}\nknows Bob\n${END}`, 'a\nknows Bob'],
    ['is the same by Windows line ends', `a\r\nb\r\n${section}`, 'a\nb'],
    ['is empty of a note that there is none of', undefined, ''],
    ['counts no marker that was left behind', `a\n${END}\nb\n${HEADING}`, 'a\nb'],
    ['ends the section at the first foreign line when its end was deleted', `${HEADING}\n${CALL}\nb`, 'b'],
  ] as const) {
    it(promise, () => assert.equal(peoplesText(note), expected));
  }
});
