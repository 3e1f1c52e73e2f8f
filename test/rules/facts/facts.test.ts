import assert from 'node:assert/strict';
import fc from 'fast-check';
import { highlightsOf, newFacts } from '../../../rules/facts/facts.ts';
import { renderNote } from '../notes.ts';
import type { Fact, LinkHighlights, LinkState } from '../../../rules/records.ts';
import { anyNote } from '../any-customer.ts';
import { connection, line, linked, member, referral } from '../customers.ts';

const seen = (highlights: Partial<LinkHighlights> = {}, version = 4): Partial<LinkState> => ({
  seen: { value: { status: 'pending', note: '', publicNote: '', ...highlights }, version },
});
const factsOf = (link: LinkState): Pick<Fact, 'key' | 'data'>[] =>
  newFacts(connection, link).map(({ key, data }) => ({
    key,
    data: Object.fromEntries(Object.entries(data).filter(([name]) => name !== 'highlights')),
  }));

const call = line('rb:7KQ2ZD3M');

const cases: [promise: string, link: LinkState, facts: Pick<Fact, 'key' | 'data'>[]][] = [
  ['a new referral was added', referral(), [{ key: 'referral|referral.added|0', data: { status: 'pending' } }]],
  ['a new member was added', member(), [{ key: 'member|member.added|0', data: { status: '' } }]],
  [
    'a referral that was matched but never taken note of was added',
    linked(referral(), { seen: undefined }),
    [{ key: 'referral|referral.added|0', data: { status: 'pending' } }],
  ],
  ['nothing happened to what is as it was', referral({}, seen()), []],
  ['nothing happened to a member that was taken note of', member({ status: 'Active' }, seen()), []],
  [
    'another status is a status and a change',
    referral({ status: 'Qualified' }, seen()),
    [
      { key: 'referral|referral.status|4', data: { from: 'pending', to: 'qualified' } },
      { key: 'referral|referral.changed|4', data: { status: { from: 'pending', to: 'qualified' } } },
    ],
  ],
  [
    'another note is a change',
    referral({ note: 'Likes tea', publicNote: 'Hello' }, seen({ publicNote: 'Hi' })),
    [
      {
        key: 'referral|referral.changed|4',
        data: { note: { from: '', to: 'Likes tea' }, publicNote: { from: 'Hi', to: 'Hello' } },
      },
    ],
  ],
  [
    'our section in the note is no change',
    referral({ note: renderNote('Likes tea', [call]) }, seen({ note: 'Likes tea' })),
    [],
  ],
  [
    'a change beside our section is one',
    referral({ note: renderNote('Likes coffee', [call]) }, seen({ note: 'Likes tea' })),
    [{ key: 'referral|referral.changed|4', data: { note: { from: 'Likes tea', to: 'Likes coffee' } } }],
  ],
  ['another letter case of the status is no change', referral({ status: ' PENDING ' }, seen()), []],
  [
    'other line ends and spaces around are no change',
    referral({ note: 'a\r\nb\r\n', publicNote: '\r\nc\r\nd ' }, seen({ note: 'a\nb', publicNote: 'c\nd' })),
    [],
  ],
  ['emptiness of another kind is no change', referral({ note: null, publicNote: undefined }, seen()), []],
  ['a referral from before the start was not added', referral({ createDate: '2025-12-31T00:00:00Z' }), []],
  [
    'nothing happens to what is from before the start',
    referral({ createDate: '2025-12-31T00:00:00Z', status: 'Denied' }, seen()),
    [],
  ],
];

describe('what happened to a record', () => {
  for (const [promise, link, facts] of cases) {
    it(`knows that ${promise}`, () => assert.deepEqual(factsOf(link), facts));
  }

  it('is one set of facts for each version, whatever is read how often', () => {
    const status = fc.constantFrom('pending', 'Qualified', 'approved', 'DENIED');
    const reading = fc.record({ status, note: anyNote, publicNote: fc.constantFrom('', 'Hi') });
    fc.assert(
      fc.property(fc.array(reading, { minLength: 1 }), (readings) => {
        const keys: string[] = [];
        let link = referral();
        for (const data of readings.flatMap((one) => [one, one])) {
          link = { ...link, data: { ...link.data, ...data } };
          const facts = newFacts(connection, link);
          assert.ok(facts.every(({ version }) => version === (link.seen?.version ?? 0)));
          for (const { data: told } of facts) assert.deepEqual(told['highlights'], highlightsOf(link));
          keys.push(...facts.map(({ key }) => key));
          // As the plan's close takes note of it.
          if (facts.length > 0)
            link = { ...link, seen: { value: highlightsOf(link), version: (link.seen?.version ?? 0) + 1 } };
        }
        assert.equal(new Set(keys).size, keys.length);
        assert.deepEqual(newFacts(connection, link), []);
      }),
    );
  });
});
