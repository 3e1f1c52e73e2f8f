import assert from 'node:assert/strict';
import { addTask, completeTask, editReferral, find, noteOf, referred } from '../support/people.ts';
import { RunningRockbridge } from '../support/rockbridge.ts';
import { keepsItsPromises } from './promises.ts';

describe('a task changed', () => {
  let rockbridge: RunningRockbridge;
  before(async () => {
    rockbridge = await RunningRockbridge.start({ quota: 'high', timing: { goneAfter: 500, lookUpAfter: 300 } });
  });
  after(() => rockbridge.close());

  const LINE = /^- \[ \] Send the papers \(due 2026-12-01\) rb:[0-9A-Z]{8}$/mu;

  it('stands as a line in the note of the referral', async () => {
    const { contactId, referralId } = await referred(rockbridge);
    const writes = await rockbridge.writesDuring(() => addTask(rockbridge, contactId));
    assert.match(noteOf(rockbridge, referralId), LINE);
    assert.deepEqual(
      writes.map(({ operation }) => operation),
      ['rr.referral.update'],
    );
  });

  it('has its line ticked when it is completed, and unticked by an edit that the line makes first', async () => {
    const { contactId, referralId, person } = await referred(rockbridge);
    const task = await addTask(rockbridge, contactId);
    await rockbridge.settled();
    await rockbridge.writesDuring(() => completeTask(rockbridge, task));
    assert.match(noteOf(rockbridge, referralId), /^- \[x\] Send the papers \(due 2026-12-01\) rb:/mu);
    const note = noteOf(rockbridge, referralId).replace('[x] Send', '[ ] Send');
    const writes = await rockbridge.writesDuring(() => editReferral(rockbridge, { id: referralId }, { note }));
    assert.equal(find(rockbridge, person).tasks.find(({ id }) => id === task.id)?.completed, false);
    assert.match(noteOf(rockbridge, referralId), LINE);
    assert.deepEqual(
      writes.map(({ operation }) => operation),
      ['ghl.task.update'],
    );
  });

  it('loses its line when it is deleted', async () => {
    const { contactId, referralId } = await referred(rockbridge);
    const task = await addTask(rockbridge, contactId);
    await rockbridge.settled();
    await rockbridge.writesDuring(() => rockbridge.asUser('ghl', 'DELETE', `/contacts/${contactId}/tasks/${task.id}`));
    assert.doesNotMatch(noteOf(rockbridge, referralId), /Send the papers/u);
  });

  it('is made out of a line that a person types into the note, once, and follows the line', async () => {
    const { contactId, referralId, person } = await referred(rockbridge);
    const before = find(rockbridge, person).tasks.length;
    const typed = `Nice talk.\n[ ] Call Jane (due 2026-12-03)\n${noteOf(rockbridge, referralId)}`;
    await rockbridge.writesDuring(() => editReferral(rockbridge, { id: referralId }, { note: typed }));
    const made = find(rockbridge, person).tasks.filter(({ title }) => title === 'Call Jane');
    assert.equal(made.length, 1);
    assert.equal(find(rockbridge, person).tasks.length, before + 1);
    assert.equal(made[0]?.contactId, contactId);
    const note = noteOf(rockbridge, referralId);
    assert.match(note, /^Nice talk\.\n\[ \] Call Jane \(due 2026-12-03\) rb:[0-9A-Z]{8}\n/u);
    const ticked = note.replace('[ ] Call Jane', '[x] Call Jane');
    await rockbridge.writesDuring(() => editReferral(rockbridge, { id: referralId }, { note: ticked }));
    assert.equal(find(rockbridge, person).tasks.find(({ id }) => id === made[0]?.id)?.completed, true);
    assert.equal(noteOf(rockbridge, referralId), ticked);
  });

  it('of a contact that nobody referred says so and writes nothing', async () => {
    const contact = await rockbridge.asUser('ghl', 'POST', '/contacts/', {
      locationId: rockbridge.sandbox.info.ghl.locationId,
      firstName: 'Lone',
      email: `lone.${Date.now()}@example.com`,
    });
    const writes = await rockbridge.writesDuring(() => addTask(rockbridge, String(contact['contact'].id)));
    assert.deepEqual(writes, []);
    const { events } = await rockbridge.api('events?trigger=task&limit=1');
    assert.match(String(events[0].sentence), /no referral/iu);
  });

  keepsItsPromises(() => rockbridge, 'task');
});
