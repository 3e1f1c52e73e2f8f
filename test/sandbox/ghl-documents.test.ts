import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { companyId, companyToken, locationId } from '../../sandbox/ghl/constants.ts';
import { sentencesOf } from '../../sandbox/ghl/sentences.ts';
import { wellKnownIds } from '../../sandbox/seed/ids.ts';
import { type Answer, at, World } from './world.ts';

describe("sandbox: GoHighLevel's documents", () => {
  let world: World;
  before(async () => {
    world = await World.open();
  });
  after(() => world.close());

  const refused: [what: string, body: object, sentences: string[]][] = [
    ['a missing property', {}, ['locationId should not be empty', 'locationId must be a string']],
    ['an empty one', { locationId: '' }, ['locationId should not be empty']],
    ['an unknown one', { locationId, colour: 1 }, ['property colour should not exist']],
    ['another type', { locationId, name: 1, dnd: 0 }, ['name must be a string', 'dnd must be a boolean value']],
    ['one of a list', { locationId, tags: ['a', 1] }, ['each value in tags must be a string']],
    [
      'one inside another',
      { locationId, dndSettings: { Email: { status: 'on' } } },
      ['dndSettings.Email.status must be one of the following values: active, inactive, permanent'],
    ],
  ];
  for (const [what, body, sentences] of refused) {
    it(`answers 422 with GHL's sentences for ${what}`, async () => {
      const answer = await world.ghl('POST', '/contacts/', body);
      assert.equal(answer.status, 422);
      assert.partialDeepStrictEqual(answer.body, {
        statusCode: 422,
        message: sentences,
        error: 'Unprocessable Entity',
      });
      assert.equal((at(answer.body, 'message') as string[]).length, sentences.length);
    });
  }

  it('says how long, how many and how much is allowed', () => {
    const said = (keyword: string, params: object): string[] =>
      sentencesOf([{ instancePath: '/requestBody/a/0/b', schemaPath: '', keyword, params, parentSchema: {} }]);
    assert.deepEqual(said('maxLength', { limit: 50 }), ['a.0.b must be shorter than or equal to 50 characters']);
    assert.deepEqual(said('maxItems', { limit: 50 }), ['a.0.b must contain no more than 50 elements']);
    assert.deepEqual(said('maximum', { limit: 6 }), ['a.0.b must not be greater than 6']);
    assert.deepEqual(said('minimum', { limit: 0 }), ['a.0.b must not be less than 0']);
    assert.deepEqual(said('pattern', { pattern: '^x$' }), ['a.0.b must match ^x$ regular expression']);
  });

  it('answers 422 for a query parameter that it does not know, and reads numbers and booleans out of texts', async () => {
    const unknown = await world.ghl('GET', `/contacts/?locationId=${locationId}&contactId=1`);
    assert.equal(unknown.status, 422);
    assert.deepEqual(at(unknown.body, 'message'), ['property contactId should not exist']);
    const wrong = await world.ghl('GET', `/contacts/?locationId=${locationId}&limit=many`);
    assert.equal(wrong.status, 422);
    assert.equal((await world.ghl('GET', `/contacts/?locationId=${locationId}&limit=5`)).status, 200);
  });

  it('answers 403 for a location that is missing in the query, as for a wrong one', async () => {
    assert.equal((await world.ghl('GET', '/users/')).status, 403);
  });

  it("takes what the page of a person may set besides the API's properties, and refuses the rest from it, too", async () => {
    const { contact } = (await world.ghl('POST', '/contacts/', { locationId })).body as { contact: { id: string } };
    const asUser = (body: object): Promise<Answer> =>
      world.control('POST', 'as-user', { method: 'PUT', path: `/contacts/${contact.id}`, body });
    assert.equal((await asUser({ companyName: 'Lee Inc', gender: 'female' })).status, 200);
    assert.equal((await asUser({ colour: 1 })).status, 422);
  });
});

describe('sandbox: GoHighLevel levels of tokens', () => {
  let world: World;
  before(async () => {
    world = await World.open();
  });
  after(() => world.close());

  const company = { authorization: `Bearer ${companyToken}` };
  const [otherLocation] = wellKnownIds.otherLocationIds;

  it("answers 403 to a location's token that asks for what is the company's, and the other way round", async () => {
    const body = { name: 'New', companyId };
    const [create, contact] = [
      await world.ghl('POST', '/locations/', body),
      await world.ghl('POST', '/contacts/', { locationId }, company),
    ];
    for (const { status, body: refusal } of [create, contact]) {
      assert.equal(status, 403);
      assert.equal(at(refusal, 'message'), 'Forbidden resource');
    }
    assert.equal((await world.ghl('POST', '/locations/', body, company)).status, 201);
  });

  it('shows a location to itself and to its company', async () => {
    assert.equal((await world.ghl('GET', `/locations/${locationId}`)).status, 200);
    assert.equal((await world.ghl('GET', `/locations/${otherLocation}`)).status, 403);
    assert.equal((await world.ghl('GET', `/locations/${otherLocation}`, undefined, company)).status, 200);
    const all = await world.ghl('GET', `/locations/search?companyId=${companyId}`, undefined, company);
    assert.ok((at(all.body, 'locations') as object[]).length >= 3);
    assert.equal((at((await world.ghl('GET', '/locations/search')).body, 'locations') as object[]).length, 1);
  });

  it('limits each location and the company on its own', async () => {
    await world.control('PUT', 'limits', { ghl: { max: 1 } });
    await world.control('POST', 'reset', { seed: 'empty' });
    const ask = (headers: Record<string, string>): Promise<Answer> =>
      world.ghl('GET', `/users/search?companyId=${companyId}`, undefined, headers);
    assert.deepEqual([(await ask({})).status, (await ask({})).status], [200, 429]);
    assert.deepEqual([(await ask(company)).status, (await ask(company)).status], [200, 429]);
  });
});

type Documented = { method: string; path: string; operationId: string };

/** Every operation of the documents, read here on their own. */
function documented(): Documented[] {
  return globSync('vendors/ghl/documents/*.json').flatMap((file) => {
    const { paths = {} } = JSON.parse(readFileSync(file, 'utf8')) as {
      paths?: Record<string, Record<string, { operationId: string }>>;
    };
    return Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => ({
        method: method.toUpperCase(),
        path,
        operationId,
      })),
    );
  });
}

describe("sandbox: GoHighLevel's surface", () => {
  let world: World;
  before(async () => {
    world = await World.open();
  });
  after(() => world.close());

  it('is the 124 operations of the documents', () => {
    assert.equal(documented().length, 124);
  });

  for (const { method, path, operationId } of documented()) {
    it(`has ${operationId}`, async () => {
      const url = path
        .replace('{resourceType}', 'rooms')
        .replace('{type}', 'add')
        .replace(/\{\w+\}/g, 'x');
      const { status, text } = await world.ghl(method, url, undefined, { authorization: 'none' });
      // Asked without a token: what is there wants one, what is not there answers an empty 404.
      assert.equal(status, operationId === 'get-access-token' ? 422 : 401, text);
    });
  }
});
