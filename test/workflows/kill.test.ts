import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import type { LedgerEntry } from '../../sandbox/ledger.ts';
import { addMember, find, type Person, refer, somebody } from '../support/people.ts';
import { findPostgres, postgresForTests } from '../support/postgres.ts';
import { RunningRockbridge } from '../support/rockbridge.ts';
import type { ActivityCall } from '../support/between.ts';

/** The calls of the run of a new referral of a new person, in their order; the middle three side by side. */
const CALLS = [
  'take',
  'observeReferral',
  'findContact',
  'plan',
  'ghl.contact.create',
  'ghl.contact.add-tags',
  'ghl.task.create',
  'ghl.note.create',
  'referral-rock.referral.update',
  'close',
] as const;

/** Its writes, as the vendors know them. */
const WRITES = ['ghl.contact.create', 'ghl.note.create', 'ghl.tag.add', 'ghl.task.create', 'rr.referral.update'];

type Call = (typeof CALLS)[number];

/** What happens once, at the first call of that name. */
type Kill = (at: {
  work: () => Promise<unknown>;
  loseTemporal: () => Promise<void>;
  /** The new run is about to make the same call. */
  again: Promise<void>;
}) => Promise<unknown>;

const gone = (): Error => ApplicationFailure.create({ message: 'the worker died', nextRetryDelay: 20 });

const KILLS: Readonly<Record<string, Kill>> = {
  'the worker dies before it': () => Promise.reject(gone()),
  'the worker dies after it, its answer lost': async ({ work }) => {
    await work();
    throw gone();
  },
  "Temporal's state is lost before it": async ({ loseTemporal }) => {
    await loseTemporal();
    throw gone();
  },
  "Temporal's state is lost after it": async ({ work, loseTemporal }) => {
    const answer = await work();
    await loseTemporal();
    return answer;
  },
  "Temporal's state is lost, and the forgotten run's step comes late": async ({ work, loseTemporal }) => {
    await loseTemporal();
    await new Promise((resolve) => setTimeout(resolve, 300));
    return work();
  },
  "Temporal's state is lost, and the forgotten run's step comes at the same moment as the new run's": async ({
    work,
    loseTemporal,
    again,
  }) => {
    await loseTemporal();
    await again;
    return work();
  },
};

/** What Temporal has forgotten may still be at work beside the new run: both may write the same content. */
const OVERLAPS = /^Temporal/;

interface Scenario {
  call: Call;
  kill: Kill;
  person: Person;
  struck: boolean;
  again: PromiseWithResolvers<void>;
}

for (const kind of ['pglite', 'postgres'] as const) {
  const suite = kind === 'postgres' && !findPostgres() ? describe.skip : describe;
  suite(`a process is killed in the run of a new referral (${kind})`, () => {
    let rockbridge: RunningRockbridge;
    let ledger: LedgerEntry[];
    let member: { referralCode: string };
    const scenarios = new Map<string, Scenario>();

    for (const call of CALLS) {
      for (const [title, kill] of Object.entries(KILLS)) {
        const person = somebody();
        scenarios.set(person.email, { call, kill, person, struck: false, again: Promise.withResolvers<void>() });
        it(`${call}: ${title}`, () => {
          assert.ok(scenarios.get(person.email)?.struck);
          isWhole(person, OVERLAPS.test(title));
        });
      }
    }

    // All at once, each on its own person: what they wait for passes side by side.
    before(async function () {
      this.timeout(120_000);
      const database = kind === 'postgres' ? { databaseUrl: await (await postgresForTests()).createDatabase() } : {};
      rockbridge = await RunningRockbridge.start({ quota: 'high', timing: { lookUpAfter: 2_000 }, ...database });
      member = await addMember(rockbridge);
      await rockbridge.settled();
      rockbridge.around = strike;
      // Only we stand between a person and a second contact.
      await rockbridge.control('PUT', 'settings', { ghl: { allowDuplicateContact: true } });
      for (const { person } of scenarios.values()) await refer(rockbridge, member, person);
      await rockbridge.settled(100_000).catch((error: unknown) => console.error(error));
      ledger = await rockbridge.ledger();
    });
    after(() => rockbridge.close());

    async function strike(call: ActivityCall, work: () => Promise<unknown>): Promise<unknown> {
      const customerId = call.workflowId.split('/').at(-1) ?? '';
      const scenario = await scenarioOf(customerId);
      if (!scenario || scenario.call !== call.name) return work();
      if (scenario.struck) {
        scenario.again.resolve();
        return work();
      }
      scenario.struck = true;
      const loseTemporal = async (): Promise<void> => {
        await rockbridge.client.workflow.getHandle(call.workflowId, call.runId).terminate('lost');
        await rockbridge.ringAgain(customerId);
      };
      return scenario.kill({ work, loseTemporal, again: scenario.again.promise });
    }

    async function scenarioOf(customerId: string): Promise<Scenario | undefined> {
      const record = await rockbridge.database.db
        .selectFrom('records')
        .select('vendor_id')
        .where('customer_id', '=', customerId)
        .where('kind', '=', 'referral')
        .executeTakeFirst();
      const referral = rockbridge.sandbox.referralRock.referrals.get(record?.vendor_id ?? '');
      return scenarios.get(referral?.email ?? '');
    }

    /** As without any kill: one of each, everything linked, and no write that was sent twice. */
    function isWhole(person: Person, overlap = false): void {
      const { contacts, tasks, notes, referrals } = find(rockbridge, person);
      assert.deepEqual([contacts.length, tasks.length, notes.length, referrals.length], [1, 1, 1, 1]);
      assert.equal(contacts[0]?.tags.length, 4);
      assert.equal(referrals[0]?.externalIdentifier, contacts[0]?.id);
      assert.equal(referrals[0]?.note.match(/- \[ \] Call/g)?.length, 1);
      const ids = [contacts[0]?.id, referrals[0]?.id].map(String);
      const writes = ledger.filter(({ path, body }) =>
        [...ids, person.email].some((mine) => `${path} ${JSON.stringify(body)}`.includes(mine)),
      );
      const operations = writes.map(({ operation }) => operation).toSorted();
      assert.deepEqual(overlap ? [...new Set(operations)] : operations, WRITES);
      assert.equal(operations.filter((operation) => operation.endsWith('.create')).length, 3);
    }

    it('carries on the plan that a forgotten run stored after the new run had taken the rows', async () => {
      const person = somebody();
      const [forgotten, replaced, stored] = Array.from({ length: 3 }, () => Promise.withResolvers<void>());
      let plans = 0;
      rockbridge.around = async ({ name, workflowId, runId }, work) => {
        if (name !== 'plan' || ++plans > 2) return work();
        if (plans === 2) {
          replaced?.resolve();
          await stored?.promise;
          return work();
        }
        await rockbridge.client.workflow.getHandle(workflowId, runId).terminate('lost');
        await rockbridge.ringAgain(workflowId.split('/').at(-1) ?? '');
        forgotten?.resolve();
        await replaced?.promise;
        const answer = await work();
        stored?.resolve();
        return answer;
      };
      await refer(rockbridge, member, person);
      await forgotten?.promise;
      await rockbridge.settled();
      ledger = await rockbridge.ledger();
      isWhole(person);
    });

    it('leaves no event open or failed', async () => {
      const { events } = await rockbridge.api('events?limit=500');
      const odd = (events as { status: string }[]).filter(({ status }) => status !== 'done' && status !== 'ignored');
      assert.deepEqual(odd, []);
    });
  });
}
