import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { type Activities, createActivities } from '../../activities/index.ts';
import type { Database } from '../../store/database.ts';
import { decideApproval } from '../../store/approval-decisions.ts';
import { createInbox } from '../../store/inbox.ts';
import { createRelayStore } from '../../store/relay.ts';
import type { Closed, Planned, Taken } from '../../workflows/support/contract.ts';
import { storyOf } from '../../workflows/support/customer.ts';
import type { Telling } from '../../workflows/support/pass.ts';
import * as workflows from '../../workflows/index.ts';
import { triggerOf, triggers } from '../../workflows/triggers.ts';
import { logForTests } from '../support/runtime.ts';
import { Crash, type ModelVendors } from './model-vendors.ts';
import type { ModelEvent } from './model-world.ts';

const SILENT = new DefaultLogger('ERROR', () => undefined);
const ADDRESS_KEY = Buffer.alloc(32, 7);
/** Nothing is waited for, and nothing that was read is trusted for a while: what is decided is decided on what is there. */
const TIMING = { goneAfter: 0, lookUpAfter: 0, freshFor: 0, confirmAfter: 0 };
const MAX_ATTEMPTS = 8;
const MAX_PLANS = 5;

/**
 * The recipe of a pass (take, observe, plan, apply, close) over a real store and the real activities and stories, with model vendors in the
 * place of HTTP and a plain loop in the place of Temporal, which can die between any two activities.
 */
export class Driver {
  readonly #database: Database;
  readonly #activities: Activities;
  readonly #vendors: ModelVendors;
  readonly #connectionId: string;
  #runs = 0;
  #runId = '';
  /** Activities until the process dies; undefined: it lives. */
  #diesAfter: number | undefined;
  /** Approvals that a person gave. */
  readonly approved = new Set<string>();

