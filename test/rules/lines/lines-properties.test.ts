import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { defaultRules } from '../../../rules/rule-sets/default-rules.ts';
import { connection } from '../customers.ts';
import { NoteWorld } from '../note-world.ts';
import { END, HEADING } from '../notes.ts';

const MARKERS = [HEADING, END];
const REFERENCE = / ?\brb:[0-9A-Z]{8}/u;
const TYPED = /^\s*(?:[-*] )?\[[ x]\] \S/u;
const DAYS = ['2026-12-01', '2026-12-24', '2027-01-05'];
const TEXTS = ['Call Jane', 'Write (due 2026-01-01)', 'see rb:7KQ2ZD3M first', 'Übung – größer', '- x', 'a'];
const PEOPLES = ['Likes tea', '', '  indented', 'see the contract', '- a list', 'x\r', 'rb:', '(due 2026-12-01)'];

/** What people wrote, each line as it stands; a typed line is known by how it begins, for we add to its end. */
function peoples(note: string): string[] {
  return note
    .split('\n')
    .filter((line) => line.trim() !== '' && !MARKERS.includes(line.trim()) && !/^- \d+ finished\r?$/u.test(line))
    .filter((line) => !TYPED.test(line) && !/\srb:[0-9A-Z]{8}\s*$/u.test(line));
}

/** The lines that people typed outside of the section and that are no tasks yet. */
function typed(note: string): string[] {
  const lines = note.split('\n');
  const start = lines.findIndex((line) => line.trim() === HEADING);
  const outside = start < 0 ? lines : lines.slice(0, start);
  return outside.filter((line) => TYPED.test(line) && !REFERENCE.test(line)).map((line) => line.trimEnd());
}

interface World {
  readonly world: NoteWorld;
  /** What a person last wrote about a task in its line, while nobody touched it in GHL. */
  readonly wanted: Map<string, Record<string, unknown>>;
  readonly touched: Set<string>;
  /** Somebody copied or deleted lines of ours: they need not stand exactly once. */
  messy: boolean;
}

type Edit = (at: World) => void;

const nth = <Value>(values: readonly Value[], n: number): Value | undefined => values[n % Math.max(values.length, 1)];

function editLine(at: World, n: number, edit: (line: string) => string | undefined): void {
  const lines = at.world.note.split('\n');
  const ours = [...lines.keys()].filter((k) => REFERENCE.test(lines[k] ?? ''));
  const k = nth(ours, n);
  if (k === undefined) return;
  const edited = edit(lines[k] ?? '');
  if (edited === undefined) lines.splice(k, 1);
  else lines[k] = edited;
  at.world.note = lines.join('\n');
}

/** A person changes one field of a task in its line. */
function want(at: World, n: number, field: string, value: unknown, edit: (line: string) => string): void {
  editLine(at, n, (line) => {
    const reference = REFERENCE.exec(line)?.[0].trim();
    const row = at.world.rows.find((one) => line.trimEnd().endsWith(one.reference));
    const edited = edit(line);
    const isCopy = at.world.note.split(reference ?? '').length > 2;
    const vendorId = row?.itemId?.replace('record-', '');
    if (
      vendorId &&
      !at.touched.has(vendorId) &&
      row?.kind === 'task' &&
      !row.removed &&
      !isCopy &&
      edited !== line &&
      !at.world.item(vendorId).gone
    )
      at.wanted.set(vendorId, { ...at.wanted.get(vendorId), [field]: value });
    return edited;
  });
}

const inGhl = (at: World, n: number, change: (vendorId: string) => void): void => {
  const item = nth(
    at.world.items.filter(({ gone }) => !gone),
    n,
  );
  if (!item) return;
  // GHL wins where both changed.
  at.wanted.delete(item.vendorId);
  at.touched.add(item.vendorId);
  change(item.vendorId);
};

const due = (day: string): string =>
  DateTime.fromISO(day, { zone: connection.timeZone }).set({ hour: 9 }).toUTC().toISO() ?? '';

