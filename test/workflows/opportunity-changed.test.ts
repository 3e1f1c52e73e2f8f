import assert from 'node:assert/strict';
import { addOpportunity, editReferral, find, refer, referred, addMember } from '../support/people.ts';
import { type Json, RunningRockbridge } from '../support/rockbridge.ts';
import { keepsItsPromises } from './promises.ts';

describe('an opportunity changed', () => {
  let rockbridge: RunningRockbridge;
  before(async () => {
    rockbridge = await RunningRockbridge.start({ quota: 'high' });
  });
  after(() => rockbridge.close());

  const setStatus = (opportunityId: string, status: string): Promise<Json> =>
    rockbridge.asUser('ghl', 'PUT', `/opportunities/${opportunityId}/status`, { status });
  const openFor = async (referralId: string): Promise<Json[]> => {
    const { approvals } = await rockbridge.api('approvals');
    return (approvals as Json[]).filter((one) => one['referralId'] === referralId);
  };
  const statusOf = (referralId: string): string | undefined =>
    rockbridge.sandbox.referralRock.referrals.get(referralId)?.status.toLowerCase();

  it('proposes a status, says what it may pay, and moves nothing before a person has approved', async () => {
    const { contactId, referralId, person } = await referred(rockbridge);
    const { id } = await addOpportunity(rockbridge, contactId);
    await rockbridge.settled();
    const writes = await rockbridge.writesDuring(() => setStatus(id, 'won'));
    assert.deepEqual(writes, []);
    const [approval, ...more] = await openFor(referralId);
    assert.equal(more.length, 0);
    assert.deepEqual([approval?.['kind'], approval?.['proposal'].status], ['status', 'approved']);
    assert.match(JSON.stringify(approval?.['pays']), /\$\d/u);

    const made = await rockbridge.writesDuring(() =>
      rockbridge.api(`approvals/${String(approval?.['id'])}`, 'POST', { approve: true }),
    );
    assert.equal(statusOf(referralId), 'approved');
    assert.equal(made.filter(({ path }) => path === '/api/referral/update').length, 1);
    const [contact] = find(rockbridge, person).contacts;
    assert.deepEqual(contact?.tags.filter((tag) => tag.startsWith('rr-status:')).length, 1);
    assert.ok(contact?.tags.some((tag) => tag.startsWith('rr-status:') && tag.endsWith('approved')));
    assert.equal((await openFor(referralId)).length, 0);
  });

  it('leaves the referral as it is when a person says no', async () => {
    const { contactId, referralId } = await referred(rockbridge);
    const { id } = await addOpportunity(rockbridge, contactId);
    await rockbridge.settled();
    await rockbridge.writesDuring(() => setStatus(id, 'lost'));
    const [approval] = await openFor(referralId);
    assert.equal(approval?.['proposal'].status, 'denied');
    const writes = await rockbridge.writesDuring(() =>
      rockbridge.api(`approvals/${String(approval?.['id'])}`, 'POST', { approve: false }),
    );
    assert.deepEqual([writes, statusOf(referralId)], [[], 'pending']);
  });

  it('has its proposal superseded when the status has moved on before the decision', async () => {
    const { contactId, referralId } = await referred(rockbridge);
    const { id } = await addOpportunity(rockbridge, contactId);
    await rockbridge.settled();
    await rockbridge.writesDuring(() => setStatus(id, 'won'));
    const [approval] = await openFor(referralId);
    await rockbridge.control('PUT', 'webhooks', { drop: 1 });
    await editReferral(rockbridge, { id: referralId }, { status: 'denied' });
    await rockbridge.control('PUT', 'webhooks', { drop: 0 });
    const writes = await rockbridge.writesDuring(() =>
      rockbridge.api(`approvals/${String(approval?.['id'])}`, 'POST', { approve: true }),
    );
    assert.equal(writes.filter(({ path }) => path === '/api/referral/update').length, 0);
    assert.equal(statusOf(referralId), 'denied');
  });

  it('asks which referral is meant where there are several', async () => {
    const { contactId, person, referralId } = await referred(rockbridge);
    const other = await refer(rockbridge, await addMember(rockbridge, undefined, 1), person);
    await rockbridge.settled();
    const { id } = await addOpportunity(rockbridge, contactId);
    await rockbridge.settled();
    await rockbridge.writesDuring(() => setStatus(id, 'won'));
    const { approvals } = await rockbridge.api('approvals');
    const asked = (approvals as Json[]).find(({ kind }) => kind === 'ambiguous');
    const candidates = ((asked?.['candidates'] ?? []) as Json[]).map((one) => String(one['referralId'])).toSorted();
    assert.deepEqual(candidates, [referralId, other.id].toSorted());
    await rockbridge.writesDuring(() =>
      rockbridge.api(`approvals/${String(asked?.['id'])}`, 'POST', { approve: true, referralId: other.id }),
    );
    assert.deepEqual([statusOf(referralId), statusOf(other.id)], ['pending', 'approved']);
  });

  it('of a contact without a referral ends in a sentence', async () => {
    const contact = await rockbridge.asUser('ghl', 'POST', '/contacts/', {
      locationId: rockbridge.sandbox.info.ghl.locationId,
      firstName: 'Nobody',
      email: `nobody.${Date.now()}@example.com`,
    });
    const { id } = await addOpportunity(rockbridge, String(contact['contact'].id));
    await rockbridge.settled();
    assert.deepEqual(await rockbridge.writesDuring(() => setStatus(id, 'won')), []);
    const { events } = await rockbridge.api('events?trigger=opportunity&limit=1');
    assert.match(String(events[0].sentence), /no referral/iu);
  });

  keepsItsPromises(() => rockbridge, 'opportunity');
});
