import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { createGhlClient } from '../../vendors/ghl/client.ts';
import { ghl, referralRock } from '../../vendors/operations.ts';
import type { Limiter, VendorClient } from '../../vendors/operation.ts';
import {
  account,
  credentialsOf,
  kindOf,
  limiterOf,
  type Reply,
  secret,
  startVendor,
  vendorErrorOf,
} from './support.ts';

const taken: Reply = { status: 200, body: { contact: { id: 'c1', unheardOf: true } } };

describe('calling a vendor', () => {
  const closes: (() => Promise<void>)[] = [];
  afterEach(async () => {
    await Promise.all(closes.splice(0).map((close) => close()));
  });

  async function open(
    replies: Reply[],
    parts: { limiter?: Limiter; timeoutMs?: number } = {},
  ): Promise<{ client: VendorClient; received: Awaited<ReturnType<typeof startVendor>>['received'] }> {
    const vendor = await startVendor(...replies);
    closes.push(vendor.close);
    const client = createGhlClient({
      baseUrl: `${vendor.url}/`,
      credentials: credentialsOf(),
      limiter: limiterOf(),
      ...parts,
    });
    return { client, received: vendor.received };
  }

  describe('lays the input out', () => {
    it('as path and headers', async () => {
      const { client, received } = await open([taken]);
      await client.call(ghl.contact.get, { contactId: 'a/b c?' }, { account });
      const [request] = received;
      assert.equal(request?.method, 'GET');
      assert.equal(request?.url, '/contacts/a%2Fb%20c%3F');
      assert.equal(request?.headers.authorization, `Bearer ${secret}`);
      assert.equal(request?.headers['version'], '2021-07-28');
      assert.equal(request?.body, undefined);
    });

    it('as query, with what must be escaped', async () => {
      const { client, received } = await open([{ status: 200, body: { contact: null } }]);
      const answer = await client.call(
        ghl.contact.findDuplicate,
        { locationId: 'l1', email: 'jane+rr@example.com', number: '+14155550123' },
        { account },
      );
      assert.equal(
        received[0]?.url,
        '/contacts/search/duplicate?locationId=l1&number=%2B14155550123&email=jane%2Brr%40example.com',
      );
      assert.equal(answer.contact, null);
    });

    it('as JSON body, of a DELETE too', async () => {
      const { client, received } = await open([{ status: 200, body: { tags: [] } }]);
      await client.call(ghl.contact.removeTags, { contactId: 'c1', tags: ['rr-referral'] }, { account });
      assert.equal(received[0]?.method, 'DELETE');
      assert.equal(received[0]?.url, '/contacts/c1/tags');
      assert.deepEqual(received[0]?.body, { tags: ['rr-referral'] });
    });
  });

  it('lets fields pass that it does not know', async () => {
    const { client } = await open([taken]);
    const { contact } = await client.call(ghl.contact.get, { contactId: 'c1' }, { account });
    assert.equal(contact['unheardOf'], true);
  });

  it('names the field of an answer that has another type than documented, and not its value', async () => {
    const { client } = await open([{ status: 200, body: { contact: { id: 'c1', email: { private: 'x' } } } }]);
    const error = await vendorErrorOf(client.call(ghl.contact.get, { contactId: 'c1' }, { account }));
    assert.equal(error.kind, 'Unexpected');
    assert.match(error.message, /ghl\.contact\.get: .*contact\.email: .*expected string/);
    assert.doesNotMatch(error.message, /private/);
  });

  it('takes an answer of text that is no JSON for unexpected', async () => {
    const { client } = await open([{ status: 200, text: 'OK', headers: { 'content-type': 'text/plain' } }]);
    assert.equal(await kindOf(client.call(ghl.contact.get, { contactId: 'c1' }, { account })), 'Unexpected');
  });

  describe('refuses by itself, and sends nothing,', () => {
    const wrong: [string, Parameters<VendorClient['call']>[0], unknown, RegExp][] = [
      ['a missing field', ghl.contact.get, {}, /contactId/],
      ['an unknown field', ghl.contact.update, { contactId: 'c1', companyName: 'Acme' }, /companyName/],
      ['an id that climbs to another route', ghl.contact.get, { contactId: '..' }, /contactId/],
      [
        'a date without a time',
        ghl.task.create,
        { contactId: 'c1', title: 't', completed: false, dueDate: '2026-12-01' },
        /dueDate/,
      ],
      ['a search for nothing', ghl.contact.findDuplicate, { locationId: 'l1' }, /email or number/],
    ];
    for (const [what, operation, input, named] of wrong) {
      it(what, async () => {
        const limiter = limiterOf();
        const { client, received } = await open([taken], { limiter });
        let marked = false;
        const beforeSend = (): Promise<void> => {
          marked = true;
          return Promise.resolve();
        };
        const error = await vendorErrorOf(client.call(operation, input, { account, beforeSend }));
        assert.equal(error.kind, 'Invalid');
        assert.match(error.message, named);
        assert.deepEqual([received.length, limiter.turns.length, marked], [0, 0, false]);
      });
    }
  });

  describe('what may move money', () => {
    const input = { query: { primaryInfo: { referralId: 'r1' } }, referral: { status: 'approved' as const } };

    it('does not leave, takes no turn and leaves no mark when nobody permits it', async () => {
      const limiter = limiterOf();
      const { client, received } = await open([taken], { limiter });
      let marked = false;
      const beforeSend = (): Promise<void> => {
        marked = true;
        return Promise.resolve();
      };
      const error = await vendorErrorOf(client.call(referralRock.referral.setStatus, input, { account, beforeSend }));
      assert.equal(error.kind, 'Forbidden');
      assert.match(error.message, /set-status: not sent, .*nobody has permitted it/);
      assert.deepEqual([received.length, limiter.turns.length, marked], [0, 0, false]);
    });

    it('leaves when somebody permits it', async () => {
      const { client, received } = await open([{ status: 200, body: [{ resultInfo: { status: 'Succeeded' } }] }]);
      await client.call(referralRock.referral.setStatus, input, { account, permit: { by: 'approval', id: 'a1' } });
      assert.equal(received.length, 1);
    });
  });

  describe('waits for its turn', () => {
    it('and marks the step after it came, before the request leaves', async () => {
      const story: string[] = [];
      const limiter: Limiter = {
        ...limiterOf(),
        turn: (_account, key) => {
          story.push(`turn ${key}`);
          return Promise.resolve(20);
        },
      };
      const { client, received } = await open([taken], { limiter });
      const beforeSend = (): Promise<void> => {
        story.push(`mark, ${received.length} sent`);
        return Promise.resolve();
      };
      await client.call(ghl.contact.get, { contactId: 'c1' }, { account, turnKey: 'plan/1', beforeSend });
      assert.deepEqual([...story, `${received.length} sent`], ['turn plan/1', 'mark, 0 sent', '1 sent']);
    });

    it('no longer than two seconds: later ones come back', async () => {
      const { client, received } = await open([taken], { limiter: limiterOf(2_500.2) });
      const error = await vendorErrorOf(client.call(ghl.contact.get, { contactId: 'c1' }, { account }));
      assert.deepEqual([error.kind, error.retryAfterMs, error.status], ['RateLimited', 2_501, undefined]);
      assert.equal(received.length, 0);
    });

    it('and ends at once when cancelled', async () => {
      const { client, received } = await open([taken], { limiter: limiterOf(1_900) });
      const controller = new AbortController();
      const reason = new Error('cancelled by the workflow');
      const call = client.call(ghl.contact.get, { contactId: 'c1' }, { account, signal: controller.signal });
      controller.abort(reason);
      await assert.rejects(call, reason);
      assert.equal(received.length, 0);
    });
  });

  it('sends nothing when the mark cannot be stored', async () => {
    const { client, received } = await open([taken]);
    const failed = new Error('the store is down');
    const beforeSend = (): Promise<void> => Promise.reject(failed);
    await assert.rejects(client.call(ghl.contact.get, { contactId: 'c1' }, { account, beforeSend }), failed);
    assert.equal(received.length, 0);
  });

  it('gives a request up when cancelled', async () => {
    const { client } = await open(['hang']);
    const controller = new AbortController();
    const reason = new Error('cancelled by the workflow');
    const call = client.call(ghl.contact.get, { contactId: 'c1' }, { account, signal: controller.signal });
    setTimeout(() => controller.abort(reason), 30);
    await assert.rejects(call, reason);
  });

  describe('tells what may have been done from what cannot', () => {
    it('an answer that does not come is unavailable', async () => {
      const { client } = await open(['hang'], { timeoutMs: 60 });
      const error = await vendorErrorOf(client.call(ghl.contact.get, { contactId: 'c1' }, { account }));
      assert.equal(error.kind, 'Unavailable');
      assert.match(error.message, /60 ms/);
    });

    it('a connection cut before the answer is unavailable, and is not tried again', async () => {
      const { client, received } = await open(['cut']);
      assert.equal(await kindOf(client.call(ghl.contact.get, { contactId: 'c1' }, { account })), 'Unavailable');
      assert.equal(received.length, 1);
    });

    it('a refused connection was never made', async () => {
      const vendor = await startVendor();
      await vendor.close();
      const client = createGhlClient({ baseUrl: vendor.url, credentials: credentialsOf(), limiter: limiterOf() });
      assert.equal(await kindOf(client.call(ghl.contact.get, { contactId: 'c1' }, { account })), 'NotConnected');
    });

    it('a host that does not exist was never reached', async () => {
      const client = createGhlClient({
        baseUrl: 'http://vendor.invalid',
        credentials: credentialsOf(),
        limiter: limiterOf(),
      });
      assert.equal(await kindOf(client.call(ghl.contact.get, { contactId: 'c1' }, { account })), 'NotConnected');
    });

    it('a redirect is not followed', async () => {
      const { client, received } = await open([{ status: 302, headers: { location: '/elsewhere' } }]);
      assert.equal(await kindOf(client.call(ghl.contact.get, { contactId: 'c1' }, { account })), 'Unexpected');
      assert.equal(received.length, 1);
    });
  });

  describe('never shows the secret', () => {
    const replies: Reply[] = [
      'cut',
      'hang',
      { status: 500, text: `you sent Bearer ${secret}` },
      { status: 422, body: { message: [secret] } },
    ];
    for (const reply of replies) {
      it(`in an error after ${JSON.stringify(reply).slice(0, 24)}`, async () => {
        const { client } = await open([reply], { timeoutMs: 60 });
        const error = await vendorErrorOf(client.call(ghl.contact.get, { contactId: 'c1' }, { account }));
        assert.ok(!inspect(error, { depth: 20, showHidden: true }).includes(secret));
      });
    }
  });

  describe('tells the limiter what answers say', () => {
    const headers = (remaining: number, max = 100): Record<string, string> => ({
      'x-ratelimit-max': String(max),
      'x-ratelimit-remaining': String(remaining),
      'x-ratelimit-interval-milliseconds': '10000',
      'x-ratelimit-limit-daily': '200000',
      'x-ratelimit-daily-remaining': '150000',
    });

    it('when it is news: the first, other limits, little left', async () => {
      const limiter = limiterOf();
      const replies = [headers(99), headers(98), headers(20, 25), headers(2, 25)].map((each) => ({
        ...taken,
        headers: each,
      }));
      const { client } = await open(replies, { limiter });
      for (const _ of replies) await client.call(ghl.contact.get, { contactId: 'c1' }, { account });
      assert.deepEqual(
        limiter.learned.map(({ max, remaining }) => [max, remaining]),
        [
          [100, 99],
          [25, 20],
          [25, 2],
        ],
      );
      const [first] = limiter.learned;
      assert.deepEqual([first?.intervalMs, first?.dailyMax, first?.dailyRemaining], [10_000, 200_000, 150_000]);
    });

    it('when nobody shall ask for a while', async () => {
      const limiter = limiterOf();
      const { client } = await open([{ status: 429, headers: headers(0) }], { limiter });
      const error = await vendorErrorOf(client.call(ghl.contact.get, { contactId: 'c1' }, { account }));
      assert.ok(error.retryAfterMs !== undefined);
      assert.equal(limiter.learned[0]?.blockedMs, error.retryAfterMs);
    });

    it('and keeps the answer when that fails', async () => {
      const limiter: Limiter = { ...limiterOf(), learn: () => Promise.reject(new Error('the store is down')) };
      const { client } = await open([{ ...taken, headers: headers(99) }], { limiter });
      const { contact } = await client.call(ghl.contact.get, { contactId: 'c1' }, { account });
      assert.equal(contact.id, 'c1');
    });
  });
});
