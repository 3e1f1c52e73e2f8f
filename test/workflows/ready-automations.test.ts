import assert from 'node:assert/strict';
import { readyAutomations } from '../../rules/ready/index.ts';
import { runAbout, skipWait, withActions } from '../support/automations.ts';
import {
  addAppointment,
  addMember,
  addOpportunity,
  addTask,
  completeTask,
  editReferral,
  find,
  refer,
  referred,
  somebody,
} from '../support/people.ts';
import { type Json, RunningRockbridge } from '../support/rockbridge.ts';

describe('the ready automations', () => {
  let rockbridge: RunningRockbridge;
  before(async () => {
    rockbridge = await RunningRockbridge.start({ quota: 'high', timing: { goneAfter: 500 } });
    await withActions(rockbridge, ...readyAutomations.map((action) => ({ ...action, mode: 'live' })));
  });
  after(() => rockbridge.close());

  const titles = (email: string, pattern: RegExp): string[] =>
    find(rockbridge, { email })
      .tasks.map(({ title }) => title)
      .filter((title) => pattern.test(title));
  const proposalFor = async (referralId: string): Promise<Json | undefined> => {
    const { approvals } = await rockbridge.api('approvals');
    return (approvals as Json[]).find((one) => one['referralId'] === referralId);
  };
  const wait = async (action: string, recordId: string): Promise<void> =>
    skipWait(rockbridge, await runAbout(rockbridge, action, recordId));

  it('lead a new referral through two weeks of tasks', async () => {
    const { person, referralId } = await referred(rockbridge);
    for (let n = 0; n < 3; n++) await wait('onboarding-series', referralId);
    assert.equal(titles(person.email, /again|an offer|^Last call/u).length, 3);
    assert.equal((await runAbout(rockbridge, 'onboarding-series', referralId))['status'], 'done');
  });

  it('stop the onboarding of a referral that is denied', async () => {
    const { person, referralId } = await referred(rockbridge);
    await editReferral(rockbridge, { id: referralId }, { status: 'Denied' });
    await rockbridge.settled();
    const run = await runAbout(rockbridge, 'onboarding-series', referralId);
    assert.deepEqual([run['status'], titles(person.email, /again/u)], ['cancelled', []]);
    assert.match(String(run['sentence']), /was ended: referral\.status \(denied\)/u);
  });

  it('remind of a referral that is pending after two weeks', async () => {
    const { person, referralId } = await referred(rockbridge);
    await wait('stale-pending', referralId);
    assert.equal(titles(person.email, /pending for two weeks/u).length, 1);
  });

  it('propose qualified when the person showed up, and write nothing before a person approves', async () => {
    const { contactId, referralId } = await referred(rockbridge);
    const { id } = await addAppointment(rockbridge, contactId);
    await rockbridge.settled();
    await rockbridge.asUser('ghl', 'PUT', `/calendars/events/appointments/${id}`, { appointmentStatus: 'showed' });
    await rockbridge.settled();
    assert.equal((await proposalFor(referralId))?.['proposal'].status, 'qualified');
    assert.equal(rockbridge.sandbox.referralRock.referrals.get(referralId)?.status.toLowerCase(), 'pending');
  });

  it('propose the amount of a won deal together with its status', async () => {
    const { contactId, referralId } = await referred(rockbridge);
    const { id } = await addOpportunity(rockbridge, contactId, { monetaryValue: 2500 });
    await rockbridge.settled();
    await rockbridge.asUser('ghl', 'PUT', `/opportunities/${id}/status`, { status: 'won' });
    await rockbridge.settled();
    assert.match(JSON.stringify((await proposalFor(referralId))?.['proposal']), /"amount":2500/u);
    assert.equal(rockbridge.sandbox.referralRock.referrals.get(referralId)?.amount, 0);
  });

  it('ask for a referral a day after a task is completed, once', async () => {
    const { person, contactId } = await referred(rockbridge);
    const task = await addTask(rockbridge, contactId);
    await rockbridge.settled();
    await completeTask(rockbridge, task);
    await rockbridge.settled();
    await wait('ask-for-referral', task.id);
    assert.equal(titles(person.email, /^Ask /u).length, 1);
    const asked = find(rockbridge, person).tasks.find(({ title }) => title.startsWith('Ask '));
    assert.ok(asked);
    await completeTask(rockbridge, asked);
    await rockbridge.settled();
    const { runs } = await rockbridge.api('automations/runs?action=ask-for-referral');
    assert.deepEqual(
      (runs as Json[]).filter((run) => run['recordId'] === asked.id),
      [],
    );
  });

  it('welcome a new member, and thank one whose reward is issued', async () => {
    const person = somebody();
    const member = await addMember(rockbridge, person);
    await rockbridge.settled();
    assert.equal(titles(person.email, /^Welcome /u).length, 1);
    const { id } = await refer(rockbridge, member, somebody());
    await rockbridge.settled();
    await editReferral(rockbridge, { id }, { status: 'approved' });
    await rockbridge.settled();
    const { rewards } = await rockbridge.asUser('referral-rock', 'GET', `/api/rewards?memberId=${member.id}`);
    const rewardId = String((rewards as Json[])[0]?.['id']);
    await rockbridge.asUser('referral-rock', 'POST', '/api/rewards/issue', { rewardId });
    await rockbridge.settled();
    assert.equal(titles(person.email, /^Thank .*\d\.\d\d/u).length, 1);
  });
});
