import assert from 'node:assert/strict';
import { createGhlClient } from '../../../vendors/ghl/client.ts';
import type { VendorError, VendorErrorKind } from '../../../vendors/operation.ts';
import { ghl } from '../../../vendors/operations.ts';
import { account, credentialsOf, limiterOf, type Reply, startVendor, vendorErrorOf } from '../support.ts';

const taken: Reply = { status: 200, body: { contact: { id: 'c1' }, traceId: 't1' } };
const expired: Reply = { status: 401, body: { statusCode: 401, message: 'Invalid JWT', error: 'Unauthorized' } };

function refused(status: number, message: unknown, more: object = {}): Reply {
  return { status, body: { statusCode: status, message, traceId: 't1', ...more } };
}

async function refusalAfter(reply: Reply): Promise<VendorError> {
  const vendor = await startVendor(reply);
  const client = createGhlClient({ baseUrl: vendor.url, credentials: credentialsOf(), limiter: limiterOf() });
  try {
    return await vendorErrorOf(client.call(ghl.contact.get, { contactId: 'c1' }, { account }));
  } finally {
    await vendor.close();
  }
}

const page = '<html><head><title>502 Bad Gateway</title></head></html>';
const refusals: [what: string, reply: Reply, kind: VendorErrorKind][] = [
  [
    "a missing contact's 400",
    { status: 400, body: { error: 'Contact with id c1 not found', status: 400 } },
    'NotFound',
  ],
  ['a 404 with words', refused(404, 'Task with id t1 not found'), 'NotFound'],
  ['a 404 without a word, which is an unknown route', { status: 404 }, 'Unexpected'],
  ['a 400', refused(400, 'limit must not be greater than 100'), 'Invalid'],
  [
    'a 422 with a list of sentences',
    refused(422, ['property companyName should not exist', 'phone must be a string']),
    'Invalid',
  ],
  ['a 400 whose body says 422', refused(400, ['email must be an email'], { statusCode: 422 }), 'Invalid'],
  ['a 403', refused(403, 'The token does not have access to this location'), 'Forbidden'],
  ['a 401 for a scope', refused(401, 'The token is not authorized for this scope.'), 'Forbidden'],
  ['a 401 for a location', refused(401, 'The token does not have access to this location'), 'Forbidden'],
  ['a 401 for a missing parameter', refused(401, 'E01 - Unauthorized request'), 'Invalid'],
  ["a 401 of the gateway's time-out", refused(401, 'Command timed out'), 'Unavailable'],
  ['any other 401', refused(401, 'Unauthorized'), 'Unauthorized'],
  ['a 409', refused(409, 'Conflict'), 'Conflict'],
  ['a 429', refused(429, 'Too Many Requests'), 'RateLimited'],
  ['a 500', refused(500, 'Internal server error'), 'Unavailable'],
  [
    'a 503 of text',
    { status: 503, text: 'upstream connect error', headers: { 'content-type': 'text/plain' } },
    'Unavailable',
  ],
  ['a 502 web page', { status: 502, text: page, headers: { 'content-type': 'text/html' } }, 'Unavailable'],
  [
    "a 403 web page of a gateway's",
    { status: 403, text: page, headers: { 'content-type': 'text/html; charset=utf-8' } },
    'Unavailable',
  ],
  [
    'a 200 web page',
    { status: 200, text: `<!DOCTYPE html>${page}`, headers: { 'content-type': 'text/plain' } },
    'Unavailable',
  ],
  ['a 418', refused(418, 'teapot'), 'Unexpected'],
];

