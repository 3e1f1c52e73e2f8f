import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Member } from '../../sandbox/referral-rock/state.ts';
import {
  addAppointment,
  addMember,
  addNote,
  addOpportunity,
  addTags,
  addTask,
  completeTask,
  editContact,
  editReferral,
  find,
  noteOf,
  refer,
  somebody,
} from '../support/people.ts';
import { runAbout, skipWait, withActions } from '../support/automations.ts';
import { RunningRockbridge } from '../support/rockbridge.ts';
import type { RecordedRun } from '../support/runs.ts';

/*
 * Records the histories that replay.test.ts replays: `node test/workflows/record-histories.ts`. Record again only when a change of
 * the workflows' order is meant and no old run needs to be replayed any more (else `patched`).
 */

const folder = fileURLToPath(new URL('../fixtures/histories/', import.meta.url));

/** Each story, and the record whose customer's runs tell it. */
type Story = (rockbridge: RunningRockbridge, referrer: Member) => Promise<string>;

async function linked(rockbridge: RunningRockbridge, referrer: Member) {
  const person = somebody();
  const { id } = await refer(rockbridge, referrer, person);
  await rockbridge.settled();
  return { id, contactId: String(find(rockbridge, person).contacts[0]?.id) };
}

const fault = (vendor: string, pathPattern: string, status: number, times = 1): object => ({
  faults: [{ vendor, pathPattern, kind: 'status', status, times }],
});

const stories: Record<string, Story> = {
  'a-new-referral': async (rockbridge, referrer) => (await linked(rockbridge, referrer)).id,

  'a-new-member': async (rockbridge) => (await addMember(rockbridge)).id,

  'a-contact-edited': async (rockbridge, referrer) => {
    const { contactId } = await linked(rockbridge, referrer);
    await editContact(rockbridge, contactId, { lastName: 'Newname' });
    return contactId;
  },

  'a-status-changed': async (rockbridge, referrer) => {
    const { id } = await linked(rockbridge, referrer);
    await editReferral(rockbridge, { id }, { status: 'Qualified' });
    return id;
  },

  'a-plan-made-again': async (rockbridge, referrer) => {
    const { id, contactId } = await linked(rockbridge, referrer);
    rockbridge.around = async ({ name }, work) => {
      if (name === 'referral-rock.referral.update') {
        rockbridge.around = undefined;
        const { referrals } = rockbridge.sandbox.referralRock;
        const referral = referrals.get(id);
        if (referral) referrals.put({ ...referral, firstName: 'Meanwhile' });
        return 'stale';
      }
      return work();
    };
    await editContact(rockbridge, contactId, { lastName: 'Newname' });
    return contactId;
  },

  'a-vendor-in-trouble': async (rockbridge, referrer) => {
    await rockbridge.control('POST', 'faults', fault('referral-rock', '/api/referral/single', 500));
    await rockbridge.control('POST', 'faults', fault('ghl', '/tasks$', 429));
    await rockbridge.control('POST', 'faults', fault('ghl', '/notes$', 422));
    return (await refer(rockbridge, referrer, somebody())).id;
  },

  'a-record-that-may-not-be-read': async (rockbridge, referrer) => {
    await rockbridge.control('POST', 'faults', fault('referral-rock', '/api/referral/single', 403));
    const { id } = await refer(rockbridge, referrer, somebody());
    let waits = false;
    while (!waits) {
      await sleep(100);
      const { events } = await rockbridge.api('events?trigger=referral&limit=1');
      waits = String((events as { sentence: string | null }[])[0]?.sentence).startsWith('Waits');
    }
    // Its quarter of an hour is over.
    await rockbridge.database.db.updateTable('connections').set({ broken_at: null, broken_reason: null }).execute();
    await rockbridge.ringAgain((await rockbridge.customerOf(id)).customerId);
    return id;
  },

  'a-task-and-its-line': async (rockbridge, referrer) => {
    const { id, contactId } = await linked(rockbridge, referrer);
    const task = await addTask(rockbridge, contactId);
    await rockbridge.settled();
    await completeTask(rockbridge, task);
    await rockbridge.settled();
    const note = `${noteOf(rockbridge, id)}\n[ ] Call again`;
    await editReferral(rockbridge, { id }, { note });
    return contactId;
  },

  'notes-tags-and-an-appointment': async (rockbridge, referrer) => {
    const { contactId } = await linked(rockbridge, referrer);
    await addNote(rockbridge, contactId, 'Likes tea');
    await rockbridge.settled();
    await addTags(rockbridge, contactId, 'vip', 'referral-member');
    await rockbridge.settled();
    await addAppointment(rockbridge, contactId);
    await rockbridge.settled();
    await editContact(rockbridge, contactId, { dndSettings: { Email: { status: 'active', message: '', code: '' } } });
    return contactId;
  },

  'a-deal-won-and-approved': async (rockbridge, referrer) => {
    const { id, contactId } = await linked(rockbridge, referrer);
    await addOpportunity(rockbridge, contactId, { status: 'won' });
    await rockbridge.settled();
    const { approvals } = await rockbridge.api('approvals');
    const asked = (approvals as { id: string; referralId: string }[]).find(({ referralId }) => referralId === id);
    await rockbridge.api(`approvals/${String(asked?.id)}`, 'POST', { approve: true });
    return id;
  },

  'an-edit-taken-back': async (rockbridge, referrer) => {
    const { contactId } = await linked(rockbridge, referrer);
    await editContact(rockbridge, contactId, { lastName: 'Wrong' });
    await rockbridge.settled();
    const { events } = await rockbridge.api('events?trigger=contact&limit=20');
    const wrote = (events as { id: string; sentence: string }[]).find(({ sentence }) =>
      /updated the ref/iu.test(sentence),
    );
    await rockbridge.api(`events/${String(wrote?.id)}/undo`, 'POST');
    return contactId;
  },

  'a-contact-deleted': async (rockbridge, referrer) => {
    const { contactId } = await linked(rockbridge, referrer);
    await rockbridge.asUser('ghl', 'DELETE', `/contacts/${contactId}`);
    return contactId;
  },

  'a-reward-of-a-member': async (rockbridge) => {
    const member = await addMember(rockbridge);
    await rockbridge.settled();
    const { id } = await linked(rockbridge, member);
    await editReferral(rockbridge, { id }, { status: 'approved' });
    return member.id;
  },

  'an-opt-out': async (rockbridge, referrer) => {
    const { contactId } = await linked(rockbridge, referrer);
    const email = rockbridge.sandbox.ghl.contacts.get(contactId)?.email;
    await rockbridge.asUser('referral-rock', 'POST', '/api/email/unsubscribe', { email });
    return contactId;
  },

  'a-program-changed': async (rockbridge) => {
    const { id } = await rockbridge.control('POST', 'programs', { name: 'Friends of friends' });
    return String(id);
  },

  'an-app-installed': async (rockbridge) => {
    const { locationId } = rockbridge.sandbox.info.ghl;
    await rockbridge.control('POST', 'ghl-install', { locationId });
    return locationId;
  },

  'an-automation-that-waits': async (rockbridge, referrer) => {
    const task = { contactId: '{{ contact.id }}', title: 'Call', dueDate: '{{ now }}', completed: false };
    const call = { operation: 'ghl.task.create', input: task, sentence: 'made a task' };
    const wait = { wait: '3 days' };
    await withActions(rockbridge, {
      id: 'calls',
      when: 'referral.added',
      do: [{ ...call, name: 'one' }, wait, { ...call, name: 'two' }, wait, { ...call, name: 'three' }],
    });
    const { id } = await linked(rockbridge, referrer);
    for (let n = 0; n < 2; n++) await skipWait(rockbridge, await runAbout(rockbridge, 'calls', id));
    await withActions(rockbridge);
    return id;
  },

  'a-plan-carried-on': async (rockbridge, referrer) => {
    rockbridge.around = async ({ name, workflowId, runId }, work) => {
      const answer = await work();
      if (name === 'ghl.note.create') {
        rockbridge.around = undefined;
        await rockbridge.client.workflow.getHandle(workflowId, runId).terminate('lost');
        await rockbridge.ringAgain(workflowId.split('/').at(-1) ?? '');
      }
      return answer;
    };
    return (await refer(rockbridge, referrer, somebody())).id;
  },
};

