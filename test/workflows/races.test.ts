import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { createInbox } from '../../store/inbox.ts';
import type { ActivityCall } from '../support/between.ts';
import { addContact, addMember, find, type Person, refer, somebody } from '../support/people.ts';
import { findPostgres, postgresForTests } from '../support/postgres.ts';
import { RunningRockbridge } from '../support/rockbridge.ts';
import { keepsItsPromises } from './promises.ts';

/** Ways in which a person arrives. */
const ARRIVALS = [
  'contact',
  'member',
  'member of the other program',
  'referral',
  'referral in the other program',
] as const;
type Arrival = (typeof ARRIVALS)[number];

interface Arrived {
  trigger: 'contact' | 'member' | 'referral';
  id: string;
}

describe('the same new person arrives several times at once', () => {
  let rockbridge: RunningRockbridge;
  let referrers: { referralCode: string }[];

  before(async () => {
    // PGlite lets one transaction run at a time: a PostgreSQL is the harder place for a race.
    const databaseUrl = findPostgres() ? { databaseUrl: await (await postgresForTests()).createDatabase() } : {};
    rockbridge = await RunningRockbridge.start({ quota: 'high', timing: { lookUpAfter: 200 }, ...databaseUrl });
    referrers = [await addMember(rockbridge, somebody(), 0), await addMember(rockbridge, somebody(), 1)];
    await rockbridge.settled();
  });
  afterEach(async () => {
    rockbridge.around = undefined;
    await rockbridge.control('DELETE', 'faults');
    await rockbridge.control('PUT', 'webhooks', { drop: 0 });
    await rockbridge.control('PUT', 'settings', { ghl: { allowDuplicateContact: false } });
  });
  after(() => rockbridge.close());

  async function arrive(person: Person, arrival: Arrival): Promise<Arrived> {
    const program = arrival.includes('other') ? 1 : 0;
    if (arrival === 'contact') return { trigger: 'contact', id: (await addContact(rockbridge, person)).id };
    if (arrival.startsWith('member'))
      return { trigger: 'member', id: (await addMember(rockbridge, person, program)).id };
    const referrer = referrers[program] ?? { referralCode: '' };
    return { trigger: 'referral', id: (await refer(rockbridge, referrer, person)).id };
  }

  /** They arrive while no webhook goes out; then their events come without an e-mail, so that each gets a customer of its own. */
  async function arriveApart(person: Person, arrivals: readonly Arrival[]): Promise<Arrived[]> {
    await rockbridge.control('PUT', 'webhooks', { drop: 1 });
    const arrived: Arrived[] = [];
    for (const arrival of arrivals) arrived.push(await arrive(person, arrival));
    await rockbridge.control('PUT', 'webhooks', { drop: 0 });
    const inbox = createInbox(rockbridge.database);
    await Promise.all(
      arrived.map(({ trigger, id }) =>
        inbox.add({
          source: trigger === 'contact' ? 'ghl' : 'referral-rock',
          event: 'Arrived',
          connectionId: rockbridge.connectionId,
          trigger,
          recordKind: trigger,
          vendorId: id,
          body: Buffer.from('{}'),
          contentType: 'application/json',
          status: 'stored',
        }),
      ),
    );
    return arrived;
  }

  /** The location allows duplicates, so that only we stand between one person and two contacts. */
  const letGhlDuplicate = () => rockbridge.control('PUT', 'settings', { ghl: { allowDuplicateContact: true } });

  /** Holds every plan until so many customers are about to make theirs: each has looked before any has decided. */
  function allDecideAtOnce(customers: number): void {
    const waiting = new Set<string>();
    const all = Promise.withResolvers<void>();
    rockbridge.around = async ({ name, workflowId }: ActivityCall, work) => {
      if (name === 'plan') {
        waiting.add(workflowId);
        if (waiting.size === customers) all.resolve();
        await all.promise;
      }
      return work();
    };
  }

  /** One contact; everything of the person is linked to it, in one customer; one task for each referral. */
  async function isOnePerson(person: Person, arrivals: readonly Arrival[]): Promise<void> {
    const { contacts, members, referrals, tasks, notes } = find(rockbridge, person);
    assert.equal(contacts.length, 1);
    const [contact] = contacts;
    const count = (kind: string): number => arrivals.filter((arrival) => arrival.startsWith(kind)).length;
    assert.deepEqual([members.length, referrals.length], [count('member'), count('referral')]);
    for (const { externalIdentifier } of [...members, ...referrals]) assert.equal(externalIdentifier, contact?.id);
    assert.deepEqual([tasks.length, notes.length], [referrals.length, referrals.length]);
    assert.equal(contact?.tags.includes('rr-member'), members.length > 0);
    assert.equal(contact?.tags.includes('rr-referral'), referrals.length > 0);
    const ids = [...contacts, ...members, ...referrals].map(({ id }) => id);
    const records = await rockbridge.database.db
      .selectFrom('records')
      .select(['customer_id', 'linked_at'])
      .where('vendor_id', 'in', ids)
      .execute();
    assert.equal(records.length, ids.length);
    assert.equal(new Set(records.map(({ customer_id }) => customer_id)).size, 1);
    assert.ok(records.every(({ linked_at }) => linked_at !== null));
  }

  const together: readonly (readonly Arrival[])[] = [
    ARRIVALS,
    ['member', 'referral'],
    ['referral', 'referral in the other program'],
    ['referral', 'contact'],
    ['contact', 'member'],
  ];
  for (const arrivals of together) {
    it(`as ${arrivals.join(', ')}: one contact`, async () => {
      const person = somebody();
      await Promise.all(arrivals.map((arrival) => arrive(person, arrival)));
      await rockbridge.settled();
      await isOnePerson(person, arrivals);
    });

    it(`as ${arrivals.join(', ')}, queued apart: one contact`, async () => {
      const person = somebody();
      await letGhlDuplicate();
      await arriveApart(person, arrivals);
      await rockbridge.settled();
      await isOnePerson(person, arrivals);
    });

    it(`as ${arrivals.join(', ')}, queued apart, all deciding at once: one contact`, async () => {
      const person = somebody();
      await letGhlDuplicate();
      allDecideAtOnce(arrivals.length);
      await arriveApart(person, arrivals);
      await rockbridge.settled();
      await isOnePerson(person, arrivals);
    });
  }

  it('as a contact made in GHL after everybody has looked for one: one contact', async () => {
    const person = somebody();
    let made = false;
    rockbridge.around = async ({ name }, work) => {
      if (name === 'ghl.contact.create' && !made) {
        made = true;
        await addContact(rockbridge, person);
        await rockbridge.control('GET', 'idle');
      }
      return work();
    };
    await arriveApart(person, ['member', 'referral']);
    await rockbridge.settled();
    await isOnePerson(person, ['contact', 'member', 'referral']);
  });

  it('as ten people three times each, all at the same time: ten contacts', async () => {
    const people = Array.from({ length: 10 }, somebody);
    const arrivals: Arrival[] = ['member', 'referral', 'referral in the other program'];
    await Promise.all(people.flatMap((person) => arrivals.map((arrival) => arrive(person, arrival))));
    await rockbridge.settled();
    for (const person of people) await isOnePerson(person, arrivals);
  });

  async function waiters(): Promise<number> {
    const rows = await rockbridge.database.db
      .selectFrom('customers')
      .select('id')
      .where('waiting_for', 'is not', null)
      .execute();
    return rows.length;
  }

  it('lets the loser of the claim wait, and moves its record to the winner', async () => {
    const person = somebody();
    let lost = 0;
    let creates = 0;
    rockbridge.around = async ({ name }, work) => {
      if (name === 'ghl.contact.create') {
        creates += 1;
        while ((await waiters()) === 0) await sleep(10);
        lost = await waiters();
      }
      return work();
    };
    await arriveApart(person, ['member', 'referral']);
    await rockbridge.settled();
    assert.deepEqual([creates, lost, await waiters()], [1, 1, 0]);
    await isOnePerson(person, ['member', 'referral']);
  });

  it('lets who looked before the contact was made, and decides after it, look again', async () => {
    const person = somebody();
    const looked = new Set<string>();
    const [bothLooked, made] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    rockbridge.around = async ({ name, workflowId }, work) => {
      if (name === 'plan') {
        looked.add(workflowId);
        if (looked.size === 2) bothLooked.resolve();
        await bothLooked.promise;
        if ([...looked].indexOf(workflowId) === 1) await made.promise;
      }
      const answer = await work();
      if (name === 'ghl.contact.create') made.resolve();
      return answer;
    };
    await letGhlDuplicate();
    await arriveApart(person, ['member', 'referral']);
    await rockbridge.settled(20_000);
    await isOnePerson(person, ['member', 'referral']);
  });

  it('frees the claim of a winner that failed for good, whose event can then be retried', async () => {
    const person = somebody();
    let creates = 0;
    rockbridge.around = async ({ name }, work) => {
      if (name === 'ghl.contact.create' && creates++ === 0) while ((await waiters()) === 0) await sleep(10);
      return work();
    };
    const body = { statusCode: 422, message: [`${person.email} is refused today`] };
    const fault = { vendor: 'ghl', method: 'POST', pathPattern: '^/contacts/$', kind: 'status', status: 422, body };
    await rockbridge.control('POST', 'faults', { faults: [{ ...fault, times: 1 }] });
    await arriveApart(person, ['referral', 'referral in the other program']);
    const events = await rockbridge.settled();
    rockbridge.around = undefined;
    assert.equal(find(rockbridge, person).contacts.length, 1);
    const failed = events.filter(({ status }) => status === 'failed');
    assert.equal(failed.length, 1);
    await rockbridge.api(`events/${failed[0]?.['id']}/retry`, 'POST');
    await rockbridge.settled();
    await isOnePerson(person, ['referral', 'referral in the other program']);
  });

  keepsItsPromises(() => rockbridge, 'member');
});
