import assert from 'node:assert/strict';
import { addContact, addTags, editReferral, find, referred, removeTags, somebody } from '../support/people.ts';
import { RunningRockbridge } from '../support/rockbridge.ts';
import { keepsItsPromises } from './promises.ts';

describe('the tags of a contact changed', () => {
  let rockbridge: RunningRockbridge;
  before(async () => {
    rockbridge = await RunningRockbridge.start({ quota: 'high' });
  });
  after(() => rockbridge.close());

  const slotOf = (referralId: string): (string | undefined)[] => {
    const referral = rockbridge.sandbox.referralRock.referrals.get(referralId);
    return [referral?.customText3Name, referral?.customText3Value];
  };

  it('stand joined in the slot of its referral, but for our own', async () => {
    const { contactId, referralId } = await referred(rockbridge);
    const writes = await rockbridge.writesDuring(() => addTags(rockbridge, contactId, 'vip', 'Likes Tea'));
    assert.deepEqual(slotOf(referralId), ['GHL tags', 'likes tea, vip']);
    assert.deepEqual(
      writes.map(({ operation }) => operation),
      ['rr.referral.update'],
    );
    await rockbridge.writesDuring(() => removeTags(rockbridge, contactId, 'vip'));
    assert.deepEqual(slotOf(referralId), ['GHL tags', 'likes tea']);
  });

  it('leave a slot alone that has another name', async () => {
    const { contactId, referralId } = await referred(rockbridge);
    await editReferral(rockbridge, { id: referralId }, { customText3Name: 'Shoe size', customText3Value: '43' });
    await rockbridge.settled();
    const writes = await rockbridge.writesDuring(() => addTags(rockbridge, contactId, 'vip'));
    assert.deepEqual(slotOf(referralId), ['Shoe size', '43']);
    assert.deepEqual(writes, []);
    const { events } = await rockbridge.api('events?trigger=tags&limit=1');
    assert.match(String(events[0].sentence), /slot/iu);
  });

  it('make a member of it by the tag referral-member, once, whose code and link come back', async () => {
    const person = somebody();
    const contact = await addContact(rockbridge, person);
    await rockbridge.settled();
    await rockbridge.writesDuring(() => addTags(rockbridge, contact.id, 'referral-member'));
    const { contacts, members } = find(rockbridge, person);
    assert.equal(members.length, 1);
    assert.equal(members[0]?.externalIdentifier, contact.id);
    assert.ok(contacts[0]?.tags.includes('rr-member'));
    const shown = (contacts[0]?.customFields ?? []).map(({ value }) => value);
    assert.ok(shown.includes(members[0]?.referralCode ?? ''), JSON.stringify(shown));
    const writes = await rockbridge.writesDuring(async () => {
      await removeTags(rockbridge, contact.id, 'referral-member');
      await rockbridge.settled();
      await addTags(rockbridge, contact.id, 'referral-member');
    });
    assert.equal(find(rockbridge, person).members.length, 1);
    assert.ok(writes.every(({ operation }) => operation !== 'rr.member.create'));
  });

  it('make no member of a contact without an e-mail, and say why', async () => {
    const contact = await addContact(rockbridge, { firstName: 'Phone', lastName: 'Only', phone: '+15125559911' });
    await rockbridge.settled();
    const writes = await rockbridge.writesDuring(() => addTags(rockbridge, contact.id, 'referral-member'));
    assert.deepEqual(writes, []);
    const { events } = await rockbridge.api('events?trigger=tags&limit=1');
    assert.match(String(events[0].sentence), /unsyncable.*e-mail/iu);
  });

  keepsItsPromises(() => rockbridge, 'tags');
});
