import assert from 'node:assert/strict';
import { whyNotMet } from '../../rules/actions/conditions.ts';
import type { Test } from '../../rules/rule-set.ts';

const scope = {
  referral: { status: 'pending', amount: '1,250.50', createDate: '2026-03-01T10:00:00Z' },
  contact: { name: 'Jane Doe', tags: ['VIP', 'roof'], companyName: '' },
  fact: { kind: 'referral.status', from: 'pending', to: 'qualified', note: { from: 'a', to: 'b' } },
};
const holds = (test: Test): boolean => whyNotMet({ all: [test] }, scope) === undefined;

describe('a condition', () => {
  for (const [test, expected] of [
    [{ field: 'referral.status', is: 'equals', value: 'Pending' }, true],
    [{ field: 'referral.status', is: 'equals', value: 'pend' }, false],
    [{ field: 'contact.name', is: 'contains', value: 'DOE' }, true],
    [{ field: 'contact.name', is: 'contains', value: '' }, false],
    [{ field: 'contact.tags', is: 'contains', value: 'vip' }, true],
    [{ field: 'contact.tags', is: 'tag', value: 'Roof' }, true],
    [{ field: 'contact.tags', is: 'tag', value: 'roo' }, false],
    [{ field: 'contact.companyName', is: 'exists' }, false],
    [{ field: 'contact.companyName', is: 'exists', not: true }, true],
    [{ field: 'contact.nothing', is: 'exists' }, false],
    [{ field: 'referral.amount', is: 'greater', value: '1000' }, true],
    [{ field: 'referral.amount', is: 'less', value: '1000' }, false],
    [{ field: 'contact.name', is: 'greater', value: '1' }, false],
    [{ field: 'contact.companyName', is: 'less', value: '1' }, false],
    [{ field: 'referral.createDate', is: 'less', value: '2026-04-01' }, true],
    [{ field: 'referral.status', is: 'changed' }, true],
    [{ field: 'referral.note', is: 'changed' }, true],
    [{ field: 'referral.amount', is: 'changed' }, false],
  ] as const satisfies [Test, boolean][]) {
    it(`${expected ? 'holds' : 'does not hold'}: ${JSON.stringify(test)}`, () => assert.equal(holds(test), expected));
  }

  it('says what does not hold', () => {
    const test: Test = { field: 'referral.status', is: 'equals', value: 'denied' };
    assert.equal(whyNotMet({ all: [test] }, scope), 'not: referral.status is “denied”');
    const other: Test = { field: 'contact.companyName', is: 'exists' };
    assert.equal(
      whyNotMet({ any: [test, other] }, scope),
      'not: referral.status is “denied”, and not: contact.companyName is given',
    );
    assert.equal(whyNotMet({ any: [test, { ...other, not: true }] }, scope), undefined);
  });
});
