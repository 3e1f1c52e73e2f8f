import assert from 'node:assert/strict';
import { lookOver, lookUntilCalm } from '../support/looking.ts';
import {
  addContact,
  addMember,
  addNote,
  addTags,
  addTask,
  completeTask,
  editContact,
  editReferral,
  editTask,
  find,
  noteOf,
  type Person,
  refer,
  referred,
  somebody,
} from '../support/people.ts';
import { RunningRockbridge } from '../support/rockbridge.ts';

/** What happened a moment ago is looked at, too; nothing that was read is trusted for a while. */
const TIMING = { goneAfter: 500, lookUpAfter: 300, walkTrails: 0 };

/** Fails with the first difference between what the two vendors hold of a referred person. */
function assertAgreement(rockbridge: RunningRockbridge, person: Person): void {
  const { contacts, referrals, tasks, notes } = find(rockbridge, person);
  assert.equal(contacts.length, 1, 'one person, one contact');
  assert.equal(referrals.length, 1);
  const [contact, referral] = [contacts[0], referrals[0]];
  assert.ok(contact && referral);
  assert.equal(referral.externalIdentifier, contact.id);
  assert.equal(referral.firstName, contact.firstName);
  assert.equal(referral.lastName, contact.lastName);
  assert.equal(referral.phoneNumber.replaceAll(/\D/gu, ''), (contact.phone ?? '').replaceAll(/\D/gu, ''));
  const status = contact.tags.filter((tag) => tag.startsWith('rr-status:'));
  assert.deepEqual(
    status.map((tag) => tag.split(':').at(-1)),
    [referral.status.toLowerCase()],
  );
  const others = contact.tags.filter((tag) => !tag.startsWith('rr-')).toSorted();
  assert.equal(referral.customText3Value ?? '', others.join(', '));
  const note = noteOf(rockbridge, referral.id);
  const lines = [...note.matchAll(/^(?:- )?(\[[ x]\] .+?)(?: \(due [\d-]+\))? rb:[0-9A-Z]{8}$/gmu)].map(([, text]) =>
    String(text),
  );
  assert.deepEqual(
    lines.toSorted((left, right) => left.localeCompare(right)),
    tasks
      .map(({ completed, title }) => `[${completed ? 'x' : ' '}] ${title}`)
      .toSorted((left, right) => left.localeCompare(right)),
    `lines and tasks differ:\n${note}`,
  );
  for (const { body } of notes)
    if (!body.includes('rb:')) assert.ok(note.includes(body), `the note "${body}" has its line`);
}

describe('where one in five webhooks is lost', () => {
  let rockbridge: RunningRockbridge;
  before(async () => {
    rockbridge = await RunningRockbridge.start({ quota: 'high', timing: TIMING });
  });
  after(() => rockbridge.close());

  it('one lap brings a mixed run of edits on both sides to agree', async () => {
    const people = await Promise.all(Array.from({ length: 6 }, () => referred(rockbridge)));
    await rockbridge.control('PUT', 'webhooks', { drop: 0.2, duplicate: 0.1, shuffle: true });
    const newcomers: Person[] = [];
    for (const [n, { contactId, referralId, memberId }] of people.entries()) {
      const task = await addTask(rockbridge, contactId, { title: `Call back ${n}` });
      const other = await addTask(rockbridge, contactId, { title: `Send the offer ${n}` });
      await editContact(rockbridge, contactId, { firstName: `Jane${n}` });
      await addNote(rockbridge, contactId, `Likes tea ${n}`);
      await addTags(rockbridge, contactId, `vip-${n}`, 'warm');
      await editReferral(rockbridge, { id: referralId }, { status: 'Qualified' });
      await completeTask(rockbridge, task);
      await editTask(rockbridge, other, { title: `Send it again ${n}` });
      await editReferral(rockbridge, { id: referralId }, { lastName: `Doe${n}` });
      const member = rockbridge.sandbox.referralRock.members.get(memberId);
      const newcomer = somebody();
      newcomers.push(newcomer);
      assert.ok(member);
      await refer(rockbridge, member, newcomer);
    }
    await rockbridge.settled();
    await lookOver(rockbridge);
    for (const { person } of people) assertAgreement(rockbridge, person);
    for (const person of newcomers) assertAgreement(rockbridge, person);
  });
});

describe('an account without webhooks', () => {
  let rockbridge: RunningRockbridge;
  before(async () => {
    rockbridge = await RunningRockbridge.start({ quota: 'high', timing: TIMING });
    await rockbridge.control('PUT', 'webhooks', { drop: 1 });
  });
  after(() => rockbridge.close());

  it('is kept in step by looks alone: new members, referrals, edits, tasks', async () => {
    const [host, guest] = [somebody(), somebody()];
    const member = await addMember(rockbridge, host);
    await refer(rockbridge, member, guest);
    await lookUntilCalm(rockbridge);
    assert.ok(find(rockbridge, host).contacts[0]?.tags.includes('rr-member'));
    assertAgreement(rockbridge, guest);
    const [contact] = find(rockbridge, guest).contacts;
    const [referral] = find(rockbridge, guest).referrals;
    assert.ok(contact && referral);
    const task = await addTask(rockbridge, contact.id);
    await editContact(rockbridge, contact.id, { firstName: 'Other' });
    await addNote(rockbridge, contact.id, 'Has two dogs');
    await lookUntilCalm(rockbridge);
    assertAgreement(rockbridge, guest);
    await completeTask(rockbridge, task);
    await editReferral(rockbridge, referral, {
      status: 'Qualified',
      note: `[ ] Call Jane (due 2026-12-03)\n${noteOf(rockbridge, referral.id)}`,
    });
    await lookUntilCalm(rockbridge);
    assertAgreement(rockbridge, guest);
    assert.ok(find(rockbridge, guest).tasks.some(({ title }) => title === 'Call Jane'));
  });

  it('makes a member of a contact by its tag', async () => {
    const person = somebody();
    const contact = await addContact(rockbridge, person);
    await lookUntilCalm(rockbridge);
    await addTags(rockbridge, contact.id, 'referral-member');
    await lookUntilCalm(rockbridge);
    assert.equal(find(rockbridge, person).members.length, 1);
  });

  it('puts an address on the opt-out list, and hears of one that was put there', async () => {
    const [first, second] = [somebody(), somebody()];
    const member = await addMember(rockbridge);
    for (const person of [first, second]) await refer(rockbridge, member, person);
    await lookUntilCalm(rockbridge);
    const [one] = find(rockbridge, first).contacts;
    assert.ok(one);
    await editContact(rockbridge, one.id, { dndSettings: { Email: { status: 'active', message: '', code: '' } } });
    await rockbridge.asUser('referral-rock', 'POST', '/api/email/unsubscribe', { email: second.email });
    await lookUntilCalm(rockbridge);
    const tagged = find(rockbridge, second).contacts[0]?.tags;
    assert.ok(tagged?.includes('rr-unsubscribed'), tagged?.join());
    assert.ok(rockbridge.sandbox.referralRock.unsubscribed.get(first.email.toLowerCase()));
  });
});