describe('GHL refuses', () => {
  for (const [what, reply, kind] of refusals) {
    it(`${what}: ${kind}`, async () => assert.equal((await refusalAfter(reply)).kind, kind));
  }

  it('a duplicate: the conflict names the contact that is there', async () => {
    const meta = { contactId: 'c7', contactName: 'Jane Doe', matchingField: 'email' };
    const error = await refusalAfter(refused(400, 'This location does not allow duplicated contacts.', { meta }));
    assert.deepEqual([error.kind, error.existingId, error.status], ['Conflict', 'c7', 400]);
  });

  it('with its own words, the operation and the trace id', async () => {
    const error = await refusalAfter(
      refused(422, ['property x should not exist', 'y must be a string'], { error: 'Unprocessable Entity' }),
    );
    assert.equal(
      error.message,
      'ghl.contact.get: GHL answered 422: property x should not exist; y must be a string; Unprocessable Entity',
    );
    assert.deepEqual([error.operation, error.status, error.traceId], ['ghl.contact.get', 422, 't1']);
  });

  describe('for a while', () => {
    const cases: [promise: string, headers: Record<string, string>, atLeast: number][] = [
      ['an interval of ten seconds when no header says otherwise', {}, 10_000],
      [
        'the interval of the headers',
        { 'x-ratelimit-interval-milliseconds': '4000', 'x-ratelimit-daily-remaining': '900' },
        4_000,
      ],
      [
        'until the day ends when the day is used up',
        {
          'x-ratelimit-interval-milliseconds': '4000',
          'x-ratelimit-daily-remaining': '0',
          'x-ratelimit-daily-reset': '7200000',
        },
        7_200_000,
      ],
      [
        'an hour when the day is used up but nobody says when it ends',
        { 'x-ratelimit-daily-remaining': '0' },
        3_600_000,
      ],
    ];
    for (const [promise, headers, atLeast] of cases) {
      it(promise, async () => {
        const { retryAfterMs = 0 } = await refusalAfter({ status: 429, headers });
        assert.ok(retryAfterMs >= atLeast && retryAfterMs <= atLeast * 1.1 + 1, String(retryAfterMs));
      });
    }
  });
});

describe('a token that GHL does not take', () => {
  async function callAfter(replies: Reply[], canRefresh: boolean): ReturnType<typeof play> {
    const vendor = await startVendor(...replies);
    try {
      return await play(vendor, canRefresh);
    } finally {
      await vendor.close();
    }
  }

  async function play(vendor: Awaited<ReturnType<typeof startVendor>>, canRefresh: boolean) {
    const credentials = credentialsOf('Bearer', canRefresh);
    const limiter = limiterOf();
    const client = createGhlClient({ baseUrl: vendor.url, credentials, limiter });
    let marks = 0;
    const beforeSend = (): Promise<void> => Promise.resolve(void (marks += 1));
    const call = client.call(ghl.contact.get, { contactId: 'c1' }, { account, turnKey: 'p/1', beforeSend });
    const outcome = await call.then(
      () => 'taken',
      (error: unknown) => (error as VendorError).kind,
    );
    const tokens = vendor.received.map(({ headers }) => headers.authorization);
    return { outcome, tokens, turns: limiter.turns, marks, refreshes: credentials.refreshes };
  }

  it('is refreshed once, and the request repeated once with the fresh one, in a turn of its own', async () => {
    const { outcome, tokens, turns, marks } = await callAfter([expired, taken], true);
    assert.equal(outcome, 'taken');
    assert.equal(new Set(tokens).size, 2);
    assert.deepEqual(turns, ['p/1', 'p/1/repeat']);
    assert.equal(marks, 1);
  });

  it('is tried once more as it is when there is no way to refresh it', async () => {
    const { outcome, tokens } = await callAfter([expired, taken], false);
    assert.deepEqual([outcome, tokens.length, new Set(tokens).size], ['taken', 2, 1]);
  });

  it('is given up after the repeat', async () => {
    const { outcome, tokens, refreshes } = await callAfter([expired], true);
    assert.deepEqual([outcome, tokens.length, refreshes], ['Unauthorized', 2, 1]);
  });

  for (const message of [
    'Invalid token: access token is invalid',
    'The token has expired',
    'jwt expired',
    'Invalid JWT',
  ]) {
    it(`is known by "${message}"`, async () => {
      assert.equal((await callAfter([refused(401, message), taken], true)).refreshes, 1);
    });
  }

  for (const message of [
    'The token is not authorized for this scope.',
    'The token does not have access to this location',
    'E01 - Unauthorized request',
    'Unauthorized',
    'version header was not found.',
  ]) {
    it(`is not to blame for "${message}"`, async () => {
      const { tokens, refreshes } = await callAfter([refused(401, message)], true);
      assert.deepEqual([tokens.length, refreshes], [1, 0]);
    });
  }
});
