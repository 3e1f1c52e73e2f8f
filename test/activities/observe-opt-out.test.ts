import assert from 'node:assert/strict';
import { addContact, somebody } from '../support/people.ts';
import { arrive, requestsDuring, type Story, stored, storyOf } from './stories.ts';
import { failureOf, Workbench } from './workbench.ts';

describe('observe opt-outs', () => {
  let bench: Workbench;

  before(async () => {
    bench = await Workbench.open();
  });
  afterEach(() => bench.control('DELETE', 'faults'));
  after(() => bench.close());

  const optOut = (email: string) => bench.asUser('referral-rock', 'POST', '/api/email/unsubscribe', { email });
  const observe = (story: Story) => bench.call('referral-rock', 'observeOptOut', story);
  const addressOf = (key: string) => stored(bench, 'address', key);

  /** Somebody with a contact that was read, and the key of the address. */
  async function known(person = somebody()) {
    const contact = await addContact(bench, person);
    const story = await arrive(bench, { trigger: 'dnd', vendorId: contact.id });
    await bench.call('ghl', 'observeContact', story);
    const key = (await stored(bench, 'contact', contact.id))?.email_key ?? '';
    return { person, contact, story, key };
  }

  const unsubscribed = (email: string, key: string) =>
    arrive(bench, {
      trigger: 'unsubscribe',
      vendorId: key,
      emailKey: key,
      event: 'EmailUnsubscribed',
      body: { Email: email },
    });

  it("reads whether a contact's address is on the list, under the contact's own customer", async () => {
    const { person, story, key } = await known();
    await observe(story);
    assert.deepEqual((await addressOf(key))?.data, { unsubscribed: false });
    await optOut(person.email);
    await observe(story);
    const address = await addressOf(key);
    assert.deepEqual([address?.data, address?.customer_id], [{ unsubscribed: true }, story.customerId]);
  });

  it('asks for an address that nobody is known of by what the event says, and keeps it nowhere', async () => {
    const [one, other] = [somebody(), await known()];
    await optOut(one.email);
    // The key is not that of the event's address: somebody else's is not asked for in its place.
    const wrong = await unsubscribed(one.email, 'f'.repeat(64));
    assert.deepEqual(await requestsDuring(bench, () => observe(wrong)), []);
    await bench.asUser('ghl', 'DELETE', `/contacts/${other.contact.id}`);
    await bench.database.db.deleteFrom('snapshots').execute();
    await optOut(other.person.email);
    await observe(await unsubscribed(other.person.email, other.key));
    const address = await addressOf(other.key);
    assert.deepEqual(address?.data, { unsubscribed: true });
    assert.ok(!JSON.stringify(address).includes(other.person.email));
  });

  it("leaves an address with its rows to the customer whose contact has it, and reads that one's contact", async () => {
    const person = somebody();
    const { story, key, contact } = await known(person);
    const { customerId: elsewhere } = await arrive(bench, { trigger: 'member', vendorId: `queued-${key.slice(0, 8)}` });
    const lost = await unsubscribed(person.email, key);
    await bench.database.db
      .updateTable('records')
      .set({ customer_id: elsewhere })
      .where('vendor_id', '=', key)
      .execute();
    const misplaced = { ...lost, customerId: elsewhere };
    assert.deepEqual(await requestsDuring(bench, () => observe(misplaced)), []);
    assert.deepEqual(await requestsDuring(bench, () => bench.call('ghl', 'observeOwnContact', misplaced)), []);
    const moved = await storyOf(bench, 'unsubscribe', 'address', key);
    assert.deepEqual(moved, { customerId: story.customerId, rowIds: lost.rowIds });
    await observe(moved);
    const asked = await requestsDuring(bench, () => bench.call('ghl', 'observeOwnContact', moved));
    assert.deepEqual(asked, ['GET /contacts/:contactId']);
    assert.equal((await stored(bench, 'contact', contact.id))?.data?.['id'], contact.id);
  });

  it("brings an address to the contact that has it when that one's do-not-disturb changes", async () => {
    const { person, story, key } = await known();
    const { customerId: elsewhere } = await arrive(bench, {
      trigger: 'member',
      vendorId: `queued2-${key.slice(0, 8)}`,
    });
    await unsubscribed(person.email, key);
    await bench.database.db
      .updateTable('records')
      .set({ customer_id: elsewhere })
      .where('vendor_id', '=', key)
      .execute();
    await observe(story);
    assert.equal((await addressOf(key))?.customer_id, story.customerId);
  });

  for (const [answer, expected] of [
    [true, true],
    ['false', false],
    [{ email: 'x', isUnsubscribed: true }, true],
    [{ result: 1, unsubscribed: 'False' }, false],
    [{ OptedOut: true }, true],
  ] as const) {
    it(`understands the answer ${JSON.stringify(answer)}`, async () => {
      const { story, key } = await known();
      await bench.control('POST', 'faults', {
        faults: [
          {
            times: 1,
            vendor: 'referral-rock',
            pathPattern: 'getunsubscribed',
            kind: 'status',
            status: 200,
            body: answer,
          },
        ],
      });
      await observe(story);
      assert.deepEqual((await addressOf(key))?.data, { unsubscribed: expected });
    });
  }

  it('fails on an answer that says neither yes nor no, instead of guessing', async () => {
    const { story, key } = await known();
    await bench.control('POST', 'faults', {
      faults: [
        {
          times: 1,
          vendor: 'referral-rock',
          pathPattern: 'getunsubscribed',
          kind: 'status',
          status: 200,
          body: { message: 'ok' },
        },
      ],
    });
    assert.equal((await failureOf(observe(story))).type, 'Unexpected');
    assert.equal((await addressOf(key))?.data, null);
  });
});
