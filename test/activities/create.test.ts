import assert from 'node:assert/strict';
import { addContact, addMember, find, type Person, refer, somebody } from '../support/people.ts';
import { failureOf, Workbench } from './workbench.ts';

describe('apply, of a create', () => {
  let bench: Workbench;
  let member: { referralCode: string };

  before(async () => {
    bench = await Workbench.open();
    member = await addMember(bench);
  });
  afterEach(() => bench.control('DELETE', 'faults'));
  after(() => bench.close());

  const strike = (fault: object) => bench.control('POST', 'faults', { faults: [{ times: 1, ...fault }] });

  /** A new referral is read and planned: a contact shall be made. */
  async function arriving(person: Partial<Person> = somebody()) {
    const { id } = await refer(bench, member, person);
    const job = await bench.take('referral', id);
    await bench.observe(job);
    return { id, job, plan: await bench.plan(job) };
  }

  it('links the contact that GHL makes no other one beside, when it is the same person', async () => {
    const person = somebody();
    const { job, plan } = await arriving(person);
    const contact = await addContact(bench, person);
    assert.equal(await bench.apply(plan, 'ghl.contact.create'), 'stale');
    const again = await bench.plan(job, plan.planId);
    assert.ok(again.steps.every(({ operation }) => operation !== 'ghl.contact.create'));
    for (const { operation } of again.steps) await bench.apply(again, operation);
    await bench.call('local', 'close', { planId: again.planId });
    assert.equal(find(bench, person).referrals[0]?.externalIdentifier, contact.id);
    assert.equal((await bench.rows(job))[0]?.status, 'done');
  });

  it('holds the referral when that contact is not surely the same person', async () => {
    const [person, other] = [somebody(), somebody()];
    const { job, plan } = await arriving(person);
    await addContact(bench, { ...other, phone: person.phone });
    assert.equal(await bench.apply(plan, 'ghl.contact.create'), 'stale');
    const again = await bench.plan(job, plan.planId);
    assert.deepEqual(again.steps, []);
    await bench.call('local', 'close', { planId: again.planId });
    const [row] = await bench.rows(job);
    assert.equal(row?.status, 'held');
    assert.match(String(row?.sentence), /^Held: /);
  });

  it('never takes the contact of a relative, who has the same number, for the one whose answer was lost', async () => {
    const { email: _, ...person } = somebody();
    const relative = await addContact(bench, { ...somebody(), phone: person.phone });
    const { job, plan } = await arriving(person);
    await strike({ vendor: 'ghl', method: 'POST', pathPattern: '^/contacts/$', kind: 'cut-before' });
    await assert.rejects(bench.apply(plan, 'ghl.contact.create'), { type: 'Unavailable' });
    await bench.elapse();
    assert.equal(await bench.apply(plan, 'ghl.contact.create', 2), 'stale');
    const again = await bench.plan(job, plan.planId);
    await bench.call('local', 'close', { planId: again.planId });
    assert.equal((await bench.rows(job))[0]?.status, 'held');
    assert.deepEqual(bench.sandbox.ghl.contacts.get(relative.id)?.tags, []);
  });

  it('looks for a task that was taken with an answer nobody can read, instead of giving it up', async () => {
    const { plan } = await arriving();
    await bench.apply(plan, 'ghl.contact.create');
    await strike({ vendor: 'ghl', method: 'POST', pathPattern: '/tasks$', kind: 'status', status: 201, body: {} });
    await assert.rejects(bench.apply(plan, 'ghl.task.create'), { type: 'Unavailable', nonRetryable: false });
    assert.equal((await failureOf(bench.apply(plan, 'ghl.task.create', 2))).type, 'AnswerLost');
  });

  it('waits before it looks for a task whose answer was lost, then takes the one that was made', async () => {
    const { plan } = await arriving();
    await bench.apply(plan, 'ghl.contact.create');
    await strike({ vendor: 'ghl', method: 'POST', pathPattern: '/tasks$', kind: 'cut-after' });
    await assert.rejects(bench.apply(plan, 'ghl.task.create'), { type: 'Unavailable' });
    const waiting = await failureOf(bench.apply(plan, 'ghl.task.create', 2));
    assert.equal(waiting.type, 'AnswerLost');
    assert.ok(Number(waiting.nextRetryDelay) > 20_000);
    await bench.elapse();
    const writes = await bench.writesDuring(async () =>
      assert.equal(await bench.apply(plan, 'ghl.task.create', 3), 'done'),
    );
    assert.deepEqual(writes, []);
  });

  it('sends again what was sent and, as it looks, was never made', async () => {
    const { plan } = await arriving();
    await bench.apply(plan, 'ghl.contact.create');
    await strike({ vendor: 'ghl', method: 'POST', pathPattern: '/notes$', kind: 'cut-before' });
    await assert.rejects(bench.apply(plan, 'ghl.note.create'));
    await bench.elapse();
    const writes = await bench.writesDuring(() => bench.apply(plan, 'ghl.note.create', 2));
    assert.deepEqual(
      writes.map(({ operation, status }) => [operation, status]),
      [['ghl.note.create', 201]],
    );
  });

  it('is as never sent after a 429: the next attempt sends it without looking', async () => {
    const { plan } = await arriving();
    await bench.apply(plan, 'ghl.contact.create');
    const headers = { 'x-ratelimit-interval-milliseconds': '50' };
    await strike({ vendor: 'ghl', method: 'POST', pathPattern: '/tasks$', kind: 'status', status: 429, headers });
    const refused = await failureOf(bench.apply(plan, 'ghl.task.create'));
    assert.deepEqual([refused.type, refused.nonRetryable, refused.category], ['RateLimited', false, 'BENIGN']);
    assert.ok(Number(refused.nextRetryDelay) >= 50);
    assert.equal(await bench.apply(plan, 'ghl.task.create', 2), 'done');
  });

  it("fails for good on a refusal, with the vendor's words in the store and not in the failure", async () => {
    const person = somebody();
    const { job, plan } = await arriving(person);
    const body = { message: [`${person.email} is no good`], traceId: 'trace-1' };
    await strike({ vendor: 'ghl', method: 'POST', pathPattern: '^/contacts/$', kind: 'status', status: 422, body });
    const refused = await failureOf(bench.apply(plan, 'ghl.contact.create'));
    assert.deepEqual([refused.type, refused.nonRetryable], ['Invalid', true]);
    assert.equal(refused.message, 'ghl.contact.create: Invalid (HTTP 422)');
    await bench.call('local', 'close', { planId: plan.planId });
    const [row] = await bench.rows(job);
    assert.equal(row?.status, 'failed');
    assert.deepEqual(pick(row.error, ['type', 'status', 'traceId']), ['Invalid', 422, 'trace-1']);
    assert.match(String(row.sentence), new RegExp(`${person.email} is no good`));
  });

  it('ends its request when Temporal cancels it', async () => {
    const { plan } = await arriving();
    await strike({ vendor: 'ghl', method: 'POST', pathPattern: '^/contacts/$', kind: 'timeout' });
    const input = { planId: plan.planId, n: 0 };
    const environment = (one: { cancel: () => void }): void => void setTimeout(() => one.cancel(), 100);
    await assert.rejects(bench.call('ghl', 'ghl.contact.create', input, { environment }), /CANCELLED/i);
  });
});

function pick(value: unknown, names: string[]): unknown[] {
  return names.map((name) => (value as Record<string, unknown>)[name]);
}
