import assert from 'node:assert/strict';
import type { Method } from 'got';
import { locationId } from '../../sandbox/ghl/constants.ts';
import { wellKnownIds as ids } from '../../sandbox/seed/ids.ts';
import { userIds } from '../../sandbox/seed/account.ts';
import { type Answer, at, textAt, World } from './world.ts';

describe('sandbox: GoHighLevel opportunities', () => {
  let world: World;
  let contactId: string;
  beforeEach(async () => {
    world = await World.open();
    contactId = await contact('Ann');
    await world.received();
  });
  afterEach(() => world.close());

  const contact = async (firstName: string) =>
    textAt((await world.ghl('POST', '/contacts/', { locationId, firstName })).body, 'contact.id');
  const ask = (method: Method, path: string, body?: unknown): Promise<Answer> =>
    world.ghl(method, `/opportunities/${path}`, body);
  const create = (fields: object = {}): Promise<Answer> =>
    ask('POST', '', { pipelineId: ids.pipelineId, locationId, name: 'New roof', status: 'open', contactId, ...fields });
  const created = async (fields: object = {}) => textAt((await create(fields)).body, 'opportunity.id');

  it('answers 201 with the opportunity in the first stage, with its contact, and fires OpportunityCreate', async () => {
    const { status, body } = await create({ monetaryValue: 1200, assignedTo: userIds[0] });
    assert.equal(status, 201);
    assert.partialDeepStrictEqual(at(body, 'opportunity'), {
      name: 'New roof',
      status: 'open',
      pipelineId: ids.pipelineId,
      pipelineStageId: ids.stageIds.new,
      monetaryValue: 1200,
      assignedTo: userIds[0],
      locationId,
      contactId,
      contact: { id: contactId, name: 'Ann' },
    });
    const [hook] = await world.received();
    assert.partialDeepStrictEqual(hook?.body, {
      type: 'OpportunityCreate',
      locationId,
      id: at(body, 'opportunity.id'),
      contactId,
      monetaryValue: 1200,
      pipelineStageId: ids.stageIds.new,
    });
    assert.equal((await ask('GET', textAt(body, 'opportunity.id'))).status, 200);
  });

  it('fires one event for any change and one for stage, status, value and assignee each', async () => {
    const id = await created();
    await world.received();
    const types = async (fields: object) => {
      assert.equal((await ask('PUT', id, fields)).status, 200);
      return (await world.types()).sort();
    };
    assert.deepEqual(await types({ name: 'Roof' }), ['OpportunityUpdate']);
    assert.deepEqual(await types({ name: 'Roof' }), []);
    assert.deepEqual(await types({ pipelineStageId: ids.stageIds.quoted, monetaryValue: 5 }), [
      'OpportunityMonetaryValueUpdate',
      'OpportunityStageUpdate',
      'OpportunityUpdate',
    ]);
    assert.deepEqual(await types({ assignedTo: userIds[1] }), ['OpportunityAssignedToUpdate', 'OpportunityUpdate']);
    assert.equal((await ask('PUT', `${id}/status`, { status: 'won' })).status, 200);
    assert.deepEqual((await world.types()).sort(), ['OpportunityStatusUpdate', 'OpportunityUpdate']);
  });

  it('moves to the first stage of another pipeline, and keeps times of the last change of status and stage', async () => {
    const id = await created();
    const { body } = await ask('PUT', id, { pipelineId: ids.renewalsPipelineId });
    assert.equal(at(body, 'opportunity.pipelineStageId'), ids.renewalsStageIds.due);
    assert.ok(textAt(body, 'opportunity.lastStageChangeAt') >= textAt(body, 'opportunity.lastStatusChangeAt'));
  });

  const refused: [what: string, fields: object, status: number][] = [
    ['an unknown pipeline', { pipelineId: 'x' }, 400],
    ['a stage of another pipeline', { pipelineStageId: ids.renewalsStageIds.due }, 400],
    ['an unknown contact', { contactId: 'x' }, 400],
    ['an unknown assignee', { assignedTo: 'x' }, 400],
    ['an unknown lost reason', { lostReasonId: 'x' }, 400],
    ['no name', { name: '' }, 422],
    ['the status all', { status: 'all' }, 422],
    ['a status it does not know', { status: 'done' }, 422],
  ];
  for (const [what, fields, status] of refused) {
    it(`answers ${status} for ${what}`, async () => {
      assert.equal((await create(fields)).status, status);
      assert.equal(world.sandbox.ghl.opportunities.size, 0);
    });
  }

  it('allows a contact one opportunity in a pipeline, unless the location allows more', async () => {
    await created();
    const again = await create();
    assert.equal(again.status, 400);
    assert.match(textAt(again.body, 'message'), /duplicate opportunity/);
    assert.equal((await create({ pipelineId: ids.renewalsPipelineId })).status, 201);
  });

  it("upserts by id or by the contact's one in the pipeline, else makes one", async () => {
    const upsert = (fields: object) =>
      ask('POST', 'upsert', {
        pipelineId: ids.pipelineId,
        locationId,
        followers: [userIds[0]],
        isRemoveAllFollowers: false,
        followersActionType: 'add',
        ...fields,
      });
    const made = await upsert({ contactId, name: 'Roof' });
    assert.partialDeepStrictEqual(made.body, { new: true, opportunity: { name: 'Roof', followers: [userIds[0]] } });
    const id = textAt(made.body, 'opportunity.id');
    assert.partialDeepStrictEqual((await upsert({ contactId, monetaryValue: 7 })).body, {
      new: false,
      opportunity: { id, monetaryValue: 7 },
    });
    assert.partialDeepStrictEqual((await upsert({ id, name: 'Gutter', followersActionType: 'remove' })).body, {
      new: false,
      opportunity: { id, name: 'Gutter', followers: [] },
    });
    assert.equal((await upsert({})).status, 400);
  });

  it('adds and removes followers and tells which were', async () => {
    const id = await created();
    const added = await ask('POST', `${id}/followers`, { followers: [userIds[0], userIds[1]] });
    assert.equal(added.status, 201);
    assert.partialDeepStrictEqual(added.body, {
      followers: userIds.slice(0, 2),
      followersAdded: userIds.slice(0, 2),
    });
    const removed = await ask('DELETE', `${id}/followers`, { followers: [userIds[1], userIds[2]] });
    assert.partialDeepStrictEqual(removed.body, { followers: [userIds[0]], followersRemoved: [userIds[1]] });
    const all = await ask('DELETE', `${id}/followers?isRemoveAllFollowers=true`, { followers: [] });
    assert.partialDeepStrictEqual(all.body, { followers: [], followersRemoved: [userIds[0]] });
  });

  it('takes custom fields by id or key and gives them as {id, fieldValue}', async () => {
    const { body } = await world.ghl('POST', `/locations/${locationId}/customFields`, {
      name: 'Roof size',
      dataType: 'NUMERICAL',
      model: 'opportunity',
    });
    const fieldId = textAt(body, 'customField.id');
    const id = await created({ customFields: [{ key: 'roof_size', field_value: 80 }] });
    assert.deepEqual(at((await ask('GET', id)).body, 'opportunity.customFields'), [{ id: fieldId, fieldValue: 80 }]);
    await ask('PUT', id, { customFields: [{ id: fieldId, field_value: 90 }] });
    assert.equal(at((await ask('GET', id)).body, 'opportunity.customFields.0.fieldValue'), 90);
  });

  it('fires OpportunityDelete and answers 404 afterwards', async () => {
    const id = await created();
    await world.received();
    assert.partialDeepStrictEqual((await ask('DELETE', id)).body, { succeded: true });
    assert.deepEqual(await world.types(), ['OpportunityDelete']);
    assert.equal((await ask('GET', id)).status, 404);
  });

  it('takes the opportunities of a deleted contact along, without events', async () => {
    const id = await created();
    await world.received();
    await world.ghl('DELETE', `/contacts/${contactId}`);
    assert.deepEqual(await world.types(), ['ContactDelete']);
    assert.equal((await ask('GET', id)).status, 404);
  });

  it('tells pipelines with their stages, and lost reasons', async () => {
    const { body } = await ask('GET', `pipelines?locationId=${locationId}`);
    assert.partialDeepStrictEqual(at(body, 'pipelines.0'), {
      id: ids.pipelineId,
      stages: [{ id: ids.stageIds.new, name: 'New lead', position: 0 }],
    });
    const reasons = await ask('GET', `lost-reason?locationId=${locationId}&getCount=true&query=expensive`);
    assert.partialDeepStrictEqual(reasons.body, { lostReasons: [{ name: 'Too expensive' }], total: 1 });
  });

  describe('search', () => {
    let made: string[];
    beforeEach(async () => {
      made = [];
      for (const name of ['A', 'B', 'C', 'D', 'E']) {
        const status = name === 'C' ? 'won' : 'open';
        made.push(await created({ name: `Deal ${name}`, contactId: await contact(name), status }));
      }
    });
    const search = async (query: string) => (await ask('GET', `search?location_id=${locationId}${query}`)).body;
    const names = (body: unknown) =>
      (at(body, 'opportunities') as { name: string }[]).map(({ name }) => name.slice(-1));

    it('gives the newest first, pages by number, and tells where the next page starts', async () => {
      const first = await search('&limit=2');
      assert.partialDeepStrictEqual(at(first, 'meta'), { total: 5, currentPage: 1, nextPage: 2 });
      const all = [
        ...names(first),
        ...names(await search('&limit=2&page=2')),
        ...names(await search('&limit=2&page=3')),
      ];
      assert.deepEqual(all.toSorted(), ['A', 'B', 'C', 'D', 'E']);
      const seen: string[] = [];
      for (let query = '&limit=2'; ;) {
        const page = await search(query);
        seen.push(...names(page));
        if (at(page, 'meta.startAfterId') === undefined) break;
        query = `&limit=2&startAfter=${textAt(page, 'meta.startAfter')}&startAfterId=${textAt(page, 'meta.startAfterId')}`;
      }
      assert.deepEqual(seen, all);
      assert.deepEqual(names(await search('&order=added_asc')), all.toReversed());
    });

    it('finds by text, status, contact, pipeline, stage and id', async () => {
      assert.deepEqual(names(await search('&q=deal%20b')), ['B']);
      assert.deepEqual(names(await search('&status=won')), ['C']);
      assert.equal(names(await search('&status=all')).length, 5);
      assert.deepEqual(names(await search(`&id=${made[3]}`)), ['D']);
      assert.equal(
        names(await search(`&pipeline_id=${ids.pipelineId}&pipeline_stage_id=${ids.stageIds.new}`)).length,
        5,
      );
      assert.deepEqual(names(await search('&contact_id=nobody')), []);
      assert.deepEqual(names(await search('&date=01-01-2020&endDate=01-02-2020')), []);
    });

    it('answers 403 without a location, 422 for a parameter in camel case, 400 for a page of more than 100', async () => {
      assert.equal((await ask('GET', 'search')).status, 403);
      assert.equal((await ask('GET', `search?location_id=${locationId}&pipelineId=x`)).status, 422);
      assert.equal((await ask('GET', `search?location_id=${locationId}&limit=101`)).status, 400);
    });

    it('walks by the sort of the last record in the search by POST, with ids of tasks when asked', async () => {
      const body = {
        locationId,
        query: '',
        limit: 2,
        page: 1,
        searchAfter: [] as unknown[],
        additionalDetails: { notes: false, tasks: true, calendarEvents: false, unReadConversations: false },
      };
      const seen: string[] = [];
      for (;;) {
        const page = (await ask('POST', 'search', body)).body;
        if (names(page).length === 0) break;
        seen.push(...names(page));
        body.searchAfter = at(page, `opportunities.${names(page).length - 1}.sort`) as unknown[];
      }
      assert.deepEqual(seen.toSorted(), ['A', 'B', 'C', 'D', 'E']);
      const { additionalDetails: _left, ...lacking } = body;
      assert.equal((await ask('POST', 'search', lacking)).status, 422);
    });

    it("shows a contact's opportunities in the search of contacts", async () => {
      const { body } = await world.ghl('POST', '/contacts/search', {
        locationId,
        pageLimit: 1,
        filters: [{ field: 'firstName', operator: 'eq', value: 'C' }],
      });
      assert.partialDeepStrictEqual(at(body, 'contacts.0.opportunities'), [{ id: made[2], status: 'won' }]);
    });
  });
});
