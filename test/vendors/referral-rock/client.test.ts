import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createReferralRockClient } from '../../../vendors/referral-rock/client.ts';
import { camelKeys } from '../../../vendors/referral-rock/keys.ts';
import type { VendorAccount, VendorError, VendorErrorKind } from '../../../vendors/operation.ts';
import { referralRock } from '../../../vendors/operations.ts';
import { credentialsOf, limiterOf, type Received, type Reply, startVendor, vendorErrorOf } from '../support.ts';

const account: VendorAccount = { vendor: 'referral-rock', id: 'connection-1' };
const query = { primaryInfo: { referralId: 'r1' } };

async function updateAfter(reply: Reply): Promise<{ answer: unknown; request: Received | undefined }> {
  const vendor = await startVendor(reply);
  const client = createReferralRockClient({
    baseUrl: vendor.url,
    credentials: credentialsOf('Basic'),
    limiter: limiterOf(),
  });
  try {
    const input = { query, referral: { note: 'n' } };
    const answer = await client.call(referralRock.referral.update, input, { account });
    return { answer, request: vendor.received[0] };
  } finally {
    await vendor.close();
  }
}

async function getAfter(reply: Reply): Promise<VendorError> {
  const vendor = await startVendor(reply);
  const client = createReferralRockClient({
    baseUrl: vendor.url,
    credentials: credentialsOf('Basic'),
    limiter: limiterOf(),
  });
  try {
    return await vendorErrorOf(client.call(referralRock.referral.get, { referralId: 'r1' }, { account }));
  } finally {
    await vendor.close();
  }
}

function item(resultInfo: unknown): Reply {
  return { status: 200, body: [{ query, referral: { id: 'r1', note: 'n' }, resultInfo }] };
}

describe('Referral Rock takes', () => {
  it('one update as a list of one, and its answer comes back as one', async () => {
    const { answer, request } = await updateAfter(item({ status: 'Succeeded', message: '' }));
    assert.equal(request?.url, '/api/referral/update');
    assert.deepEqual(request?.body, [{ query, referral: { note: 'n' } }]);
    assert.match(String(request?.headers.authorization), /^Basic /);
    assert.equal((answer as { referral: { id: string } }).referral.id, 'r1');
  });

  for (const resultInfo of [{ status: 'Success' }, { Status: 'succeeded', Message: null }, { status: 'SUCCEEDED' }]) {
    it(`an update that says ${JSON.stringify(resultInfo)}`, async () => {
      await updateAfter(item(resultInfo));
    });
  }

  it('answers in any case of the first letter', async () => {
    const { answer } = await updateAfter({
      status: 200,
      body: [
        { Query: query, Referral: { Id: 'r1', Note: 'n', CustomText1Name: 'x' }, ResultInfo: { Status: 'Succeeded' } },
      ],
    });
    assert.deepEqual((answer as { referral: object }).referral, { id: 'r1', note: 'n', customText1Name: 'x' });
  });

  it('a hook and its end, whose answer is empty', async () => {
    const vendor = await startVendor({ status: 201, body: { web_hook_id: 'h1' } }, { status: 200 });
    const client = createReferralRockClient({
      baseUrl: vendor.url,
      credentials: credentialsOf('Basic'),
      limiter: limiterOf(),
    });
    try {
      const input = { target_url: 'https://example.com/webhooks/referral-rock/t/ReferralAdd', event: 'ReferralAdd' };
      const { web_hook_id } = await client.call(referralRock.hook.create, input, { account });
      await client.call(referralRock.hook.delete, { web_hook_id }, { account });
      assert.deepEqual(
        vendor.received.map(({ method, body }) => [method, body]),
        [
          ['POST', input],
          ['DELETE', { web_hook_id: 'h1' }],
        ],
      );
    } finally {
      await vendor.close();
    }
  });
});

const page = '<!DOCTYPE html><html><body>Runtime Error</body></html>';
const refusals: [what: string, reply: Reply, kind: VendorErrorKind][] = [
  ['a bad key', { status: 401, body: { Message: 'Authorization has been denied for this request.' } }, 'Unauthorized'],
  ['a 403', { status: 403, body: { Message: 'no' } }, 'Forbidden'],
  ['a 404 without a word', { status: 404 }, 'NotFound'],
  ['a 404 with a word', { status: 404, body: { message: 'Referral not found' } }, 'NotFound'],
  [
    'a route that is none',
    { status: 404, body: { Message: "No HTTP resource was found that matches the request URI 'x'." } },
    'Unexpected',
  ],
  ['a 404 web page', { status: 404, text: page, headers: { 'content-type': 'text/html' } }, 'Unavailable'],
  ['a 400 that says not found', { status: 400, body: { message: 'Referral could not be found' } }, 'NotFound'],
  [
    'a 400',
    { status: 400, body: { Message: 'The request is invalid.', ModelState: { 'r.email': ['Email is wrong'] } } },
    'Invalid',
  ],
  ['a 409', { status: 409, body: { message: 'exists' } }, 'Conflict'],
  ['a read answered with null', { status: 200, text: 'null' }, 'NotFound'],
  ['a read answered with nothing', { status: 200 }, 'NotFound'],
  ['a 500', { status: 500, body: { Message: 'An error has occurred.' } }, 'Unavailable'],
  ['a 200 web page', { status: 200, text: page, headers: { 'content-type': 'text/html' } }, 'Unavailable'],
  ['a 429', { status: 429, body: { message: 'Slow down' } }, 'RateLimited'],
];

