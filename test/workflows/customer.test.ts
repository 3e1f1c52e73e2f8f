import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Contact } from '../../sandbox/ghl/state.ts';
import { addMember, editContact, editReferral, find, type Person, refer, somebody } from '../support/people.ts';
import { RunningRockbridge } from '../support/rockbridge.ts';
import type { RecordedRun } from '../support/runs.ts';
import { keepsItsPromises } from './promises.ts';

describe("a customer's workflow", () => {
  let rockbridge: RunningRockbridge;
  let member: { referralCode: string };

  before(async () => {
    rockbridge = await RunningRockbridge.start({ quota: 'high' });
    member = await addMember(rockbridge);
    await rockbridge.settled();
  });
  afterEach(async () => {
    rockbridge.around = undefined;
    await rockbridge.control('PUT', 'webhooks', { duplicate: 0, shuffle: false });
  });
  after(() => rockbridge.close());

  async function linked(): Promise<{ person: Person; contact: Contact; workflowId: string }> {
    const person = somebody();
    const { id } = await refer(rockbridge, member, person);
    await rockbridge.settled();
    const { workflowId } = await rockbridge.customerOf(id);
    const [contact] = find(rockbridge, person).contacts;
    assert.ok(contact);
    return { person, contact, workflowId };
  }

  it('writes nothing when events are delivered again', async () => {
    const { person, contact } = await linked();
    await rockbridge.control('PUT', 'webhooks', { duplicate: 1 });
    const writes = await rockbridge.writesDuring(() => editContact(rockbridge, contact.id, { lastName: 'Again' }));
    assert.equal(writes.length, 1);
    const more = await rockbridge.writesDuring(() =>
      editReferral(rockbridge, { id: String(find(rockbridge, person).referrals[0]?.id) }, { status: 'Qualified' }),
    );
    assert.deepEqual(more.map(({ operation }) => operation).toSorted(), [
      'ghl.note.create',
      'ghl.tag.add',
      'ghl.tag.remove',
    ]);
  });

  it('ends in agreement when events come twice and in any order', async () => {
    const { person, contact } = await linked();
    await rockbridge.control('PUT', 'webhooks', { duplicate: 0.5, shuffle: true });
    const referral = { id: String(find(rockbridge, person).referrals[0]?.id) };
    for (const [n, lastName] of ['Alpha', 'Beta', 'Gamma', 'Delta'].entries()) {
      await editContact(rockbridge, contact.id, { lastName });
      await editReferral(rockbridge, referral, { companyName: `Company ${n}`, publicNote: `Note ${n}` });
    }
    await rockbridge.settled();
    const { contacts, referrals, tasks } = find(rockbridge, person);
    assert.deepEqual([contacts[0]?.lastName, referrals[0]?.lastName], ['Delta', 'Delta']);
    assert.deepEqual([contacts.length, tasks.length], [1, 1]);
  });

  it('folds a burst of updates that came while it was busy into one write', async () => {
    const { person, contact } = await linked();
    const reached = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    rockbridge.around = async ({ name, input }, work) => {
      // The first pass waits between its reading and its decision.
      if (name === 'plan' && (input as { rowIds: string[] }).rowIds.length === 1) {
        reached.resolve();
        await released.promise;
      }
      return work();
    };
    const writes = await rockbridge.writesDuring(async () => {
      await editContact(rockbridge, contact.id, { city: 'Waco' });
      await reached.promise;
      for (let n = 1; n <= 20; n++) await editContact(rockbridge, contact.id, { lastName: `Burst${n}` });
      await rockbridge.control('GET', 'idle');
      released.resolve();
    });
    assert.equal(find(rockbridge, person).referrals[0]?.lastName, 'Burst20');
    assert.equal(writes.length, 1);
  });

  it('ends a burst of updates in agreement whenever they come', async () => {
    const { person, contact } = await linked();
    const writes = await rockbridge.writesDuring(() =>
      Promise.all(Array.from({ length: 20 }, (_, n) => editContact(rockbridge, contact.id, { lastName: `Rush${n}` }))),
    );
    const { contacts, referrals } = find(rockbridge, person);
    assert.equal(referrals[0]?.lastName, contacts[0]?.lastName);
    assert.ok(writes.length <= 20 && writes.every(({ operation }) => operation === 'rr.referral.update'));
  });

  for (const [when, before] of [
    ['before the closing', true],
    ['after the closing, before its answer is known', false],
  ] as const) {
    it(`misses no event that comes ${when}`, async () => {
      const { person, contact, workflowId } = await linked();
      let closings = 0;
      rockbridge.around = async (call, work) => {
        if (call.name !== 'close' || call.workflowId !== workflowId || closings++ > 0) return work();
        const edit = (): Promise<void> => editAndRing(workflowId, contact.id, { lastName: 'Late' });
        if (before) await edit();
        const answer = await work();
        if (!before) await edit();
        return answer;
      };
      await editContact(rockbridge, contact.id, { firstName: 'Early' });
      await rockbridge.settled();
      const [referral] = find(rockbridge, person).referrals;
      assert.deepEqual([referral?.firstName, referral?.lastName], ['Early', 'Late']);
    });
  }

  it('misses no event that comes during a pass which has to leave its rows open', async () => {
    const { person, contact, workflowId } = await linked();
    let [readings, plans] = [0, 0];
    rockbridge.around = async (call, work) => {
      if (call.workflowId !== workflowId) return work();
      if (call.name === 'plan' && plans++ === 0) return { outcome: 'parked', planId: '', steps: [] };
      const answer = await work();
      if (call.name === 'observeContact' && readings++ === 0)
        await editAndRing(workflowId, contact.id, { lastName: 'Late' });
      return answer;
    };
    await editContact(rockbridge, contact.id, { firstName: 'Early' });
    await rockbridge.settled(10_000);
    const [referral] = find(rockbridge, person).referrals;
    assert.deepEqual([referral?.firstName, referral?.lastName], ['Early', 'Late']);
  });

  /** Edits the contact and resolves when its customer has been rung for that: the signal is in the history. */
  async function editAndRing(workflowId: string, contactId: string, fields: object): Promise<void> {
    const before = rockbridge.runs.rings(workflowId);
    await editContact(rockbridge, contactId, fields);
    while (rockbridge.runs.rings(workflowId) === before) await sleep(10);
  }

  it('gives up after five plans on a record that changes each time it is about to be written, until a retry', async () => {
    const { person, contact, workflowId } = await linked();
    let tries = 0;
    rockbridge.around = async (call, work) => {
      if (call.name !== 'referral-rock.referral.update' || call.workflowId !== workflowId) return work();
      tries += 1;
      return 'stale';
    };
    await editContact(rockbridge, contact.id, { lastName: 'Contested' });
    const [failed] = (await rockbridge.settled()).filter(({ recordId }) => recordId === contact.id);
    assert.deepEqual([tries, failed?.['status']], [5, 'failed']);
    assert.match(String(failed?.['sentence']), /changed each time/);
    rockbridge.around = undefined;
    await rockbridge.api(`events/${failed?.['id']}/retry`, 'POST');
    await rockbridge.settled();
    assert.equal(find(rockbridge, person).referrals[0]?.lastName, 'Contested');
  });

  it('goes on as a new run after fifty passes, and misses nothing', async () => {
    const { person, contact, workflowId } = await linked();
    const before = (await rockbridge.runs.histories(workflowId)).length;
    let edits = 0;
    rockbridge.around = async (call, work) => {
      const answer = await work();
      // Somebody edits the contact each time it has just been read; the last edit concerns the referral.
      if (call.name === 'observeContact' && call.workflowId === workflowId && ++edits <= 51) {
        const fields = edits === 51 ? { lastName: 'Fifty-first' } : { city: `City ${edits}` };
        await editAndRing(workflowId, contact.id, fields);
      }
      return answer;
    };
    await editContact(rockbridge, contact.id, { city: 'City' });
    await rockbridge.settled();
    assert.equal(find(rockbridge, person).referrals[0]?.lastName, 'Fifty-first');
    assert.ok((await rockbridge.runs.histories(workflowId)).slice(before).some(wentOn));
  });

  it('goes on as a new run after two thousand signals, and misses nothing', async () => {
    const { person, contact, workflowId } = await linked();
    const handle = rockbridge.client.workflow.getHandle(workflowId);
    let flooded = false;
    rockbridge.around = async (call, work) => {
      if (call.name === 'observeContact' && call.workflowId === workflowId && !flooded) {
        flooded = true;
        for (let n = 0; n < 20; n++) await Promise.all(Array.from({ length: 101 }, () => handle.signal('ring')));
        await editAndRing(workflowId, contact.id, { lastName: 'Flooded' });
      }
      return work();
    };
    const before = (await rockbridge.runs.histories(workflowId)).length;
    await editContact(rockbridge, contact.id, { firstName: 'Before' });
    await rockbridge.settled();
    assert.equal(find(rockbridge, person).referrals[0]?.lastName, 'Flooded');
    assert.ok((await rockbridge.runs.histories(workflowId)).slice(before).some(wentOn));
  });

  keepsItsPromises(() => rockbridge, 'referral');
});

function wentOn({ history }: RecordedRun): boolean {
  return Boolean(history.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes);
}
