import assert from 'node:assert/strict';
import {
  claim,
  contactsHolding,
  freeClaims,
  freeLostClaim,
  fulfilClaims,
  fulfilledAmong,
  heldByOthers,
  holdClaim,
  waitForClaim,
} from '../../store/claims.ts';
import type { Database } from '../../store/database.ts';
import { addCustomer, newVendorId } from '../support/customers.ts';
import { addConnection, onBothDatabases } from '../support/databases.ts';

const CONNECTION = 'default';

onBothDatabases('claims', (open) => {
  let database: Database;
  let [one, other]: string[] = [];

  before(async () => {
    ({ database } = await open());
    await addConnection(database);
    await addConnection(database, 'elsewhere', { location: 'location-2', token: 'token-2', program: 'program-2' });
  });
  beforeEach(async () => {
    await database.db.deleteFrom('claims').execute();
    [one, other] = [(await addCustomer(database)).customerId, (await addCustomer(database)).customerId];
  });

  /** The key that another holds; undefined: claimed. */
  const tryClaim = (customer: string | undefined, ...keys: string[]): Promise<string | undefined> =>
    database.db.transaction().execute((tx) => claim(tx, CONNECTION, String(customer), keys));

  const held = async (): Promise<[key: string, customer: string, contact: string | null][]> => {
    const rows = await database.db
      .selectFrom('claims')
      .select(['key', 'customer_id', 'vendor_id'])
      .orderBy('key')
      .execute();
    return rows.map(({ key, customer_id, vendor_id }) => [key, customer_id, vendor_id]);
  };

  const wait = (customer: string | undefined, key: string, holder?: string): Promise<void> =>
    database.db.transaction().execute((tx) => waitForClaim(tx, String(customer), { key, vendorId: holder ?? null }));

  const customerOf = (id: string | undefined) =>
    database.db
      .selectFrom('customers')
      .select(['waiting_for', 'ring_again_at'])
      .where('id', '=', String(id))
      .executeTakeFirstOrThrow();

  it('are given to who comes first, and again to the same, but to nobody else', async () => {
    assert.equal(await tryClaim(one, 'email:a'), undefined);
    assert.equal(await tryClaim(one, 'email:a'), undefined);
    assert.equal(await tryClaim(other, 'email:a'), 'email:a');
    assert.deepEqual(await held(), [['email:a', one, null]]);
  });

  it('are given all or none', async () => {
    await tryClaim(one, 'email:b');
    assert.equal(await tryClaim(other, 'email:c', 'email:b', 'email:a'), 'email:b');
    assert.deepEqual(await held(), [['email:b', one, null]]);
  });

  it('stay with who held them before when another key is refused', async () => {
    await tryClaim(other, 'email:a');
    await tryClaim(one, 'email:b');
    assert.equal(await tryClaim(other, 'email:a', 'email:b'), 'email:b');
    assert.deepEqual(
      (await held()).map(([key, customer]) => [key, customer]),
      [
        ['email:a', other],
        ['email:b', one],
      ],
    );
  });

  it('go to exactly one of many that come at once, whatever the order of their keys', async () => {
    const customers = await Promise.all(Array.from({ length: 8 }, () => addCustomer(database)));
    const answers = await Promise.all(
      customers.map(({ customerId }, n) =>
        tryClaim(customerId, ...(n % 2 === 0 ? ['email:a', 'email:b'] : ['email:b', 'email:a'])),
      ),
    );
    assert.equal(answers.filter((answer) => answer === undefined).length, 1);
    assert.equal(new Set((await held()).map(([, customer]) => customer)).size, 1);
  });

  it('of one connection are no claims of another', async () => {
    await tryClaim(one, 'email:a');
    const elsewhere = await database.db
      .transaction()
      .execute((tx) => claim(tx, 'elsewhere', String(other), ['email:a']));
    assert.equal(elsewhere, undefined);
  });

  describe('of a contact that is there', () => {
    let contactId: string;
    let contact: { customerId: string; records: Record<string, string> };

    beforeEach(async () => {
      contactId = newVendorId('contact');
      contact = await addCustomer(database, { [contactId]: { kind: 'contact', emailKey: 'a' } });
      await holdClaim(database.db, CONNECTION, contact.customerId, 'email:a', contactId);
    });

    it('are held by it, and refused to others', async () => {
      assert.equal(await tryClaim(one, 'email:a'), 'email:a');
      assert.deepEqual(await heldByOthers(database.db, CONNECTION, String(one), ['email:a', 'email:b']), [
        { key: 'email:a', vendorId: contactId },
      ]);
      assert.deepEqual(await heldByOthers(database.db, CONNECTION, contact.customerId, ['email:a']), []);
      assert.deepEqual(await contactsHolding(database.db, CONNECTION, ['email:a', 'email:b']), [contactId]);
      assert.deepEqual(await contactsHolding(database.db, CONNECTION, []), []);
    });

    it('are not taken by it from a customer that is making one', async () => {
      await tryClaim(one, 'email:b');
      await holdClaim(database.db, CONNECTION, contact.customerId, 'email:b', contactId);
      assert.deepEqual((await held())[1], ['email:b', one, null]);
    });

    for (const [why, change] of [
      ['has another e-mail', { email_key: 'z' }],
      ['has no e-mail', { email_key: null }],
      ['is gone', { gone_at: new Date() }],
    ] as const) {
      it(`are taken over, as never fulfilled, once it ${why}`, async () => {
        await database.db.updateTable('records').set(change).where('vendor_id', '=', contactId).execute();
        assert.equal(await tryClaim(one, 'email:a'), undefined);
        assert.deepEqual(await held(), [['email:a', one, null]]);
        await database.db.transaction().execute((tx) => freeClaims(tx, CONNECTION, String(one), ['email:a']));
        assert.deepEqual(await held(), []);
      });
    }

    it('are freed for everybody when it is seen without the key', async () => {
      await freeLostClaim(database.db, CONNECTION, 'email:a', 'somebody-else');
      assert.equal((await held()).length, 1);
      await freeLostClaim(database.db, CONNECTION, 'email:a', contactId);
      assert.equal(await tryClaim(one, 'email:a'), undefined);
    });
  });

  it('by phone are taken over only from a contact that is gone', async () => {
    const contactId = newVendorId('contact');
    const { customerId } = await addCustomer(database, { [contactId]: { kind: 'contact', emailKey: 'a' } });
    await holdClaim(database.db, CONNECTION, customerId, 'phone:p', contactId);
    assert.equal(await tryClaim(one, 'phone:p'), 'phone:p');
    await database.db.updateTable('records').set({ gone_at: new Date() }).where('vendor_id', '=', contactId).execute();
    assert.equal(await tryClaim(one, 'phone:p'), undefined);
  });

  it('of a member are taken over once that is gone', async () => {
    const memberId = newVendorId('member');
    const { customerId } = await addCustomer(database, { [memberId]: { kind: 'member' } });
    await holdClaim(database.db, CONNECTION, customerId, 'member:p', memberId);
    assert.equal(await tryClaim(one, 'member:p'), 'member:p');
    await database.db.updateTable('records').set({ gone_at: new Date() }).where('vendor_id', '=', memberId).execute();
    assert.equal(await tryClaim(one, 'member:p'), undefined);
  });

  it('of a custom field are taken over once the location no longer has it', async () => {
    const field = { connection_id: CONNECTION, kind: 'customField', vendor_id: 'field-1', name: 'contact.code' };
    await database.db.insertInto('names').values(field).execute();
    await holdClaim(database.db, CONNECTION, String(other), 'field:c', 'field-1');
    assert.equal(await tryClaim(one, 'field:c'), 'field:c');
    await database.db.deleteFrom('names').execute();
    assert.equal(await tryClaim(one, 'field:c'), undefined);
  });

  it("of a referral's status are its customer's, whoever claimed them, and stay fulfilled", async () => {
    await tryClaim(other, 'status:s', 'status:t');
    await database.db
      .transaction()
      .execute((tx) => fulfilClaims(tx, CONNECTION, String(other), ['status:s'], 'referral-1'));
    assert.equal(await tryClaim(one, 'status:s', 'status:t'), undefined);
    assert.deepEqual(await held(), [
      ['status:s', one, 'referral-1'],
      ['status:t', one, null],
    ]);
    assert.deepEqual(await fulfilledAmong(database.db, CONNECTION, ['status:s', 'status:t']), ['status:s']);
  });

  describe('that another holds', () => {
    beforeEach(async () => {
      await tryClaim(one, 'email:a');
      await wait(other, 'email:a');
    });

    async function isRung(ends: (tx: Parameters<typeof fulfilClaims>[0]) => Promise<void>): Promise<boolean> {
      const rung = Promise.withResolvers<void>();
      const stop = await database.listen(rung.resolve);
      await database.db.transaction().execute(ends);
      const { waiting_for, ring_again_at } = await customerOf(other);
      const isDue = waiting_for === null && ring_again_at !== null && ring_again_at.getTime() <= Date.now() + 5_000;
      if (isDue) await rung.promise;
      await stop();
      return isDue;
    }

    it('are waited for until its contact is made, which rings', async () => {
      assert.equal((await customerOf(other)).waiting_for, 'email:a');
      assert.ok(await isRung((tx) => fulfilClaims(tx, CONNECTION, String(one), ['email:a'], 'contact-1')));
      assert.deepEqual(await held(), [['email:a', one, 'contact-1']]);
    });

    it('are free once it has failed for good, which rings', async () => {
      assert.ok(await isRung((tx) => freeClaims(tx, CONNECTION, String(one), ['email:a'])));
      assert.equal(await tryClaim(other, 'email:a'), undefined);
    });

    it('ring nobody who waits for another key', async () => {
      await tryClaim(one, 'email:b');
      assert.ok(!(await isRung((tx) => fulfilClaims(tx, CONNECTION, String(one), ['email:b'], 'contact-1'))));
    });

    it('are looked at again soon by who lost them to a contact that was made already', async () => {
      await wait(other, 'email:a', 'contact-1');
      const { waiting_for, ring_again_at } = await customerOf(other);
      assert.equal(waiting_for, null);
      assert.ok(ring_again_at);
    });
  });

  it('that are fulfilled stay, whoever gives their plan up', async () => {
    await tryClaim(one, 'email:a');
    await database.db.transaction().execute(async (tx) => {
      await fulfilClaims(tx, CONNECTION, String(one), ['email:a'], 'contact-1');
      await freeClaims(tx, CONNECTION, String(one), ['email:a']);
      await freeClaims(tx, CONNECTION, String(one), []);
    });
    assert.deepEqual(await held(), [['email:a', one, 'contact-1']]);
  });
});
