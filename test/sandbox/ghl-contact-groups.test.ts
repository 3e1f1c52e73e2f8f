import assert from 'node:assert/strict';
import { locationId } from '../../sandbox/ghl/constants.ts';
import { userIds } from '../../sandbox/seed/account.ts';
import { wellKnownIds as ids } from '../../sandbox/seed/ids.ts';
import { at, textAt, World } from './world.ts';

describe('sandbox: GoHighLevel contacts in bulk, followers, campaigns and workflows', () => {
  let world: World;
  let [ann, bob]: string[] = [];
  beforeEach(async () => {
    world = await World.open();
    ann = await created('Ann', ['one', 'two']);
    bob = await created('Bob', ['two']);
    await world.received();
  });
  afterEach(() => world.close());

  const created = async (firstName: string, tags: string[]) =>
    textAt((await world.ghl('POST', '/contacts/', { locationId, firstName, tags })).body, 'contact.id');
  const tagsOf = async (id: string | undefined) => at((await world.ghl('GET', `/contacts/${id}`)).body, 'contact.tags');
  const bulkTags = (type: string, body: object) =>
    world.ghl('POST', `/contacts/bulk/tags/update/${type}`, { locationId, contacts: [ann, bob], tags: [], ...body });

  it('adds tags to many contacts and tells of each, with an event for each that changed', async () => {
    const { status, body } = await bulkTags('add', { contacts: [ann, bob, 'nobody'], tags: ['Two', 'three'] });
    assert.equal(status, 201);
    assert.partialDeepStrictEqual(body, {
      succeded: true,
      errorCount: 1,
      responses: [
        { contactId: ann, type: 'success', oldTags: ['one', 'two'], tagsAdded: ['three'], tagsRemoved: [] },
        { contactId: bob, type: 'success', oldTags: ['two'], tagsAdded: ['three'], tagsRemoved: [] },
        { contactId: 'nobody', type: 'error' },
      ],
    });
    assert.deepEqual(await world.types(), ['ContactTagUpdate', 'ContactTagUpdate']);
    assert.deepEqual(await tagsOf(ann), ['one', 'two', 'three']);
  });

  it('removes tags, or all of them when told', async () => {
    await bulkTags('remove', { tags: ['two'] });
    assert.deepEqual([await tagsOf(ann), await tagsOf(bob)], [['one'], []]);
    await world.received();
    await bulkTags('remove', { removeAllTags: true });
    assert.deepEqual(await tagsOf(ann), []);
    assert.deepEqual(await world.types(), ['ContactTagUpdate']);
  });

  it('answers 422 for another type, and for removeAllTags while adding', async () => {
    assert.equal((await bulkTags('replace', {})).status, 422);
    assert.equal((await bulkTags('add', { removeAllTags: true })).status, 422);
  });

  it('puts contacts into a business, lists them and takes them out', async () => {
    const set = (businessId: string | null) =>
      world.ghl('POST', '/contacts/bulk/business', { locationId, ids: [ann, 'nobody'], businessId });
    assert.partialDeepStrictEqual((await set(ids.businessId)).body, { success: true, ids: [ann] });
    const list = async () =>
      (await world.ghl('GET', `/contacts/business/${ids.businessId}?locationId=${locationId}`)).body;
    assert.partialDeepStrictEqual(await list(), { count: 1, contacts: [{ id: ann, businessId: ids.businessId }] });
    assert.equal(at((await world.ghl('GET', `/contacts/${ann}`)).body, 'contact.businessId'), ids.businessId);
    await set(null);
    assert.partialDeepStrictEqual(await list(), { count: 0 });
    assert.equal((await set('x')).status, 400);
    assert.deepEqual(await world.types(), []);
  });

  it('adds and removes followers, with what changed in the answer', async () => {
    const path = `/contacts/${ann}/followers`;
    const added = await world.ghl('POST', path, { followers: [userIds[0], userIds[1]] });
    assert.equal(added.status, 201);
    const again = await world.ghl('POST', path, { followers: [userIds[1], userIds[2]] });
    assert.partialDeepStrictEqual(again.body, { followers: [...userIds], followersAdded: [userIds[2]] });
    const removed = await world.ghl('DELETE', path, { followers: [userIds[0], 'nobody'] });
    assert.partialDeepStrictEqual(removed.body, { followers: userIds.slice(1), followersRemoved: [userIds[0]] });
    assert.deepEqual(at((await world.ghl('GET', `/contacts/${ann}`)).body, 'contact.followers'), userIds.slice(1));
  });

  it('takes contacts into campaigns and workflows and out again, once each', async () => {
    const of = () => {
      const { campaignIds, workflowIds } = world.sandbox.ghl.contacts.get(ann ?? '') ?? {};
      return { campaignIds, workflowIds };
    };
    const campaign = `/contacts/${ann}/campaigns/${ids.campaignId}`;
    const workflow = `/contacts/${ann}/workflow/${ids.workflowId}`;
    for (const _ of [1, 2]) assert.equal((await world.ghl('POST', campaign, {})).status, 201);
    assert.equal((await world.ghl('POST', workflow, { eventStartTime: '2026-12-01T09:00:00-06:00' })).status, 200);
    assert.deepEqual(of(), { campaignIds: [ids.campaignId], workflowIds: [ids.workflowId] });
    assert.partialDeepStrictEqual((await world.ghl('DELETE', workflow)).body, { succeded: true });
    assert.equal((await world.ghl('DELETE', campaign)).status, 200);
    assert.deepEqual(of(), { campaignIds: [], workflowIds: [] });
    await world.ghl('POST', campaign);
    assert.equal((await world.ghl('DELETE', `/contacts/${ann}/campaigns/removeAll`)).status, 200);
    assert.deepEqual(of().campaignIds, []);
    assert.equal((await world.ghl('POST', `/contacts/${ann}/campaigns/nothing`)).status, 404);
  });
});
