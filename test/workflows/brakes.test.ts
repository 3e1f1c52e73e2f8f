import assert from 'node:assert/strict';
import { addMember, editContact, find, type Person, refer, somebody } from '../support/people.ts';
import { type Json, RunningRockbridge } from '../support/rockbridge.ts';

describe('the brakes', function () {
  this.timeout(180_000);
  let rockbridge: RunningRockbridge;
  let member: { referralCode: string };

  before(async () => {
    rockbridge = await RunningRockbridge.start({ quota: 'high' });
    member = await addMember(rockbridge);
    await rockbridge.settled();
  });
  after(() => rockbridge.close());

  const brake = (settings: object): Promise<Json> =>
    rockbridge.api(`connections/${rockbridge.connectionId}/rules`, 'PUT', { overrides: { settings } });
  const open = async (): Promise<Json[]> => (await rockbridge.api('approvals'))['approvals'] as Json[];
  const waitingNow = async (): Promise<Json[]> => {
    const [approval] = await open();
    assert.ok(approval);
    return approval['waiting'].records;
  };
  const decide = async (approve: boolean): Promise<void> => {
    const [approval] = await open();
    await rockbridge.api(`approvals/${approval?.['id']}`, 'POST', { approve });
    await rockbridge.settled();
  };

  async function referAll(count: number): Promise<Person[]> {
    const people = Array.from({ length: count }, () => somebody());
    for (const person of people) {
      await refer(rockbridge, member, person);
      await rockbridge.settled();
    }
    return people;
  }
  const made = (people: readonly Person[]): number[] =>
    people.map((person) => find(rockbridge, person).contacts.length);

  it('holds what is beyond in one approval that lists it, and does the rest', async () => {
    await brake({ brakeCreates: 3 });
    const people = await referAll(5);
    assert.deepEqual(made(people), [1, 1, 0, 0, 0]);
    const approvals = await open();
    assert.deepEqual(
      approvals.map(({ kind, proposal, waiting }) => [kind, proposal, waiting.count]),
      [['brake', { brake: 'creates', limit: 3 }, 3]],
    );
    const held = people.slice(2).flatMap((person) => find(rockbridge, person).referrals.map(({ id }) => id));
    assert.deepEqual(
      (await waitingNow()).map(({ id }) => id),
      held,
    );
    const { events } = await rockbridge.api('events?status=held');
    assert.equal(events.length, 3);
    assert.match(events[0].sentence, /^Held: more than 3 contacts or members would be made within an hour/);
  });

  it('lets all of it go once a person says so, each once', async () => {
    const waiting = (await waitingNow()) as { id: string }[];
    await decide(true);
    for (const { id } of waiting) {
      const referral = rockbridge.sandbox.referralRock.referrals.get(id);
      const { contacts, tasks, notes } = find(rockbridge, { email: referral?.email ?? '' });
      assert.deepEqual([contacts.length, tasks.length, notes.length], [1, 1, 1]);
      assert.equal(referral?.externalIdentifier, contacts[0]?.id);
    }
    assert.deepEqual(await open(), []);
  });

  it('writes nothing of what a person refuses', async () => {
    const people = await referAll(2);
    assert.deepEqual(made(people), [0, 0]);
    const writes = await rockbridge.writesDuring(() => decide(false));
    assert.deepEqual(writes, []);
    const { events } = await rockbridge.api('events?status=ignored');
    assert.match(events[0].sentence, /^Nothing was written: admin refused it with all that the brake held/);
    assert.deepEqual(await open(), []);
  });

  it('holds changes of too many people at once, and lets those go', async () => {
    await brake({ brakeCreates: 500 });
    const people = await referAll(4);
    // The member, whose counts changed with each, is one of them.
    await brake({ brakeChangedFrom: 3, brakeChangedShare: 0 });
    const contacts = people.map((person) => find(rockbridge, person).contacts[0]?.id ?? '');
    for (const [n, id] of contacts.entries()) {
      await editContact(rockbridge, id, { lastName: `Changed${n}` });
      await rockbridge.settled();
    }
    const names = (): string[] => people.map((person) => find(rockbridge, person).referrals[0]?.lastName ?? '');
    assert.deepEqual(
      names().filter((name) => name.startsWith('Changed')),
      ['Changed0', 'Changed1'],
    );
    assert.deepEqual(
      (await open()).map(({ proposal }) => proposal.brake),
      ['changes'],
    );
    await decide(true);
    assert.deepEqual(names(), ['Changed0', 'Changed1', 'Changed2', 'Changed3']);
  });
});
