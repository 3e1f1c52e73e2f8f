import assert from 'node:assert/strict';
import type { Contact } from '../../sandbox/ghl/state.ts';
import { addContact, addMember, editContact, find, type Person, refer, somebody } from '../support/people.ts';
import { RunningRockbridge } from '../support/rockbridge.ts';
import { keepsItsPromises } from './promises.ts';

describe('a contact changed', () => {
  let rockbridge: RunningRockbridge;
  let member: { referralCode: string };

  before(async () => {
    rockbridge = await RunningRockbridge.start({ quota: 'high' });
    member = await addMember(rockbridge);
    await rockbridge.settled();
  });
  after(() => rockbridge.close());

  /** Somebody who was referred, and perhaps joined as well: linked to one contact. */
  async function linked(options: { joined?: boolean } = {}): Promise<{ person: Person; contact: Contact }> {
    const person = somebody();
    await refer(rockbridge, member, person);
    if (options.joined) await addMember(rockbridge, person);
    await rockbridge.settled();
    const [contact, ...more] = find(rockbridge, person).contacts;
    assert.ok(contact && more.length === 0);
    return { person, contact };
  }

  it('brings an edit to the referral: the changed field in one write, and nothing when it comes back', async () => {
    const { person, contact } = await linked();
    const writes = await rockbridge.writesDuring(() => editContact(rockbridge, contact.id, { lastName: 'Newname' }));
    assert.deepEqual(
      writes.map(({ operation, body }) => [operation, (body as { referral: object }[])[0]?.referral]),
      [['rr.referral.update', { lastName: 'Newname' }]],
    );
    assert.equal(find(rockbridge, person).referrals[0]?.lastName, 'Newname');
  });

  it('brings an edit to the referral and the member of the same person, each by its own names', async () => {
    const { person, contact } = await linked({ joined: true });
    await rockbridge.writesDuring(() => editContact(rockbridge, contact.id, { phone: '+15125579002', city: 'Waco' }));
    const { referrals, members } = find(rockbridge, person);
    assert.equal(referrals[0]?.phoneNumber, '+15125579002');
    assert.deepEqual([members[0]?.phone, members[0]?.city], ['+15125579002', 'Waco']);
  });

  it('brings a new e-mail to everything that is linked', async () => {
    const { contact } = await linked({ joined: true });
    const { email } = somebody();
    const writes = await rockbridge.writesDuring(() => editContact(rockbridge, contact.id, { email }));
    const { referrals, members, contacts } = find(rockbridge, { email });
    assert.deepEqual([referrals.length, members.length, contacts.length, writes.length], [1, 1, 1, 2]);
  });

  it('takes a difference in form alone for no change', async () => {
    const { person, contact } = await linked();
    const writes = await rockbridge.writesDuring(() =>
      editContact(rockbridge, contact.id, { email: person.email.toUpperCase(), city: 'Austin' }),
    );
    assert.deepEqual(writes, []);
  });

  it('does not carry emptiness over', async () => {
    const { person, contact } = await linked();
    const writes = await rockbridge.writesDuring(() => editContact(rockbridge, contact.id, { phone: '' }));
    assert.deepEqual(writes, []);
    assert.equal(find(rockbridge, person).referrals[0]?.phoneNumber, person.phone);
  });

  it('leaves contacts alone that nothing is linked to, and says so', async () => {
    const person = somebody();
    const writes = await rockbridge.writesDuring(() => addContact(rockbridge, person));
    const events = await rockbridge.settled();
    const created = events.find(({ recordId }) => recordId === find(rockbridge, person).contacts[0]?.id);
    assert.deepEqual(writes, []);
    assert.match(String(created?.['sentence']), /^Nothing to do: no member or referral is linked to this contact/);
  });

  it('lets GHL win where both sides changed a field, and carries over what one alone changed', async () => {
    const { person, contact } = await linked();
    const [referral] = find(rockbridge, person).referrals;
    await rockbridge.writesDuring(async () => {
      // Both are there before either is looked at.
      const { ghl, referralRock } = rockbridge.sandbox;
      ghl.contacts.put({ ...contact, firstName: 'FromGhl' });
      if (referral) referralRock.referrals.put({ ...referral, firstName: 'FromRock', lastName: 'AlsoRock' });
      await editContact(rockbridge, contact.id, { city: 'Dallas' });
    });
    const after = find(rockbridge, person);
    for (const record of [after.contacts[0], after.referrals[0]])
      assert.deepEqual([record?.firstName, record?.lastName], ['FromGhl', 'AlsoRock']);
  });

  keepsItsPromises(() => rockbridge, 'contact');
});
