import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import got from 'got';
import { type Activities, createActivities } from '../../activities/index.ts';
import type { LedgerEntry } from '../../sandbox/ledger.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { createInbox } from '../../store/inbox.ts';
import { createRelayStore } from '../../store/relay.ts';
import type { Planned } from '../../workflows/support/contract.ts';
import { CONNECTION, connectSandbox, readSandboxAccounts } from '../support/accounts.ts';
import type { World } from '../support/people.ts';
import type { Json } from '../support/rockbridge.ts';
import { logForTests } from '../support/runtime.ts';

type Trigger = 'contact' | 'member' | 'referral';
type Queue = keyof Activities;

/** The run of all its passes. */
export const RUN = 'run-1';

const SILENT = new DefaultLogger('ERROR', () => undefined);

/** The open rows of a record, as a pass has taken them. */
export interface Job {
  trigger: Trigger;
  customerId: string;
  rowIds: string[];
}

/** The activities on the sandbox and a store of their own, called one by one as a workflow would; no Temporal. */
export class Workbench implements World {
  readonly sandbox: Sandbox;
  readonly database: Database;
  readonly #activities: Activities;
  #passes = 0;

  private constructor(sandbox: Sandbox, database: Database, activities: Activities) {
    this.sandbox = sandbox;
    this.database = database;
    this.#activities = activities;
  }

  static async open(options: { timeoutMs?: number } = {}): Promise<Workbench> {
    const [sandbox, database] = await Promise.all([startSandbox({ seed: 'empty' }), openDatabase({})]);
    const clients = await connectSandbox(database, sandbox, { quota: 'high', ...options });
    await readSandboxAccounts(database, clients);
    const activities = createActivities({ database, clients, addressKey: randomBytes(32), log: logForTests() });
    const bench = new Workbench(sandbox, database, activities);
    const limits = { ghl: { max: 100_000 }, referralRock: { max: 100_000 } };
    await bench.control('PUT', 'limits', limits);
    return bench;
  }

  async close(): Promise<void> {
    await this.sandbox.close();
    await this.database.close();
  }

  async asUser(vendor: 'ghl' | 'referral-rock', method: string, path: string, body?: unknown): Promise<Json> {
    const base = vendor === 'ghl' ? this.sandbox.ghlUrl : this.sandbox.referralRockUrl;
    return got.post(`${base}/__sandbox/as-user`, { json: { method, path, body }, throwHttpErrors: false }).json();
  }

