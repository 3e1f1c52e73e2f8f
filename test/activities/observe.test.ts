import assert from 'node:assert/strict';
import { addContact, addMember, editContact, find, refer, somebody } from '../support/people.ts';
import { failureOf, type Job, Workbench } from './workbench.ts';

describe('observe', () => {
  let bench: Workbench;
  let member: { id: string; referralCode: string };

  before(async () => {
    bench = await Workbench.open();
    member = await addMember(bench);
  });
  afterEach(() => bench.control('DELETE', 'faults'));
  after(() => bench.close());

  const strike = (fault: object) => bench.control('POST', 'faults', { faults: [{ times: 1, ...fault }] });

  async function recordOf(vendorId: string) {
    return bench.database.db
      .selectFrom('records')
      .leftJoin('snapshots', 'snapshots.record_id', 'records.id')
      .select(['records.id', 'customer_id', 'email_key', 'missing_since', 'gone_at', 'data'])
      .where('vendor_id', '=', vendorId)
      .executeTakeFirstOrThrow();
  }

  async function candidatesOf(vendorId: string): Promise<string[]> {
    const { id } = await recordOf(vendorId);
    const rows = await bench.database.db
      .selectFrom('candidates')
      .select('contact_id')
      .where('record_id', '=', id)
      .execute();
    return rows.map(({ contact_id }) => contact_id);
  }

  async function observe({ trigger, ...story }: Job): Promise<unknown> {
    const name = { contact: 'observeContact', referral: 'observeReferral', member: 'observeMember' }[trigger];
    return bench.call(trigger === 'contact' ? 'ghl' : 'referral-rock', name, story);
  }

  it("keeps the vendor's present state of the record, whatever its event said", async () => {
    const person = somebody();
    const { id } = await addContact(bench, person);
    const job = await bench.take('contact', id);
    await editContact(bench, id, { city: 'Waco' });
    await observe(job);
    const record = await recordOf(id);
    assert.deepEqual([record.data?.['email'], record.data?.['city']], [person.email, 'Waco']);
    assert.ok(record.email_key && !record.email_key.includes(person.email));
  });

  it('claims the e-mail of a contact that is there, so that nobody makes another one', async () => {
    const person = somebody();
    const contact = await addContact(bench, person);
    await observe(await bench.take('contact', contact.id));
    const { email_key } = await recordOf(contact.id);
    const claims = await bench.database.db.selectFrom('claims').select(['key', 'vendor_id']).execute();
    assert.ok(claims.some(({ key, vendor_id }) => key === `email:${email_key}` && vendor_id === contact.id));
  });

  it('tells whether a referral is linked: only one that is not has its contact looked for', async () => {
    const person = somebody();
    const { id } = await refer(bench, member, person);
    assert.deepEqual(await observe(await bench.take('referral', id)), { linked: false });
    await bench.tell('referral', id);
    assert.deepEqual(await observe(await bench.take('referral', id)), { linked: true });
  });

  it('tries again for a minute when the vendor does not know a record, then counts it as gone', async () => {
    const { id } = await addContact(bench, somebody());
    const job = await bench.take('contact', id);
    bench.sandbox.ghl.contacts.delete(id);
    const failure = await failureOf(observe(job));
    assert.deepEqual([failure.type, failure.nonRetryable], ['NotThereYet', false]);
    assert.ok(Number(failure.nextRetryDelay) > 50_000 && Number(failure.nextRetryDelay) <= 60_000);
    assert.equal((await recordOf(id)).gone_at, null);
    await bench.elapse();
    await observe(job);
    assert.ok((await recordOf(id)).gone_at);
    const plan = await bench.plan(job);
    assert.deepEqual(plan.steps, []);
    await bench.call('local', 'close', { planId: plan.planId });
    const [row] = await bench.rows(job);
    assert.equal(row?.status, 'done');
    assert.match(String(row?.sentence), /no longer exists in GHL/);
  });

  it('has a record back that reappears', async () => {
    const contact = await addContact(bench, somebody());
    const job = await bench.take('contact', contact.id);
    bench.sandbox.ghl.contacts.delete(contact.id);
    await failureOf(observe(job));
    bench.sandbox.ghl.contacts.put(contact);
    await observe(job);
    const { missing_since, gone_at } = await recordOf(contact.id);
    assert.deepEqual([missing_since, gone_at], [null, null]);
  });

  it("keeps the vendor's words of a failed reading with the event, and out of the failure", async () => {
    const { id } = await addContact(bench, somebody());
    const job = await bench.take('contact', id);
    const body = { message: 'Jane Doe is not to be read', traceId: 'trace-2' };
    await strike({ vendor: 'ghl', pathPattern: '^/contacts/', kind: 'status', status: 422, body });
    const failure = await failureOf(observe(job));
    assert.deepEqual([failure.type, failure.nonRetryable], ['Invalid', true]);
    assert.ok(!String(failure.stack).includes('Jane'));
    await bench.call('local', 'fail', { customerId: job.customerId, rowIds: job.rowIds, type: failure.type });
    const [row] = await bench.rows(job);
    assert.equal(row?.status, 'failed');
    assert.match(JSON.stringify(row.error), /Jane Doe.*trace-2|trace-2.*Jane Doe/);
  });

  describe('of the contacts that may be a person', () => {
    async function found(job: Job, vendorId: string): Promise<string[]> {
      const { trigger: _, ...story } = job;
      await bench.call('ghl', 'findContact', story);
      return candidatesOf(vendorId);
    }

    async function arrive(fields: object, extra: object = {}): Promise<{ id: string; job: Job }> {
      const { id } = await refer(bench, member, fields, extra);
      const job = await bench.take('referral', id);
      await observe(job);
      return { id, job };
    }

    it('finds them by e-mail, by phone and by external id, each once', async () => {
      const [person, other, third] = [somebody(), somebody(), somebody()];
      const byEmail = await addContact(bench, { ...somebody(), email: person.email });
      const byPhone = await addContact(bench, { ...other, phone: person.phone });
      const byId = await addContact(bench, third);
      const { id, job } = await arrive(person, { externalIdentifier: byId.id });
      assert.deepEqual(new Set(await found(job, id)), new Set([byEmail.id, byPhone.id, byId.id]));
      assert.equal((await candidatesOf(id)).length, 3);
    });

    it("asks GHL for no id that is another system's", async () => {
      const { id, job } = await arrive(somebody(), { externalIdentifier: 'CRM-4711/x' });
      assert.deepEqual(await found(job, id), []);
    });

    it('finds none for an external id that GHL does not know', async () => {
      const { id, job } = await arrive(somebody(), { externalIdentifier: 'abcdefghij0123456789' });
      assert.deepEqual(await found(job, id), []);
    });

    it('finds the contact that holds the claim although the search does not show it', async () => {
      const person = somebody();
      const contact = await addContact(bench, person);
      await bench.tell('contact', contact.id);
      bench.sandbox.ghl.contacts.put({ ...contact, additionalEmails: [], phone: '' });
      await strike({
        vendor: 'ghl',
        pathPattern: 'duplicate',
        kind: 'status',
        status: 200,
        body: { contact: null },
        times: 2,
      });
      const { id, job } = await arrive(person);
      assert.deepEqual(await found(job, id), [contact.id]);
    });

    it('frees a claim whose contact has another e-mail by now', async () => {
      const person = somebody();
      const contact = await addContact(bench, person);
      await bench.tell('contact', contact.id);
      bench.sandbox.ghl.contacts.put({ ...contact, email: somebody().email, phone: somebody().phone });
      const { id } = await refer(bench, member, person);
      const job = await bench.take('referral', id);
      await bench.observe(job);
      const plan = await bench.plan(job);
      assert.equal(plan.steps[0]?.operation, 'ghl.contact.create');
    });

    it('waits for the contact that holds the claim to be found or gone, before another one is made', async () => {
      const person = somebody();
      const contact = await addContact(bench, person);
      await bench.tell('contact', contact.id);
      bench.sandbox.ghl.contacts.delete(contact.id);
      const { id, job } = await arrive(person);
      assert.equal((await failureOf(found(job, id))).type, 'NotThereYet');
      await bench.elapse();
      assert.deepEqual(await found(job, id), []);
      const plan = await bench.plan(job);
      assert.equal(plan.steps[0]?.operation, 'ghl.contact.create');
      await bench.apply(plan, 'ghl.contact.create');
      assert.equal(find(bench, person).contacts.length, 1);
    });
  });
});
