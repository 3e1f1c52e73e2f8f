import assert from 'node:assert/strict';
import { editContact, referred } from '../support/people.ts';
import { RunningRockbridge } from '../support/rockbridge.ts';
import { keepsItsPromises } from './promises.ts';

describe('do-not-disturb of a contact changed', () => {
  let rockbridge: RunningRockbridge;
  before(async () => {
    rockbridge = await RunningRockbridge.start({ quota: 'high' });
  });
  after(() => rockbridge.close());

  const setDnd = (contactId: string, status: 'active' | 'inactive'): Promise<void> =>
    editContact(rockbridge, contactId, { dndSettings: { Email: { status, message: '', code: '' } } });
  const isUnsubscribed = async (email: string): Promise<unknown> => {
    const answer = await rockbridge.asUser('referral-rock', 'GET', `/api/email/getunsubscribed?email=${email}`);
    return answer['unsubscribed'];
  };

  it('takes its address off the mails of Referral Rock, and puts it back', async () => {
    const { contactId, person } = await referred(rockbridge);
    const writes = await rockbridge.writesDuring(() => setDnd(contactId, 'active'));
    assert.equal(await isUnsubscribed(person.email), true);
    assert.deepEqual(
      writes.map(({ operation }) => operation),
      ['rr.email.unsubscribe'],
    );
    await rockbridge.writesDuring(() => setDnd(contactId, 'inactive'));
    assert.equal(await isUnsubscribed(person.email), false);
  });

  it('never puts back who opted out in Referral Rock themselves', async () => {
    const { contactId, person } = await referred(rockbridge);
    await rockbridge.asUser('referral-rock', 'POST', '/api/email/unsubscribe', { email: person.email });
    await rockbridge.settled();
    const writes = await rockbridge.writesDuring(async () => {
      await setDnd(contactId, 'active');
      await rockbridge.settled();
      await setDnd(contactId, 'inactive');
    });
    assert.equal(await isUnsubscribed(person.email), true);
    assert.deepEqual(writes, []);
  });

  keepsItsPromises(() => rockbridge, 'dnd');
});
