import assert from 'node:assert/strict';
import { type Digests, isAfter, type KnownOfListed, type Listed, sift } from '../../rules/walk.ts';

const SIFTING = { start: '2026-03-01T00:00:00Z', timeZone: 'America/Chicago' };

const task: Listed = {
  kind: 'task',
  vendorId: 'task-1',
  data: { _id: 'task-1', title: 'Call', completed: false, contactId: 'c', dueDate: '2026-04-01T22:00:00.000Z' },
  createdAt: '2026-03-02T00:00:00Z',
};
const known = (snapshot: object | null, more: Partial<KnownOfListed> = {}): KnownOfListed => ({
  snapshot: snapshot as KnownOfListed['snapshot'],
  seen: null,
  gone: false,
  forgotten: false,
  ...more,
});
const { _id, ...read } = task.data;

describe('what a walk finds', () => {
  const cases: [what: string, listed: Listed, of: KnownOfListed | undefined, triggers: string[]][] = [
    ['a record that nobody knows', task, undefined, ['task']],
    ['nothing of a record from before the start', { ...task, createdAt: '2026-02-01T00:00:00Z' }, undefined, []],
    [
      'a record from before the start that was changed since',
      { ...task, createdAt: '2026-02-01T00:00:00Z', updatedAt: '2026-03-05T00:00:00Z' },
      undefined,
      ['task'],
    ],
    ['a record whose vendor tells no time', { ...task, createdAt: undefined }, undefined, ['task']],
    [
      'a record whose time has no zone, for it may be a day later',
      { ...task, createdAt: '2026-02-28T12:00:00' },
      undefined,
      ['task'],
    ],
    ['nothing where the record is as it was read', task, known({ id: 'task-1', ...read, body: null }), []],
    ['an edit', task, known({ ...read, title: 'Write' }), ['task']],
    ['a record that was taken for gone', task, known(read, { gone: true }), ['task']],
    ['nothing of somebody who was forgotten', task, known({ title: 'x' }, { forgotten: true }), []],
    [
      'what was read but never taken note of',
      task,
      known(read, { seen: { status: 'completed', stage: '', amount: '', description: '' } }),
      ['task'],
    ],
    [
      'nothing where what was taken note of is there',
      task,
      known(read, { seen: { status: 'open', stage: '', amount: '', description: '' } }),
      [],
    ],
  ];
  for (const [what, listed, of, triggers] of cases)
    it(`is ${what}`, () => assert.deepEqual(sift(listed, of, undefined, SIFTING).triggers, triggers));

  it('is found once, though a list gives it in another form for ever', () => {
    const of = known({ ...read, title: 'call' });
    const first = sift(task, of, undefined, SIFTING);
    assert.deepEqual(first.triggers, ['task']);
    assert.deepEqual(sift(task, of, first.digests, SIFTING).triggers, []);
  });

  it('is found when it went back to what an earlier lap had seen, and the way back was not told', () => {
    const before: Digests = sift(task, known(read), undefined, SIFTING).digests;
    assert.deepEqual(sift(task, known({ ...read, title: 'Write' }), before, SIFTING).triggers, ['task']);
  });

  it('is of a contact what changed of it: its tags, its do-not-disturb, or the rest', () => {
    const data = { id: 'c', firstName: 'Jane', address: '1 Main St', tags: ['vip', 'rr-member'], dnd: false };
    const contact: Listed = { kind: 'contact', vendorId: 'c', data };
    const asRead = { id: 'c', firstName: 'Jane', address1: '1 Main St', tags: ['rr-member', 'vip'], dnd: false };
    const found = (snapshot: object, seen: object | null = null) =>
      sift(contact, known(snapshot, { seen: seen as KnownOfListed['seen'] }), undefined, SIFTING).triggers;
    assert.deepEqual(found(asRead), []);
    assert.deepEqual(found({ ...asRead, firstName: 'Jo' }), ['contact']);
    assert.deepEqual(found({ ...asRead, tags: [] }), ['tags']);
    assert.deepEqual(found({ ...asRead, dnd: true }), ['dnd']);
    assert.deepEqual(found(asRead, { tags: [], emailDnd: true }), ['tags', 'dnd']);
  });

  it('is no count of views, nor when somebody was last there', () => {
    const member: Listed = {
      kind: 'member',
      vendorId: 'm',
      data: { id: 'm', firstName: 'Jo', views: 7, lastActiveDate: 'b' },
    };
    assert.deepEqual(sift(member, known({ id: 'm', firstName: 'Jo', views: 2 }), undefined, SIFTING).triggers, []);
    assert.deepEqual(sift(member, known({ id: 'm', firstName: 'Joe', views: 7 }), undefined, SIFTING).triggers, [
      'member',
    ]);
  });

  it('reads the times of an appointment as on the walls of the location', () => {
    const data = { id: 'a', title: 'Visit', startTime: '2026-12-01 14:00:00' };
    const listed: Listed = { kind: 'appointment', vendorId: 'a', data };
    const asRead = { id: 'a', title: 'Visit', startTime: '2026-12-01T20:00:00.000Z' };
    assert.deepEqual(sift(listed, known(asRead), undefined, SIFTING).triggers, []);
  });

  it('is recent only where the vendor tells the time for sure', () => {
    const moment = Date.parse('2026-03-02T00:00:00Z');
    assert.equal(isAfter({ updatedAt: '2026-03-02T00:00:01Z' }, moment), true);
    assert.equal(isAfter({ updatedAt: '2026-03-02T00:00:01' }, moment), false);
    assert.equal(isAfter({ createdAt: '2026-03-03T00:00:00Z', updatedAt: '2026-03-01T00:00:00Z' }, moment), false);
  });
});
