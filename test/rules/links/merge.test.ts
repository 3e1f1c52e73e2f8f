import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mergeField, type FieldSide, type MergeInput, type MergeResult } from '../../../rules/links/merge.ts';
import { MAPPED_FIELDS, normalForm } from '../../../rules/forms/normalize.ts';
import { likelyValue } from '../arbitraries.ts';

const usual: Omit<MergeInput, 'field' | 'ghl' | 'rr'> = {
  policy: 'ghl wins',
  direction: 'both',
  propagateEmpty: false,
  country: 'US',
  firstMatch: false,
};

type Outcome = 'same' | 'nothing' | 'conflict' | `${'ghl' | 'rr'} <- ${string}`;

function outcome(result: MergeResult): Outcome {
  return result.kind === 'write' ? `${result.side} <- ${result.value}` : result.kind;
}

/** `[baseline, current]`, then what was pending or refused. */
function side([baseline, current]: readonly [unknown, unknown], more: Partial<FieldSide> = {}): FieldSide {
  return { baseline, current, ...more };
}

const cases: [
  promise: string,
  input: Pick<MergeInput, 'field' | 'ghl' | 'rr'> & Partial<MergeInput>,
  expected: Outcome,
][] = [
  [
    'carries a GHL edit to RR',
    { field: 'firstName', ghl: side(['Jane', 'Janet']), rr: side(['Jane', 'Jane']) },
    'rr <- Janet',
  ],
  [
    'carries an RR edit to GHL',
    { field: 'firstName', ghl: side(['Jane', 'Jane']), rr: side(['Jane', 'Janet']) },
    'ghl <- Janet',
  ],
  [
    'finds the same edit on both sides done',
    { field: 'firstName', ghl: side(['Jane', 'Janet']), rr: side(['Jane', 'Janet']) },
    'same',
  ],
  [
    'finds a difference in form alone the same',
    { field: 'phone', ghl: side(['+14155550123', '+14155550123']), rr: side(['(415) 555-0123', '415.555.0123']) },
    'same',
  ],
  [
    'takes a new form of the old value for no change',
    {
      field: 'email',
      ghl: side(['jane@example.com', 'JANE@example.com']),
      rr: side(['jane@example.com', 'jon@example.com']),
    },
    'ghl <- jon@example.com',
  ],
  [
    'leaves an old difference alone',
    { field: 'city', ghl: side(['Oakland', 'Oakland']), rr: side(['Berkeley', 'Berkeley']) },
    'nothing',
  ],
  ['lets GHL win', { field: 'city', ghl: side(['A', 'B']), rr: side(['A', 'C']) }, 'rr <- B'],
  ['lets RR win', { field: 'city', ghl: side(['A', 'B']), rr: side(['A', 'C']), policy: 'rr wins' }, 'ghl <- C'],
  [
    'holds what changed on both sides',
    { field: 'city', ghl: side(['A', 'B']), rr: side(['A', 'C']), policy: 'hold' },
    'conflict',
  ],
  [
    'writes the phone as E.164',
    { field: 'phone', ghl: side(['', '(415) 555-0123']), rr: side([null, '']) },
    'rr <- +14155550123',
  ],
  [
    'writes the e-mail as it was typed',
    { field: 'email', ghl: side(['', 'Jane.Doe@Example.com']), rr: side(['', '']) },
    'rr <- Jane.Doe@Example.com',
  ],
  [
    'writes a country as its code',
    { field: 'country', ghl: side(['DE', 'DE']), rr: side(['DE', 'United States']) },
    'ghl <- US',
  ],
  [
    'writes no phone number that is none',
    { field: 'phone', ghl: side(['', 'call me']), rr: side(['', '']) },
    'nothing',
  ],
  [
    'writes no e-mail address that is none',
    { field: 'email', ghl: side(['', '']), rr: side(['', 'ask her']) },
    'nothing',
  ],
  [
    'does not carry emptiness',
    { field: 'phone', ghl: side(['+14155550123', '']), rr: side(['+14155550123', '+14155550123']) },
    'nothing',
  ],
  [
    'carries emptiness where a rule says so',
    {
      field: 'phone',
      ghl: side(['+14155550123', null]),
      rr: side(['+14155550123', '+14155550123']),
      propagateEmpty: true,
    },
    'rr <- ',
  ],
  [
    'fills a cleared field with a new value of the other side',
    { field: 'city', ghl: side(['A', '']), rr: side(['A', 'B']) },
    'ghl <- B',
  ],
  [
    'takes its own write that came back for no change',
    { field: 'city', ghl: side(['A', 'B'], { pending: 'B' }), rr: side(['B', 'C']) },
    'ghl <- C',
  ],
  [
    'takes its own write that the side gave another form for no change',
    { field: 'phone', ghl: side(['', '+1 415-555-0123'], { pending: '+14155550123' }), rr: side(['', '+14155550199']) },
    'ghl <- +14155550199',
  ],
  [
    'sees an edit made over its own write',
    { field: 'city', ghl: side(['A', 'C'], { pending: 'B' }), rr: side(['B', 'B']) },
    'rr <- C',
  ],
  [
    'repeats a write that never arrived',
    { field: 'city', ghl: side(['A', 'A'], { pending: 'B' }), rr: side(['A', 'B']) },
    'ghl <- B',
  ],
  [
    'does not repeat what the side did not take',
    { field: 'companyName', ghl: side(['A', 'B']), rr: side(['A', 'A'], { refused: 'B' }) },
    'nothing',
  ],
  [
    'tries again once the source has changed',
    { field: 'companyName', ghl: side(['A', 'C']), rr: side(['A', 'A'], { refused: 'B' }) },
    'rr <- C',
  ],
  [
    'writes nothing against the one way',
    { field: 'city', ghl: side(['A', 'A']), rr: side(['A', 'B']), direction: 'ghl->rr' },
    'nothing',
  ],
  [
    'writes along the one way',
    { field: 'city', ghl: side(['A', 'A']), rr: side(['A', 'B']), direction: 'rr->ghl' },
    'ghl <- B',
  ],
  [
    'never writes against the one way, whoever wins',
    { field: 'city', ghl: side(['A', 'B']), rr: side(['A', 'C']), direction: 'ghl->rr', policy: 'rr wins' },
    'nothing',
  ],
  [
    'fills an empty field of a contact at the first match',
    { field: 'city', ghl: { current: '' }, rr: { current: 'B' }, firstMatch: true },
    'ghl <- B',
  ],
  [
    'never overwrites a contact at the first match',
    { field: 'city', ghl: { current: 'A' }, rr: { current: 'B' }, firstMatch: true, policy: 'rr wins' },
    'nothing',
  ],
  [
    'never writes RR at the first match',
    { field: 'city', ghl: { current: 'A' }, rr: { current: '' }, firstMatch: true },
    'nothing',
  ],
  [
    'treats a field without baselines as at a first match',
    { field: 'city', ghl: { current: 'A' }, rr: { current: 'B' } },
    'nothing',
  ],
  [
    'treats a field with one baseline as at a first match',
    { field: 'city', ghl: { current: 'A' }, rr: side(['B', 'C']) },
    'nothing',
  ],
  [
    'treats a field with the other baseline alone as at a first match',
    { field: 'city', ghl: side(['A', 'B']), rr: { current: 'C' } },
    'nothing',
  ],
  ['knows an empty baseline from none', { field: 'city', ghl: side([null, 'A']), rr: side(['', '']) }, 'rr <- A'],
];

