import assert from 'node:assert/strict';
import type { Contact } from '../../sandbox/ghl/state.ts';
import { addMember, editContact, find, type Person, refer, somebody } from '../support/people.ts';
import { failureOf, Workbench } from './workbench.ts';

const UPDATE_REFERRAL = 'referral-rock.referral.update';

describe('apply, of an update', () => {
  let bench: Workbench;
  let member: { referralCode: string };

  before(async () => {
    bench = await Workbench.open();
    member = await addMember(bench);
  });
  afterEach(async () => {
    await bench.control('DELETE', 'faults');
  });
  after(() => bench.close());

  const strike = (fault: object) => bench.control('POST', 'faults', { faults: [{ times: 1, ...fault }] });

  async function linked(): Promise<{ person: Person; id: string; contact: Contact }> {
    const person = somebody();
    const { id } = await refer(bench, member, person);
    await bench.tell('referral', id);
    const [contact] = find(bench, person).contacts;
    assert.ok(contact);
    return { person, id, contact };
  }

  /** An edit of the contact is read and planned: its referral shall follow. */
  async function planned(contact: Contact, fields: object) {
    await editContact(bench, contact.id, fields);
    const job = await bench.take('contact', contact.id);
    await bench.observe(job);
    return { job, plan: await bench.plan(job) };
  }

  function changeReferral(id: string, fields: object): void {
    const { referrals } = bench.sandbox.referralRock;
    const referral = referrals.get(id);
    if (referral) referrals.put({ ...referral, ...fields });
  }

  it('reads a record first that was read more than a minute ago: edited since, nothing is written, and the next plan is made from that', async () => {
    const { person, id, contact } = await linked();
    const { job, plan } = await planned(contact, { lastName: 'Ours', firstName: 'Alsoours' });
    changeReferral(id, { lastName: 'Theirs' });
    await bench.elapse();
    const writes = await bench.writesDuring(async () =>
      assert.equal(await bench.apply(plan, UPDATE_REFERRAL), 'stale'),
    );
    assert.deepEqual(writes, []);
    const again = await bench.plan(job, plan.planId);
    assert.equal(await bench.apply(again, UPDATE_REFERRAL), 'done');
    const [referral] = find(bench, person).referrals;
    // GHL wins where both changed.
    assert.deepEqual([referral?.firstName, referral?.lastName], ['Alsoours', 'Ours']);
  });

  it('reads the record first in any later attempt', async () => {
    const { id, contact } = await linked();
    const { plan } = await planned(contact, { lastName: 'Ours' });
    changeReferral(id, { lastName: 'Theirs' });
    assert.equal(await bench.apply(plan, UPDATE_REFERRAL, 2), 'stale');
  });

  it('goes on when something else of the record was edited', async () => {
    const { person, id, contact } = await linked();
    const { plan } = await planned(contact, { lastName: 'Ours' });
    changeReferral(id, { firstName: 'Theirs' });
    assert.equal(await bench.apply(plan, UPDATE_REFERRAL, 2), 'done');
    const [referral] = find(bench, person).referrals;
    assert.deepEqual([referral?.firstName, referral?.lastName], ['Theirs', 'Ours']);
  });

  it('writes nothing whose content is there already, in whatever form', async () => {
    const { id, contact } = await linked();
    const { plan } = await planned(contact, { phone: '+15125579100' });
    changeReferral(id, { phoneNumber: '512-557-9100' });
    const writes = await bench.writesDuring(async () =>
      assert.equal(await bench.apply(plan, UPDATE_REFERRAL, 2), 'done'),
    );
    assert.deepEqual(writes, []);
  });

  it('writes nothing again once it is done, nor for a plan that was given up', async () => {
    const { contact } = await linked();
    const first = await planned(contact, { lastName: 'Once' });
    await bench.apply(first.plan, UPDATE_REFERRAL);
    const second = await bench.writesDuring(() => bench.apply(first.plan, UPDATE_REFERRAL));
    assert.deepEqual(second, []);
    await bench.call('local', 'close', { planId: first.plan.planId });
    const { job, plan } = await planned(contact, { lastName: 'Never' });
    await bench.plan(job, plan.planId);
    const late = await bench.writesDuring(async () => assert.equal(await bench.apply(plan, UPDATE_REFERRAL), 'stale'));
    assert.deepEqual(late, []);
  });

  it('never overwrites a note that was edited between plan and write', async () => {
    const person = somebody();
    const { id } = await refer(bench, member, person);
    const job = await bench.take('referral', id);
    await bench.observe(job);
    const plan = await bench.plan(job);
    for (const { operation } of plan.steps.slice(0, -1)) await bench.apply(plan, operation);
    changeReferral(id, { note: 'Typed by somebody just now' });
    assert.equal(await bench.apply(plan, UPDATE_REFERRAL), 'stale');
    const again = await bench.plan(job, plan.planId);
    const writes = await bench.writesDuring(async () => {
      for (const { operation } of again.steps) await bench.apply(again, operation);
    });
    // What the plan before has done stays done.
    assert.deepEqual(
      writes.map(({ operation }) => operation),
      ['rr.referral.update'],
    );
    const [referral] = find(bench, person).referrals;
    assert.match(String(referral?.note), /^Typed by somebody just now\n[^]*\[ \] Call/);
  });

  it('fails where the note was not taken: the task of a line that was typed into it is not made without its line', async () => {
    const { person, id } = await linked();
    const { note } = bench.sandbox.referralRock.referrals.get(id) ?? {};
    changeReferral(id, { note: `${note}\n[ ] Order the tiles` });
    const job = await bench.take('referral', id);
    await bench.observe(job);
    const plan = await bench.plan(job);
    const [update, create] = plan.steps;
    assert.deepEqual([update?.operation, create?.operation, create?.after], [UPDATE_REFERRAL, 'ghl.task.create', [0]]);
    const body = [{ query: {}, referral: null, resultInfo: { status: 'Succeeded', message: '' } }];
    await strike({
      vendor: 'referralRock',
      method: 'POST',
      pathPattern: '/api/referral/update',
      kind: 'status',
      status: 200,
      body,
    });
    const failure = await failureOf(bench.call('referral-rock', UPDATE_REFERRAL, { planId: plan.planId, n: 0 }));
    assert.deepEqual([failure.type, failure.nonRetryable], ['Invalid', true]);
    await bench.call('local', 'close', { planId: plan.planId });
    assert.match(String((await bench.rows(job))[0]?.sentence), /the note is as it was/);
    assert.ok(find(bench, person).tasks.every(({ title }) => title !== 'Order the tiles'));
  });

  it('remembers a value that the vendor did not take, and does not write it again until it changes', async () => {
    const { person, id, contact } = await linked();
    // Referral Rock says that all went well, and has left the record as it was.
    const referral = await bench.asUser('referral-rock', 'GET', `/api/referral/single?referralId=${id}`);
    const resultInfo = { status: 'Success', message: 'Update was successful' };
    const body = [{ query: {}, referral, resultInfo }];
    await strike({ vendor: 'referral-rock', pathPattern: '/referral/update', kind: 'status', status: 200, body });
    await editContact(bench, contact.id, { lastName: 'Refused' });
    const first = await bench.writesDuring(() => bench.tell('contact', contact.id));
    assert.equal(first.length, 1);
    assert.notEqual(find(bench, person).referrals[0]?.lastName, 'Refused');
    const again = await bench.writesDuring(() => bench.tell('contact', contact.id));
    assert.deepEqual(again, []);
    await editContact(bench, contact.id, { lastName: 'Taken' });
    await bench.tell('contact', contact.id);
    assert.equal(find(bench, person).referrals[0]?.lastName, 'Taken');
  });

  it('takes no step of effect money', async () => {
    const { id, contact } = await linked();
    const { plan } = await planned(contact, { lastName: 'Ours' });
    const operation = 'referral-rock.referral.set-status';
    const query = { primaryInfo: { referralId: id } };
    await bench.database.db
      .updateTable('steps')
      .set({ operation, input: JSON.stringify({ query, referral: { status: 'Approved' } }) })
      .where('plan_id', '=', plan.planId)
      .execute();
    const writes = await bench.writesDuring(async () => {
      const refused = await failureOf(bench.call('referral-rock', operation, { planId: plan.planId, n: 0 }));
      assert.deepEqual([refused.type, refused.nonRetryable], ['Forbidden', true]);
    });
    assert.deepEqual(writes, []);
  });
});