const insert = (at: World, n: number, text: string): void => {
  const lines = at.world.note === '' ? [] : at.world.note.split('\n');
  lines.splice(n % (lines.length + 1), 0, text);
  at.world.note = lines.join('\n');
};

const where = fc.nat(40);
const anyText = fc.constantFrom(...TEXTS);
const anyDay = fc.constantFrom(...DAYS);

const peopleEdits: fc.Arbitrary<Edit>[] = [
  fc.tuple(where, fc.constantFrom(...PEOPLES)).map(
    ([n, text]) =>
      (at) =>
        insert(at, n, text),
  ),
  fc.tuple(where, anyText, fc.constantFrom('[ ] ', '- [ ] ', '  * [x] '), fc.option(anyDay)).map(
    ([n, text, start, day]) =>
      (at) =>
        insert(at, n, `${start}${text}${day ? ` (due ${day})` : ''}`),
  ),
  where.map((n) => (at) => want(at, n, 'completed', true, (line) => line.replace('[ ]', '[x]'))),
  where.map((n) => (at) => want(at, n, 'completed', false, (line) => line.replace('[x]', '[ ]'))),
  fc.tuple(where, anyDay).map(
    ([n, day]) =>
      (at) =>
        want(at, n, 'dueDate', day, (line) => line.replace(/\(due \S+\)(?= rb:\w+\s*$)/u, `(due ${day})`)),
  ),
  where.map((n) => (at) => {
    // A line is cut and pasted elsewhere.
    let cut: string | undefined;
    editLine(at, n, (line) => ((cut = line), undefined));
    if (cut !== undefined) insert(at, n * 7, cut);
  }),
  where.map((n) => (at) => {
    at.messy = true;
    editLine(at, n, () => undefined);
  }),
  where.map((n) => (at) => {
    at.messy = true;
    editLine(at, n, (line) => `${line}\n${line}`);
  }),
  fc.constantFrom(...MARKERS).map((marker) => (at) => {
    at.world.note = at.world.note
      .split('\n')
      .filter((line) => line.trim() !== marker)
      .join('\n');
  }),
  fc.constant<Edit>((at) => {
    at.world.note = at.world.note.replaceAll(/\r?\n/gu, '\r\n');
  }),
];

const ghlEdits: fc.Arbitrary<Edit>[] = [
  fc.tuple(anyText, anyDay, fc.boolean()).map(([title, day, completed]) => (at) => {
    at.world.add('task', { title, dueDate: due(day), completed });
  }),
  fc.constantFrom('hello', 'a\n\nb', 'x '.repeat(400)).map((body) => (at) => {
    at.world.add('note', { body, dateAdded: '2026-12-01T18:00:00Z' });
  }),
  anyText.map((title) => (at) => {
    at.world.add('appointment', { title, startTime: '2026-12-01T18:00:00Z', appointmentStatus: 'new' });
  }),
  fc.tuple(where, anyText).map(
    ([n, title]) =>
      (at) =>
        inGhl(at, n, (id) => at.world.change(id, { title, body: title })),
  ),
  fc.tuple(where, anyDay).map(
    ([n, day]) =>
      (at) =>
        inGhl(at, n, (id) => at.world.change(id, { dueDate: due(day) })),
  ),
  fc.tuple(where, fc.boolean()).map(
    ([n, completed]) =>
      (at) =>
        inGhl(at, n, (id) => at.world.change(id, { completed })),
  ),
  where.map((n) => (at) => inGhl(at, n, (id) => at.world.change(id, {}, { gone: true }))),
];

const edits = fc.array(fc.oneof(...peopleEdits, ...ghlEdits), { maxLength: 4 });

const rounds = fc.array(
  fc.record({
    edits,
    between: fc.option(fc.oneof(...peopleEdits, ...ghlEdits), { nil: undefined, freq: 1 }),
    mishap: fc.constantFrom({}, {}, {}, { fails: 'ghl.task.create' }, { fails: 'ghl.task.update' }, { givesUp: true }),
  }),
  { minLength: 1, maxLength: 6 },
);