describe('merging a field', () => {
  for (const [promise, input, expected] of cases) {
    it(promise, () => {
      const result = mergeField({ ...usual, ...input });
      assert.equal(outcome(result), expected, result.reason);
    });
  }

  it('never names a value in its reason', () => {
    for (const [, input] of cases) {
      const { reason } = mergeField({ ...usual, ...input });
      for (const value of [input.ghl.current, input.rr.current]) {
        if (typeof value === 'string' && value.length > 3) assert.ok(!reason.includes(value), reason);
      }
    }
  });
});

const maybe = fc.constantFrom(null, undefined, 'Jane', 'jane@example.com', '+14155550123', 'US', '');
const anySide = fc.record(
  { current: likelyValue, baseline: likelyValue, pending: maybe, refused: maybe },
  { requiredKeys: ['current'] },
);
const anyInput: fc.Arbitrary<MergeInput> = fc.record({
  field: fc.constantFrom(...MAPPED_FIELDS),
  ghl: anySide,
  rr: anySide,
  policy: fc.constantFrom('ghl wins' as const, 'rr wins' as const, 'hold' as const),
  direction: fc.constantFrom('both' as const, 'ghl->rr' as const, 'rr->ghl' as const),
  propagateEmpty: fc.boolean(),
  country: fc.constantFrom('US', 'DE'),
  firstMatch: fc.boolean(),
});

/** The input after the write was carried out: as the next pass sees it. */
function applied(input: MergeInput, result: MergeResult): MergeInput {
  const after = {
    ghl: { ...input.ghl, baseline: input.ghl.current },
    rr: { ...input.rr, baseline: input.rr.current },
  };
  if (result.kind === 'write') after[result.side] = { current: result.value, baseline: result.value };
  return { ...input, ...after, firstMatch: false };
}

describe('merging any field of any link', () => {
  const runs = { numRuns: 3000 };

  it('leaves both sides agreeing once a write is carried out', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const result = mergeField(input);
        if (result.kind !== 'write') return;
        const { field, ghl, rr, country } = applied(input, result);
        assert.equal(normalForm(field, ghl.current, { country }), normalForm(field, rr.current, { country }));
      }),
      runs,
    );
  });

  it('has nothing to do when the next pass comes', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const again = mergeField(applied(input, mergeField(input)));
        assert.ok(again.kind === 'same' || again.kind === 'nothing', again.reason);
      }),
      runs,
    );
  });

  it('writes nothing while its own write is pending and has come back', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const result = mergeField(input);
        if (result.kind !== 'write') return;
        const echo = {
          ...input,
          [result.side]: { ...input[result.side], current: result.value, pending: result.value },
        };
        assert.equal(mergeField(echo).kind, 'same');
      }),
      runs,
    );
  });

  it('never writes what is already there, nor against the one way, nor emptiness unasked', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const result = mergeField(input);
        if (result.kind !== 'write') return;
        const form = (value: unknown): string => normalForm(input.field, value, input);
        assert.notEqual(form(input[result.side].current), form(result.value));
        assert.notEqual(input.direction, result.side === 'ghl' ? 'ghl->rr' : 'rr->ghl');
        assert.ok(input.propagateEmpty || result.value !== '');
      }),
      runs,
    );
  });

  it('never writes RR and never overwrites GHL at a first match', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const result = mergeField({ ...input, firstMatch: true });
        if (result.kind !== 'write') return;
        assert.equal(result.side, 'ghl');
        assert.equal(normalForm(input.field, input.ghl.current, input), '');
      }),
      runs,
    );
  });
});
