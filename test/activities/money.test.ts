import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createCalled } from '../../activities/call.ts';
import type { StepDraft } from '../../rules/plan.ts';
import { createCallsStore } from '../../store/calls.ts';
import { type CallOptions, type Operation, type VendorClient, VendorError } from '../../vendors/operation.ts';
import { operations } from '../../vendors/operations.ts';
import { logForTests } from '../support/runtime.ts';
import { addMember, refer, somebody } from '../support/people.ts';
import { CONNECTION } from '../support/accounts.ts';
import { sandboxClients } from '../vendors/sandbox-clients.ts';
import { examples, type World } from '../vendors/referral-rock/examples.ts';
import { draft, recordOfRows, retried, stepIn, stepOf } from './drafting.ts';
import { failureOf, type Job, Workbench } from './workbench.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const SET_STATUS = 'referral-rock.referral.set-status';
const paying = [...operations.values()].filter(({ effect }) => effect === 'money');

/** Ids in the form of real ones, of nothing that is there. */
const nowhere: World = {
  programId: randomUUID(),
  programName: 'Nowhere',
  member: { id: randomUUID(), referralCode: 'NOBODY', email: 'nobody@example.com' },
  referral: { id: randomUUID(), email: 'nobody@example.com' },
  payoutId: randomUUID(),
  rewardId: randomUUID(),
  hookId: randomUUID(),
};

const inputOf = ({ id }: Operation): StepDraft['input'] =>
  examples[id.replace('referral-rock.', '')]?.(nowhere) ?? assert.fail(`no example of ${id}`);

