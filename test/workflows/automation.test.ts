import assert from 'node:assert/strict';
import { wakeOverdue } from '../../store/runs.ts';
import { runAbout, skipWait, withActions } from '../support/automations.ts';
import { addTags, editReferral, find, referred } from '../support/people.ts';
import { type Json, RunningRockbridge } from '../support/rockbridge.ts';
import { keepsItsPromises } from './promises.ts';

const task = (name: string, title: string, more: object = {}): object => ({
  name,
  operation: 'ghl.task.create',
  input: {
    contactId: '{{ contact.id }}',
    title,
    dueDate: '{{ now | due: 1, 17, connection.timeZone }}',
    completed: false,
  },
  sentence: `made the task ${title}`,
  ...more,
});

const series = {
  id: 'series',
  title: 'A series of calls',
  when: 'referral.added',
  while: { all: [{ field: 'referral.status', is: 'equals', value: 'pending' }] },
  stopWhen: [{ fact: 'contact.tag.added', if: { all: [{ field: 'fact.tag', is: 'equals', value: 'leave me' }] } }],
  do: [
    task('first', 'First call to {{ contact.firstName }}'),
    { wait: '3 days' },
    task('second', 'Second call'),
    {
      name: 'look-back',
      operation: 'ghl.note.create',
      input: { contactId: '{{ contact.id }}', body: 'After task {{steps.first.id}}' },
      sentence: 'left a note',
    },
    { wait: { for: '1 week', until: '09:00' } },
    task('third', 'Third call'),
  ],
};

