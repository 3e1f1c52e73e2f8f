import assert from 'node:assert/strict';
import type { Planned } from '../../workflows/support/contract.ts';
import { addMember, addTags, editContact, find, refer, removeTags, somebody } from '../support/people.ts';
import { draft, stepOf } from './drafting.ts';
import { failureOf, type Job, Workbench } from './workbench.ts';

const UPDATE_REFERRAL = 'referral-rock.referral.update';

/** Who tries again: the same run, or one that carries on the plan of a run that is lost. */
const AGAIN = [
  ['in a later attempt', { attempt: 2 }],
  ['in another run', { runId: 'run-2' }],
] as const;

describe('a write that may have been sent before', () => {
  let bench: Workbench;
  let member: { referralCode: string };

  before(async () => {
    bench = await Workbench.open({ timeoutMs: 400 });
    member = await addMember(bench);
  });
  afterEach(() => bench.control('DELETE', 'faults'));
  after(() => bench.close());

  async function linked() {
    const person = somebody();
    const { id } = await refer(bench, member, person);
    await bench.tell('referral', id);
    const [contact] = find(bench, person).contacts;
    assert.ok(contact);
    return { person, contactId: contact.id, referralId: id, job: await bench.take('contact', contact.id) };
  }

  const loseAnswer = (vendor: string, pathPattern = '/tags|subscribe') =>
    bench.control('POST', 'faults', { faults: [{ vendor, pathPattern, times: 1, kind: 'cut-after' }] });

  const WRITES = [
    ['ghl.contact.add-tags', ({ contactId }) => ({ contactId, tags: ['vip'] })],
    ['ghl.contact.remove-tags', ({ contactId }) => ({ contactId, tags: ['old'] })],
    ['referral-rock.email.unsubscribe', ({ person }) => ({ email: person.email })],
  ] satisfies [string, (one: Awaited<ReturnType<typeof linked>>) => object][];

  for (const [operation, inputOf] of WRITES) {
    async function lost(): Promise<{ plan: Planned; job: Job; contactId: string }> {
      const one = await linked();
      await addTags(bench, one.contactId, 'old');
      const plan = await draft(bench, one.job, [stepOf(operation, inputOf(one))]);
      await loseAnswer(plan.steps[0]?.queue ?? '');
      const failure = await failureOf(bench.apply(plan, operation));
      assert.equal(failure.nonRetryable, false);
      return { ...one, plan };
    }

    for (const [when, how] of AGAIN)
      it(`is not sent again ${when} if it was done: ${operation}`, async () => {
        const { plan } = await lost();
        const writes = await bench.writesDuring(async () =>
          assert.equal(
            await bench.call(plan.steps[0]?.queue ?? 'ghl', operation, { planId: plan.planId, n: 0 }, how),
            'done',
          ),
        );
        assert.deepEqual(writes, []);
      });
  }

  it('is sent again if what it did is gone', async () => {
    const { contactId, job } = await linked();
    const operation = 'ghl.contact.add-tags';
    const plan = await draft(bench, job, [stepOf(operation, { contactId, tags: ['vip', 'warm'] })]);
    await loseAnswer('ghl');
    await failureOf(bench.apply(plan, operation));
    await removeTags(bench, contactId, 'warm');
    assert.equal(await bench.apply(plan, operation, 2), 'done');
    assert.ok(bench.sandbox.ghl.contacts.get(contactId)?.tags.includes('warm'));
  });

  it('reads the record first when another run carries the plan on', async () => {
    const { contactId, referralId, job } = await linked();
    await editContact(bench, contactId, { lastName: 'Ours' });
    await bench.observe(job);
    const plan = await bench.plan(job);
    const { referrals } = bench.sandbox.referralRock;
    const referral = referrals.get(referralId);
    assert.ok(referral);
    referrals.put({ ...referral, lastName: 'Theirs' });
    const n = plan.steps.find((step) => step.operation === UPDATE_REFERRAL)?.n;
    const again = await bench.call('referral-rock', UPDATE_REFERRAL, { planId: plan.planId, n }, { runId: 'run-2' });
    assert.equal(again, 'stale');
  });

  it('takes what somebody edited in a contact that we made, its answer lost, for a change', async () => {
    const person = somebody();
    const { id } = await refer(bench, member, person);
    const job = await bench.take('referral', id);
    await bench.observe(job);
    const plan = await bench.plan(job);
    await loseAnswer('ghl', '/contacts/');
    await failureOf(bench.apply(plan, 'ghl.contact.create'));
    const [contact] = find(bench, person).contacts;
    assert.ok(contact);
    await editContact(bench, contact.id, { firstName: 'Edited' });
    await bench.elapse();
    for (const { operation } of plan.steps) await bench.apply(plan, operation, 2);
    await bench.call('local', 'close', { planId: plan.planId });
    await bench.tell('contact', contact.id);
    assert.equal(bench.sandbox.referralRock.referrals.get(id)?.firstName, 'Edited');
  });

  it('is not sent at all where a step before it has tagged the contact so', async () => {
    const { contactId, job } = await linked();
    await bench.observe(job);
    const tag = (operation: string) => stepOf(`ghl.contact.${operation}`, { contactId, tags: ['vip'] });
    const writesOf = async (operation: string) => {
      const plan = await draft(bench, job, [tag(operation)]);
      const writes = await bench.writesDuring(() => bench.apply(plan, `ghl.contact.${operation}`));
      await bench.call('local', 'close', { planId: plan.planId });
      return writes.length;
    };
    assert.deepEqual([await writesOf('add-tags'), await writesOf('add-tags')], [1, 0]);
    assert.deepEqual([await writesOf('remove-tags'), await writesOf('remove-tags')], [1, 0]);
  });

  it('tags again where somebody took the tag away meanwhile', async () => {
    const { contactId, job } = await linked();
    await bench.observe(job);
    const operation = 'ghl.contact.add-tags';
    for (let time = 1; time <= 2; time++) {
      const plan = await draft(bench, job, [stepOf(operation, { contactId, tags: ['vip'] })]);
      await bench.apply(plan, operation);
      await bench.call('local', 'close', { planId: plan.planId });
      if (time === 1) await removeTags(bench, contactId, 'vip');
    }
    assert.ok(bench.sandbox.ghl.contacts.get(contactId)?.tags.includes('vip'));
  });

  it('lets a member that we made of a contact follow what that had and got since', async () => {
    const { person, contactId, job } = await linked();
    const { firstName, lastName, email } = person;
    await editContact(bench, contactId, { city: 'Austin' });
    await bench.observe(job);
    const operation = 'referral-rock.member.create';
    const programId = String(bench.sandbox.info.referralRock.programs[0]?.id);
    const input = { programId, firstName, lastName, email, externalIdentifier: contactId };
    const plan = await draft(bench, job, [stepOf(operation, input)]);
    await bench.apply(plan, operation);
    await bench.call('local', 'close', { planId: plan.planId });
    await editContact(bench, contactId, { firstName: 'Edited' });
    await bench.tell('contact', contactId);
    const [made] = find(bench, person).members;
    assert.deepEqual([made?.firstName, made?.city], ['Edited', 'Austin']);
  });
});
