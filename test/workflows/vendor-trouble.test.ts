import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LedgerEntry } from '../../sandbox/ledger.ts';
import { addMember, find, type Person, refer, somebody } from '../support/people.ts';
import { type Json, RunningRockbridge } from '../support/rockbridge.ts';
import { textsOf } from '../support/runs.ts';
import { keepsItsPromises } from './promises.ts';

/** The writes of a new referral's run, as the vendors' APIs see them. */
const WRITES = {
  'ghl.contact.create': { vendor: 'ghl', method: 'POST', pathPattern: '^/contacts/$' },
  'ghl.tag.add': { vendor: 'ghl', method: 'POST', pathPattern: '/tags$' },
  'ghl.task.create': { vendor: 'ghl', method: 'POST', pathPattern: '/tasks$' },
  'ghl.note.create': { vendor: 'ghl', method: 'POST', pathPattern: '/notes$' },
  'rr.referral.update': { vendor: 'referral-rock', method: 'POST', pathPattern: '/api/referral/update' },
} as const;

const READS = {
  'the referral': { vendor: 'referral-rock', method: 'GET', pathPattern: '/api/referral/single' },
  'the contacts': { vendor: 'ghl', method: 'GET', pathPattern: '/contacts/search/duplicate' },
} as const;

describe('a vendor in trouble', () => {
  let rockbridge: RunningRockbridge;
  let member: { referralCode: string };
  const dataDir = mkdtempSync(join(tmpdir(), 'rockbridge-sandbox-'));

  before(async () => {
    const timing = { lookUpAfter: 200, goneAfter: 400 };
    rockbridge = await RunningRockbridge.start({ quota: 'high', timing, sandbox: { dataDir } });
    member = await addMember(rockbridge);
    await rockbridge.settled();
  });
  afterEach(async () => {
    rockbridge.around = undefined;
    await rockbridge.control('DELETE', 'faults');
  });
  after(async () => {
    await rockbridge.close();
    rmSync(dataDir, { recursive: true });
  });

  const strike = (...faults: object[]): Promise<Json> =>
    rockbridge.control('POST', 'faults', { faults: faults.map((fault) => ({ times: 1, ...fault })) });

  /** As if nothing had happened: one of each, and no create that was carried out twice. */
  async function isWhole(person: Person, writes?: LedgerEntry[]): Promise<void> {
    const { contacts, tasks, notes, referrals } = find(rockbridge, person);
    assert.deepEqual([contacts.length, tasks.length, notes.length], [1, 1, 1]);
    assert.equal(contacts[0]?.tags.length, 4);
    assert.equal(referrals[0]?.externalIdentifier, contacts[0]?.id);
    assert.equal(referrals[0]?.note.match(/- \[ \] Call/g)?.length, 1);
    const made = writes?.filter(({ operation, status }) => operation.endsWith('.create') && status === 201);
    if (made) assert.equal(made.length, 3);
    const events = await rockbridge.settled();
    assert.equal(eventsOf(events, person)[0]?.['status'], 'done');
  }

  /** Of the person's referral, the first that came first. */
  function eventsOf(events: Json[], person: Person): Json[] {
    return events.filter(({ recordId }) => recordId === find(rockbridge, person).referrals[0]?.id).toReversed();
  }

  for (const kind of ['cut-before', 'cut-after']) {
    for (const [operation, where] of Object.entries(WRITES)) {
      it(`${operation} ends in a ${kind}: done once`, async () => {
        const person = somebody();
        await strike({ ...where, kind });
        const writes = await rockbridge.writesDuring(() => refer(rockbridge, member, person));
        assert.equal(writes.filter(({ fault }) => fault === kind).length, 1);
        await isWhole(person, writes);
      });
    }
  }

  for (const [what, where] of Object.entries(READS)) {
    it(`answers with errors when asked for ${what}: goes on by itself`, async () => {
      const person = somebody();
      await strike({ ...where, kind: 'status', status: 500 }, { ...where, kind: 'html-502' });
      await isWhole(person, await rockbridge.writesDuring(() => refer(rockbridge, member, person)));
    });
  }

  it('refuses connections for a while: goes on by itself', async () => {
    const person = somebody();
    const reached = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    rockbridge.around = async ({ name, attempt }, work) => {
      if (name === 'ghl.contact.create' && attempt === 1) {
        reached.resolve();
        await released.promise;
      }
      return work();
    };
    await refer(rockbridge, member, person);
    await reached.promise;
    await rockbridge.withVendorsDown(async () => {
      released.resolve();
      await sleep(300);
    });
    await rockbridge.settled();
    await isWhole(person);
  });

  it('answers 429 for a while: all is done, nothing fails', async () => {
    const people = Array.from({ length: 4 }, somebody);
    const headers = { 'x-ratelimit-interval-milliseconds': '300', 'retry-after': '1' };
    const refusal = { kind: 'status', status: 429, headers, times: 6 };
    const tight = { ghl: { max: 40, intervalMs: 1_000 }, referralRock: { max: 20, intervalMs: 1_000 } };
    await strike({ vendor: 'ghl', ...refusal }, { vendor: 'referral-rock', ...refusal, times: 2 });
    await rockbridge.control('PUT', 'limits', tight);
    const writes = await rockbridge.writesDuring(() =>
      Promise.all(people.map((person) => refer(rockbridge, member, person))),
    );
    await rockbridge.control('PUT', 'limits', { ghl: { max: 100_000 }, referralRock: { max: 100_000 } });
    for (const person of people) await isWhole(person);
    const made = writes.filter(({ operation, status }) => operation.endsWith('.create') && status === 201);
    assert.equal(made.length, 3 * people.length);
    const { counts } = await rockbridge.control('GET', 'requests');
    const refused = (counts as { status: number; count: number }[]).filter(({ status }) => status === 429);
    assert.ok(refused.reduce((sum, { count }) => sum + count, 0) >= 8);
  });

  it("refuses a step for good: the row fails with the vendor's words, which are in no history, and a retry does the rest", async () => {
    const person = somebody();
    const words = `no note for ${person.email} today`;
    await strike({ ...WRITES['ghl.note.create'], kind: 'status', status: 422, body: { message: [words] } });
    await refer(rockbridge, member, person);
    const [failed] = eventsOf(await rockbridge.settled(), person);
    assert.equal(failed?.['status'], 'failed');
    assert.match(String(failed?.['sentence']), new RegExp(words));
    const detail = await rockbridge.api(`events/${failed?.['id']}`);
    assert.match(JSON.stringify(detail['plan'].steps), new RegExp(words));
    const { workflowId } = await rockbridge.customerOf(String(failed?.['recordId']));
    const seen = (await rockbridge.runs.histories(workflowId)).map(({ history }) => textsOf(history).join('\n'));
    assert.ok(seen.join().includes('Invalid') && !seen.join().includes('no note for'));

    assert.deepEqual([find(rockbridge, person).tasks.length, find(rockbridge, person).notes.length], [1, 0]);
    const writes = await rockbridge.writesDuring(() => rockbridge.api(`events/${failed?.['id']}/retry`, 'POST'));
    assert.deepEqual(
      writes.map(({ operation }) => operation),
      ['ghl.note.create'],
    );
    await isWhole(person);
  });

  it('refuses the contact for good: what depends on it is left out, and a retry does it all', async () => {
    const person = somebody();
    await strike({ ...WRITES['ghl.contact.create'], kind: 'status', status: 422, body: { message: ['not this one'] } });
    const writes = await rockbridge.writesDuring(() => refer(rockbridge, member, person));
    // Beside the counts on the contact of the member who referred.
    const others = writes.filter(({ operation }) => operation !== 'ghl.contact.update');
    assert.deepEqual(
      others.map(({ status }) => status),
      [422],
    );
    const [failed] = eventsOf(await rockbridge.settled(), person);
    assert.match(String(failed?.['sentence']), /not this one/);
    await rockbridge.writesDuring(() => rockbridge.api(`events/${failed?.['id']}/retry`, 'POST'));
    await isWhole(person);
  });

  for (const status of [401, 403]) {
    it(`answers ${status} to a reading: the connection's events wait unrung, and go on once that is mended`, async () => {
      const [person, next] = [somebody(), somebody()];
      await strike({ ...READS['the contacts'], kind: 'status', status, times: 9 });
      const writes = await rockbridge.ledger();
      const { id } = await refer(rockbridge, member, person);
      while (!(await waiting(person))?.['sentence']) await sleep(20);
      await refer(rockbridge, member, next);
      await rockbridge.control('GET', 'idle');
      const { customerId, workflowId } = await rockbridge.customerOf(id);
      const rings = rockbridge.runs.rings(workflowId);
      await rockbridge.ringAgain(customerId);
      await sleep(300);
      assert.deepEqual([(await waiting(next))?.['status'], rockbridge.runs.rings(workflowId)], ['stored', rings]);
      assert.match(String((await waiting(person))?.['sentence']), /^Waits: .* it goes on by itself/);
      assert.equal((await rockbridge.ledger()).length, writes.length);

      await rockbridge.control('DELETE', 'faults');
      // A person has mended it, or the while is over after which one more try shows whether somebody has.
      await rockbridge.database.db.updateTable('connections').set({ broken_at: null }).execute();
      await rockbridge.ringAgain(customerId);
      await rockbridge.settled();
      for (const one of [person, next]) await isWhole(one);
    });
  }

  /** The newest event of the person's referral while it is open. */
  async function waiting(person: Person): Promise<Json | undefined> {
    const { events } = await rockbridge.api('events?status=stored');
    return eventsOf(events as Json[], person)[0];
  }

  it('does not know a record yet: looks again', async () => {
    const person = somebody();
    await strike({ ...READS['the referral'], kind: 'status', status: 404 });
    await isWhole(person, await rockbridge.writesDuring(() => refer(rockbridge, member, person)));
  });

  it('knows a record no more: says so and writes nothing', async () => {
    const person = somebody();
    const { id } = await refer(rockbridge, member, person);
    rockbridge.sandbox.referralRock.referrals.delete(id);
    const events = await rockbridge.settled();
    const [added] = events.filter(({ recordId }) => recordId === id);
    assert.equal(added?.['status'], 'done');
    assert.match(String(added?.['sentence']), /no longer exists/);
    assert.equal(find(rockbridge, person).contacts.length, 0);
  });

  keepsItsPromises(() => rockbridge, 'referral');
});
