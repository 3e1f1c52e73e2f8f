import assert from 'node:assert/strict';
import { hasMoved, holdsAll, whatWasTaken } from '../../activities/compare.ts';

const step = { merges: [], snapshot: undefined };

/** A field as the plan found it, as it shall be, and records as they may be found. */
interface Row {
  what: string;
  field: string;
  before: unknown;
  after: unknown;
  isThere: Record<string, unknown>[];
  isAsBefore: Record<string, unknown>[];
  isNeither: Record<string, unknown>[];
}

const custom = (value: unknown) => ({
  customFields: [
    { id: 'other', value: 'x' },
    { id: 'f1', value },
  ],
});

const rows: Row[] = [
  {
    what: 'a custom field by its id, empty where it is not listed',
    field: 'customField:f1',
    before: null,
    after: 'AB12',
    isThere: [custom('AB12'), custom(' AB12 ')],
    isAsBefore: [custom(''), custom(null), { customFields: [] }, {}],
    isNeither: [custom('CD34')],
  },
  {
    what: 'a number whether it comes as number or text',
    field: 'customField:f1',
    before: '1',
    after: 12.5,
    isThere: [custom(12.5), custom('12.50')],
    isAsBefore: [custom(1), custom('1')],
    isNeither: [custom('12.51'), custom('')],
  },
  {
    what: 'a list by its items, in their order',
    field: 'customField:f1',
    before: ['a'],
    after: ['a', 'b'],
    isThere: [custom(['a', 'b']), custom('a, b')],
    isAsBefore: [custom(['a'])],
    isNeither: [custom(['b', 'a'])],
  },
  {
    what: 'an instant in any zone and layout',
    field: 'dueDate',
    before: '2026-12-01T17:00:00.000Z',
    after: '2026-12-02T17:00:00.000Z',
    isThere: [{ dueDate: '2026-12-02T11:00:00-06:00' }, { dueDate: '2026-12-02T17:00:00Z' }],
    isAsBefore: [{ dueDate: '2026-12-01T17:00:00+00:00' }],
    isNeither: [{ dueDate: '2026-12-02T17:00:01Z' }, {}],
  },
  {
    what: 'a flag, which is off where it is missing',
    field: 'completed',
    before: false,
    after: true,
    isThere: [{ completed: true }, { completed: 'true' }],
    isAsBefore: [{ completed: false }, { completed: null }, {}],
    isNeither: [],
  },
  {
    what: 'a status in any letter case',
    field: 'status',
    before: 'pending',
    after: 'approved',
    isThere: [{ status: 'Approved' }],
    isAsBefore: [{ status: 'PENDING' }],
    isNeither: [{ status: 'Denied' }, {}],
  },
  {
    what: 'do-not-disturb by the channels that are written, whatever else the record says of them',
    field: 'dndSettings',
    before: { Email: { status: 'inactive' } },
    after: { Email: { status: 'active', message: 'opted out', code: '' } },
    isThere: [{ dndSettings: { Email: { status: 'active' }, SMS: { status: 'active' } } }],
    isAsBefore: [{ dndSettings: { SMS: { status: 'active' } } }, { dndSettings: {} }, {}],
    isNeither: [{ dndSettings: { Email: { status: 'permanent' } } }],
  },
  {
    what: 'no do-not-disturb as all channels off',
    field: 'dndSettings',
    before: null,
    after: { Email: { status: 'active' } },
    isThere: [{ dndSettings: { Email: { status: 'active' } } }],
    isAsBefore: [{ dndSettings: { Email: { status: 'inactive' } } }, {}],
    isNeither: [],
  },
  {
    what: 'a text of several lines whatever ends them',
    field: 'customText3Value',
    before: 'one\ntwo',
    after: 'one\ntwo\nthree',
    isThere: [{ customText3Value: 'one\r\ntwo\r\nthree' }],
    isAsBefore: [{ customText3Value: 'one\r\ntwo' }],
    isNeither: [{ customText3Value: 'one two' }],
  },
];

describe('comparing a record with what a step writes', () => {
  for (const { what, field, before, after, isThere, isAsBefore, isNeither } of rows) {
    it(`compares ${what}`, () => {
      const changes = [{ field, before, after }];
      const found = (records: Record<string, unknown>[]): unknown[] =>
        records.map((record) => [
          holdsAll(step, record, changes, 'before'),
          holdsAll(step, record, changes, 'after'),
          hasMoved(step, record, changes),
        ]);
      const all = (records: unknown[], says: boolean[]): unknown[] => records.map(() => says);
      assert.deepEqual(found(isThere), all(isThere, [false, true, false]));
      assert.deepEqual(found(isAsBefore), all(isAsBefore, [true, false, false]));
      assert.deepEqual(found(isNeither), all(isNeither, [false, false, true]));
    });
  }

  it('tells what was taken, what was refused, and takes what somebody has edited since for taken', () => {
    const changes = [
      { field: 'customField:f1', before: null, after: 'new' },
      { field: 'city', before: 'Waco', after: 'Austin' },
      { field: 'state', before: 'TX', after: 'OK' },
    ];
    const record = { ...custom('new'), city: 'Waco', state: 'NM' };
    assert.deepEqual(whatWasTaken(step, changes, record), {
      taken: { 'customField:f1': 'new', city: 'Waco', state: 'OK' },
      refused: ['city'],
    });
  });
});