describe('an automation that waits', () => {
  let rockbridge: RunningRockbridge;
  before(async () => {
    rockbridge = await RunningRockbridge.start({ quota: 'high', timing: { goneAfter: 500, lookUpAfter: 300 } });
    await withActions(rockbridge, series);
  });
  after(() => rockbridge.close());

  const titles = (email: string): string[] =>
    find(rockbridge, { email })
      .tasks.map(({ title }) => title)
      .filter((title) => /(?:First|Second|Third) call/u.test(title));

  it('goes on after each wait, with what it was answered before, and ends', async () => {
    const { person, referralId } = await referred(rockbridge);
    assert.deepEqual(titles(person.email), [`First call to ${person.firstName}`]);
    const run = await runAbout(rockbridge, 'series', referralId);
    assert.deepEqual([run['status'], run['sentence']], ['waiting', '“A series of calls” waits 3 days']);
    await skipWait(rockbridge, run);
    assert.equal(titles(person.email).length, 2);
    const [first] = find(rockbridge, person).tasks.filter(({ title }) => title.startsWith('First'));
    assert.ok(find(rockbridge, person).notes.some(({ body }) => body.startsWith(`After task ${String(first?.id)}`)));
    await skipWait(rockbridge, await runAbout(rockbridge, 'series', referralId));
    assert.equal(titles(person.email).length, 3);
    assert.equal((await runAbout(rockbridge, 'series', referralId))['status'], 'done');
    const handle = rockbridge.client.workflow.getHandle(String(run['workflowId']));
    assert.equal(await handle.result(), 'done');
    const { type, typedSearchAttributes } = await handle.describe();
    assert.equal(type, 'automation');
    const found = Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
    assert.deepEqual(
      [found['RockbridgeTrigger'], found['RockbridgeConnection']],
      [['automation'], rockbridge.connectionId],
    );
  });

  it('ends when what it goes on for holds no more, and says so', async () => {
    const { person, referralId } = await referred(rockbridge);
    await rockbridge.control('PUT', 'webhooks', { drop: 1 });
    await editReferral(rockbridge, { id: referralId }, { status: 'Qualified' });
    await rockbridge.control('PUT', 'webhooks', { drop: 0 });
    await skipWait(rockbridge, await runAbout(rockbridge, 'series', referralId));
    const run = await runAbout(rockbridge, 'series', referralId);
    assert.equal(run['status'], 'cancelled');
    assert.match(String(run['sentence']), /was ended: not: referral\.status is “pending”/u);
    assert.equal(titles(person.email).length, 1);
  });

  it('ends at a fact that its rule names, before its time', async () => {
    const { contactId, referralId } = await referred(rockbridge);
    await addTags(rockbridge, contactId, 'Leave me');
    await rockbridge.settled();
    const run = await runAbout(rockbridge, 'series', referralId);
    assert.deepEqual(
      [run['status'], run['sentence']],
      ['cancelled', '“A series of calls” was ended: contact.tag.added'],
    );
    const handle = rockbridge.client.workflow.getHandle(String(run['workflowId']));
    assert.equal(await handle.result(), 'cancelled');
  });

  it('ends when its record is deleted', async () => {
    const { referralId } = await referred(rockbridge);
    await rockbridge.asUser('referral-rock', 'POST', '/api/referral/remove', [
      { query: { primaryInfo: { referralId } } },
    ]);
    await rockbridge.settled();
    assert.equal((await runAbout(rockbridge, 'series', referralId))['status'], 'cancelled');
  });

  it('keeps to the action as it was when the fact came, and ends when that is switched off', async () => {
    const [one, other] = [await referred(rockbridge), await referred(rockbridge)];
    await withActions(rockbridge, { ...series, do: [{ wait: '1 day' }, task('changed', 'Changed')] });
    await skipWait(rockbridge, await runAbout(rockbridge, 'series', one.referralId));
    assert.equal(titles(one.person.email).length, 2);
    await withActions(rockbridge, { ...series, mode: 'off' });
    await skipWait(rockbridge, await runAbout(rockbridge, 'series', other.referralId));
    assert.match(String((await runAbout(rockbridge, 'series', other.referralId))['sentence']), /switched to off/u);
    await withActions(rockbridge, series);
  });

  it('parks at a value that is missing, names it, and goes on when its event is retried', async () => {
    const parks = {
      ...series,
      id: 'parks',
      do: [{ wait: '1 day' }, task('late', 'Third call {{ contact.custom.shoe }}')],
    };
    await withActions(rockbridge, parks);
    const { person, referralId } = await referred(rockbridge);
    await skipWait(rockbridge, await runAbout(rockbridge, 'parks', referralId));
    const run = await runAbout(rockbridge, 'parks', referralId);
    assert.equal(run['status'], 'parked');
    assert.match(String(run['sentence']), /undefined variable: contact\.custom\.shoe/u);
    const { events } = await rockbridge.api('events?trigger=automation&status=held');
    const [event] = (events as Json[]).filter((each) => each['recordId'] === referralId);
    assert.match(String(event?.['sentence']), /contact\.custom\.shoe/u);
    await rockbridge.database.db
      .insertInto('names')
      .values({ connection_id: rockbridge.connectionId, kind: 'customField', vendor_id: 'f1', name: 'contact.shoe' })
      .execute();
    await rockbridge.api(`events/${String(event?.['id'])}/retry`, 'POST');
    await rockbridge.settled();
    assert.equal((await runAbout(rockbridge, 'parks', referralId))['status'], 'done');
    assert.equal(titles(person.email).length, 1);
    await withActions(rockbridge, series);
  });

  it('can be tried on a past event: what it would do is shown, and nothing is written', async () => {
    const { person, referralId } = await referred(rockbridge);
    const { events } = await rockbridge.api('events?trigger=referral&limit=20');
    const event = (events as Json[]).findLast((each) => each['recordId'] === referralId);
    const eventId = String(event?.['id']);
    let answer: Json = {};
    const action = { ...series, id: 'tried' };
    const writes = await rockbridge.writesDuring(async () => {
      answer = await rockbridge.api(`connections/${rockbridge.connectionId}/rules/try`, 'POST', { eventId, action });
    });
    assert.deepEqual(writes, []);
    const [tried] = answer['tried'] as Json[];
    assert.deepEqual([tried?.['action'], tried?.['fact'], tried?.['reason']], ['tried', 'referral.added', null]);
    const shown = ((tried?.['steps'] ?? []) as Json[]).map(
      (step) => step['wait'] ?? step['input'].title ?? step['input'].body,
    );
    assert.match(
      shown.join('; '),
      new RegExp(`^First call to ${person.firstName}; 3 days; Second call; After task \\(id of step first\\)`, 'u'),
    );
  });

  it('goes on once, though its workflow is lost', async () => {
    const { person, referralId } = await referred(rockbridge);
    const run = await runAbout(rockbridge, 'series', referralId);
    await rockbridge.client.workflow.getHandle(String(run['workflowId'])).terminate('lost');
    await rockbridge.database.db
      .updateTable('automation_runs')
      .set({ wake_at: new Date(Date.now() - 120_000) })
      .where('id', '=', String(run['id']))
      .execute();
    await wakeOverdue(rockbridge.database.db);
    await wakeOverdue(rockbridge.database.db);
    await rockbridge.settled();
    assert.equal(titles(person.email).length, 2);
  });

  keepsItsPromises(() => rockbridge, 'automation');
});
