import assert from 'node:assert/strict';
import { knownTags, noteTagging, type TaggedContact } from '../../store/contact-tags.ts';
import type { Database } from '../../store/database.ts';
import { addCustomer, newVendorId } from '../support/customers.ts';
import { addConnection, onBothDatabases } from '../support/databases.ts';

onBothDatabases('the tags of a contact', (open) => {
  let database: Database;
  before(async () => {
    ({ database } = await open());
    await addConnection(database);
  });

  async function contactWith(data?: Record<string, unknown>): Promise<TaggedContact> {
    const contactId = newVendorId('contact');
    await addCustomer(database, { [contactId]: { kind: 'contact', ...(data ? { data } : {}) } });
    return { connectionId: 'default', contactId };
  }
  const dataOf = async ({ contactId }: TaggedContact): Promise<unknown> =>
    (
      await database.db
        .selectFrom('snapshots')
        .innerJoin('records', 'records.id', 'snapshots.record_id')
        .select('data')
        .where('vendor_id', '=', contactId)
        .executeTakeFirstOrThrow()
    ).data;

  it('are those last read, with those that we have added since, each once, and without those that we have taken', async () => {
    const contact = await contactWith({ firstName: 'Jane', tags: ['vip', 'old'] });
    await noteTagging(database.db, contact, 'add', ['rr-referral', 'vip']);
    assert.deepEqual((await knownTags(database.db, contact))?.toSorted(), ['old', 'rr-referral', 'vip']);
    await noteTagging(database.db, contact, 'remove', ['old', 'never there']);
    assert.deepEqual((await knownTags(database.db, contact))?.toSorted(), ['rr-referral', 'vip']);
    assert.partialDeepStrictEqual(await dataOf(contact), { firstName: 'Jane' });
  });

  for (const [title, data] of [
    ['has none', {}],
    ['has null', { tags: null }],
  ] as const)
    it(`begin with what we add where what was read ${title}`, async () => {
      const contact = await contactWith(data);
      await noteTagging(database.db, contact, 'remove', ['old']);
      assert.deepEqual(await knownTags(database.db, contact), []);
      await noteTagging(database.db, contact, 'add', ["it's", '"quoted", {a,b}']);
      assert.deepEqual(await knownTags(database.db, contact), ["it's", '"quoted", {a,b}']);
    });

  it('are unknown of a contact that was never read, also when we have tagged it', async () => {
    const contact = await contactWith();
    await noteTagging(database.db, contact, 'add', ['vip']);
    assert.equal(await knownTags(database.db, contact), undefined);
  });

  it('are nobody else’s', async () => {
    const [one, other] = [await contactWith({ tags: ['a'] }), await contactWith({ tags: ['a'] })];
    await noteTagging(database.db, one, 'remove', ['a']);
    assert.deepEqual(await knownTags(database.db, other), ['a']);
  });
});
