import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import type { Contact } from '../../sandbox/ghl/state.ts';
import { addContact, addMember, editContact, find, type Person, refer, somebody } from '../support/people.ts';
import { Workbench } from './workbench.ts';

const UPDATE_REFERRAL = 'referral-rock.referral.update';

describe('apply', () => {
  let bench: Workbench;
  let member: { referralCode: string };

  before(async () => {
    bench = await Workbench.open();
    member = await addMember(bench);
  });
  afterEach(async () => {
    await bench.control('DELETE', 'faults');
    await bench.control('PUT', 'settings', { ghl: { allowDuplicateContact: false } });
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

  describe('of an update', () => {
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
      const late = await bench.writesDuring(async () =>
        assert.equal(await bench.apply(plan, UPDATE_REFERRAL), 'stale'),
      );
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
  });

  describe('of a create', () => {
    /** A new referral is read and planned: a contact shall be made. */
    async function arriving(person: Partial<Person> = somebody()) {
      const { id } = await refer(bench, member, person);
      const job = await bench.take('referral', id);
      await bench.observe(job);
      return { id, job, plan: await bench.plan(job) };
    }

    it('links the contact that GHL makes no other one beside, when it is the same person', async () => {
      const person = somebody();
      const { job, plan } = await arriving(person);
      const contact = await addContact(bench, person);
      assert.equal(await bench.apply(plan, 'ghl.contact.create'), 'stale');
      const again = await bench.plan(job, plan.planId);
      assert.ok(again.steps.every(({ operation }) => operation !== 'ghl.contact.create'));
      for (const { operation } of again.steps) await bench.apply(again, operation);
      await bench.call('local', 'close', { planId: again.planId });
      assert.equal(find(bench, person).referrals[0]?.externalIdentifier, contact.id);
      assert.equal((await bench.rows(job))[0]?.status, 'done');
    });

    it('holds the referral when that contact is not surely the same person', async () => {
      const [person, other] = [somebody(), somebody()];
      const { job, plan } = await arriving(person);
      await addContact(bench, { ...other, phone: person.phone });
      assert.equal(await bench.apply(plan, 'ghl.contact.create'), 'stale');
      const again = await bench.plan(job, plan.planId);
      assert.deepEqual(again.steps, []);
      await bench.call('local', 'close', { planId: again.planId });
      const [row] = await bench.rows(job);
      assert.equal(row?.status, 'held');
      assert.match(String(row?.sentence), /^Held: /);
    });

    it('waits before it looks for a task whose answer was lost, then takes the one that was made', async () => {
      const { plan } = await arriving();
      await bench.apply(plan, 'ghl.contact.create');
      await strike({ vendor: 'ghl', method: 'POST', pathPattern: '/tasks$', kind: 'cut-after' });
      await assert.rejects(bench.apply(plan, 'ghl.task.create'), { type: 'Unavailable' });
      const waiting = await failureOf(bench.apply(plan, 'ghl.task.create', 2));
      assert.equal(waiting.type, 'AnswerLost');
      assert.ok(Number(waiting.nextRetryDelay) > 10_000 && Number(waiting.nextRetryDelay) <= 15_000);
      await bench.elapse();
      const writes = await bench.writesDuring(async () =>
        assert.equal(await bench.apply(plan, 'ghl.task.create', 3), 'done'),
      );
      assert.deepEqual(writes, []);
    });

    it('sends again what was sent and, as it looks, was never made', async () => {
      const { plan } = await arriving();
      await bench.apply(plan, 'ghl.contact.create');
      await strike({ vendor: 'ghl', method: 'POST', pathPattern: '/notes$', kind: 'cut-before' });
      await assert.rejects(bench.apply(plan, 'ghl.note.create'));
      await bench.elapse();
      const writes = await bench.writesDuring(() => bench.apply(plan, 'ghl.note.create', 2));
      assert.deepEqual(
        writes.map(({ operation, status }) => [operation, status]),
        [['ghl.note.create', 201]],
      );
    });

    it('is as never sent after a 429: the next attempt sends it without looking', async () => {
      const { plan } = await arriving();
      await bench.apply(plan, 'ghl.contact.create');
      const headers = { 'x-ratelimit-interval-milliseconds': '50' };
      await strike({ vendor: 'ghl', method: 'POST', pathPattern: '/tasks$', kind: 'status', status: 429, headers });
      const refused = await failureOf(bench.apply(plan, 'ghl.task.create'));
      assert.deepEqual([refused.type, refused.nonRetryable, refused.category], ['RateLimited', false, 'BENIGN']);
      assert.ok(Number(refused.nextRetryDelay) >= 50);
      assert.equal(await bench.apply(plan, 'ghl.task.create', 2), 'done');
    });

    it("fails for good on a refusal, with the vendor's words in the store and not in the failure", async () => {
      const person = somebody();
      const { job, plan } = await arriving(person);
      const body = { message: [`${person.email} is no good`], traceId: 'trace-1' };
      await strike({ vendor: 'ghl', method: 'POST', pathPattern: '^/contacts/$', kind: 'status', status: 422, body });
      const refused = await failureOf(bench.apply(plan, 'ghl.contact.create'));
      assert.deepEqual([refused.type, refused.nonRetryable], ['Invalid', true]);
      assert.equal(refused.message, 'ghl.contact.create: Invalid (HTTP 422)');
      await bench.call('local', 'close', { planId: plan.planId });
      const [row] = await bench.rows(job);
      assert.equal(row?.status, 'failed');
      assert.deepEqual(pick(row.error, ['type', 'status', 'traceId']), ['Invalid', 422, 'trace-1']);
      assert.match(String(row.sentence), new RegExp(`${person.email} is no good`));
    });

    it('ends its request when Temporal cancels it', async () => {
      const { plan } = await arriving();
      await strike({ vendor: 'ghl', method: 'POST', pathPattern: '^/contacts/$', kind: 'timeout' });
      const input = { planId: plan.planId, n: 0 };
      const environment = (one: { cancel: () => void }): void => void setTimeout(() => one.cancel(), 100);
      await assert.rejects(bench.call('ghl', 'ghl.contact.create', input, { environment }), /CANCELLED/i);
    });
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

async function failureOf(attempt: Promise<unknown>): Promise<ApplicationFailure> {
  const failure: unknown = await attempt.then(
    () => assert.fail('it did not fail'),
    (error: unknown) => error,
  );
  assert.ok(failure instanceof ApplicationFailure, String(failure));
  return failure;
}

function pick(value: unknown, names: string[]): unknown[] {
  return names.map((name) => (value as Record<string, unknown>)[name]);
}
