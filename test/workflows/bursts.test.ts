import assert from 'node:assert/strict';
import { addNote, addTags, addTask, editContact, find, noteOf, referred } from '../support/people.ts';
import { RunningRockbridge } from '../support/rockbridge.ts';

describe('a burst of events of one customer', () => {
  let rockbridge: RunningRockbridge;
  before(async () => {
    rockbridge = await RunningRockbridge.start({ quota: 'high' });
  });
  after(() => rockbridge.close());

  it('folds fifty edits of a contact into at most three passes', async () => {
    const { contactId, person } = await referred(rockbridge);
    const { workflowId } = await rockbridge.customerOf(contactId);
    await rockbridge.control('PUT', 'webhooks', { drop: 1 });
    for (let n = 1; n <= 50; n++) await editContact(rockbridge, contactId, { lastName: `Edit ${n}` });
    await rockbridge.control('GET', 'idle');
    await rockbridge.control('PUT', 'webhooks', { drop: 0, delayMs: 0 });
    const before = (await rockbridge.runs.histories(workflowId)).length;
    const { locationId } = rockbridge.sandbox.info.ghl;
    await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        rockbridge.postGhl({ type: 'ContactUpdate', locationId, id: contactId, webhookId: `burst-${contactId}-${n}` }),
      ),
    );
    await rockbridge.settled();
    assert.equal(find(rockbridge, person).referrals[0]?.lastName, 'Edit 50');
    const histories = (await rockbridge.runs.histories(workflowId)).slice(before);
    const observed = histories.flatMap(({ history }) =>
      (history.events ?? []).filter(
        (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'observeContact',
      ),
    );
    assert.ok(observed.length <= 3, `${observed.length} passes`);
  });

  it('of every kind ends with each change carried over once', async () => {
    const { contactId, referralId } = await referred(rockbridge);
    await rockbridge.writesDuring(() =>
      Promise.all([
        ...['One', 'Two', 'Three'].map((title) => addTask(rockbridge, contactId, { title })),
        ...['Tea', 'Coffee'].map((body) => addNote(rockbridge, contactId, body)),
        addTags(rockbridge, contactId, 'vip'),
        editContact(rockbridge, contactId, { lastName: 'Burst' }),
      ]),
    );
    const note = noteOf(rockbridge, referralId);
    for (const title of ['One', 'Two', 'Three']) assert.equal(note.split(`[ ] ${title} `).length, 2, note);
    for (const body of ['Tea', 'Coffee']) assert.equal(note.split(`: ${body} `).length, 2, note);
    const referral = rockbridge.sandbox.referralRock.referrals.get(referralId);
    assert.deepEqual([referral?.lastName, referral?.customText3Value], ['Burst', 'vip']);
  });
});
