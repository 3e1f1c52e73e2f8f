import assert from 'node:assert/strict';
import type { Contact } from '../../sandbox/ghl/state.ts';
import { addMember, addTags, editContact, find, noteOf, type Person, refer, somebody } from '../support/people.ts';
import { type Json, RunningRockbridge } from '../support/rockbridge.ts';

describe('a person looks, takes back and forgets', () => {
  let rockbridge: RunningRockbridge;
  let member: { referralCode: string };

  before(async () => {
    rockbridge = await RunningRockbridge.start({ quota: 'high' });
    member = await addMember(rockbridge);
    await rockbridge.settled();
  });
  after(() => rockbridge.close());

  async function linked(): Promise<{ person: Person; contact: Contact; referralId: string }> {
    const person = somebody();
    const { id: referralId } = await refer(rockbridge, member, person);
    await rockbridge.settled();
    const [contact] = find(rockbridge, person).contacts;
    assert.ok(contact);
    return { person, contact, referralId };
  }
  /** The newest event about a record that wrote something. */
  const eventOf = async (contactId: string, trigger: string): Promise<string> => {
    const { decisions } = await rockbridge.api(`customers/${contactId}`);
    await rockbridge.settled();
    const decision = (decisions as Json[]).find((one) => one['trigger'] === trigger && one['undoable']);
    assert.ok(decision, `no decision about ${trigger} can be undone: ${JSON.stringify(decisions)}`);
    return (decision['eventIds'] as string[])[0] ?? '';
  };
  const undo = async (eventId: string): Promise<{ writes: string[]; sentence: string; status: string }> => {
    let rowId = '';
    const writes = await rockbridge.writesDuring(async () => {
      ({ eventId: rowId } = (await rockbridge.api(`events/${eventId}/undo`, 'POST')) as { eventId: string });
    });
    const { sentence, status } = await rockbridge.api(`events/${rowId}`);
    return { writes: writes.map(({ operation }) => operation), sentence, status };
  };
  const referralOf = (person: Person) => find(rockbridge, person).referrals[0];

  it('puts a field back, and does not write it again before its source changes', async () => {
    const { person, contact } = await linked();
    await rockbridge.writesDuring(() => editContact(rockbridge, contact.id, { lastName: 'Second' }));
    assert.equal(referralOf(person)?.lastName, 'Second');
    const { writes, sentence, status } = await undo(await eventOf(contact.id, 'contact'));
    assert.deepEqual([writes, status], [['rr.referral.update'], 'done'], sentence);
    assert.match(sentence, /Put the referral back: lastName/);
    assert.equal(referralOf(person)?.lastName, person.lastName);

    const other = await rockbridge.writesDuring(() => editContact(rockbridge, contact.id, { firstName: 'Other' }));
    assert.equal(other.length, 1);
    assert.deepEqual([referralOf(person)?.firstName, referralOf(person)?.lastName], ['Other', person.lastName]);
    await rockbridge.writesDuring(() => editContact(rockbridge, contact.id, { lastName: 'Third' }));
    assert.equal(referralOf(person)?.lastName, 'Third');
  });

  it('leaves a field that a person has changed since, and says so', async () => {
    const { person, contact, referralId } = await linked();
    await rockbridge.writesDuring(() => editContact(rockbridge, contact.id, { lastName: 'Second' }));
    const eventId = await eventOf(contact.id, 'contact');
    const referral = rockbridge.sandbox.referralRock.referrals.get(referralId);
    assert.ok(referral);
    // Nobody has told us of it.
    rockbridge.sandbox.referralRock.referrals.put({ ...referral, lastName: 'Theirs' });
    await rockbridge.database.db
      .updateTable('snapshots')
      .set({ read_at: new Date(0) })
      .execute();
    const { writes, sentence } = await undo(eventId);
    assert.deepEqual(writes, []);
    assert.match(sentence, /Left lastName of the referral: it was changed since/);
    assert.equal(referralOf(person)?.lastName, 'Theirs');
  });

  it('takes back what a new referral brought, but not the contact', async () => {
    const { person, contact, referralId } = await linked();
    const { writes, sentence, status } = await undo(await eventOf(contact.id, 'referral'));
    const after = find(rockbridge, person);
    assert.deepEqual([after.contacts.length, after.tasks, after.notes, status], [1, [], [], 'done'], sentence);
    assert.deepEqual(after.contacts[0]?.tags, []);
    assert.doesNotMatch(noteOf(rockbridge, referralId), /rb:/);
    assert.deepEqual(writes.toSorted(), ['ghl.note.delete', 'ghl.tag.remove', 'ghl.task.delete', 'rr.referral.update']);
    assert.match(sentence, /created the contact.*a contact is never deleted/);
    // What follows makes none of it anew.
    await rockbridge.writesDuring(() => addTags(rockbridge, contact.id, 'vip'));
    const later = find(rockbridge, person);
    assert.deepEqual([later.tasks, later.notes, later.contacts[0]?.tags], [[], [], ['vip']]);
    assert.doesNotMatch(noteOf(rockbridge, referralId), /rb:/);
  });

  it('reads a customer anew when somebody looks, and waits for it when that is wanted', async () => {
    const { person, contact } = await linked();
    const known = rockbridge.sandbox.ghl.contacts.get(contact.id);
    assert.ok(known);
    // Nobody has told us of it.
    rockbridge.sandbox.ghl.contacts.put({ ...known, lastName: 'Unheard' });
    const { contact: fresh } = await rockbridge.api(`customers/${contact.id}?fresh=true`);
    assert.equal(fresh.lastName, 'Unheard');
    await rockbridge.settled();
    assert.equal(referralOf(person)?.lastName, 'Unheard');
  });

  it('puts aside what comes about somebody who was forgotten, and keeps nothing of it', async () => {
    const { person, contact } = await linked();
    await rockbridge.api(`customers/${contact.id}`, 'DELETE');
    await rockbridge.settled();
    const writes = await rockbridge.writesDuring(() => editContact(rockbridge, contact.id, { lastName: 'Later' }));
    assert.deepEqual(writes, []);
    const events = (await rockbridge.settled()).filter(({ recordId }) => recordId === contact.id);
    assert.ok(events.length > 1);
    for (const { sentence } of events) assert.equal(sentence, 'Forgotten at a person’s request.');
    const { rows } = await rockbridge.database.db
      .selectFrom('snapshots')
      .select('data')
      .execute()
      .then((all) => ({ rows: all.filter(({ data }) => JSON.stringify(data).includes(person.email)) }));
    assert.deepEqual(rows, []);
  });
});
