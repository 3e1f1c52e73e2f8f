import assert from 'node:assert/strict';
import { type Acted, actOn } from '../../../rules/actions/act.ts';
import type { Fact, LinkState } from '../../../rules/records.ts';
import type { ProgramState } from '../../../rules/state.ts';
import { connection, customer, linked, program, referral } from '../customers.ts';

const status = (from: string, to: string): Fact => ({
  key: 'referral|referral.status|1',
  recordId: 'referral',
  kind: 'referral.status',
  version: 1,
  data: { from, to },
});

interface Given {
  fact: Fact;
  link: LinkState;
  others?: LinkState[];
  tags?: string[];
  programs?: ProgramState[];
}

function act({ fact, link, others = [], tags = [], programs = [program()] }: Given): Acted {
  const state = customer([link, ...others], { connection: { ...connection, programs } });
  return actOn(state, [fact], { contact: { id: 'c1', data: { firstName: 'Jane', tags } }, link: link });
}

const tagsOf = ({ steps }: Acted): Record<string, unknown> =>
  Object.fromEntries(steps.map(({ name, input }) => [name, input['tags']]));

describe('another status of a referral', () => {
  const now = (to: string, more: Partial<LinkState> = {}): LinkState => linked(referral({ status: to }), more);

  it('swaps the tag of the old status for that of the new', () => {
    const acted = act({ fact: status('pending', 'qualified'), link: now('Qualified'), tags: ['rr-status:pending'] });
    assert.deepEqual(tagsOf(acted), { 'old-status-tag': ['rr-status:pending'], 'status-tag': ['rr-status:qualified'] });
  });

  it('swaps them by the names of the program where there are several', () => {
    const acted = act({
      fact: status('pending', 'qualified'),
      link: now('Qualified'),
      programs: [program(), program('Partners', false)],
    });
    assert.deepEqual(tagsOf(acted), {
      'old-status-tag': ['rr-status:customer referrals:pending'],
      'status-tag': ['rr-status:customer referrals:qualified'],
    });
  });

  it('takes away the tag that was right before the connection owned several programs, if no other referral has it', () => {
    const given = {
      fact: status('pending', 'qualified'),
      link: now('Qualified'),
      programs: [program(), program('Partners', false)],
      tags: ['rr-status:pending'],
    };
    const [program1, plain] = ['rr-status:customer referrals:pending', 'rr-status:pending'];
    assert.deepEqual(tagsOf(act(given))['old-status-tag'], [program1, plain]);
    const partner = linked(referral({ id: 'r2', status: 'Pending', programName: 'Partners' }), {
      recordId: 'referral2',
      vendorId: 'r2',
    });
    assert.deepEqual(tagsOf(act({ ...given, others: [partner] }))['old-status-tag'], [program1]);
  });

  const other = linked(referral({ id: 'r2', status: 'Pending' }), { recordId: 'referral2', vendorId: 'r2' });
  for (const [promise, others, removed] of [
    ['leaves the old tag that another live referral needs', [other], undefined],
    ['takes the old tag away though a referral that is gone had it', [{ ...other, gone: true }], ['rr-status:pending']],
    [
      'takes the old tag away though a queued referral has that status',
      [{ ...other, linked: false }],
      ['rr-status:pending'],
    ],
    [
      'takes the old tag away when the others have another status',
      [linked(referral({ status: 'denied' }))],
      ['rr-status:pending'],
    ],
  ] as const) {
    it(promise, () => {
      const acted = act({
        fact: status('pending', 'qualified'),
        link: now('Qualified'),
        others: [...others],
        tags: ['rr-status:pending'],
      });
      assert.deepEqual(tagsOf(acted)['old-status-tag'], removed);
      assert.deepEqual(tagsOf(acted)['status-tag'], ['rr-status:qualified']);
    });
  }

  it('tells GHL both tags again, for the tags that were read may be from before our own tagging', () => {
    const acted = act({ fact: status('qualified', 'pending'), link: now('Pending'), tags: ['rr-status:pending'] });
    assert.deepEqual(tagsOf(acted), { 'old-status-tag': ['rr-status:qualified'], 'status-tag': ['rr-status:pending'] });
  });

  it('tags the present status when the next one overtook it, and takes away what is outdated', () => {
    const acted = act({
      fact: status('pending', 'qualified'),
      link: now('Approved'),
      tags: ['rr-status:qualified', 'rr-referral', 'vip'],
    });
    assert.deepEqual(tagsOf(acted), {
      'old-status-tag': ['rr-status:pending', 'rr-status:qualified'],
      'status-tag': ['rr-status:approved'],
    });
    assert.equal(acted.steps.at(-1)?.sentence, 'tagged the contact rr-status:approved');
  });

  it('takes a step with other tags for another step', () => {
    const rules = (link: LinkState): string[] =>
      act({ fact: status('pending', 'qualified'), link }).steps.map(({ rule }) => rule);
    assert.notDeepEqual(rules(now('Qualified')), rules(now('Approved')));
    assert.deepEqual(rules(now('Qualified')), rules(now('Qualified')));
  });
});