function assertAgreement({ world, messy, wanted }: World): void {
  const lines = world.note.split('\n');
  const section = world.note.slice(world.note.indexOf(HEADING), world.note.indexOf(END));
  const folded = Number(/^- (\d+) finished$/mu.exec(section)?.[1] ?? 0);
  let missing = 0;
  for (const item of world.items.filter(({ gone }) => !gone)) {
    const row = world.rows.find(({ itemId }) => itemId === item.recordId);
    assert.ok(row, `${item.vendorId} has a row`);
    const there = lines.filter((line) => line.trimEnd().endsWith(row.reference));
    if (row.removed) assert.ok(messy && row.vanished === 2, 'only what somebody deleted twice is removed');
    else if (there.length === 0) missing += 1;
    else if (!messy) assert.equal(there.length, 1, `${item.vendorId} stands once:\n${world.note}`);
    if (item.kind !== 'task') continue;
    const day = DateTime.fromISO(String(item.data['dueDate']), { zone: connection.timeZone }).toISODate();
    if (!row.removed)
      assert.deepEqual(
        [row.text, row.dueDate, row.done],
        [String(item.data['title']), day, item.data['completed']],
        'the row agrees with the task',
      );
    if (there.length === 1 && !row.removed)
      assert.equal(
        (there[0] ?? '').trim().replace(/^[-*] /u, ''),
        `[${row.done ? 'x' : ' '}] ${row.text} (due ${row.dueDate}) ${row.reference}`,
        'the line agrees with the task',
      );
    const { dueDate = day, completed = item.data['completed'] } = wanted.get(item.vendorId) ?? {};
    if (!messy)
      assert.deepEqual([day, item.data['completed']], [dueDate, completed], 'what a person wrote reached GHL');
  }
  assert.equal(missing, folded, `none is missing but those that were folded:\n${world.note}`);
  const gone = world.items.filter((item) => item.gone).map(({ recordId }) => recordId);
  for (const row of world.rows.filter(({ itemId }) => gone.includes(itemId ?? '')))
    if (!messy) assert.ok(!lines.some((line) => line.endsWith(row.reference)), 'the line of a deleted item is gone');
  const references = world.rows.map(({ reference }) => reference);
  assert.equal(new Set(references).size, references.length);
}

function inOrder(before: readonly string[], after: readonly string[]): boolean {
  let at = 0;
  for (const line of after) if (at < before.length && line.startsWith(before[at] ?? '')) at += 1;
  return at === before.length;
}

describe('a note that both sides edit, again and again', () => {
  for (const sectionLength of [4_000, 400])
    it(`keeps what people wrote and agrees with GHL in the end, with ${sectionLength} characters for the section`, () => {
      const rules = { ...defaultRules, settings: { ...defaultRules.settings, sectionLength } };
      fc.assert(
        fc.property(fc.array(fc.constantFrom(...PEOPLES), { maxLength: 4 }), rounds, (text, all) => {
          const at: World = {
            world: new NoteWorld(text.join('\n'), rules),
            wanted: new Map(),
            touched: new Set(),
            messy: false,
          };
          for (const { edits: some, between, mishap } of all) {
            at.wanted.clear();
            at.touched.clear();
            for (const edit of some) edit(at);
            let expected = peoples(at.world.note);
            let asked = typed(at.world.note);
            at.world.settle({
              ...mishap,
              between: () => {
                between?.(at);
                expected = peoples(at.world.note);
                asked = typed(at.world.note);
              },
            });
            assert.deepEqual(peoples(at.world.note), expected, "people's text is neither lost nor reordered");
            const lines = at.world.note.split('\n');
            if (!at.messy)
              assert.ok(inOrder(asked, lines), `typed lines stay in place:\n${asked.join('\n')}\n\n${at.world.note}`);
            assert.equal(typed(at.world.note).length, 0, 'every typed line became a task');
            assertAgreement(at);
            const { note } = at.world;
            assert.deepEqual(at.world.pass(), { wrote: false, calls: [], stored: 0, sentences: [] });
            assert.equal(at.world.note, note);
          }
        }),
        { numRuns: 1_000 },
      );
    }).timeout(120_000);
});
