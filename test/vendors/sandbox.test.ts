import assert from 'node:assert/strict';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { createVendorClients } from '../../vendors/clients.ts';
import type { Credentials, Operation, VendorClient } from '../../vendors/operation.ts';
import { ghl, referralRock } from '../../vendors/operations.ts';
import { kindOf, limiterOf, vendorErrorOf } from './support.ts';

const missing = '00000000-0000-4000-8000-000000000000';

describe('both vendors, simulated', () => {
  let sandbox: Sandbox;
  let clients: Record<'ghl' | 'referral-rock', VendorClient>;
  let credentials: Credentials & { ghlToken: string; rockKey: string };

  before(async () => {
    sandbox = await startSandbox({ seed: 'lifelike' });
    const { info } = sandbox;
    const { publicKey, privateKey } = info.referralRock;
    credentials = {
      ghlToken: info.ghl.privateToken,
      rockKey: privateKey,
      authorization: ({ vendor }) =>
        Promise.resolve(
          vendor === 'ghl'
            ? `Bearer ${credentials.ghlToken}`
            : `Basic ${Buffer.from(`${publicKey}:${credentials.rockKey}`).toString('base64')}`,
        ),
      refresh: () => Promise.resolve(false),
    };
    const addresses = { ghlBaseUrl: sandbox.ghlUrl, referralRockBaseUrl: sandbox.referralRockUrl };
    clients = createVendorClients(addresses, { credentials, limiter: limiterOf(), timeoutMs: 400 });
  });
  after(() => sandbox.close());

  function call<I, O>(operation: Operation<I, O>, input: I): Promise<O> {
    const account = { vendor: operation.vendor, id: 'sandbox' };
    return clients[operation.vendor].call(operation, input, { account, permit: { by: 'person', id: 'call-1' } });
  }

  async function control(method: 'POST' | 'PUT' | 'DELETE', path: string, body: object): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${sandbox.ghlUrl}/__sandbox/${path}`, { method, headers, body: JSON.stringify(body) });
    assert.ok(answer.ok, await answer.text());
  }

  async function newContact(): Promise<string> {
    const email = `${Math.random().toString(36).slice(2)}@example.com`;
    const { contact } = await call(ghl.contact.create, {
      locationId: sandbox.info.ghl.locationId,
      email,
      firstName: 'Jane',
    });
    return contact.id;
  }

  it('make, find, read and change a contact', async () => {
    const { locationId } = sandbox.info.ghl;
    const email = 'Vera+test@example.com';
    const made = await call(ghl.contact.create, {
      locationId,
      email,
      firstName: 'Vera',
      companyName: 'Acme',
      tags: ['one'],
    });
    const contactId = made.contact.id;
    const found = await call(ghl.contact.findDuplicate, { locationId, email });
    assert.equal(found.contact?.id, contactId);
    await call(ghl.contact.update, { contactId, phone: '(312) 555-0142', city: 'Austin' });
    const { contact } = await call(ghl.contact.get, { contactId });
    assert.deepEqual(
      [contact.firstName, contact.companyName, contact.phone, contact.city],
      ['Vera', 'Acme', '+13125550142', 'Austin'],
    );
  });

  it('name the contact that a new or changed one would double', async () => {
    const { locationId } = sandbox.info.ghl;
    const email = 'Theo@example.com';
    const { contact } = await call(ghl.contact.create, { locationId, email });
    const made = await vendorErrorOf(call(ghl.contact.create, { locationId, email: email.toLowerCase() }));
    const changed = await vendorErrorOf(call(ghl.contact.update, { contactId: await newContact(), email }));
    for (const { kind, existingId } of [made, changed]) assert.deepEqual([kind, existingId], ['Conflict', contact.id]);
  });

  it('find nobody with an unknown e-mail', async () => {
    const { locationId } = sandbox.info.ghl;
    const { contact } = await call(ghl.contact.findDuplicate, { locationId, email: 'nobody@example.com' });
    assert.equal(contact ?? undefined, undefined);
  });

  it('search contacts in the order of their change', async () => {
    const { locationId } = sandbox.info.ghl;
    const sort = [{ field: 'dateUpdated', direction: 'asc' as const }];
    const first = await call(ghl.contact.search, { locationId, pageLimit: 50, sort });
    const searchAfter = first.contacts.at(-1)?.searchAfter ?? undefined;
    const second = await call(ghl.contact.search, {
      locationId,
      pageLimit: 50,
      sort,
      ...(searchAfter && { searchAfter }),
    });
    assert.deepEqual([first.contacts.length, second.contacts.length], [50, 50]);
    const ids = new Set([...first.contacts, ...second.contacts].map(({ id }) => id));
    assert.equal(ids.size, 100);
  });

  it('add and remove tags', async () => {
    const contactId = await newContact();
    const added = await call(ghl.contact.addTags, { contactId, tags: ['rr-referral', 'rr-status:pending'] });
    assert.deepEqual(added.tags.toSorted(), ['rr-referral', 'rr-status:pending']);
    const { tags } = await call(ghl.contact.removeTags, { contactId, tags: ['rr-status:pending'] });
    assert.deepEqual(tags, ['rr-referral']);
  });

  it('keep the tasks of a contact', async () => {
    const contactId = await newContact();
    const dueDate = '2026-12-01T23:00:00Z';
    const { task } = await call(ghl.task.create, { contactId, title: 'Call Vera', dueDate, completed: false });
    const taskId = task.id;
    await call(ghl.task.update, { contactId, taskId, title: 'Call Vera Lin' });
    await call(ghl.task.complete, { contactId, taskId, completed: true });
    const { tasks } = await call(ghl.task.list, { contactId });
    assert.deepEqual(
      tasks.map(({ id, title, completed }) => [id, title, completed]),
      [[taskId, 'Call Vera Lin', true]],
    );
    assert.equal((await call(ghl.task.get, { contactId, taskId })).task.title, 'Call Vera Lin');
    const { locationId } = sandbox.info.ghl;
    const found = await call(ghl.location.searchTasks, { locationId, contactId: [contactId] });
    assert.deepEqual(
      found.tasks.map(({ _id, contactId: of }) => [_id, of]),
      [[taskId, contactId]],
    );
  });

  it('keep the notes of a contact', async () => {
    const contactId = await newContact();
    const { note } = await call(ghl.note.create, { contactId, body: 'Referred by Max' });
    const { notes } = await call(ghl.note.list, { contactId });
    assert.deepEqual(
      notes.map(({ id, body }) => [id, body]),
      [[note.id, 'Referred by Max']],
    );
    assert.equal((await call(ghl.note.get, { contactId, noteId: note.id })).note.body, 'Referred by Max');
  });

  it('tell about the location, its users and custom fields', async () => {
    const { locationId, companyId, users } = sandbox.info.ghl;
    const { location } = await call(ghl.location.get, { locationId });
    assert.deepEqual([location.companyId, location.country], [companyId, 'US']);
    const found = await call(ghl.user.list, { companyId, locationId });
    assert.deepEqual(found.users.map(({ id }) => id).toSorted(), users.map(({ id }) => id).toSorted());
    const { customFields } = await call(ghl.customField.list, { locationId, model: 'contact' });
    assert.ok(customFields.every(({ fieldKey }) => fieldKey?.startsWith('contact.')));
  });

  it('read every record of the seed in the documented shape', async () => {
    const { referrals, total } = await call(referralRock.referral.list, {});
    assert.equal(referrals.length, total);
    const { members } = await call(referralRock.member.list, { sort: 'Create_Dt_Asc' });
    const { programs } = await call(referralRock.program.list, {});
    assert.deepEqual(
      programs.map(({ id }) => id).toSorted(),
      sandbox.info.referralRock.programs.map(({ id }) => id).toSorted(),
    );
    const memberIds = new Set(members.map(({ id }) => id));
    for (const { referringMemberId } of referrals) assert.ok(memberIds.has(referringMemberId ?? ''));
  });

  it('find a member, and change it and nothing else', async () => {
    const [member] = (await call(referralRock.member.list, { count: 1 })).members;
    assert.ok(member?.email);
    const query = { primaryInfo: { memberId: member.id } };
    await call(referralRock.member.update, { query, member: { city: 'Round Rock' } });
    const { members } = await call(referralRock.member.list, { query: member.email });
    const after = members.find(({ id }) => id === member.id);
    assert.deepEqual([after?.city, after?.lastName], ['Round Rock', member.lastName]);
  });

  it('change a referral, and its status by itself', async () => {
    const [referral] = (await call(referralRock.referral.list, { status: 'pending', count: 1 })).referrals;
    assert.ok(referral !== undefined);
    const query = { primaryInfo: { referralId: referral.id } };
    const updated = await call(referralRock.referral.update, { query, referral: { note: 'Called' } });
    assert.equal(updated.referral?.note, 'Called');
    await call(referralRock.referral.setStatus, { query, referral: { status: 'approved' } });
    const after = await call(referralRock.referral.get, { referralId: referral.id });
    assert.deepEqual([after.status?.toLowerCase(), after.note], ['approved', 'Called']);
    const final = await vendorErrorOf(call(referralRock.referral.setStatus, { query, referral: { status: 'denied' } }));
    assert.equal(final.kind, 'Invalid');
    assert.match(final.message, /approved referral/i);
  });

  it('make and end a hook', async () => {
    const input = { target_url: 'http://127.0.0.1:9/hook', event: 'ReferralAdd' };
    const { web_hook_id } = await call(referralRock.hook.create, input);
    await call(referralRock.hook.delete, { web_hook_id });
    assert.equal(await kindOf(call(referralRock.hook.delete, { web_hook_id })), 'NotFound');
  });

  describe('say that a record is not there', () => {
    const query = { primaryInfo: { referralId: missing } };
    const absent: [string, () => Promise<unknown>][] = [
      ['a contact', () => call(ghl.contact.get, { contactId: missing })],
      ['the contact of new tags', () => call(ghl.contact.addTags, { contactId: missing, tags: ['a'] })],
      ['a task', async () => call(ghl.task.get, { contactId: await newContact(), taskId: missing })],
      ['a note', async () => call(ghl.note.get, { contactId: await newContact(), noteId: missing })],
      ['a referral to read', () => call(referralRock.referral.get, { referralId: missing })],
      ['a referral to change', () => call(referralRock.referral.update, { query, referral: { note: 'x' } })],
      [
        'a member to change',
        () =>
          call(referralRock.member.update, { query: { primaryInfo: { memberId: missing } }, member: { city: 'x' } }),
      ],
    ];
    for (const [what, attempt] of absent) it(what, async () => assert.equal(await kindOf(attempt()), 'NotFound'));
  });

  it('refuse a wrong key', async () => {
    const { ghlToken, rockKey } = credentials;
    try {
      credentials.ghlToken = 'pit-of-somebody-else';
      credentials.rockKey = missing;
      assert.equal(await kindOf(call(ghl.task.list, { contactId: missing })), 'Unauthorized');
      assert.equal(await kindOf(call(referralRock.program.list, {})), 'Unauthorized');
    } finally {
      Object.assign(credentials, { ghlToken, rockKey });
    }
  });

  it('refuse a scope that the token lacks, and a location of another', async () => {
    await control('PUT', 'settings', { ghl: { missingScopes: ['users.readonly'] } });
    assert.equal(await kindOf(call(ghl.user.list, { companyId: sandbox.info.ghl.companyId })), 'Forbidden');
    await control('PUT', 'settings', { ghl: { missingScopes: [] } });
    assert.equal(await kindOf(call(ghl.location.get, { locationId: 'anotherLocation' })), 'Forbidden');
  });

  it('say when their quota is used up, and for how long', async () => {
    const { locationId } = sandbox.info.ghl;
    await control('PUT', 'limits', { ghl: { max: 1, intervalMs: 7_000 }, referralRock: { max: 1, intervalMs: 7_000 } });
    try {
      const ofGhl = [1, 2].map(() => vendorErrorOf(call(ghl.location.get, { locationId })));
      const ofRock = [1, 2].map(() => vendorErrorOf(call(referralRock.program.list, {})));
      const [fromGhl, fromRock] = [await Promise.any(ofGhl), await Promise.any(ofRock)];
      assert.deepEqual([fromGhl.kind, fromRock.kind], ['RateLimited', 'RateLimited']);
      assert.ok((fromGhl.retryAfterMs ?? 0) >= 7_000);
      assert.ok((fromRock.retryAfterMs ?? 0) >= 1_000);
      await Promise.allSettled([...ofGhl, ...ofRock]);
    } finally {
      const usual = { max: 10_000, intervalMs: 10_000 };
      await control('PUT', 'limits', { ghl: usual, referralRock: usual });
    }
  });

  describe('break', () => {
    const faults: [string, object][] = [
      ['with a web page', { kind: 'html-502' }],
      ['with a status', { kind: 'status', status: 503 }],
      ['before the work', { kind: 'cut-before' }],
      ['after the work', { kind: 'cut-after' }],
      ['without a word', { kind: 'timeout' }],
    ];
    for (const vendor of ['ghl', 'referral-rock'] as const) {
      for (const [how, fault] of faults) {
        it(`${how}: ${vendor} is unavailable, once`, async () => {
          const { locationId } = sandbox.info.ghl;
          const read = (): Promise<unknown> =>
            vendor === 'ghl' ? call(ghl.location.get, { locationId }) : call(referralRock.program.list, {});
          await control('POST', 'faults', { faults: [{ vendor, times: 1, ...fault }] });
          assert.equal(await kindOf(read()), 'Unavailable');
          await read();
        });
      }
    }
  });
});
