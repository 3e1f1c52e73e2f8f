import assert from 'node:assert/strict';
import { addContact, addMember, editContact, find, refer, somebody } from '../support/people.ts';
import { RunningRockbridge } from '../support/rockbridge.ts';
import { keepsItsPromises } from './promises.ts';

describe('a member changed', () => {
  let rockbridge: RunningRockbridge;

  before(async () => {
    rockbridge = await RunningRockbridge.start({ quota: 'high' });
  });
  after(() => rockbridge.close());

  const editMember = (memberId: string, fields: object): Promise<unknown> =>
    rockbridge.asUser('referral-rock', 'POST', '/api/members/update', [
      { query: { primaryInfo: { memberId } }, member: fields },
    ]);

  it('makes the custom fields that show a member on a contact, which the location does not have yet', async () => {
    const person = somebody();
    const writes = await rockbridge.writesDuring(() => addMember(rockbridge, person));
    const made = writes.filter(({ operation }) => operation === 'ghl.custom-field.create');
    assert.equal(made.length, 5);
    const { contacts, members } = find(rockbridge, person);
    const shown = (contacts[0]?.customFields ?? []).map(({ value }) => value);
    const code = members[0]?.referralCode ?? '';
    assert.deepEqual([shown[0], shown.slice(2)], [code, [0, 0, 0]]);
    assert.match(String(shown[1]), new RegExp(`^https://.*${code}`));
  });

  it('gets a new member a contact with the member tag, and Referral Rock the contact id', async () => {
    const person = somebody();
    const writes = await rockbridge.writesDuring(() => addMember(rockbridge, person));
    const { contacts, members, tasks, notes } = find(rockbridge, person);
    assert.deepEqual([contacts.length, tasks.length, notes.length], [1, 0, 0]);
    assert.deepEqual(contacts[0]?.tags, ['rr-member']);
    assert.equal(members[0]?.externalIdentifier, contacts[0]?.id);
    assert.deepEqual(writes.map(({ operation }) => operation).toSorted(), [
      'ghl.contact.create',
      'ghl.tag.add',
      'rr.member.update',
    ]);
  });

  it('links a contact that was there and fills what it lacks', async () => {
    const person = somebody();
    await addContact(rockbridge, { firstName: 'Kept', email: person.email });
    await rockbridge.writesDuring(() => addMember(rockbridge, person));
    const [contact, ...more] = find(rockbridge, person).contacts;
    assert.equal(more.length, 0);
    assert.deepEqual([contact?.firstName, contact?.lastName, contact?.phone], ['Kept', person.lastName, person.phone]);
  });

  it('brings an address to the contact, by the names of GHL', async () => {
    const person = somebody();
    const { id } = await addMember(rockbridge, person);
    await rockbridge.settled();
    const address = { addressLine1: '1 Elm St', city: 'Austin', region: 'Texas', country: 'US', postalCode: '78701' };
    await rockbridge.writesDuring(() => editMember(id, address));
    const [contact] = find(rockbridge, person).contacts;
    assert.deepEqual(
      [contact?.address1, contact?.city, contact?.state, contact?.country, contact?.postalCode],
      ['1 Elm St', 'Austin', 'Texas', 'US', '78701'],
    );
  });

  it('makes one contact of somebody who joins two programs and is referred', async () => {
    const person = somebody();
    const referrer = await addMember(rockbridge);
    await rockbridge.settled();
    await addMember(rockbridge, person, 0);
    await rockbridge.settled();
    await refer(rockbridge, referrer, person);
    await addMember(rockbridge, person, 1);
    await rockbridge.settled();
    const { contacts, members, referrals } = find(rockbridge, person);
    assert.equal(contacts.length, 1);
    assert.deepEqual(
      [...members, ...referrals].map(({ externalIdentifier }) => externalIdentifier),
      [contacts[0]?.id, contacts[0]?.id, contacts[0]?.id],
    );
    assert.ok(contacts[0]?.tags.includes('rr-member') && contacts[0].tags.includes('rr-referral'));
  });

  it('ends an edit on either side in the same values on both', async () => {
    const person = somebody();
    const { id } = await addMember(rockbridge, person);
    await rockbridge.settled();
    await editMember(id, { lastName: 'Fromrock' });
    await rockbridge.settled();
    const [contact] = find(rockbridge, person).contacts;
    assert.ok(contact?.lastName === 'Fromrock');
    const writes = await rockbridge.writesDuring(() => editContact(rockbridge, contact.id, { lastName: 'Fromghl' }));
    assert.equal(find(rockbridge, person).members[0]?.lastName, 'Fromghl');
    assert.equal(writes.length, 1);
  });

  keepsItsPromises(() => rockbridge, 'member');
});
