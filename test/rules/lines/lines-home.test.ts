import assert from 'node:assert/strict';
import { keepSection, targetReferral } from '../../../rules/lines/lines.ts';
import type { Line } from '../../../rules/records.ts';
import { connection, customer, line, linked, referral } from '../customers.ts';
import { DUE, END, HEADING, withoutReferences } from '../notes.ts';

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