describe('Referral Rock refuses', () => {
  for (const [what, reply, kind] of refusals) {
    it(`${what}: ${kind}`, async () => assert.equal((await getAfter(reply)).kind, kind));
  }

  const failures: [resultInfo: unknown, kind: VendorErrorKind][] = [
    [{ status: 'Failed', message: 'Status cannot be changed' }, 'Invalid'],
    [{ Status: 'Error', Message: 'Referral not found' }, 'NotFound'],
    [{ status: 'Failed', message: 'No matching referral' }, 'NotFound'],
    [{ status: 'Failed', message: 'More than one referral matches' }, 'Invalid'],
    [{ status: '' }, 'Invalid'],
    [{}, 'Invalid'],
  ];
  for (const [resultInfo, kind] of failures) {
    it(`inside a 200 with ${JSON.stringify(resultInfo)}: ${kind}`, async () => {
      const error = await vendorErrorOf(updateAfter(item(resultInfo)));
      assert.equal(error.kind, kind);
      const { message } = resultInfo as { message?: string };
      if (message) assert.ok(error.message.includes(message), error.message);
    });
  }

  describe('inside a 2xx, by the words that come in place of the record', () => {
    const said: [what: string, body: object, kind: VendorErrorKind][] = [
      ['a create', { message: 'A member with this e-mail exists', member: null }, 'Invalid'],
      ['a list', { Message: 'Program not found', members: null, offset: 0, total: 0 }, 'NotFound'],
    ];
    for (const [what, body, kind] of said) {
      it(`${what}: ${kind}`, async () => {
        const vendor = await startVendor({ status: 200, body });
        const parts = { baseUrl: vendor.url, credentials: credentialsOf('Basic'), limiter: limiterOf() };
        const client = createReferralRockClient(parts);
        try {
          const input = { programId: 'p1', firstName: 'Mia', email: 'mia@example.com' };
          const error = await vendorErrorOf(
            what === 'a list'
              ? client.call(referralRock.member.list, {}, { account })
              : client.call(referralRock.member.create, input, { account }),
          );
          assert.equal(error.kind, kind);
          assert.match(error.message, /answered 200: (A member with|Program not found)/);
        } finally {
          await vendor.close();
        }
      });
    }
  });

  it('nothing at all to an update: that is unexpected', async () => {
    assert.equal((await vendorErrorOf(updateAfter({ status: 200, body: [] }))).kind, 'Unexpected');
  });

  it('says what the words of a refused model are', async () => {
    const error = await getAfter({
      status: 400,
      body: { Message: 'The request is invalid.', ModelState: { 'r.email': ['Email is wrong'] } },
    });
    assert.equal(
      error.message,
      'referral-rock.referral.get: Referral Rock answered 400: The request is invalid.; Email is wrong',
    );
  });

  describe('for a while', () => {
    const inHalfAnHour = (): string => new Date(Date.now() + 1_800_000).toUTCString();
    const cases: [header: string | (() => string) | undefined, from: number, to: number][] = [
      [undefined, 10_000, 11_001],
      ['7', 7_000, 7_701],
      [inHalfAnHour, 1_700_000, 1_801_001],
      ['soon', 10_000, 11_001],
      ['-5', 10_000, 11_001],
    ];
    for (const [header, from, to] of cases) {
      it(`with Retry-After ${typeof header === 'function' ? 'of a date' : header}: ${from / 1_000} s`, async () => {
        const { retryAfterMs = 0 } = await getAfter({
          status: 429,
          ...(header !== undefined && {
            headers: { 'retry-after': typeof header === 'function' ? header() : header },
          }),
        });
        assert.ok(retryAfterMs >= from && retryAfterMs <= to, String(retryAfterMs));
      });
    }
  });
});

describe('keys of Referral Rock', () => {
  it('are camelCase at every level, values stay', () => {
    assert.deepEqual(camelKeys({ Id: 'A', resultInfo: { Status: 'X', Items: [{ Name: null }] }, web_hook_id: 'h' }), {
      id: 'A',
      resultInfo: { status: 'X', items: [{ name: null }] },
      web_hook_id: 'h',
    });
  });

  it('are taken as spelt where both spellings are there', () => {
    assert.deepEqual(camelKeys({ Id: 'pascal', id: 'camel' }), { id: 'camel' });
    assert.deepEqual(camelKeys({ id: 'camel', Id: 'pascal' }), { id: 'camel' });
  });

  it('do not change when taken again', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const once = camelKeys(value);
        assert.deepEqual(camelKeys(once), once);
      }),
    );
  });
});
