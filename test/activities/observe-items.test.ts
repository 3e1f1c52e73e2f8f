import assert from 'node:assert/strict';
import { v7 as uuid } from 'uuid';
import type { RecordKind } from '../../store/records.ts';
import { CONNECTION } from '../support/accounts.ts';
import { addContact, addMember, refer, somebody } from '../support/people.ts';
import type { Json } from '../support/rockbridge.ts';
import { type Arrival, arrive, requestsDuring, type Story, stored, storyOf } from './stories.ts';
import { failureOf, Workbench } from './workbench.ts';

type Item = 'task' | 'note' | 'appointment' | 'opportunity' | 'reward';

describe('observe items', () => {
  let bench: Workbench;
  let contactId: string;

  before(async () => {
    bench = await Workbench.open();
  });
  beforeEach(async () => {
    contactId = (await addContact(bench, somebody())).id;
  });
  after(() => bench.close());

  const asked = (path: string, body: object, method = 'POST') => bench.asUser('ghl', method, path, body);

  /** A person makes an item in GHL's page. */
  const MADE: Record<Exclude<Item, 'reward'>, () => Promise<{ id: string }>> = {
    async task() {
      const task = { title: `Call ${contactId}`, dueDate: '2026-12-01T15:00:00Z', completed: false };
      return (await asked(`/contacts/${contactId}/tasks`, task))['task'] as { id: string };
    },
    async note() {
      return (await asked(`/contacts/${contactId}/notes`, { body: 'Likes slate' }))['note'] as { id: string };
    },
    async appointment() {
      const { locationId, ids } = bench.sandbox.info.ghl;
      const startTime = `2026-12-0${1 + (bench.sandbox.ghl.events.all().length % 4)}T15:00:00Z`;
      const fields = { calendarId: ids.calendarId, locationId, contactId, startTime, ignoreFreeSlotValidation: true };
      return (await asked('/calendars/events/appointments', fields)) as { id: string };
    },
    async opportunity() {
      const { locationId, ids } = bench.sandbox.info.ghl;
      const fields = { pipelineId: ids.pipelineId, locationId, name: 'Roof', status: 'open', contactId };
      return (await asked('/opportunities/', fields))['opportunity'] as { id: string };
    },
  };

  const REMOVED: Record<keyof typeof MADE, (id: string) => Promise<Json>> = {
    task: (id) => asked(`/contacts/${contactId}/tasks/${id}`, {}, 'DELETE'),
    note: (id) => asked(`/contacts/${contactId}/notes/${id}`, {}, 'DELETE'),
    appointment: (id) => asked(`/calendars/events/${id}`, {}, 'DELETE'),
    opportunity: (id) => asked(`/opportunities/${id}`, {}, 'DELETE'),
  };

  const ACTIVITY: Record<Item, string> = {
    task: 'observeTask',
    note: 'observeNote',
    appointment: 'observeAppointment',
    opportunity: 'observeOpportunity',
    reward: 'observeReward',
  };

  const observe = (kind: Item, story: Story) =>
    bench.call(kind === 'reward' ? 'referral-rock' : 'ghl', ACTIVITY[kind], story);
  const itemOf = (kind: RecordKind, id: string) => stored(bench, kind, id);
  const customerOf = async (kind: RecordKind, id: string) => (await itemOf(kind, id))?.customer_id;
  const ofContact = (kind: Item, vendorId: string, more: Partial<Arrival> = {}) =>
    arrive(bench, { trigger: kind, vendorId, parentKind: 'contact', parentId: contactId, ...more });

  for (const kind of ['task', 'note', 'appointment', 'opportunity'] as const) {
    describe(`of a contact: ${kind}`, () => {
      it('keeps its present state, with the contact that it is of', async () => {
        const { id } = await MADE[kind]();
        await observe(kind, await ofContact(kind, id));
        const item = await itemOf(kind, id);
        assert.deepEqual([item?.data?.['id'], item?.parent_id], [id, contactId]);
        assert.equal(item?.customer_id, await customerOf('contact', contactId));
      });

      it('counts it as gone at once when an event tells of its deletion', async () => {
        const { id } = await MADE[kind]();
        await observe(kind, await ofContact(kind, id));
        await REMOVED[kind](id);
        await observe(kind, await ofContact(kind, id, { event: 'ItemDelete' }));
        const item = await itemOf(kind, id);
        assert.ok(item?.gone_at);
        assert.equal(item.data?.['id'], id, 'what it was is still known');
      });

      it('counts it as gone only after a minute when no event tells so', async () => {
        const { id } = await MADE[kind]();
        await REMOVED[kind](id);
        const story = await ofContact(kind, id);
        assert.equal((await failureOf(observe(kind, story))).type, 'NotThereYet');
        assert.equal((await itemOf(kind, id))?.gone_at, null);
        await bench.elapse();
        await observe(kind, story);
        assert.ok((await itemOf(kind, id))?.gone_at);
      });

      it('takes it for there when the event of a deletion comes late', async () => {
        const { id } = await MADE[kind]();
        await observe(kind, await ofContact(kind, id, { event: 'ItemDelete' }));
        assert.equal((await itemOf(kind, id))?.gone_at, null);
      });
    });
  }

  it('moves an item that was placed elsewhere to the customer of its contact, with its rows, and leaves nothing to plan', async () => {
    const { id } = await MADE.note();
    const { customerId } = await arrive(bench, { trigger: 'contact', vendorId: contactId });
    // The contact's place in the queue was not known when the note came.
    const story = await ofContact('note', id, {
      parentKind: 'contact',
      parentId: (await addContact(bench, somebody())).id,
    });
    assert.notEqual(story.customerId, customerId);
    await bench.database.db
      .updateTable('inbox')
      .set({ parent_id: contactId })
      .where('id', 'in', story.rowIds)
      .execute();
    await observe('note', story);
    assert.equal(await customerOf('note', id), customerId);
    const moved = await storyOf(bench, 'note', 'note', id);
    assert.deepEqual(moved, { customerId, rowIds: story.rowIds });
    const passKey = `run-${id}/1.0/1`;
    const planned = (await bench.call('local', 'plan', { ...story, trigger: 'note', passKey })) as Json;
    assert.equal(planned['outcome'], 'parked');
  });

  it('reads an item that another customer has taken meanwhile no more', async () => {
    const { id } = await MADE.note();
    const story = await ofContact('note', id);
    const elsewhere = {
      ...story,
      customerId: (await arrive(bench, { trigger: 'contact', vendorId: 'elsewhere1' })).customerId,
    };
    assert.deepEqual(await requestsDuring(bench, () => observe('note', elsewhere)), []);
  });

  it('asks for the name of the stage, user or calendar that it does not know, and no more than once a minute', async () => {
    const { db } = bench.database;
    const { ids } = bench.sandbox.info.ghl;
    const nameOfStage = () =>
      db
        .selectFrom('names')
        .select('name')
        .where('kind', '=', 'stage')
        .where('vendor_id', '=', ids.stageIds.new)
        .executeTakeFirst();
    await db.deleteFrom('names').execute();
    const { id } = await MADE.opportunity();
    const story = await ofContact('opportunity', id);
    const [once, withNames] = [['GET /opportunities/:id'], ['GET /opportunities/:id', 'GET /opportunities/pipelines']];
    assert.deepEqual(await requestsDuring(bench, () => observe('opportunity', story)), withNames);
    assert.ok((await nameOfStage())?.name);
    assert.deepEqual(await requestsDuring(bench, () => observe('opportunity', story)), once);
    // Somebody made a new stage, which is none of those that were just read.
    await db.deleteFrom('names').where('kind', '!=', 'read').execute();
    assert.deepEqual(await requestsDuring(bench, () => observe('opportunity', story)), once);
  });

  describe('of a task whose event names no contact', () => {
    const nameless = (id: string, title: string, event = 'TaskCreate') =>
      arrive(bench, { trigger: 'task', vendorId: id, event, body: { type: event, id, title } });

    it('finds the contact by the task search of the location', async () => {
      const { id } = await MADE.task();
      const { customerId } = await arrive(bench, { trigger: 'contact', vendorId: contactId });
      const story = await nameless(id, `Call ${contactId}`);
      await observe('task', story);
      const task = await itemOf('task', id);
      assert.deepEqual(
        [task?.customer_id, task?.parent_id, task?.data?.['contactId']],
        [customerId, contactId, contactId],
      );
    });

    it('finds it also when it has got another title since', async () => {
      const { id } = await MADE.task();
      await observe('task', await nameless(id, 'As it was called first'));
      assert.equal((await itemOf('task', id))?.parent_id, contactId);
    });

    it('enters a contact that nobody knows under the customer of the task', async () => {
      const { id } = await MADE.task();
      const story = await nameless(id, `Call ${contactId}`);
      await observe('task', story);
      assert.equal(await customerOf('contact', contactId), story.customerId);
      assert.equal(await customerOf('task', id), story.customerId);
    });

    it('gives a contact that nobody knows a customer of its own where the task stood with another one', async () => {
      const { id } = await MADE.task();
      const [other, story] = [(await addContact(bench, somebody())).id, await nameless(id, `Call ${contactId}`)];
      await bench.database.db
        .insertInto('records')
        .values({
          id: uuid(),
          connection_id: CONNECTION,
          customer_id: story.customerId,
          kind: 'contact',
          vendor_id: other,
        })
        .execute();
      await observe('task', story);
      assert.notEqual(await customerOf('contact', contactId), story.customerId);
      assert.equal(await customerOf('task', id), await customerOf('contact', contactId));
    });

    it('waits a minute for one that the search does not show, and not at all when it was deleted', async () => {
      const [missing, deleted] = ['nosuchtask0000000001', 'nosuchtask0000000002'];
      const story = await nameless(missing, 'Nothing');
      assert.equal((await failureOf(observe('task', story))).type, 'NotThereYet');
      await bench.elapse();
      await observe('task', story);
      assert.ok((await itemOf('task', missing))?.gone_at);
      await observe('task', await nameless(deleted, 'Nothing', 'TaskDelete'));
      assert.ok((await itemOf('task', deleted))?.gone_at);
    });

    it('waits while a task of that title is just being made by us, then reads it', async () => {
      const { db } = bench.database;
      const { id } = await MADE.task();
      const { customerId, rowIds } = await arrive(bench, { trigger: 'contact', vendorId: contactId });
      const focus = (await itemOf('contact', contactId))?.id ?? '';
      const title = `Call ${contactId}`;
      const planId = await aSentCreate({ customerId, rowIds }, focus, title);
      const story = await nameless(id, title);
      const wait = await failureOf(observe('task', story));
      assert.deepEqual([wait.type, wait.nonRetryable], ['BeingMade', false]);
      assert.deepEqual((await itemOf('task', id))?.data, null, 'it was not even looked for');
      const other = await MADE.task();
      await observe('task', await nameless(other.id, 'Of another title'));
      await db.updateTable('steps').set({ status: 'done' }).where('plan_id', '=', planId).execute();
      await observe('task', story);
      assert.equal(await customerOf('task', id), customerId);
    });

    it('waits no longer than a minute for a create whose answer was lost', async () => {
      const { id } = await MADE.task();
      const { customerId, rowIds } = await arrive(bench, { trigger: 'contact', vendorId: contactId });
      await aSentCreate({ customerId, rowIds }, (await itemOf('contact', contactId))?.id ?? '', `Call ${contactId}`);
      const story = await nameless(id, `Call ${contactId}`);
      assert.equal((await failureOf(observe('task', story))).type, 'BeingMade');
      await bench.elapse();
      await observe('task', story);
      assert.equal((await itemOf('task', id))?.parent_id, contactId);
    });

    async function aSentCreate({ customerId, rowIds }: Story, focus: string, title: string): Promise<string> {
      const { db } = bench.database;
      const planId = uuid();
      const json = JSON.stringify;
      const names = { connection_id: CONNECTION, customer_id: customerId, pass_key: planId, focus, trigger: 'contact' };
      const lists = {
        sentences: json([]),
        row_ids: json(rowIds),
        merges: json([]),
        highlights: json([]),
        fact_keys: json([]),
      };
      await db
        .insertInto('plans')
        .values({
          id: planId,
          ...names,
          ...lists,
          mode: 'live',
          status: 'open',
          ends: 'done',
          links: false,
          run_id: 'run',
        })
        .execute();
      const step = {
        plan_id: planId,
        n: 0,
        name: 'task',
        operation: 'ghl.task.create',
        queue: 'ghl',
        sent_at: new Date(),
      };
      const empty = { depends_on: json([]), claims: json([]), changes: json([]), summary: '', sentence: '' };
      await db
        .insertInto('steps')
        .values({ id: uuid(), ...step, ...empty, input: json({ title }), status: 'sent' })
        .execute();
      return planId;
    }
  });

  describe('of a reward', () => {
    const payoutId = () => bench.sandbox.referralRock.payouts.all()[0]?.id;

    async function reward(query: object): Promise<string> {
      const known = new Set(bench.sandbox.referralRock.rewards.all().map(({ id }) => id));
      await bench.asUser('referral-rock', 'POST', '/api/rewards', [
        { ...query, newReward: { payoutId: payoutId(), amount: 50 } },
      ]);
      return bench.sandbox.referralRock.rewards.all().find(({ id }) => !known.has(id))?.id ?? '';
    }

    it("reads one of a member and brings it to the member's customer", async () => {
      const member = await addMember(bench);
      const { customerId } = await arrive(bench, { trigger: 'member', vendorId: member.id });
      const id = await reward({ memberQuery: { primaryInfo: { memberId: member.id } } });
      // Nothing but its id is known, as of a finding.
      const story = await arrive(bench, { trigger: 'reward', vendorId: id });
      await observe('reward', story);
      const record = await itemOf('reward', id);
      assert.deepEqual([record?.customer_id, record?.parent_id, record?.data?.['amount']], [customerId, member.id, 50]);
    });

    it("reads one of a referral and brings it to the referral's customer", async () => {
      const { id: referralId } = await refer(bench, await addMember(bench), somebody());
      const { customerId } = await arrive(bench, { trigger: 'referral', vendorId: referralId });
      const id = await reward({ referralQuery: { primaryInfo: { referralId } } });
      const parent = { parentKind: 'referral', parentId: referralId } as const;
      await observe('reward', await arrive(bench, { trigger: 'reward', vendorId: id, ...parent }));
      const record = await itemOf('reward', id);
      assert.deepEqual([record?.customer_id, record?.parent_id], [customerId, referralId]);
    });

    it('counts one as gone at once when it was deleted', async () => {
      const member = await addMember(bench);
      const id = await reward({ memberQuery: { primaryInfo: { memberId: member.id } } });
      const parent = { parentKind: 'member', parentId: member.id } as const;
      await bench.asUser('referral-rock', 'POST', '/api/rewards/remove', { rewardIds: [id] });
      await observe(
        'reward',
        await arrive(bench, { trigger: 'reward', vendorId: id, event: 'RewardDelete', ...parent }),
      );
      assert.ok((await itemOf('reward', id))?.gone_at);
    });
  });
});
