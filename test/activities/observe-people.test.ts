import assert from 'node:assert/strict';
import { v7 as uuid } from 'uuid';
import { CONNECTION } from '../support/accounts.ts';
import { addContact, addMember, editContact, refer, somebody } from '../support/people.ts';
import { type Arrival, arrive, requestsDuring, type Story, stored } from './stories.ts';
import { Workbench } from './workbench.ts';

/** A tag makes a member of its contact. */
const JOINING = {
  id: 'join-by-tag',
  title: 'Make a member of a tagged contact',
  mode: 'live',
  when: 'contact.tag.added',
  if: { all: [{ field: 'fact.tag', is: 'equals', value: 'Referral-Member' }] },
  do: [
    {
      name: 'member',
      operation: 'referral-rock.member.create',
      input: { programId: '{{ program.id }}', firstName: '{{ contact.firstName }}', email: '{{ contact.email }}' },
      sentence: 'made a member',
    },
  ],
};

describe('observe people', () => {
  let bench: Workbench;

  before(async () => {
    bench = await Workbench.open();
  });
  afterEach(() => bench.control('DELETE', 'faults'));
  after(() => bench.close());

  const observe = (name: string, story: Story) =>
    bench.call(/Contact/u.test(name) ? 'ghl' : 'referral-rock', name, story);
  const ofContact = (vendorId: string, more: Partial<Arrival> = {}) =>
    arrive(bench, { trigger: 'contact', vendorId, ...more });

  async function overrideRules(overrides: object): Promise<void> {
    await bench.database.db
      .updateTable('connections')
      .set({ overrides: JSON.stringify(overrides) })
      .execute();
  }

  const strike = (fault: object) =>
    bench.control('POST', 'faults', { faults: [{ times: 1, kind: 'status', status: 200, ...fault }] });

  async function candidatesOf(recordId: string): Promise<string[]> {
    const rows = await bench.database.db
      .selectFrom('candidates')
      .select('contact_id')
      .where('record_id', '=', recordId)
      .execute();
    return rows.map(({ contact_id }) => contact_id).toSorted();
  }

  async function tagged(tags: string[], person = somebody()) {
    const contact = await addContact(bench, person);
    await editContact(bench, contact.id, { tags });
    return { ...contact, person };
  }

  describe('of a contact that was deleted', () => {
    async function linkedTo(person: ReturnType<typeof somebody>) {
      const contact = await addContact(bench, person);
      const { id } = await refer(bench, await addMember(bench), person);
      await bench.tell('referral', id);
      return { contact, referral: await stored(bench, 'referral', id) };
    }

    it('looks for where its person lives on, and not at the deleted contact itself', async () => {
      const person = somebody();
      const { contact, referral } = await linkedTo(person);
      await bench.asUser('ghl', 'DELETE', `/contacts/${contact.id}`);
      const heir = await addContact(bench, person);
      const story = await ofContact(contact.id, { event: 'ContactDelete' });
      assert.deepEqual(await observe('observeContact', story), { gone: true, mayJoin: false });
      assert.ok((await stored(bench, 'contact', contact.id))?.gone_at);
      // The search still shows the deleted one.
      await strike({ vendor: 'ghl', pathPattern: 'search/duplicate', body: { contact } });
      await observe('findContact', story);
      assert.deepEqual(await candidatesOf(referral?.id ?? ''), [heir.id]);
    });

    it('counts it as gone at once for an older event of another kind, too, and for a later one', async () => {
      const { id } = await addContact(bench, somebody());
      const tags = await arrive(bench, { trigger: 'tags', vendorId: id, event: 'ContactTagUpdate' });
      const story = await ofContact(id, { event: 'ContactDelete' });
      await bench.asUser('ghl', 'DELETE', `/contacts/${id}`);
      assert.deepEqual(await observe('observeContact', tags), { gone: true, mayJoin: false });
      await bench.database.db.updateTable('inbox').set({ status: 'done' }).where('id', 'in', story.rowIds).execute();
      assert.deepEqual(await observe('observeContact', tags), { gone: true, mayJoin: false });
    });
  });

  describe('of a contact with a tag that makes a member', () => {
    before(() => overrideRules({ actions: [JOINING] }));
    after(() => overrideRules({}));

    it('tells that it may join, and learns which custom fields there are for it', async () => {
      const { db } = bench.database;
      await db.deleteFrom('names').execute();
      const story = await ofContact((await tagged(['referral-member'])).id);
      assert.deepEqual(await observe('observeContact', story), { gone: false, mayJoin: true });
      const fields = await db.selectFrom('names').select('vendor_id').where('kind', '=', 'customField').execute();
      assert.equal(fields.length, bench.sandbox.ghl.customFields.all().length);
      assert.deepEqual(await requestsDuring(bench, () => observe('observeContact', story)), [
        'GET /contacts/:contactId',
      ]);
    });

    it('tells that it may not with other tags, while the action is off, and when it is a member', async () => {
      const joins = async (id: string) =>
        ((await observe('observeContact', await ofContact(id))) as { mayJoin: boolean }).mayJoin;
      const { id, person } = await tagged(['vip', 'rr-member']);
      assert.equal(await joins(id), false);
      await editContact(bench, id, { tags: ['referral-member'] });
      assert.equal(await joins(id), true);
      await overrideRules({ actions: [{ ...JOINING, mode: 'off' }] });
      assert.equal(await joins(id), false);
      await overrideRules({ actions: [JOINING] });
      const { id: memberId } = await addMember(bench, person);
      // The first pass finds that the member is this contact's and moves it here.
      const job = await bench.take('member', memberId);
      await bench.observe(job);
      assert.equal((await bench.plan(job)).outcome, 'parked');
      await bench.tell('member', memberId);
      assert.equal(await joins(id), false);
    });
  });

  describe('the member that a contact may be', () => {
    async function found(contactId: string): Promise<Story> {
      const story = await ofContact(contactId);
      await observe('observeContact', story);
      await observe('findMember', story);
      return story;
    }
    const customerOf = async (memberId: string) => (await stored(bench, 'member', memberId))?.customer_id;

    it("is found by e-mail in the default program and becomes the customer's, with what was read of it", async () => {
      const person = somebody();
      const member = await addMember(bench, person);
      const { customerId } = await found((await addContact(bench, person)).id);
      const record = await stored(bench, 'member', member.id);
      assert.deepEqual([record?.customer_id, record?.data?.['email']], [customerId, person.email]);
    });

    it("is found by the contact's id, whatever its e-mail", async () => {
      const { id } = await addContact(bench, somebody());
      const member = await addMember(bench, { ...somebody(), externalIdentifier: id } as never);
      const { customerId } = await found(id);
      assert.equal(await customerOf(member.id), customerId);
    });

    it('is found although it is disabled, and lists show such only to who asks for them', async () => {
      const person = somebody();
      const member = await addMember(bench, { ...person, disabledFlag: true } as never);
      const none = { members: [], offset: 0, total: 0, message: '' };
      await strike({ vendor: 'referral-rock', pathPattern: '^/api/members', body: none, times: 2 });
      const { customerId } = await found((await addContact(bench, person)).id);
      assert.equal(await customerOf(member.id), customerId);
    });

    it('is not one of another program, nor one that names another contact', async () => {
      const [one, other] = [somebody(), somebody()];
      const elsewhere = await addMember(bench, one, 1);
      const named = await addMember(bench, { ...other, externalIdentifier: 'abcdefghij0123456789' } as never);
      await found((await addContact(bench, one)).id);
      await found((await addContact(bench, other)).id);
      assert.deepEqual([await customerOf(elsewhere.id), await customerOf(named.id)], [undefined, undefined]);
    });

    it('comes from its place in the queue, but not from the contact that it is linked to', async () => {
      const person = somebody();
      const member = await addMember(bench, person);
      const queued = await arrive(bench, { trigger: 'member', vendorId: member.id });
      const contact = await addContact(bench, person);
      const { customerId } = await found(contact.id);
      assert.notEqual(queued.customerId, customerId);
      assert.equal(await customerOf(member.id), customerId);
      await bench.database.db
        .updateTable('records')
        .set({ linked_at: new Date() })
        .where('vendor_id', '=', member.id)
        .execute();
      const { id: namesake } = await addContact(bench, somebody());
      await bench.asUser('ghl', 'DELETE', `/contacts/${namesake}`);
      bench.sandbox.ghl.contacts.put({ ...contact, id: namesake });
      await found(namesake);
      assert.equal(await customerOf(member.id), customerId);
    });
  });

  describe('what a person decided on', () => {
    async function decide(referralId: string, approval: object): Promise<Story> {
      const record = await stored(bench, 'referral', referralId);
      const id = uuid();
      const { db } = bench.database;
      const texts = { trigger: 'referral', sentence: '', proposal: '{}', pays: '[]', candidates: '[]' };
      await db
        .insertInto('approvals')
        .values({
          id,
          connection_id: CONNECTION,
          record_id: record?.id ?? '',
          outcome: 'approved',
          ...texts,
          kind: 'status',
          ...approval,
        })
        .execute();
      const story = await arrive(bench, {
        trigger: 'approval',
        kind: 'referral',
        vendorId: referralId,
        event: 'ApprovalDecided',
      });
      await db.updateTable('inbox').set({ cause: id, source: 'rockbridge' }).where('id', 'in', story.rowIds).execute();
      return story;
    }

    async function referral(): Promise<string> {
      const { id } = await refer(bench, await addMember(bench), somebody());
      await arrive(bench, { trigger: 'referral', vendorId: id });
      return id;
    }

    it('is read afresh', async () => {
      const id = await referral();
      assert.deepEqual(await observe('observeDecided', await decide(id, {})), { ambiguous: false });
      assert.equal((await stored(bench, 'referral', id))?.data?.['id'], id);
    });

    it('has the chosen contact among those that it may be, although nothing else leads to that one', async () => {
      const id = await referral();
      const { id: chosen } = await addContact(bench, somebody());
      const story = await decide(id, { kind: 'ambiguous', contact_id: chosen });
      assert.deepEqual(await observe('observeDecided', story), { ambiguous: true });
      await observe('findContact', story);
      assert.deepEqual(await candidatesOf((await stored(bench, 'referral', id))?.id ?? ''), [chosen]);
    });

    it('needs no contact looked for when it was denied, or a referral chosen', async () => {
      const denied = { kind: 'ambiguous', outcome: 'denied' };
      assert.deepEqual(await observe('observeDecided', await decide(await referral(), denied)), { ambiguous: false });
      const chosen = { kind: 'ambiguous', referral_id: 'other' };
      assert.deepEqual(await observe('observeDecided', await decide(await referral(), chosen)), { ambiguous: false });
    });
  });

  it('counts a referral or member as gone at once when an event tells of its deletion', async () => {
    const member = await addMember(bench);
    const { id } = await refer(bench, member, somebody());
    const referral = await arrive(bench, { trigger: 'referral', vendorId: id, event: 'ReferralDelete' });
    const owner = await arrive(bench, { trigger: 'member', vendorId: member.id, event: 'MemberDelete' });
    await bench.asUser('referral-rock', 'POST', '/api/members/remove', [
      { query: { primaryInfo: { memberId: member.id } } },
    ]);
    await observe('observeReferral', referral);
    await observe('observeMember', owner);
    assert.ok((await stored(bench, 'referral', id))?.gone_at);
    assert.ok((await stored(bench, 'member', member.id))?.gone_at);
  });
});
