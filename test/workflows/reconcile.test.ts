import assert from 'node:assert/strict';
import { lookOver, lookUntilCalm, rowsFound, walksOf } from '../support/looking.ts';
import {
  addAppointment,
  addContact,
  addNote,
  addOpportunity,
  addTags,
  addTask,
  completeTask,
  editContact,
  editReferral,
  editTask,
  find,
  noteOf,
  personalValues,
  referred,
} from '../support/people.ts';
import { RunningRockbridge } from '../support/rockbridge.ts';
import { textsOf } from '../support/runs.ts';

/** What happened a moment ago is looked at, too. */
const TIMING = { goneAfter: 500, lookUpAfter: 300, walkTrails: 0 };

describe('a look over a connection', () => {
  let rockbridge: RunningRockbridge;
  before(async () => {
    rockbridge = await RunningRockbridge.start({ quota: 'high', timing: TIMING });
  });
  after(() => rockbridge.close());

  /** What people do while no webhook arrives; then one look. */
  async function afterALook(act: () => Promise<unknown>): Promise<void> {
    await rockbridge.settled();
    await rockbridge.control('PUT', 'webhooks', { drop: 1 });
    await act();
    await lookOver(rockbridge);
    await rockbridge.control('PUT', 'webhooks', { drop: 0 });
  }

  it('finds nothing where every webhook arrived', async () => {
    const { contactId, referralId } = await referred(rockbridge);
    const task = await addTask(rockbridge, contactId);
    await addNote(rockbridge, contactId, 'Likes tea');
    await addTags(rockbridge, contactId, 'vip');
    await addAppointment(rockbridge, contactId);
    await addOpportunity(rockbridge, contactId);
    await rockbridge.settled();
    await completeTask(rockbridge, task);
    await editReferral(rockbridge, { id: referralId }, { companyName: 'Acme' });
    await rockbridge.settled();
    assert.deepEqual(await rockbridge.writesDuring(() => lookOver(rockbridge)), []);
    assert.equal(await rowsFound(rockbridge), 0);
  });

  it('finds an edit of a contact, and its tags', async () => {
    const { contactId, referralId } = await referred(rockbridge);
    await afterALook(async () => {
      await editContact(rockbridge, contactId, { firstName: 'Renamed' });
      await addTags(rockbridge, contactId, 'big-roof');
    });
    const referral = rockbridge.sandbox.referralRock.referrals.get(referralId);
    assert.equal(referral?.firstName, 'Renamed');
    assert.equal(referral?.customText3Value, 'big-roof');
  });

  it('finds that a task was made, edited, completed and deleted', async () => {
    const { contactId, referralId } = await referred(rockbridge);
    let task = await addTask(rockbridge, contactId, { title: 'Known before' });
    await afterALook(() => addTask(rockbridge, contactId));
    assert.match(noteOf(rockbridge, referralId), /^- \[ \] Send the papers \(due 2026-12-01\) rb:/mu);
    await afterALook(() => editTask(rockbridge, task, { title: 'Called twice' }));
    assert.match(noteOf(rockbridge, referralId), /^- \[ \] Called twice \(due 2026-12-01\) rb:/mu);
    await afterALook(() => completeTask(rockbridge, task));
    assert.match(noteOf(rockbridge, referralId), /^- \[x\] Called twice \(due 2026-12-01\) rb:/mu);
    await afterALook(() => rockbridge.asUser('ghl', 'DELETE', `/contacts/${contactId}/tasks/${task.id}`));
    assert.doesNotMatch(noteOf(rockbridge, referralId), /Called twice/u);
    task = await addTask(rockbridge, contactId, { title: 'Told by its webhook' });
    await rockbridge.settled();
    assert.match(noteOf(rockbridge, referralId), /Told by its webhook/u);
  });

  it('finds notes and appointments, moved and deleted ones too', async () => {
    const { contactId, referralId } = await referred(rockbridge);
    const [note, visit] = [
      await addNote(rockbridge, contactId, 'Likes tea'),
      await addAppointment(rockbridge, contactId),
    ];
    await afterALook(async () => {
      await addNote(rockbridge, contactId, 'Has two dogs');
      await rockbridge.asUser('ghl', 'PUT', `/contacts/${contactId}/notes/${note.id}`, { body: 'Likes coffee' });
      await rockbridge.asUser('ghl', 'PUT', `/calendars/events/appointments/${visit.id}`, { title: 'Cellar visit' });
    });
    for (const text of [/Has two dogs/u, /Likes coffee/u, /Cellar visit/u])
      assert.match(noteOf(rockbridge, referralId), text);
    await afterALook(async () => {
      await rockbridge.asUser('ghl', 'DELETE', `/contacts/${contactId}/notes/${note.id}`);
      await rockbridge.asUser('ghl', 'DELETE', `/calendars/events/${visit.id}`, {});
    });
    assert.doesNotMatch(noteOf(rockbridge, referralId), /Likes coffee|Cellar visit/u);
  });

  it('finds that a deal was won, and asks whether to approve', async () => {
    const { contactId } = await referred(rockbridge);
    const { id } = await addOpportunity(rockbridge, contactId);
    await afterALook(() => rockbridge.asUser('ghl', 'PUT', `/opportunities/${id}/status`, { status: 'won' }));
    const { approvals } = await rockbridge.api('approvals');
    assert.ok((approvals as { contactId?: string }[]).some((one) => one.contactId === contactId));
  });

  it('finds an edited, and a deleted, referral', async () => {
    const { contactId, referralId, person } = await referred(rockbridge);
    await afterALook(() => editReferral(rockbridge, { id: referralId }, { status: 'Qualified' }));
    assert.ok(find(rockbridge, person).contacts[0]?.tags.some((tag) => /^rr-status:.*qualified$/u.test(tag)));
    const query = { primaryInfo: { referralId } };
    await afterALook(() => rockbridge.asUser('referral-rock', 'POST', '/api/referral/remove', [{ query }]));
    const contact = rockbridge.sandbox.ghl.contacts.get(contactId);
    assert.ok(contact && !contact.tags.some((tag) => tag.startsWith('rr-status:')), contact?.tags.join());
  });

  it('finds that a contact was deleted', async () => {
    const { contactId } = await referred(rockbridge);
    await afterALook(() => rockbridge.asUser('ghl', 'DELETE', `/contacts/${contactId}`));
    const { gone_at: goneAt } = await rockbridge.database.db
      .selectFrom('records')
      .select('gone_at')
      .where('vendor_id', '=', contactId)
      .executeTakeFirstOrThrow();
    assert.ok(goneAt instanceof Date);
  });

  it('comes to rest: what it found once it does not find again', async () => {
    await lookUntilCalm(rockbridge, 1);
  });

  it('tells how long a lap takes and what it looked at', async () => {
    await lookOver(rockbridge);
    const walks = await walksOf(rockbridge);
    assert.deepEqual(Object.keys(walks).toSorted(), ['contacts', 'items', 'lists', 'referral-rock']);
    for (const { lapSeconds, lapEndedAt, looked, problem } of Object.values(walks)) {
      assert.ok(lapSeconds !== null && lapSeconds >= 0);
      assert.ok(lapEndedAt !== null);
      assert.ok(looked !== null && looked >= 0);
      assert.equal(problem, null);
    }
    assert.ok((walks['lists']?.looked ?? 0) > 10);
  });

  it('keeps ids and counts alone in its histories', async () => {
    const query = `WorkflowType = 'reconcile'`;
    let read = 0;
    for await (const { workflowId, runId } of rockbridge.client.workflow.list({ query, pageSize: 5 })) {
      if (++read > 3) break;
      const history = await rockbridge.client.workflow.getHandle(workflowId, runId).fetchHistory();
      const seen = textsOf(history).join('\n');
      assert.deepEqual(
        personalValues().filter((value) => seen.includes(value)),
        [],
      );
    }
    assert.ok(read > 1);
  });
});

describe('a look at what happened a moment ago', () => {
  let rockbridge: RunningRockbridge;
  before(async () => {
    rockbridge = await RunningRockbridge.start({ quota: 'high' });
  });
  after(() => rockbridge.close());

  it('leaves it to its own webhook', async () => {
    const contact = await addContact(rockbridge, { firstName: 'Lone', email: 'lone.one@example.com' });
    await rockbridge.settled();
    await rockbridge.control('PUT', 'webhooks', { drop: 1 });
    await editContact(rockbridge, contact.id, { firstName: 'Lonely' });
    await lookOver(rockbridge);
    assert.equal(await rowsFound(rockbridge), 0);
  });
});