  async control(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<Json> {
    const json = body === undefined ? {} : { json: body };
    return got(`${this.sandbox.ghlUrl}/__sandbox/${path}`, { method, ...json }).json();
  }

  async ledger(): Promise<LedgerEntry[]> {
    return (await this.control('GET', 'ledger'))['entries'] as LedgerEntry[];
  }

  /** The writes asked of the vendors meanwhile. */
  async writesDuring(work: () => Promise<unknown>): Promise<LedgerEntry[]> {
    const before = (await this.ledger()).length;
    await work();
    return (await this.ledger()).slice(before);
  }

  /** An hour goes by: whatever was read, sent or missed was so an hour ago. */
  async elapse(): Promise<void> {
    const { db } = this.database;
    const then = new Date(Date.now() - 3_600_000);
    await db.updateTable('snapshots').set({ read_at: then }).execute();
    // Two sendings of one step stay apart.
    const sent = await db.selectFrom('steps').select(['id', 'sent_at']).where('sent_at', 'is not', null).execute();
    for (const { id, sent_at: at } of sent) {
      const earlier = new Date(Number(at) - 3_600_000);
      await db.updateTable('steps').set({ sent_at: earlier }).where('id', '=', id).execute();
    }
    await db.updateTable('records').set({ missing_since: then }).where('missing_since', 'is not', null).execute();
  }

  /** An event about a record arrives, is given its customer, and its rows are taken. */
  async take(trigger: Trigger, vendorId: string): Promise<Job> {
    await createInbox(this.database).add({
      source: trigger === 'contact' ? 'ghl' : 'referral-rock',
      event: 'Event',
      connectionId: CONNECTION,
      trigger,
      recordKind: trigger,
      vendorId,
      body: Buffer.from('{}'),
      contentType: 'application/json',
      status: 'stored',
    });
    await createRelayStore(this.database).place();
    const { customer_id: customerId } = await this.database.db
      .selectFrom('records')
      .select('customer_id')
      .where('vendor_id', '=', vendorId)
      .executeTakeFirstOrThrow();
    const runId = `run-${++this.#passes}`;
    const { stories } = (await this.call('local', 'take', { customerId, runId })) as Json & {
      stories: { trigger: Trigger; rowIds: string[] }[];
    };
    const rowIds = stories.find((story) => story.trigger === trigger)?.rowIds ?? [];
    return { trigger, customerId, rowIds };
  }

  /** Runs one attempt of an activity. */
  async call(
    queue: Queue,
    name: string,
    input: unknown,
    options: { attempt?: number; runId?: string; environment?: (environment: MockActivityEnvironment) => void } = {},
  ): Promise<unknown> {
    const activity = (this.#activities[queue] as Record<string, (input: unknown) => Promise<unknown>>)[name];
    if (!activity) throw new Error(`There is no activity ${name} on ${queue}`);
    const workflowExecution = { workflowId: 'customer', runId: options.runId ?? RUN };
    const environment = new MockActivityEnvironment(
      { activityType: name, attempt: options.attempt ?? 1, workflowExecution },
      { logger: SILENT },
    );
    options.environment?.(environment);
    return environment.run(activity, input);
  }

  /** Reads what the trigger's story reads before it plans. */
  async observe({ trigger, ...story }: Job): Promise<void> {
    if (trigger === 'contact') return void (await this.call('ghl', 'observeContact', story));
    const name = trigger === 'referral' ? 'observeReferral' : 'observeMember';
    const { linked } = (await this.call('referral-rock', name, story)) as { linked: boolean };
    if (!linked) await this.call('ghl', 'findContact', story);
  }

  async plan(job: Job, insteadOf?: string): Promise<Planned> {
    const passKey = `${RUN}/${++this.#passes}.0/1`;
    return (await this.call('local', 'plan', { ...job, passKey, ...(insteadOf ? { insteadOf } : {}) })) as Planned;
  }

  /** Carries out the plan's step of this operation. */
  apply(plan: Planned, operation: string, attempt = 1): Promise<unknown> {
    const step = plan.steps.find((one) => one.operation === operation);
    if (!step) throw new Error(`The plan has no step ${operation}: ${JSON.stringify(plan.steps)}`);
    return this.call(step.queue, operation, { planId: plan.planId, n: step.n }, { attempt });
  }

  /** The whole story of an event about a record. */
  async tell(trigger: Trigger, vendorId: string): Promise<Job> {
    const job = await this.take(trigger, vendorId);
    await this.observe(job);
    const plan = await this.plan(job);
    for (const { n, queue, operation } of plan.steps) await this.call(queue, operation, { planId: plan.planId, n });
    await this.call('local', 'close', { planId: plan.planId });
    return job;
  }

  /** How the rows of a job stand now. */
  async rows({ rowIds }: Job): Promise<{ status: string; sentence: string | null; error: unknown }[]> {
    return this.database.db
      .selectFrom('inbox')
      .select(['status', 'sentence', 'error'])
      .where('id', 'in', rowIds)
      .orderBy('seq')
      .execute();
  }
}

/** The failure by which an attempt ended. */
export async function failureOf(attempt: Promise<unknown>): Promise<ApplicationFailure> {
  const failure: unknown = await attempt.then(
    () => assert.fail('it did not fail'),
    (error: unknown) => error,
  );
  assert.ok(failure instanceof ApplicationFailure, String(failure));
  return failure;
}
