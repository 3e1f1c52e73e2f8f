import assert from 'node:assert/strict';
import type { Database } from '../../store/database.ts';
import { adoptContact, belongsTo, moveRecord, takeOverContact } from '../../store/moves.ts';
import { addCustomer, addRow, newVendorId } from '../support/customers.ts';
import { addConnection, onBothDatabases } from '../support/databases.ts';

const CONNECTION = 'default';

onBothDatabases('moves', (open) => {
  let database: Database;

  before(async () => {
    ({ database } = await open());
    await addConnection(database);
  });

  const inTransaction = <T>(work: (tx: Parameters<typeof moveRecord>[0]) => Promise<T>): Promise<T> =>
    database.db.transaction().execute(work);

  const recordOf = (vendorId: string) =>
    database.db
      .selectFrom('records')
      .select(['id', 'customer_id', 'linked_at', 'ours'])
      .where('vendor_id', '=', vendorId)
      .executeTakeFirstOrThrow();

  const rowOf = (id: string) =>
    database.db
      .selectFrom('inbox')
      .select(['status', 'rung_at', 'run_id', 'workflow_id'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();

  const UNRUNG = { status: 'stored', rung_at: null, run_id: null, workflow_id: null };

  async function aReferral(values: { linked?: boolean } = {}) {
    const vendorId = newVendorId('referral');
    const { customerId, records } = await addCustomer(database, { [vendorId]: { kind: 'referral', ...values } });
    const recordId = String(records[vendorId]);
    return { vendorId, customerId, recordId, rowId: await addRow(database, recordId, 'referral') };
  }

  async function aContact(values: { linked?: boolean; withReferral?: 'linked' | 'queued' } = {}) {
    const [contactId, referralId] = [newVendorId('contact'), newVendorId('referral')];
    const { customerId, records } = await addCustomer(database, {
      [contactId]: { kind: 'contact', linked: values.linked ?? false },
      ...(values.withReferral
        ? { [referralId]: { kind: 'referral' as const, linked: values.withReferral === 'linked' } }
        : {}),
    });
    return { contactId, referralId, customerId, recordId: String(records[contactId]) };
  }

  it('take a record to another customer with its open rows, which are rung there', async () => {
    const { vendorId, recordId, rowId } = await aReferral({ linked: true });
    const closed = await addRow(database, recordId, 'referral');
    await database.db.updateTable('inbox').set({ status: 'done' }).where('id', '=', closed).execute();
    const { customerId: to } = await addCustomer(database);
    const rung = Promise.withResolvers<void>();
    const stop = await database.listen(rung.resolve);
    await inTransaction((tx) => moveRecord(tx, recordId, to));
    await rung.promise;
    await stop();
    const { customer_id, linked_at } = await recordOf(vendorId);
    assert.deepEqual([customer_id, linked_at], [to, null]);
    assert.deepEqual(await rowOf(rowId), UNRUNG);
    assert.equal((await rowOf(closed)).status, 'done');
  });

  it('take what belongs to the record along: baselines, facts and lines; contacts to choose from are looked for anew', async () => {
    const { recordId } = await aReferral();
    const { db } = database;
    const json = JSON.stringify('x');
    await db
      .insertInto('baselines')
      .values({ record_id: recordId, side: 'rr', field: 'email', value: json, pending: json, refused: json })
      .execute();
    await db
      .insertInto('facts')
      .values({ key: recordId, connection_id: CONNECTION, record_id: recordId, kind: 'k', version: 0, data: '{}' })
      .execute();
    await db
      .insertInto('lines')
      .values({ reference: recordId, connection_id: CONNECTION, record_id: recordId, kind: 'task', text: 't' })
      .execute();
    await db
      .insertInto('candidates')
      .values({ record_id: recordId, contact_id: 'c', data: '{}', read_at: new Date() })
      .execute();
    await inTransaction((tx) => moveRecord(tx, recordId, 'new'));
    const count = async (table: 'baselines' | 'facts' | 'lines' | 'candidates'): Promise<number> =>
      (await db.selectFrom(table).select('record_id').where('record_id', '=', recordId).execute()).length;
    assert.deepEqual(
      await Promise.all((['baselines', 'facts', 'lines', 'candidates'] as const).map(count)),
      [1, 1, 1, 0],
    );
  });

  it('make a new customer of a record that is nobody else', async () => {
    const { vendorId, customerId, recordId } = await aReferral();
    await inTransaction((tx) => moveRecord(tx, recordId, 'new'));
    assert.notEqual((await recordOf(vendorId)).customer_id, customerId);
    assert.equal(await inTransaction((tx) => belongsTo(tx, recordId, customerId)), false);
  });

  describe('of a contact that was matched or made', () => {
    const adopt = (customerId: string, contactId: string) =>
      inTransaction((tx) => adoptContact(tx, CONNECTION, customerId, contactId, true));

    it('make it the contact of its customer, once', async () => {
      const { customerId } = await aReferral();
      const contactId = newVendorId('contact');
      const adopted = await adopt(customerId, contactId);
      const { id, customer_id, ours } = await recordOf(contactId);
      assert.deepEqual([adopted, customer_id, ours], [{ recordId: id }, customerId, true]);
      assert.deepEqual(await adopt(customerId, contactId), { recordId: id });
    });

    it("leave another customer's contact with it, and tell whose it is", async () => {
      const { customerId } = await aReferral();
      const other = await aContact({ linked: true });
      assert.deepEqual(await adopt(customerId, other.contactId), { ownedBy: other.customerId });
      assert.equal((await recordOf(other.contactId)).customer_id, other.customerId);
    });

    it('give a contact that was only queued with the customer one of its own', async () => {
      const queued = await aContact({ withReferral: 'queued' });
      const contactId = newVendorId('contact');
      await adopt(queued.customerId, contactId);
      assert.equal((await recordOf(contactId)).customer_id, queued.customerId);
      assert.notEqual((await recordOf(queued.contactId)).customer_id, queued.customerId);
    });

    it('go to one of two customers that adopt it at once', async () => {
      const [one, other] = [await aReferral(), await aReferral()];
      const contactId = newVendorId('contact');
      const answers = await Promise.all([one, other].map(({ customerId }) => adopt(customerId, contactId)));
      assert.equal(answers.filter((answer) => 'ownedBy' in answer).length, 1);
    });
  });

  describe('of a contact whose webhook was quicker than the answer of its making', () => {
    const takeOver = (contactId: string, customerId: string) =>
      inTransaction((tx) => takeOverContact(tx, { connectionId: CONNECTION, contactId }, customerId));

    it('take it over from where it was only queued, rows too', async () => {
      const { customerId } = await aReferral();
      const queued = await aContact();
      const rowId = await addRow(database, queued.recordId, 'contact');
      assert.equal(await takeOver(queued.contactId, customerId), true);
      const { customer_id, ours } = await recordOf(queued.contactId);
      assert.deepEqual([customer_id, ours], [customerId, true]);
      assert.deepEqual(await rowOf(rowId), UNRUNG);
    });

    it('take it over from where nothing queued with it is linked', async () => {
      const { customerId } = await aReferral();
      const queued = await aContact({ linked: true, withReferral: 'queued' });
      assert.equal(await takeOver(queued.contactId, customerId), true);
      assert.equal((await recordOf(queued.referralId)).customer_id, queued.customerId);
    });

    it('leave it where members or referrals are linked to it', async () => {
      const { customerId } = await aReferral();
      const other = await aContact({ linked: true, withReferral: 'linked' });
      assert.equal(await takeOver(other.contactId, customerId), false);
      assert.equal((await recordOf(other.contactId)).customer_id, other.customerId);
    });
  });
});
