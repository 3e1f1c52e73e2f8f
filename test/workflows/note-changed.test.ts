import assert from 'node:assert/strict';
import { addNote, noteOf, referred } from '../support/people.ts';
import { RunningRockbridge } from '../support/rockbridge.ts';
import { keepsItsPromises } from './promises.ts';

describe('a note changed', () => {
  let rockbridge: RunningRockbridge;
  before(async () => {
    rockbridge = await RunningRockbridge.start({ quota: 'high', timing: { goneAfter: 500 } });
  });
  after(() => rockbridge.close());

  it('stands as a line with its day and author, changes with it and goes with it', async () => {
    const { contactId, referralId } = await referred(rockbridge);
    const note = await addNote(rockbridge, contactId, 'Prefers mornings');
    await rockbridge.settled();
    assert.match(noteOf(rockbridge, referralId), /^- \d{4}-\d\d-\d\d Maya Torres: Prefers mornings rb:[0-9A-Z]{8}$/mu);
    const path = `/contacts/${contactId}/notes/${note.id}`;
    await rockbridge.writesDuring(() => rockbridge.asUser('ghl', 'PUT', path, { body: 'Prefers evenings' }));
    assert.match(noteOf(rockbridge, referralId), /Maya Torres: Prefers evenings rb:/u);
    assert.doesNotMatch(noteOf(rockbridge, referralId), /mornings/u);
    const writes = await rockbridge.writesDuring(() => rockbridge.asUser('ghl', 'DELETE', path));
    assert.doesNotMatch(noteOf(rockbridge, referralId), /Prefers/u);
    assert.deepEqual(
      writes.map(({ operation }) => operation),
      ['rr.referral.update'],
    );
  });

  it('never shows in the public note, and a note of ours has no line', async () => {
    const { contactId, referralId } = await referred(rockbridge);
    await rockbridge.writesDuring(() => addNote(rockbridge, contactId, 'Between us'));
    const referral = rockbridge.sandbox.referralRock.referrals.get(referralId);
    assert.equal(referral?.publicNote ?? '', '');
    assert.doesNotMatch(noteOf(rockbridge, referralId), /Referred by/u);
  });

  keepsItsPromises(() => rockbridge, 'note');
});