describe('money', () => {
  let bench: Workbench;
  let member: { referralCode: string };

  before(async () => {
    bench = await Workbench.open({ timeoutMs: 400 });
    member = await addMember(bench);
  });
  afterEach(() => bench.control('DELETE', 'faults'));
  after(() => bench.close());

  const strike = (fault: object) =>
    bench.control('POST', 'faults', { faults: [{ vendor: 'referral-rock', times: 1, method: 'POST', ...fault }] });
  const statusOf = (id: string) => bench.sandbox.referralRock.referrals.get(id)?.status;

  async function pending(): Promise<{ id: string; job: Job; recordId: string }> {
    const { id } = await refer(bench, member, somebody());
    const job = await bench.take('referral', id);
    await bench.observe(job);
    return { id, job, recordId: await recordOfRows(bench, job.rowIds) };
  }

  /** The step that approves a referral: a rule allows it, unless told otherwise. */
  function approving({ id, recordId }: { id: string; recordId: string }, more: Partial<StepDraft> = {}): StepDraft {
    const query = { primaryInfo: { referralId: id } };
    return stepOf(
      SET_STATUS,
      { query, referral: { status: 'approved' } },
      {
        recordId,
        allowedBy: 'rule:won-approves',
        changes: [{ field: 'status', before: 'pending', after: 'approved' }],
        claims: [{ kind: 'status', value: `${id} approved` }],
        ...more,
      },
    );
  }

  async function planned(more: Partial<StepDraft> = {}) {
    const referral = await pending();
    const step = approving(referral, more);
    return { ...referral, step, plan: await draft(bench, referral.job, [step]) };
  }

  const claimOf = ({ id }: { id: string }) =>
    bench.database.db
      .selectFrom('claims')
      .select('vendor_id')
      .where('key', '=', `status:${id} approved`)
      .executeTakeFirst();

  describe('never leaves without a permit', () => {
    it('is a whole class of operations', () => {
      assert.ok(paying.length >= 11, String(paying.length));
    });

    for (const operation of paying) {
      it(`${operation.id}: not from the executor, whoever calls it`, async () => {
        const clients = sandboxClients(bench.sandbox);
        const writes = await bench.writesDuring(async () => {
          for (const permit of [undefined, { by: 'person', id: '' } as const]) {
            const options = { account: { vendor: operation.vendor, id: 'sandbox' }, ...(permit ? { permit } : {}) };
            const refused = clients[operation.vendor].call(operation, inputOf(operation), options);
            await assert.rejects(refused, (error) => error instanceof VendorError && error.kind === 'Forbidden');
          }
        });
        assert.deepEqual(writes, []);
      });

      it(`${operation.id}: not as a step that neither a rule nor a given approval lets pass`, async () => {
        const { job, recordId } = await pending();
        const open = await approval(recordId, null);
        const none = [null, '', 'rule:', 'approval:', `approval:${randomUUID()}`, `approval:${open}`, 'person:me'];
        for (const allowedBy of none) {
          const plan = await draft(bench, job, [stepOf(operation.id, inputOf(operation), { allowedBy })]);
          const writes = await bench.writesDuring(async () => {
            const refused = await failureOf(bench.apply(plan, operation.id));
            assert.deepEqual([refused.type, refused.nonRetryable], ['Forbidden', true], String(allowedBy));
          });
          assert.deepEqual(writes, []);
          await retried(bench, job, plan);
        }
      });

      it(`${operation.id}: by hand with the permit of the person who called, and once`, async () => {
        const seen: CallOptions[] = [];
        const client = {
          call: async (_: unknown, __: unknown, options: CallOptions) => {
            await options.beforeSend?.();
            seen.push(options);
            throw new VendorError('Unavailable', operation.id, 'cut');
          },
        } as unknown as VendorClient;
        const { database } = bench;
        const addressKey = Buffer.alloc(32, 3);
        const calls = createCallsStore(database, addressKey);
        const callId = await calls.add({ connectionId: CONNECTION, operation: operation.id, input: {} });
        const clients = { ghl: client, 'referral-rock': client };
        const called = createCalled({ database, clients, addressKey, log: logForTests() })(operation);
        for (let attempt = 1; attempt <= 2; attempt++) {
          const environment = new MockActivityEnvironment({ attempt }, { logger: new DefaultLogger('ERROR') });
          await environment.run(called, { callId }).catch(() => undefined);
        }
        assert.deepEqual(
          seen.map(({ permit }) => permit),
          [{ by: 'person', id: callId }],
        );
      });
    }

    it('is given one where steps are applied and where a person’s call is carried out, and nowhere else', () => {
      // What is in rules/ and workflows/ reaches no vendor (test/house.test.ts).
      const sources = '{activities,bridge,config,scripts,store,vendors,workers}/**/*.ts';
      const naming = globSync(sources, { cwd: root })
        .filter((path) => /\bpermit\b(?!\.ts)/u.test(withoutComments(readFileSync(join(root, path), 'utf8'))))
        .toSorted();
      const giving = ['activities/apply.ts', 'activities/call.ts'];
      assert.deepEqual(naming, [...giving, 'vendors/executor.ts', 'vendors/operation.ts']);
    });
  });

  async function approval(recordId: string, outcome: 'approved' | 'denied' | 'superseded' | null): Promise<string> {
    const { db } = bench.database;
    const id = randomUUID();
    const row = {
      id,
      connection_id: CONNECTION,
      record_id: recordId,
      plan_id: null,
      kind: 'status',
      trigger: 'opportunity',
      proposal: '{}',
      pays: '[]',
      candidates: '[]',
      sentence: 'proposed',
      outcome,
      decided_at: outcome === null ? null : new Date(),
      decided_by: null,
      contact_id: null,
      referral_id: null,
    } as const;
    await db.insertInto('approvals').values(row).execute();
    return id;
  }

  describe('a status that is written', () => {
    it('is written once, by the rule that allows it', async () => {
      const one = await planned();
      const writes = await bench.writesDuring(async () => {
        assert.equal(await bench.apply(one.plan, SET_STATUS), 'done');
        assert.equal(await bench.apply(one.plan, SET_STATUS, 2), 'done');
      });
      assert.equal(writes.length, 1);
      assert.equal(statusOf(one.id), 'Approved');
      assert.equal((await claimOf(one))?.vendor_id, one.id);
    });

    for (const outcome of ['approved', 'denied', 'superseded'] as const) {
      it(`is ${outcome === 'approved' ? '' : 'not '}written when its approval is ${outcome}`, async () => {
        const referral = await pending();
        const allowedBy = `approval:${await approval(referral.recordId, outcome)}`;
        const plan = await draft(bench, referral.job, [approving(referral, { allowedBy })]);
        const attempt = bench.apply(plan, SET_STATUS);
        if (outcome === 'approved') assert.equal(await attempt, 'done');
        else assert.equal((await failureOf(attempt)).type, 'Forbidden');
        assert.equal(statusOf(referral.id), outcome === 'approved' ? 'Approved' : 'Pending');
      });
    }

    it('is not written while its step is held', async () => {
      const one = await planned();
      await bench.database.db
        .updateTable('steps')
        .set({ status: 'held' })
        .where('plan_id', '=', one.plan.planId)
        .execute();
      assert.equal((await failureOf(bench.apply(one.plan, SET_STATUS))).type, 'Forbidden');
      assert.equal(statusOf(one.id), 'Pending');
    });

    it('is not written when the referral has another status by now', async () => {
      const one = await planned();
      await asUser(one.id, 'denied');
      const writes = await bench.writesDuring(async () =>
        assert.equal(await bench.apply(one.plan, SET_STATUS), 'stale'),
      );
      assert.deepEqual(writes, []);
    });

    it('is not written when the referral has it already', async () => {
      const one = await planned();
      await asUser(one.id, 'approved');
      const writes = await bench.writesDuring(async () =>
        assert.equal(await bench.apply(one.plan, SET_STATUS), 'done'),
      );
      assert.deepEqual(writes, []);
    });
  });

  const asUser = (referralId: string, status: string) =>
    bench.asUser('referral-rock', 'POST', '/api/referral/update', [
      { query: { primaryInfo: { referralId } }, referral: { status } },
    ]);

  describe('a status whose answer was lost', () => {
    it('is looked at after a while, and counts as written when it is there', async () => {
      const { id, plan } = await planned();
      await strike({ pathPattern: '/referral/update', kind: 'cut-after' });
      await assert.rejects(bench.apply(plan, SET_STATUS), { type: 'Unavailable', nonRetryable: false });
      const waiting = await failureOf(bench.apply(plan, SET_STATUS, 2));
      assert.deepEqual([waiting.type, waiting.nonRetryable], ['AnswerLost', false]);
      assert.ok(Number(waiting.nextRetryDelay) > 10_000 && Number(waiting.nextRetryDelay) <= 15_000);
      await bench.elapse();
      const writes = await bench.writesDuring(async () => assert.equal(await bench.apply(plan, SET_STATUS, 3), 'done'));
      assert.deepEqual(writes, []);
      assert.equal(statusOf(id), 'Approved');
    });

    const unclear: [what: string, fault: object][] = [
      ['the connection was cut', { kind: 'cut-before' }],
      ['no answer came', { kind: 'timeout' }],
      ['the answer was a 500', { kind: 'status', status: 500 }],
      ['the answer was a gateway’s page', { kind: 'html-502' }],
      ['the answer cannot be read', { kind: 'status', status: 200, body: [{ what: 'ever' }] }],
    ];
    for (const [what, fault] of unclear) {
      it(`may have paid when it is not there: ${what}; a person is told, and nothing is sent again by itself`, async () => {
        const { id, plan } = await planned();
        await strike({ pathPattern: '/referral/update', ...fault });
        await assert.rejects(bench.apply(plan, SET_STATUS), { type: 'Unavailable' });
        await bench.elapse();
        const writes = await bench.writesDuring(async () => {
          for (const attempt of [2, 3]) {
            const failure = await failureOf(bench.apply(plan, SET_STATUS, attempt));
            assert.deepEqual([failure.type, failure.nonRetryable], ['MayHavePaid', true]);
          }
        });
        assert.deepEqual(writes, []);
        const step = await stepIn(bench, plan);
        assert.deepEqual([step.status, step.key !== null, step.sent_at !== null], ['failed', true, true]);
        assert.match(
          step.error?.message ?? '',
          new RegExp(`may have paid: .*referral ${id}.*look in Referral Rock.*retry.*or ignore`),
        );
        assert.equal(statusOf(id), 'Pending');
      });
    }

    it('may have paid when a worker died between mark and answer', async () => {
      const { plan } = await planned();
      await bench.database.db
        .updateTable('steps')
        .set({ status: 'sent', sent_at: new Date(Date.now() - 60_000) })
        .where('plan_id', '=', plan.planId)
        .execute();
      const writes = await bench.writesDuring(async () =>
        assert.equal((await failureOf(bench.apply(plan, SET_STATUS))).type, 'MayHavePaid'),
      );
      assert.deepEqual(writes, []);
    });

    /** It was sent, nothing came of it, and a person was told. */
    async function reported() {
      const one = await planned();
      await strike({ pathPattern: '/referral/update', kind: 'cut-before' });
      await assert.rejects(bench.apply(one.plan, SET_STATUS));
      await bench.elapse();
      assert.equal((await failureOf(bench.apply(one.plan, SET_STATUS, 2))).type, 'MayHavePaid');
      await retried(bench, one.job, one.plan);
      return { ...one, again: await draft(bench, one.job, [one.step]) };
    }

    it('is sent again when a person retries it and it is still not there', async () => {
      const { id, again } = await reported();
      const writes = await bench.writesDuring(async () => assert.equal(await bench.apply(again, SET_STATUS), 'done'));
      assert.equal(writes.length, 1);
      assert.equal(statusOf(id), 'Approved');
    });

    it('is not sent again when a person retries it and it has come to be there', async () => {
      const { id, again } = await reported();
      await asUser(id, 'approved');
      const writes = await bench.writesDuring(async () => assert.equal(await bench.apply(again, SET_STATUS), 'done'));
      assert.deepEqual(writes, []);
    });

    it('is not sent again when a person retries it and the answer is lost once more', async () => {
      const { again } = await reported();
      await strike({ pathPattern: '/referral/update', kind: 'cut-before' });
      await assert.rejects(bench.apply(again, SET_STATUS), { type: 'Unavailable' });
      await bench.elapse();
      const writes = await bench.writesDuring(async () =>
        assert.equal((await failureOf(bench.apply(again, SET_STATUS, 2))).type, 'MayHavePaid'),
      );
      assert.deepEqual(writes, []);
    });

    it('keeps its mark when the look itself is refused for now', async () => {
      const { plan } = await planned();
      await strike({ pathPattern: '/referral/update', kind: 'cut-before' });
      await assert.rejects(bench.apply(plan, SET_STATUS));
      await bench.elapse();
      await strike({
        method: 'GET',
        pathPattern: '/referral/single',
        kind: 'status',
        status: 429,
        headers: { 'retry-after': '1' },
      });
      assert.equal((await failureOf(bench.apply(plan, SET_STATUS, 2))).type, 'RateLimited');
      assert.equal((await failureOf(bench.apply(plan, SET_STATUS, 3))).type, 'MayHavePaid');
    });

    it('keeps its mark when somebody sets the connection to observe meanwhile', async () => {
      const { job, plan, step } = await planned();
      await strike({ pathPattern: '/referral/update', kind: 'cut-before' });
      await assert.rejects(bench.apply(plan, SET_STATUS));
      await bench.elapse();
      const { db } = bench.database;
      const mode = (value: 'observe' | 'live') => db.updateTable('connections').set({ mode: value }).execute();
      await mode('observe');
      assert.equal(await bench.apply(plan, SET_STATUS, 2), 'stale');
      await mode('live');
      await retried(bench, job, plan);
      const again = await draft(bench, job, [step]);
      assert.equal((await failureOf(bench.apply(again, SET_STATUS))).type, 'MayHavePaid');
    });
  });

  describe('a status that is refused', () => {
    const refusals: [what: string, fault: object][] = [
      ['422', { kind: 'status', status: 422, body: { message: 'No such status' } }],
      ['403', { kind: 'status', status: 403 }],
      [
        'a failure inside a 200',
        { kind: 'status', status: 200, body: [{ resultInfo: { Status: 'Failed', Message: 'Not now' } }] },
      ],
    ];
    for (const [what, fault] of refusals) {
      it(`fails for good and frees its claim: ${what}`, async () => {
        const one = await planned();
        assert.equal((await claimOf(one))?.vendor_id, null);
        await strike({ pathPattern: '/referral/update', ...fault });
        const failure = await failureOf(bench.apply(one.plan, SET_STATUS));
        assert.equal(failure.nonRetryable, true);
        const step = await stepIn(bench, one.plan);
        assert.deepEqual([step.status, step.sent_at], ['failed', null]);
        assert.equal(await claimOf(one), undefined);
      });
    }

    it('is sent later after a 429: nothing was done', async () => {
      const { id, plan } = await planned();
      await strike({ pathPattern: '/referral/update', kind: 'status', status: 429, headers: { 'retry-after': '1' } });
      assert.equal((await failureOf(bench.apply(plan, SET_STATUS))).type, 'RateLimited');
      const step = await stepIn(bench, plan);
      assert.deepEqual([step.status, step.sent_at], ['planned', null]);
      assert.equal(await bench.apply(plan, SET_STATUS, 2), 'done');
      assert.equal(statusOf(id), 'Approved');
    });
  });

  describe('what pays and cannot be looked up', () => {
    const REWARD = 'referral-rock.reward.create';

    it('may have paid as soon as its answer is lost, and is sent again only by a person', async () => {
      const { id, job } = await pending();
      const referralQuery = { primaryInfo: { referralId: id } };
      const newReward = { payoutId: randomUUID(), amount: 5 };
      const step = stepOf(REWARD, { referralQuery, newReward }, { allowedBy: 'rule:thanks' });
      const plan = await draft(bench, job, [step]);
      await strike({ pathPattern: '/api/rewards', kind: 'status', status: 503 });
      const writes = await bench.writesDuring(async () => {
        assert.equal((await failureOf(bench.apply(plan, REWARD))).type, 'MayHavePaid');
        assert.equal((await failureOf(bench.apply(plan, REWARD, 2))).type, 'MayHavePaid');
      });
      assert.equal(writes.length, 1);
      await retried(bench, job, plan);
      const again = await draft(bench, job, [step]);
      await strike({ pathPattern: '/api/rewards', kind: 'status', status: 200, body: [{ reward: { id: 'r1' } }] });
      assert.equal(await bench.apply(again, REWARD), 'done');
    });
  });
});

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gmu, '');
}
