import assert from 'node:assert/strict';
import fc from 'fast-check';
import { asTag, liveTags, statusTag, statusTags } from '../../../rules/facts/tags.ts';
import { connection, linked, member, program, referral } from '../customers.ts';

const two = { ...connection, programs: [program(), program('Partners', false)] };

describe('a tag', () => {
  it('is in lower case, with single spaces', () => {
    assert.equal(asTag('  RR-Program:Customer \n Referrals '), 'rr-program:customer referrals');
  });

  for (const [promise, programs, programName, status, expected] of [
    ['tells the status', connection, 'Partners', 'Approved', 'rr-status:approved'],
    ['names the program where there are several', two, ' Partners  EU ', 'Approved', 'rr-status:partners eu:approved'],
    ['is none without a status', two, 'Partners', ' ', ''],
  ] as const) {
    it(promise, () => assert.equal(statusTag(programs, referral({ programName }), status), expected));
  }

  it('is known for every status, with and without the program', () => {
    assert.deepEqual(
      statusTags(referral({ programName: 'Partners' })),
      ['pending', 'qualified', 'approved', 'denied'].flatMap((status) => [
        `rr-status:${status}`,
        `rr-status:partners:${status}`,
      ]),
    );
  });
});

describe('the tags of live referrals', () => {
  const live = linked(referral({ status: 'Pending', programName: ' Partners ', source: ' Widget' }));

  it('are those of each referral that is linked and there', () => {
    const other = linked(referral({ status: 'Approved', programName: 'Friends', source: 'Widget' }));
    assert.deepEqual([...liveTags([live, other])].toSorted(), [
      'rr-program:friends',
      'rr-program:partners',
      'rr-referral',
      'rr-source:widget',
      'rr-status:approved',
      'rr-status:friends:approved',
      'rr-status:partners:pending',
      'rr-status:pending',
    ]);
  });

  for (const [what, link] of [
    ['a referral that is gone', { ...live, gone: true }],
    ['a referral that is only queued with the customer', { ...live, linked: false }],
    ['a member who is disabled', linked(member({ disabledFlag: true }))],
  ] as const) {
    it(`are none of ${what}`, () => assert.deepEqual(liveTags([link]), new Set()));
  }

  it('are that of a member where there is one who is not disabled', () => {
    assert.deepEqual(liveTags([linked(member({ disabledFlag: false }))]), new Set(['rr-member']));
  });

  it('hold the tag of the present status of each, and of no other status', () => {
    const status = fc.constantFrom('pending', 'Qualified', 'APPROVED', 'denied');
    fc.assert(
      fc.property(fc.array(fc.tuple(status, fc.boolean(), fc.boolean()), { maxLength: 5 }), (referrals) => {
        const links = referrals.map(([one, isLinked, gone]) => ({
          ...linked(referral({ status: one })),
          linked: isLinked,
          gone,
        }));
        const expected = referrals.flatMap(([one, isLinked, gone]) =>
          isLinked && !gone
            ? [`rr-status:${one.toLowerCase()}`, `rr-status:customer referrals:${one.toLowerCase()}`]
            : [],
        );
        const found = [...liveTags(links)].filter((tag) => tag.startsWith('rr-status:'));
        assert.deepEqual(new Set(found), new Set(expected));
      }),
    );
  });
});
