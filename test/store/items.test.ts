import assert from 'node:assert/strict';
import type { Database } from '../../store/database.ts';
import { enterRecord, settleItem } from '../../store/items.ts';
import { moveRecord } from '../../store/moves.ts';
import { type RecordKind, recordById } from '../../store/records.ts';
import { addCustomer, addRow, newVendorId } from '../support/customers.ts';
import { addConnection, onBothDatabases } from '../support/databases.ts';

onBothDatabases('items', (open) => {
  let database: Database;

  before(async () => {
    ({ database } = await open());
    await addConnection(database);
  });

  type Tx = Parameters<typeof moveRecord>[0];
  const inTransaction = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => database.db.transaction().execute(work);

  /** A customer with one record, which may be of another one. */
  async function customerWith(
    kind: RecordKind,
    more: { parentId?: string; customerId?: string; emailKey?: string } = {},
  ) {
    const vendorId = newVendorId(kind);
    const { customerId, records } = await addCustomer(database, { [vendorId]: { kind } });
    const id = String(records[vendorId]);
    const values = {
      ...(more.parentId === undefined ? {} : { parent_id: more.parentId }),
      ...(more.customerId === undefined ? {} : { customer_id: more.customerId }),
      ...(more.emailKey === undefined ? {} : { email_key: more.emailKey }),
    };
    if (Object.keys(values).length > 0)
      await database.db.updateTable('records').set(values).where('id', '=', id).execute();
    return { vendorId, id, customerId: more.customerId ?? customerId };
  }

  const recordOf = async (id: string) => {
    const record = await recordById(database.db, id);
    assert.ok(record);
    return record;
  };
  const settle = async (id: string, kind: RecordKind, vendorId: string): Promise<void> => {
    const item = await recordOf(id);
    await inTransaction((tx) => settleItem(tx, item, { kind, vendorId }));
  };
  const customerOfVendorId = (vendorId: string) =>
    database.db.selectFrom('records').select('customer_id').where('vendor_id', '=', vendorId).executeTakeFirst();

  it("come to their parent's customer with their open rows, and know their parent then", async () => {
    const [task, contact] = [await customerWith('task'), await customerWith('contact')];
    const rowId = await addRow(database, task.id, 'contact');
    await settle(task.id, 'contact', contact.vendorId);
    const { customerId, parentId } = await recordOf(task.id);
    assert.deepEqual([customerId, parentId], [contact.customerId, contact.vendorId]);
    const row = await database.db
      .selectFrom('inbox')
      .select(['status', 'rung_at'])
      .where('id', '=', rowId)
      .executeTakeFirst();
    assert.deepEqual(row, { status: 'stored', rung_at: null });
  });

  it('leave the rows of an item that is at home as they are', async () => {
    const contact = await customerWith('contact');
    const task = await customerWith('task', { customerId: contact.customerId });
    const rowId = await addRow(database, task.id, 'contact');
    await settle(task.id, 'contact', contact.vendorId);
    const row = await database.db.selectFrom('inbox').select('status').where('id', '=', rowId).executeTakeFirst();
    assert.deepEqual(row, { status: 'running' });
  });

  it('enter one unknown parent once, whoever is quicker', async () => {
    const tasks = await Promise.all([1, 2, 3].map(() => customerWith('task')));
    const contactId = newVendorId('contact');
    await Promise.all(tasks.map(({ id }) => settle(id, 'contact', contactId)));
    const owners = new Set(await Promise.all(tasks.map(async ({ id }) => (await recordOf(id)).customerId)));
    assert.deepEqual([...owners], [(await customerOfVendorId(contactId))?.customer_id]);
  });

  it("enter an unknown member or referral apart from a customer that is somebody's already", async () => {
    const contact = await customerWith('contact');
    const reward = await customerWith('reward', { customerId: contact.customerId });
    const memberId = newVendorId('member');
    await settle(reward.id, 'member', memberId);
    const owner = (await customerOfVendorId(memberId))?.customer_id;
    assert.notEqual(owner, contact.customerId);
    assert.equal((await recordOf(reward.id)).customerId, owner);
  });

  it('are not entered under a customer that has got another contact meanwhile', async () => {
    const contact = await customerWith('contact');
    const entered = await inTransaction((tx) =>
      enterRecord(tx, 'default', contact.customerId, { kind: 'contact', vendorId: newVendorId('contact') }),
    );
    assert.equal(entered, undefined);
  });

  it('go with their parent wherever that is moved, and those of others stay', async () => {
    const emailKey = newVendorId('address');
    const contact = await customerWith('contact', { emailKey });
    const at = { customerId: contact.customerId };
    const note = await customerWith('note', { ...at, parentId: contact.vendorId });
    const foreign = await customerWith('note', { ...at, parentId: 'somebody-else' });
    const member = await customerWith('member', at);
    const reward = await customerWith('reward', { ...at, parentId: member.vendorId });
    const { customerId: to } = await addCustomer(database);
    await database.db.updateTable('records').set({ email_key: 'other' }).where('id', '=', member.id).execute();
    const address = await inTransaction((tx) =>
      enterRecord(tx, 'default', contact.customerId, { kind: 'address', vendorId: emailKey }),
    );
    await inTransaction((tx) => moveRecord(tx, contact.id, to));
    const where = async (...ids: string[]) =>
      Promise.all(ids.map(async (id) => ((await recordOf(id)).customerId === to ? 'moved' : 'stayed')));
    assert.deepEqual(await where(contact.id, note.id, address?.id ?? ''), ['moved', 'moved', 'moved']);
    assert.deepEqual(await where(foreign.id, member.id, reward.id), ['stayed', 'stayed', 'stayed']);
    await inTransaction((tx) => moveRecord(tx, member.id, to));
    assert.deepEqual(await where(member.id, reward.id), ['moved', 'moved']);
  });
});
