import assert from 'node:assert/strict';
import type { LinkState } from '../../../rules/records.ts';
import type { CustomerState } from '../../../rules/state.ts';
import { connection, contact, customer, linked, member, planOf, program, referral, stepOf } from '../customers.ts';

const gone = (link: LinkState): LinkState => ({ ...link, gone: true });
const noted = (link: LinkState, version = 1): LinkState => ({
  ...link,
  seen: { value: { status: 'deleted', note: '', publicNote: '' }, version },
});
const deleted = gone(linked(referral({ referringMemberId: 'm9' })));

describe('a referral that was deleted', () => {
  it('takes its tags from the contact and leaves a note, once', () => {
    const plan = planOf(customer([deleted]));
    assert.deepEqual(
      plan.facts.map(({ kind }) => kind),
      ['referral.deleted'],
    );
    assert.deepEqual(stepOf(plan, 'deleted-tags').input, {
      contactId: 'c1',
      tags: ['rr-referral', 'rr-program:customer referrals', 'rr-source:widget', 'rr-status:pending'],
    });
    assert.match(
      String(stepOf(plan, 'deleted-note').input['body']),
      /^2026-03-06 referral in Customer Referrals was deleted in Referral Rock; it was pending\.\n/u,
    );
    assert.equal(plan.steps.length, 2);
    assert.deepEqual(plan.highlights, [
      { recordId: 'referral', value: { status: 'deleted', note: '', publicNote: '' } },
    ]);
    const again = planOf(customer([noted(deleted, 2)]));
    assert.deepEqual([again.steps, again.facts, again.findings], [[], [], []]);
    assert.match(again.sentences.join(), /^nothing to do: /u);
  });

  it('leaves the tags that another live referral needs', () => {
    const other = linked(referral({ status: 'Approved' }), { recordId: 'other', vendorId: 'r2' });
    const plan = planOf(customer([deleted, other]));
    assert.deepEqual(stepOf(plan, 'deleted-tags').input['tags'], ['rr-status:pending']);
  });

  it('takes the tag of its own program where there are several', () => {
    const other = linked(referral({ programName: 'Partners' }), { recordId: 'other', vendorId: 'r2' });
    const programs = [program(), program('Partners', false)];
    const plan = planOf(customer([deleted, other], { connection: { ...connection, programs } }));
    assert.deepEqual(stepOf(plan, 'deleted-tags').input['tags'], [
      'rr-program:customer referrals',
      'rr-status:customer referrals:pending',
    ]);
  });

  it('changes the counts of the member who made it, and overtakes what waits for a person', () => {
    const approval = { id: 'a1', kind: 'status', recordId: 'referral', proposal: { from: 'pending' } } as const;
    const plan = planOf(customer([deleted], { approvals: [approval] }));
    assert.deepEqual(plan.findings, [{ trigger: 'member', kind: 'member', vendorId: 'm9' }]);
    assert.deepEqual(
      plan.superseded.map(({ approvalId }) => approvalId),
      ['a1'],
    );
  });

  for (const [what, state] of [
    ['that had no contact', { links: [gone(referral())], contact: undefined }],
    ['whose contact is gone', { contact: undefined }],
    ['from before the start', { links: [gone(linked(referral({ createDate: '2025-12-31T00:00:00' })))] }],
  ] as const satisfies [string, Partial<CustomerState>][]) {
    it(`writes nothing where it is one ${what}`, () => {
      const plan = planOf(customer([deleted], state));
      assert.deepEqual([plan.steps, plan.facts], [[], []]);
      assert.ok(plan.sentences.length > 0);
    });
  }

  it('is overtaken by nothing that had waited: its old status tag does not come back', () => {
    const waiting = {
      key: 'referral|referral.status|1',
      recordId: 'referral',
      kind: 'referral.status',
      version: 1,
      data: { from: 'pending', to: 'qualified' },
    } as const;
    const plan = planOf(customer([noted(deleted)], { facts: [waiting] }));
    assert.deepEqual([plan.steps, plan.facts], [[], [waiting]]);
  });

  it('is told of though what happened before was of a plan that was given up', () => {
    const highlights = { status: 'qualified', note: '', publicNote: '' };
    const given = {
      key: 'referral|referral.status|1',
      recordId: 'referral',
      kind: 'referral.status',
      version: 1,
      data: { from: 'pending', to: 'qualified', highlights },
    } as const;
    const plan = planOf(customer([deleted], { facts: [given] }));
    assert.ok(stepOf(plan, 'deleted-tags'));
    assert.deepEqual(
      plan.facts.map(({ kind }) => kind),
      ['referral.status', 'referral.deleted'],
    );
    assert.deepEqual(plan.highlights[0]?.value, { status: 'deleted', note: '', publicNote: '' });
  });

  it('that is there again gets its tags back, and no second task or note', () => {
    const plan = planOf(customer([noted(linked(referral()), 3)]));
    assert.deepEqual(
      plan.steps.map(({ operation }) => operation),
      ['ghl.contact.add-tags'],
    );
  });
});

describe('a member who was deleted or disabled', () => {
  it('leaves the contact without the tag, once', () => {
    const plan = planOf(customer([gone(linked(member()))]));
    assert.deepEqual(stepOf(plan, 'member-tag').input, { contactId: 'c1', tags: ['rr-member'] });
    assert.deepEqual(planOf(customer([noted(gone(linked(member())), 2)])).steps, []);
  });

  it('is told of once: the tag goes when they are disabled, and comes back', () => {
    const activated = { value: { status: 'activated', note: '', publicNote: '' }, version: 1 };
    const off = linked(member({ status: 'Activated', disabledFlag: true }), { seen: activated });
    const plan = planOf(customer([off]));
    assert.deepEqual(
      plan.facts.map(({ kind }) => kind),
      ['member.disabled'],
    );
    const value = plan.highlights[0]?.value as { status: string; note: string; publicNote: string };
    assert.equal(value.status, 'disabled');
    assert.deepEqual(planOf(customer([{ ...off, seen: { value, version: 2 } }])).facts, []);
    const on = linked(member({ status: 'Activated', disabledFlag: false }), { seen: { value, version: 2 } });
    assert.deepEqual(
      planOf(customer([on])).facts.map(({ kind }) => kind),
      ['member.enabled'],
    );
  });
});

describe('what a referral finds for the member who made it', () => {
  const of = (link: LinkState): unknown[] =>
    planOf(customer([link], { contact: link.linked ? contact() : undefined })).findings.map((one) => one.vendorId);
  const made = { referringMemberId: 'm9' };

  for (const [what, link, found] of [
    ['is new', referral(made), ['m9']],
    ['changed its status', linked(referral({ ...made, status: 'Approved' })), ['m9']],
    ['changed anything else', linked(referral({ ...made, note: 'x' })), []],
    ['is matched and from before the start', referral({ ...made, createDate: '2025-12-31T00:00:00' }), []],
    ['names no member', linked(referral({ status: 'Approved' })), []],
  ] as const) {
    it(`is ${found.length > 0 ? 'a reason to look' : 'nothing'} where it ${what}`, () =>
      assert.deepEqual(of({ ...link, candidates: [] }), found));
  }
});
