import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { addMember, editContact, editReferral, find, refer, somebody } from '../support/people.ts';
import { RunningRockbridge } from '../support/rockbridge.ts';
import type { RecordedRun } from '../support/runs.ts';

/*
 * Records the histories that replay.test.ts replays: `node test/workflows/record-histories.ts`. Record again only when a change of
 * the workflows' order is meant and no old run needs to be replayed any more (else `patched`).
 */

const folder = fileURLToPath(new URL('../fixtures/histories/', import.meta.url));

/** Each story, and the record whose customer's runs tell it. */
type Story = (rockbridge: RunningRockbridge, referrer: { referralCode: string }) => Promise<string>;

async function linked(rockbridge: RunningRockbridge, referrer: { referralCode: string }) {
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
    return (await refer(rockbridge, referrer, somebody())).id;
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

const rockbridge = await RunningRockbridge.start({ quota: 'high', timing: { lookUpAfter: 200 } });
const referrer = await addMember(rockbridge);
await rockbridge.settled();
mkdirSync(folder, { recursive: true });
for (const [name, story] of Object.entries(stories)) {
  const recordId = await story(rockbridge, referrer);
  await rockbridge.settled();
  rockbridge.around = undefined;
  const { workflowId } = await rockbridge.customerOf(recordId);
  for (const [n, run] of (await rockbridge.runs.histories(workflowId)).entries())
    writeFileSync(`${folder}${name}-${n + 1}.json`, `${JSON.stringify(toFixture(run))}\n`);
}
await rockbridge.close();
process.exit(0);

/** As the Temporal CLI exports it, without what names the machine: `<pid>@<host>` of identities and sticky queues, stack traces. */
function toFixture({ history }: RecordedRun): unknown {
  return JSON.parse(historyToJSON(history), (name, value: unknown) => {
    if (name === 'stackTrace') return '';
    return typeof value === 'string' ? value.replace(/^\d+@[^@]+$/u, 'worker') : value;
  });
}
