import assert from 'node:assert/strict';
import { editContact, find, referred } from '../support/people.ts';
import { RunningRockbridge } from '../support/rockbridge.ts';
import { keepsItsPromises } from './promises.ts';

describe('an e-mail address opted out', () => {
  let rockbridge: RunningRockbridge;
  before(async () => {
    rockbridge = await RunningRockbridge.start({ quota: 'high' });
  });
  after(() => rockbridge.close());

  it('tags its contact, and leaves the mails of GHL on', async () => {
    const { person } = await referred(rockbridge);
    const writes = await rockbridge.writesDuring(() =>
      rockbridge.asUser('referral-rock', 'POST', '/api/email/unsubscribe', { email: person.email }),
    );
    const [contact] = find(rockbridge, person).contacts;
    assert.ok(contact?.tags.includes('rr-unsubscribed'), contact?.tags.join());
    assert.deepEqual(
      writes.map(({ operation }) => operation),
      ['ghl.tag.add'],
    );
  });

  it('is no news when it was our own doing', async () => {
    const { contactId, person } = await referred(rockbridge);
    const dndSettings = { Email: { status: 'active', message: '', code: '' } };
    const writes = await rockbridge.writesDuring(() => editContact(rockbridge, contactId, { dndSettings }));
    assert.deepEqual(
      writes.map(({ operation }) => operation),
      ['rr.email.unsubscribe'],
    );
    assert.ok(!find(rockbridge, person).contacts[0]?.tags.includes('rr-unsubscribed'));
  });

  keepsItsPromises(() => rockbridge, 'unsubscribe');
});
