import assert from 'node:assert/strict';
import { addContact, addMember, editReferral, find, refer, somebody } from '../support/people.ts';
import { RunningRockbridge } from '../support/rockbridge.ts';
import { keepsItsPromises } from './promises.ts';

describe('a referral changed', () => {
  let rockbridge: RunningRockbridge;
  let member: { referralCode: string; firstName: string; lastName: string };

  before(async () => {
    rockbridge = await RunningRockbridge.start({ quota: 'high' });
    member = await addMember(rockbridge);
    await rockbridge.settled();
  });
  after(() => rockbridge.close());

  const theOne = <T>(things: readonly T[]): T => {
    assert.equal(things.length, 1);
    return things[0] as T;
  };

  it('gets a new person a contact with tags, one task, one note, and Referral Rock the contact id and the task line', async () => {
    const person = somebody();
    const writes = await rockbridge.writesDuring(() => refer(rockbridge, member, person, { amount: 250 }));
    const { contacts, tasks, notes, referrals } = find(rockbridge, person);
    const contact = theOne(contacts);
    const { firstName, lastName, email, phone } = contact;
    assert.deepEqual({ firstName, lastName, email, phone }, person);
    assert.deepEqual(contact.tags.toSorted(), [
      'rr-program:customer referrals',
      'rr-referral',
      'rr-source:admin',
      'rr-status:customer referrals:pending',
    ]);
    const task = theOne(tasks);
    assert.match(task.title, new RegExp(`^Call ${person.firstName} .*referred by ${member.firstName}`));
    assert.match(theOne(notes).body, new RegExp(`Referred by ${member.firstName} .* status pending, amount \\$250`));
    const referral = theOne(referrals);
    assert.equal(referral.externalIdentifier, contact.id);
    assert.match(referral.note, new RegExp(`- \\[ \\] Call ${person.firstName}`));
    assert.deepEqual(writes.map(({ operation }) => operation).toSorted(), [
      'ghl.contact.create',
      // Her counts, on the contact of the member who referred.
      'ghl.contact.update',
      'ghl.note.create',
      'ghl.tag.add',
      'ghl.task.create',
      'rr.referral.update',
    ]);
  });

  it('links a contact that was there by its e-mail, fills what it lacks and overwrites nothing', async () => {
    const person = somebody();
    await addContact(rockbridge, { firstName: 'Kept', email: person.email });
    const writes = await rockbridge.writesDuring(() => refer(rockbridge, member, person));
    const contact = theOne(find(rockbridge, person).contacts);
    assert.deepEqual([contact.firstName, contact.lastName, contact.phone], ['Kept', person.lastName, person.phone]);
    const referral = theOne(find(rockbridge, person).referrals);
    assert.deepEqual([referral.externalIdentifier, referral.firstName], [contact.id, person.firstName]);
    assert.ok(writes.every(({ operation }) => operation !== 'ghl.contact.create'));
    assert.equal(find(rockbridge, person).tasks.length, 1);
  });

  it('brings an edit in Referral Rock to the contact and nothing else', async () => {
    const person = somebody();
    const referral = await refer(rockbridge, member, person);
    await rockbridge.settled();
    const writes = await rockbridge.writesDuring(() =>
      editReferral(rockbridge, referral, { phoneNumber: '(512) 557-9001' }),
    );
    assert.deepEqual(
      writes.map(({ operation, body }) => [operation, body]),
      [['ghl.contact.update', { phone: '+15125579001' }]],
    );
  });

  it('swaps the status tag and leaves one note when the status changes', async () => {
    const person = somebody();
    const referral = await refer(rockbridge, member, person);
    await rockbridge.settled();
    await rockbridge.writesDuring(() => editReferral(rockbridge, referral, { status: 'Qualified' }));
    const { contacts, notes, tasks } = find(rockbridge, person);
    const statusTags = theOne(contacts).tags.filter((tag) => tag.startsWith('rr-status'));
    assert.deepEqual(statusTags, ['rr-status:customer referrals:qualified']);
    assert.equal(notes.filter(({ body }) => body.includes('status pending → qualified')).length, 1);
    assert.deepEqual([notes.length, tasks.length], [2, 1]);
  });

  it("notes what a person wrote into the referral's note, and keeps the section and the text", async () => {
    const person = somebody();
    const referral = await refer(rockbridge, member, person);
    await rockbridge.settled();
    const { note } = theOne(find(rockbridge, person).referrals);
    await rockbridge.writesDuring(() => editReferral(rockbridge, referral, { note: `Wants a call at noon.\n${note}` }));
    const after = find(rockbridge, person);
    assert.equal(after.notes.filter(({ body }) => body.includes('note: Wants a call at noon.')).length, 1);
    assert.equal(theOne(after.referrals).note, `Wants a call at noon.\n${note}`);
  });

  it('links by phone and last name, but never by a phone alone', async () => {
    const [person, sibling] = [somebody(), somebody()];
    const contact = await addContact(rockbridge, { firstName: 'Ed', lastName: person.lastName, phone: person.phone });
    await rockbridge.settled();
    const { email: _, ...withoutEmail } = person;
    const referral = await refer(rockbridge, member, { ...withoutEmail, lastName: person.lastName.toUpperCase() });
    await rockbridge.settled();
    const { referrals } = rockbridge.sandbox.referralRock;
    assert.equal(referrals.get(referral.id)?.externalIdentifier, contact.id);
    const other = await refer(rockbridge, member, { ...sibling, phone: person.phone });
    const events = await rockbridge.settled();
    // GHL makes no second contact with that phone, so a person must say who is who.
    assert.equal(events.find(({ recordId }) => recordId === other.id)?.['status'], 'held');
    assert.equal(referrals.get(other.id)?.externalIdentifier, '');
  });

  it('says what was done, and why nothing was', async () => {
    const person = somebody();
    await refer(rockbridge, member, person);
    const events = await rockbridge.settled();
    const mine = events.filter(({ recordId }) => recordId === theOne(find(rockbridge, person).referrals).id);
    assert.deepEqual(
      mine.map(({ status }) => status),
      ['done', 'done'],
    );
    const [echo, added] = mine;
    assert.match(
      String(added?.['sentence']),
      /^Created the contact .*; tagged .*; created the onboarding task; left a note/,
    );
    assert.match(String(echo?.['sentence']), /^Nothing to do/);
  });

  keepsItsPromises(() => rockbridge, 'referral');
});
