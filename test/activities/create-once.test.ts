import assert from 'node:assert/strict';
import type { StepDraft } from '../../rules/plan.ts';
import { createInbox } from '../../store/inbox.ts';
import { createRelayStore } from '../../store/relay.ts';
import { CONNECTION } from '../support/accounts.ts';
import { addContact, addMember, find, type Person, refer, somebody } from '../support/people.ts';
import { draft, retried, stepIn, stepOf } from './drafting.ts';
import { failureOf, type Job, Workbench } from './workbench.ts';

let references = 0;

describe('a create', () => {
  let bench: Workbench;
  let member: { referralCode: string };

  before(async () => {
    bench = await Workbench.open({ timeoutMs: 400 });
    member = await addMember(bench);
  });
  afterEach(() => bench.control('DELETE', 'faults'));
  after(() => bench.close());

  const strike = (fault: object) => bench.control('POST', 'faults', { faults: [{ times: 1, ...fault }] });

  interface Case {
    person: Person;
    contactId: string;
    job: Job;
  }

  /** A referral whose contact is there, and linked. */
  async function linked(): Promise<Case> {
    const person = somebody();
    const { id } = await refer(bench, member, person);
    await bench.tell('referral', id);
    const [contact] = find(bench, person).contacts;
    assert.ok(contact);
    return { person, contactId: contact.id, job: await bench.take('referral', id) };
  }

  /** A referral that nobody has looked for a contact of. */
  async function unlinked(): Promise<Case> {
    const person = somebody();
    const { id } = await refer(bench, member, person);
    const job = await bench.take('referral', id);
    return { person, contactId: '', job };
  }

  const locationId = (): string => bench.sandbox.info.ghl.locationId;
  const programId = (): string => String(bench.sandbox.info.referralRock.programs[0]?.id);
  const newReference = (): string => `rb:TEST${String(++references).padStart(4, '0')}`;

  function withReference(operation: string, input: object): StepDraft {
    const reference = newReference();
    return stepOf(operation, { ...input, body: `Something to do\n\n${reference}` }, { reference });
  }

  const fieldName = (person: Person): string => `Field of ${person.firstName}`;

  /** What is made, where the request goes, and how many of it there are. */
  const creates: Record<
    string,
    {
      vendor: 'ghl' | 'referral-rock';
      path: string;
      of: () => Promise<Case>;
      step: (one: Case) => StepDraft;
      made: (one: Case) => number;
    }
  > = {
    contact: {
      vendor: 'ghl',
      path: '^/contacts/$',
      of: unlinked,
      step: ({ person }) =>
        stepOf('ghl.contact.create', { locationId: locationId(), ...person }, { claims: [emailOf(person)] }),
      made: ({ person }) => find(bench, person).contacts.length,
    },
    task: {
      vendor: 'ghl',
      path: '/tasks$',
      of: linked,
      step: ({ contactId }) =>
        withReference('ghl.task.create', {
          contactId,
          title: 'Call',
          dueDate: '2026-12-01T17:00:00.000Z',
          completed: false,
        }),
      // Beside the onboarding task.
      made: ({ person }) => find(bench, person).tasks.length - 1,
    },
    note: {
      vendor: 'ghl',
      path: '/notes$',
      of: linked,
      step: ({ contactId }) => withReference('ghl.note.create', { contactId }),
      // Beside the note on who referred.
      made: ({ person }) => find(bench, person).notes.length - 1,
    },
    member: {
      vendor: 'referral-rock',
      path: '^/api/members',
      of: linked,
      step: ({ person, contactId }) => memberStep(person, contactId),
      made: ({ person }) => find(bench, person).members.length,
    },
    'custom field': {
      vendor: 'ghl',
      path: '/customFields$',
      of: linked,
      step: ({ person }) =>
        stepOf(
          'ghl.custom-field.create',
          { locationId: locationId(), name: fieldName(person), dataType: 'TEXT', model: 'contact' },
          { claims: [{ kind: 'field', value: fieldName(person) }] },
        ),
      made: ({ person }) =>
        bench.sandbox.ghl.customFields.all().filter(({ name }) => name === fieldName(person)).length,
    },
  };

  const emailOf = ({ email }: Person): StepDraft['claims'][number] => ({ kind: 'email', value: email });

  function memberStep({ firstName, lastName, email }: Person, contactId: string): StepDraft {
    const input = { programId: programId(), firstName, lastName, email, externalIdentifier: contactId };
    return stepOf('referral-rock.member.create', input, {
      claims: [{ kind: 'member', value: `${programId()} ${contactId}` }],
    });
  }

  for (const [what, { vendor, path, of, step: stepFor, made }] of Object.entries(creates)) {
    describe(`of a ${what}`, () => {
      async function planned() {
        const one = await of();
        const step = stepFor(one);
        const plan = await draft(bench, one.job, [step]);
        const apply = (attempt = 1): Promise<unknown> => bench.apply(plan, step.operation, attempt);
        return { one, step, plan, apply };
      }
      const strikeCreate = (fault: object) => strike({ vendor, method: 'POST', pathPattern: path, ...fault });

      it('is done once, however often it is tried', async () => {
        const { one, apply } = await planned();
        assert.equal(await apply(), 'done');
        assert.equal(await apply(2), 'done');
        assert.equal(made(one), 1);
      });

      for (const [fault, isMade] of [
        [{ kind: 'cut-after' }, true],
        [{ kind: 'cut-before' }, false],
        [{ kind: 'timeout' }, false],
        [{ kind: 'status', status: 500 }, false],
        [{ kind: 'status', status: 201, body: {} }, false],
      ] as const) {
        const answer = 'status' in fault ? `${fault.kind} ${fault.status}` : fault.kind;
        it(`ends in one when its answer is lost: ${answer}`, async () => {
          const { one, apply } = await planned();
          await strikeCreate(fault);
          await assert.rejects(apply(), { type: 'Unavailable', nonRetryable: false });
          assert.equal(made(one), isMade ? 1 : 0);
          assert.equal((await failureOf(apply(2))).type, 'AnswerLost');
          await bench.elapse();
          const writes = await bench.writesDuring(async () => assert.equal(await apply(3), 'done'));
          assert.equal(writes.length, isMade ? 0 : 1);
          assert.equal(made(one), 1);
        });
      }

      for (const isMade of [true, false]) {
        it(`ends in one when a worker died ${isMade ? 'after' : 'before'} it was made`, async () => {
          const { one, plan, apply } = await planned();
          if (isMade) {
            await strikeCreate({ kind: 'cut-after' });
            await assert.rejects(apply());
          }
          const sent = { status: 'sent', sent_at: new Date(), error: null } as const;
          await bench.database.db.updateTable('steps').set(sent).where('plan_id', '=', plan.planId).execute();
          await bench.elapse();
          assert.equal(await apply(), 'done');
          assert.equal(made(one), 1);
        });
      }

      it('fails for good when it is refused, and frees what it claimed', async () => {
        const { one, step, plan, apply } = await planned();
        await strikeCreate({ kind: 'status', status: 422, body: { message: 'No good' } });
        const failure = await failureOf(apply());
        assert.deepEqual([failure.type, failure.nonRetryable, made(one)], ['Invalid', true, 0]);
        const { status, sent_at, claims } = await stepIn(bench, plan);
        assert.deepEqual([status, sent_at, claims.length], ['failed', null, step.claims.length]);
        assert.deepEqual(await holdersOf(claims), []);
      });

      it('is sent later after a 429, without a look', async () => {
        const { one, apply } = await planned();
        const headers = { 'x-ratelimit-interval-milliseconds': '50', 'retry-after': '1' };
        await strikeCreate({ kind: 'status', status: 429, headers });
        assert.equal((await failureOf(apply())).type, 'RateLimited');
        assert.equal(await apply(2), 'done');
        assert.equal(made(one), 1);
      });

      it('keeps its mark when the look is refused for now', async () => {
        const { one, plan, apply } = await planned();
        await strikeCreate({ kind: 'cut-after' });
        await assert.rejects(apply());
        await bench.elapse();
        const headers = { 'x-ratelimit-interval-milliseconds': '50', 'retry-after': '1' };
        await strike({ vendor, method: 'GET', kind: 'status', status: 429, headers });
        assert.equal((await failureOf(apply(2))).type, 'RateLimited');
        assert.notEqual((await stepIn(bench, plan)).sent_at, null);
        assert.equal(await apply(3), 'done');
        assert.equal(made(one), 1);
      });

      it('names what it made in its claims', async () => {
        const { plan, apply } = await planned();
        await apply();
        const { claims, answer } = await stepIn(bench, plan);
        assert.deepEqual(
          await holdersOf(claims),
          claims.map(() => answer?.['id']),
        );
      });
    });
  }

  async function holdersOf(keys: string[]): Promise<(string | null)[]> {
    if (keys.length === 0) return [];
    const { db } = bench.database;
    const rows = await db.selectFrom('claims').select('vendor_id').where('key', 'in', keys).execute();
    return rows.map(({ vendor_id }) => vendor_id);
  }

  describe('of what cannot be looked up', () => {
    const TAG = 'ghl.tag.create';

    async function lost() {
      const one = await linked();
      const name = `tag of ${one.person.firstName}`.toLowerCase();
      const step = stepOf(TAG, { locationId: locationId(), name });
      const plan = await draft(bench, one.job, [step]);
      await strike({ vendor: 'ghl', method: 'POST', pathPattern: '/tags', kind: 'cut-after' });
      const writes = await bench.writesDuring(async () => {
        for (const attempt of [1, 2]) {
          const failure = await failureOf(bench.apply(plan, TAG, attempt));
          assert.deepEqual([failure.type, failure.nonRetryable], ['AnswerLost', true]);
        }
      });
      assert.equal(writes.length, 1);
      return { ...one, step, plan };
    }

    it('is left to a person, who is told where to look', async () => {
      const { plan } = await lost();
      const { status, error, sent_at } = await stepIn(bench, plan);
      assert.deepEqual([status, sent_at !== null], ['failed', true]);
      assert.match(error?.message ?? '', /may have been made: .*ghl\.tag\.create.*look in GHL.*retry.*ignore/);
    });

    it('is sent again when that person asks for it', async () => {
      const { job, step, plan } = await lost();
      await retried(bench, job, plan);
      const again = await draft(bench, job, [step]);
      const writes = await bench.writesDuring(() => bench.apply(again, TAG).catch(() => undefined));
      assert.equal(writes.length, 1);
    });
  });

  describe('that is refused because of another', () => {
    const refusing = (duplicateMember: 'allow' | 'refuse') =>
      bench.control('PUT', 'settings', { referralRock: { duplicateMember } });
    before(() => refusing('refuse'));
    after(() => refusing('allow'));

    async function joining(fields: object) {
      const one = await linked();
      const there = await addMember(bench, { ...one.person, ...fields });
      const step = memberStep(one.person, one.contactId);
      const plan = await draft(bench, one.job, [step]);
      return { ...one, there, plan, attempt: bench.apply(plan, step.operation) };
    }

    it('takes the member of the same e-mail in the same program', async () => {
      const { there, plan, attempt } = await joining({ lastName: 'Elsewhere' });
      assert.equal(await attempt, 'done');
      assert.equal((await stepIn(bench, plan)).answer?.['id'], there.id);
      const { linked_at, ours } = await recordOf('member', there.id);
      assert.deepEqual([linked_at !== null, ours], [true, false]);
    });

    it('takes no member that names another contact', async () => {
      const other = await addContact(bench, somebody());
      const { attempt } = await joining({ externalIdentifier: other.id });
      assert.equal((await failureOf(attempt)).type, 'Invalid');
    });

    it('takes the custom field of the same key', async () => {
      const one = await linked();
      const name = fieldName(one.person);
      const path = `/locations/${locationId()}/customFields`;
      const { customField } = await bench.asUser('ghl', 'POST', path, { name, dataType: 'TEXT', model: 'contact' });
      const input = { locationId: locationId(), name: name.toLowerCase(), dataType: 'TEXT', model: 'contact' };
      const plan = await draft(bench, one.job, [stepOf('ghl.custom-field.create', input)]);
      assert.equal(await bench.apply(plan, 'ghl.custom-field.create'), 'done');
      assert.equal((await stepIn(bench, plan)).answer?.['id'], customField.id);
    });
  });

  function recordOf(kind: string, vendorId: string) {
    return bench.database.db
      .selectFrom('records')
      .leftJoin('snapshots', 'snapshots.record_id', 'records.id')
      .selectAll('records')
      .select('snapshots.data')
      .where('kind', '=', kind)
      .where('vendor_id', '=', vendorId)
      .executeTakeFirstOrThrow();
  }

  /** An event about a record arrives that does not say whose it is, and is placed. */
  async function arrived(kind: string, vendorId: string): Promise<string> {
    const { database } = bench;
    await createInbox(database).add({
      source: 'ghl',
      event: 'TaskCreate',
      connectionId: CONNECTION,
      trigger: kind,
      recordKind: kind,
      vendorId,
      body: Buffer.from('{}'),
      contentType: 'application/json',
      status: 'stored',
    });
    await createRelayStore(database).place();
    await database.db.updateTable('inbox').set({ rung_at: new Date() }).where('vendor_id', '=', vendorId).execute();
    const rows = database.db.selectFrom('inbox').select('id').where('vendor_id', '=', vendorId);
    return (await rows.executeTakeFirstOrThrow()).id;
  }

  describe('of a member past the plan’s limit', () => {
    const limit = (memberLimit: number) => bench.control('PUT', 'settings', { referralRock: { memberLimit } });
    const stopped = () =>
      bench.database.db
        .selectFrom('connections')
        .select(['members_stopped_at as at', 'members_stopped_reason as reason'])
        .executeTakeFirstOrThrow();

    it('is done, and no more members are made for the connection', async () => {
      const one = await linked();
      assert.deepEqual(await stopped(), { at: null, reason: null });
      await limit(bench.sandbox.referralRock.members.size);
      const step = memberStep(one.person, one.contactId);
      const plan = await draft(bench, one.job, [step]);
      assert.equal(await bench.apply(plan, step.operation), 'done');
      await limit(1_000_000);
      const { at, reason } = await stopped();
      assert.ok(at instanceof Date);
      assert.match(reason ?? '', /MemberLimitHit.*resume members/);
    });

    it('is found although it came disabled and its answer was lost', async () => {
      const one = await linked();
      await limit(bench.sandbox.referralRock.members.size);
      const step = memberStep(one.person, one.contactId);
      const plan = await draft(bench, one.job, [step]);
      await strike({ vendor: 'referral-rock', method: 'POST', pathPattern: '^/api/members', kind: 'cut-after' });
      await assert.rejects(bench.apply(plan, step.operation));
      await limit(1_000_000);
      await bench.elapse();
      assert.equal(await bench.apply(plan, step.operation, 2), 'done');
      assert.equal(find(bench, one.person).members.length, 1);
    });
  });

  describe('is stored with what it made', () => {
    async function carriedOut(steps: (one: Case) => StepDraft[], more: Parameters<typeof draft>[3] = {}) {
      const one = await linked();
      const drafts = steps(one);
      const plan = await draft(bench, one.job, drafts, more);
      for (const [n, { operation, queue }] of drafts.entries())
        assert.equal(await bench.call(queue, operation, { planId: plan.planId, n }), 'done');
      const answers = await Promise.all(drafts.map(async (_, n) => (await stepIn(bench, plan, n)).answer ?? {}));
      return { ...one, plan, answers };
    }

    for (const kind of ['task', 'note'] as const) {
      it(`a ${kind} under its contact, as ours`, async () => {
        const create = creates[kind] ?? assert.fail();
        const { contactId, job, answers } = await carriedOut((one) => [create.step(one)]);
        const record = await recordOf(kind, String(answers[0]?.['id']));
        assert.deepEqual(
          [record.customer_id, record.parent_id, record.ours, record.data?.['id']],
          [job.customerId, contactId, true, answers[0]?.['id']],
        );
        assert.equal(answers[0]?.['recordId'], record.id);
      });
    }

    it('a member, linked to the contact: the event that follows finds it so', async () => {
      const { person, contactId, job, plan } = await carriedOut((one) => [memberStep(one.person, one.contactId)]);
      await bench.call('local', 'close', { planId: plan.planId });
      const [made] = find(bench, person).members;
      assert.ok(made);
      const record = await recordOf('member', made.id);
      assert.deepEqual(
        [record.customer_id, record.ours, record.linked_at !== null, record.data?.['referralCode']],
        [job.customerId, true, true, made.referralCode],
      );
      const { trigger: _, ...story } = await bench.take('member', made.id);
      assert.deepEqual(await bench.call('referral-rock', 'observeMember', story), { linked: true });
      assert.equal(made.externalIdentifier, contactId);
    });

    it('a custom field by its key', async () => {
      const { person, answers } = await carriedOut((one) => [creates['custom field']?.step(one) ?? assert.fail()]);
      const { db } = bench.database;
      const id = String(answers[0]?.['id']);
      const named = await db.selectFrom('names').selectAll().where('vendor_id', '=', id).executeTakeFirstOrThrow();
      const key = `contact.${fieldName(person).toLowerCase().replaceAll(' ', '_')}`;
      assert.deepEqual([named.kind, named.name], ['customField', key]);
    });

    it('and later steps may name its fields: the code and link of a new member stand on the contact', async () => {
      const { contactId, plan } = await carriedOut((one) => [
        memberStep(one.person, one.contactId),
        creates['custom field']?.step(one) ?? assert.fail(),
        stepOf('ghl.contact.update', updateWith(one.contactId), { recordId: 'contact', changes: [codeChange] }),
      ]);
      const [made, field] = [await stepIn(bench, plan, 0), await stepIn(bench, plan, 1)];
      const { referralCode: code } = (made.answer?.['record'] ?? {}) as { referralCode?: string };
      assert.deepEqual(bench.sandbox.ghl.contacts.get(contactId)?.customFields, [
        { id: field.answer?.['id'], value: code },
      ]);
      const { taken, refused } = (await stepIn(bench, plan, 2)).answer ?? {};
      assert.deepEqual([taken, refused], [{ [`customField:${String(field.answer?.['id'])}`]: code }, undefined]);
    });

    const codeChange = {
      field: 'customField:{{steps.custom-field.id}}',
      before: null,
      after: '{{steps.member.referralCode}}',
    };
    const updateWith = (contactId: string): StepDraft['input'] => ({
      contactId,
      customFields: [{ id: '{{steps.custom-field.id}}', field_value: '{{steps.member.referralCode}}' }],
    });

    it('a task whose own event was quicker, and had queued it elsewhere: its rows come along', async () => {
      const one = await linked();
      const { step } = creates['task'] ?? assert.fail();
      const drafted = step(one);
      const plan = await draft(bench, one.job, [drafted]);
      await strike({ vendor: 'ghl', method: 'POST', pathPattern: '/tasks$', kind: 'cut-after' });
      await assert.rejects(bench.apply(plan, drafted.operation));
      const task = bench.sandbox.ghl.tasks.by('contactId', one.contactId).at(-1) ?? assert.fail();
      const rowId = await arrived('task', task.id);
      assert.notEqual((await recordOf('task', task.id)).customer_id, one.job.customerId);
      await bench.elapse();
      assert.equal(await bench.apply(plan, drafted.operation, 2), 'done');
      assert.equal((await recordOf('task', task.id)).customer_id, one.job.customerId);
      const row = await bench.database.db
        .selectFrom('inbox')
        .select(['status', 'rung_at'])
        .where('id', '=', rowId)
        .executeTakeFirstOrThrow();
      assert.deepEqual([row.status, row.rung_at], ['stored', null]);
    });

    it('and the line that it is made for', async () => {
      const { db } = bench.database;
      const reference = newReference();
      const { contactId } = await linked();
      const recordId = (await recordOf('contact', contactId)).id;
      const line = {
        recordId,
        reference,
        kind: 'task',
        text: 'Call',
        dueDate: null,
        done: false,
        itemId: null,
        source: '',
        typed: true,
        vanished: 0,
        removed: false,
        step: null,
        itemStep: 'task',
      } as const;
      const row = {
        reference,
        connection_id: 'sandbox',
        record_id: recordId,
        kind: 'task',
        text: 'Call',
        item_id: null,
      };
      await db
        .insertInto('lines')
        .values({ ...row, due_date: null, removed_at: null })
        .execute();
      const { answers } = await carriedOut((one) => [creates['task']?.step(one) ?? assert.fail()], { lines: [line] });
      const stored = await db
        .selectFrom('lines')
        .select('item_id')
        .where('reference', '=', reference)
        .executeTakeFirstOrThrow();
      assert.equal(stored.item_id, answers[0]?.['recordId']);
    });
  });
});