/** All, or those that the command names. */
const wanted = process.argv.slice(2);

const rockbridge = await RunningRockbridge.start({ quota: 'high', timing: { lookUpAfter: 200 } });
const referrer = await addMember(rockbridge);
await rockbridge.settled();
if (wanted.length === 0) rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const [name, story] of Object.entries(stories)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const recordId = await story(rockbridge, referrer);
  await rockbridge.settled();
  rockbridge.around = undefined;
  const { workflowId } = await rockbridge.customerOf(recordId);
  const runs = await rockbridge.runs.histories(workflowId);
  for (const { workflow_id: id } of await runsOfAutomations())
    runs.push({ workflowId: id, runId: '', history: await rockbridge.client.workflow.getHandle(id).fetchHistory() });
  for (const [n, run] of runs.entries())
    writeFileSync(`${folder}${name}-${n + 1}.json`, `${JSON.stringify(toFixture(run))}\n`);
}
await rockbridge.close();
process.exit(0);

/** The runs of automations that the story made. */
async function runsOfAutomations(): Promise<{ workflow_id: string }[]> {
  const { db } = rockbridge.database;
  const rows = await db.selectFrom('automation_runs').select('workflow_id').orderBy('started_at').execute();
  await db.deleteFrom('automation_runs').execute();
  return rows;
}

/** As the Temporal CLI exports it, without what names the machine: `<pid>@<host>` of identities and sticky queues, stack traces. */
function toFixture({ history }: RecordedRun): unknown {
  return JSON.parse(historyToJSON(history), (name, value: unknown) => {
    if (name === 'stackTrace') return '';
    return typeof value === 'string' ? value.replace(/^\d+@[^@]+$/u, 'worker') : value;
  });
}
