import assert from 'node:assert/strict';
import { addContact, addMember, addTags, editContact, find, referred, somebody } from '../support/people.ts';
import { type Json, RunningRockbridge } from '../support/rockbridge.ts';
import { keepsItsPromises } from './promises.ts';

describe('a record was deleted', () => {
  let rockbridge: RunningRockbridge;
  before(async () => {
    rockbridge = await RunningRockbridge.start({ quota: 'high' });
  });
  after(() => rockbridge.close());

  const removeReferral = (referralId: string): Promise<Json> =>
    rockbridge.asUser('referral-rock', 'POST', '/api/referral/remove', [{ query: { primaryInfo: { referralId } } }]);
  const deleteContact = (contactId: string): Promise<Json> =>
    rockbridge.asUser('ghl', 'DELETE', `/contacts/${contactId}`);

  it('a referral: its tags go from the contact at once, and a note says so', async () => {
    const { person, referralId, contactId } = await referred(rockbridge);
    await addTags(rockbridge, contactId, 'vip');
    await rockbridge.settled();
    const notes = find(rockbridge, person).notes.length;
    await rockbridge.writesDuring(() => removeReferral(referralId));
    const found = find(rockbridge, person);
    assert.deepEqual(found.contacts[0]?.tags, ['vip']);
    assert.equal(found.notes.length, notes + 1);
    const writes = await rockbridge.writesDuring(() => editContact(rockbridge, contactId, { lastName: 'Later' }));
    assert.deepEqual(writes, []);
  });

  it('a member: the tag goes with the last one', async () => {
    const person = somebody();
    const member = await addMember(rockbridge, person);
    await rockbridge.settled();
    assert.ok(find(rockbridge, person).contacts[0]?.tags.includes('rr-member'));
    const query = { primaryInfo: { memberId: member.id } };
    await rockbridge.writesDuring(() => rockbridge.asUser('referral-rock', 'POST', '/api/members/remove', [{ query }]));
    assert.deepEqual(find(rockbridge, person).contacts[0]?.tags, []);
  });

  it('a member that was disabled: the tag goes, and comes back with it', async () => {
    const person = somebody();
    const member = await addMember(rockbridge, person);
    await rockbridge.settled();
    const disable = (disabledFlag: boolean): Promise<Json> =>
      rockbridge.asUser('referral-rock', 'POST', '/api/members/update', [
        { query: { primaryInfo: { memberId: member.id } }, member: { disabledFlag } },
      ]);
    await rockbridge.writesDuring(() => disable(true));
    assert.deepEqual(find(rockbridge, person).contacts[0]?.tags, []);
    await rockbridge.writesDuring(() => disable(false));
    assert.deepEqual(find(rockbridge, person).contacts[0]?.tags, ['rr-member']);
  });

  it('a contact: Referral Rock is left as it is', async () => {
    const { contactId, referralId } = await referred(rockbridge);
    const writes = await rockbridge.writesDuring(() => deleteContact(contactId));
    assert.deepEqual(writes, []);
    assert.ok(rockbridge.sandbox.referralRock.referrals.get(referralId));
  });

  it('a contact whose person lives on in another: the links are proposed to move there, and do when approved', async () => {
    const { contactId, referralId, person } = await referred(rockbridge);
    await rockbridge.control('PUT', 'settings', { ghl: { allowDuplicateContact: true } });
    const other = await addContact(rockbridge, { ...person, firstName: 'Other' });
    await rockbridge.settled();
    assert.notEqual(other.id, contactId);
    const writes = await rockbridge.writesDuring(() => deleteContact(contactId));
    assert.deepEqual(writes, []);
    const { approvals } = await rockbridge.api('approvals');
    const asked = (approvals as Json[]).find((one) => one['referralId'] === referralId);
    assert.equal(asked?.['kind'], 'ambiguous');
    await rockbridge.writesDuring(() =>
      rockbridge.api(`approvals/${String(asked['id'])}`, 'POST', { approve: true, contactId: other.id }),
    );
    const { tags } = rockbridge.sandbox.ghl.contacts.get(other.id) ?? {};
    assert.ok(tags?.includes('rr-referral'), tags?.join());
    await rockbridge.writesDuring(() => editContact(rockbridge, other.id, { lastName: 'Moved' }));
    assert.equal(rockbridge.sandbox.referralRock.referrals.get(referralId)?.lastName, 'Moved');
  });

  keepsItsPromises(() => rockbridge, 'referral');
});