  constructor(database: Database, vendors: ModelVendors, connectionId: string) {
    this.#database = database;
    this.#vendors = vendors;
    this.#connectionId = connectionId;
    this.#activities = createActivities({
      database,
      clients: vendors.clients,
      addressKey: ADDRESS_KEY,
      log: logForTests(),
      timing: TIMING,
    });
  }

  /** An event arrives and is given its place. */
  async deliver({ source, event, kind, vendorId, parent }: ModelEvent): Promise<void> {
    await createInbox(this.#database).add({
      source,
      event,
      connectionId: this.#connectionId,
      trigger: triggerOf(source, event),
      recordKind: kind,
      vendorId,
      ...(parent ? { parentKind: parent.kind, parentId: parent.id } : {}),
      body: Buffer.from('{}'),
      contentType: 'application/json',
      status: 'stored',
    });
  }

  /** A person decides the oldest open approval; an ambiguous one for its first candidate. Answers whether there was one. */
  async decide(approve: boolean): Promise<boolean> {
    const { db } = this.#database;
    const first = await db
      .selectFrom('approvals')
      .select(['id', 'kind', 'candidates'])
      .where('connection_id', '=', this.#connectionId)
      .where('outcome', 'is', null)
      .orderBy('created_at')
      .limit(1)
      .executeTakeFirst();
    if (!first) return false;
    const [candidate] = first.candidates;
    const chosen = approve && first.kind === 'ambiguous' ? { referralId: candidate?.referralId } : {};
    const { outcome } = await decideApproval(db, first.id, { approve, ...chosen }, 'Somebody');
    assert.equal(outcome, approve ? 'approved' : 'denied');
    if (approve) this.approved.add(first.id);
    return true;
  }

  /** Lets the connection only watch, or act again. */
  async watch(on: boolean): Promise<void> {
    const mode = on ? 'observe' : 'live';
    await this.#database.db.updateTable('connections').set({ mode }).where('id', '=', this.#connectionId).execute();
    this.#vendors.watches = on;
  }

  /** Attends every customer that has open rows, once; dies after so many activities. Answers whether there was anybody. */
  async attend(diesAfter?: number): Promise<boolean> {
    this.#diesAfter = diesAfter;
    await createRelayStore(this.#database).place();
    const open = await this.#database.db
      .selectFrom('inbox')
      .innerJoin('records', 'records.id', 'inbox.record_id')
      .select('records.customer_id')
      .distinct()
      .where('inbox.connection_id', '=', this.#connectionId)
      .where('inbox.status', 'in', ['stored', 'running'])
      .execute();
    try {
      for (const { customer_id } of open) await this.#attendCustomer(customer_id);
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    }
    this.#diesAfter = undefined;
    this.#vendors.died = false;
    return open.length > 0;
  }

  async #attendCustomer(customerId: string): Promise<void> {
    const runId = `${this.#connectionId}-run-${++this.#runs}`;
    this.#runId = runId;
    for (let pass = 1, open = true; open; pass++) {
      if (pass > 30) throw new Error('The customer never comes to rest');
      const taken = (await this.#call('local', 'take', { customerId, runId })) as Taken;
      open = false;
      if (taken.unfinished) {
        await this.#carryOut(taken.unfinished);
        open = ((await this.#call('local', 'close', { planId: taken.unfinished.planId })) as Closed).open;
        continue;
      }
      for (const [index, { trigger, rowIds }] of taken.stories.entries()) {
        const closed = await this.#tell(trigger, { customerId, rowIds }, `${runId}/${pass}.${index}`);
        if (closed) open = closed.open;
      }
    }
  }

  /** Tells a trigger's own story; undefined: its rows are parked. */
  async #tell(
    trigger: Taken['stories'][number]['trigger'],
    input: { customerId: string; rowIds: string[] },
    key: string,
  ): Promise<Closed | undefined> {
    // Each file of workflows/ makes its story known when it is read.
    assert.ok(Object.hasOwn(workflows, triggers[trigger].workflow));
    const story = storyOf(trigger);
    if (!story) throw new Error(`${trigger} has no story`);
    const settle = async (): Promise<Closed | 'parked'> => {
      let insteadOf: string | undefined;
      for (let attempt = 1; attempt <= MAX_PLANS; attempt++) {
        const passKey = `${key}/${attempt}`;
        const plan = (await this.#call('local', 'plan', { ...input, trigger, passKey, insteadOf })) as Planned;
        if (plan.outcome !== 'act') return 'parked';
        if (await this.#carryOut(plan)) return (await this.#call('local', 'close', { planId: plan.planId })) as Closed;
        insteadOf = plan.planId;
      }
      return (await this.#call('local', 'fail', { ...input, type: 'KeptChanging' })) as Closed;
    };
    const observe = (queue: keyof Activities, name: string): Promise<never> =>
      this.#call(queue, name, input) as Promise<never>;
    try {
      const end = await story({ observe: observe as Telling['observe'], settle });
      return end === 'parked' ? undefined : end;
    } catch (error) {
      if (!(error instanceof ApplicationFailure)) throw error;
      return (await this.#call('local', 'fail', { ...input, type: error.type ?? '' })) as Closed;
    }
  }

  /** False if a step was stale. */
  async #carryOut(plan: Planned): Promise<boolean> {
    const outcomes = new Map<number, string>();
    for (const step of plan.steps) {
      const ready = step.done || step.after.every((n) => outcomes.get(n) === 'done');
      outcomes.set(step.n, step.done ? 'done' : ready ? await this.#apply(plan.planId, step) : 'skipped');
    }
    return ![...outcomes.values()].includes('stale');
  }

  async #apply(planId: string, { n, queue, operation }: Planned['steps'][number]): Promise<string> {
    try {
      return (await this.#call(queue, operation, { planId, n })) as string;
    } catch (error) {
      if (error instanceof ApplicationFailure || error instanceof ActivityFailure) return 'failed';
      throw error;
    }
  }

  #die(): never {
    this.#vendors.struck.push('dies-between');
    throw new Crash();
  }

  /** An activity as Temporal runs it: tried again until it answers, or fails for good. */
  async #call(queue: keyof Activities, name: string, input: unknown): Promise<unknown> {
    if (this.#diesAfter !== undefined && --this.#diesAfter < 0) this.#die();
    const activity = (this.#activities[queue] as Record<string, (input: unknown) => Promise<unknown>>)[name];
    if (!activity) throw new Error(`There is no activity ${name} on ${queue}`);
    for (let attempt = 1; ; attempt++) {
      const workflowExecution = { workflowId: this.#connectionId, runId: this.#runId };
      const info = { activityType: name, attempt, workflowExecution };
      const environment = new MockActivityEnvironment(info, { logger: SILENT });
      try {
        return await environment.run(activity, input);
      } catch (error) {
        if (this.#vendors.died) throw new Crash();
        if (!(error instanceof ApplicationFailure) || error.nonRetryable) throw error;
        if (error.type === 'Unexpected' || attempt === MAX_ATTEMPTS)
          throw new Error(`${name} goes on failing`, { cause: error });
        if (this.#diesAfter !== undefined && --this.#diesAfter < 0) this.#die();
        await sleep(2);
      }
    }
  }
}
