import assert from 'node:assert/strict';
import { type Decision, NOTHING, PLAIN_STEP, type PlanDraft, type StepDraft } from '../../rules/plan.ts';
import type { Fact } from '../../rules/records.ts';
import type { CustomerState } from '../../rules/state.ts';
import { loadCustomerState } from '../../store/customer-state.ts';
import type { Database } from '../../store/database.ts';
import { type DecisionFrame, storeDecision } from '../../store/decisions.ts';
import { giveUpPlan, type StoredPlan } from '../../store/plans.ts';
import { type DueStep, finishStep, loadStep } from '../../store/steps.ts';
import { addCustomer, addRow, newVendorId } from '../support/customers.ts';

/** A customer with one linked referral and one open event about it. */
export interface Planned {
  customerId: string;
  recordId: string;
  rowId: string;
  /** An action of this fact makes the tasks and notes. */
  fact: Fact;
}

interface More {
  insteadOf?: string;
  passKey?: string;
  mode?: 'observe';
  trigger?: string;
  rowIds?: string[];
}

let passes = 0;

/** Plans of customers in a database, stored as a pass stores them. */
export class Planning {
  readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  async customer(): Promise<Planned> {
    const vendorId = newVendorId('referral');
    const data = { email: `${vendorId}@example.com` };
    const referral = { kind: 'referral', linked: true, data } as const;
    const { customerId, records } = await addCustomer(this.database, { [vendorId]: referral });
    const recordId = String(records[vendorId]);
    const key = `${recordId}|referral.added|0`;
    const fact: Fact = { key, recordId, kind: 'referral.added', version: 0, data: {} };
    return { customerId, recordId, rowId: await addRow(this.database, recordId, 'referral'), fact };
  }

  state({ customerId, recordId, rowId }: Planned): Promise<CustomerState> {
    return loadCustomerState(
      this.database.db,
      { customerId, recordId, trigger: 'referral', rowIds: [rowId] },
      new Date(),
    );
  }

  frame({ customerId, rowId }: Planned, more: More = {}): DecisionFrame {
    return {
      customerId,
      passKey: more.passKey ?? `pass-${++passes}`,
      trigger: more.trigger ?? 'referral',
      rowIds: more.rowIds ?? [rowId],
      runId: 'run-1',
      insteadOf: more.insteadOf,
      emailKeyOf: () => null,
      claimKeyOf: ({ kind, value }) => `${kind}:${value}`,
    };
  }

  async store(customer: Planned, draft: Partial<PlanDraft>, more: More = {}): Promise<StoredPlan> {
    const state = await this.state(customer);
    const seen = more.mode ? { ...state, connection: { ...state.connection, mode: more.mode } } : state;
    const decision: Decision = { outcome: 'act', plan: { ...NOTHING, ...draft } };
    const plan = await storeDecision(this.database.db, this.frame(customer, more), seen, decision);
    assert.ok(plan);
    return plan;
  }

  step({ planId }: StoredPlan, n: number): Promise<DueStep> {
    return loadStep(this.database.db, planId, n);
  }

  async finish(plan: StoredPlan, n: number, answer: Record<string, unknown> = {}): Promise<void> {
    await finishStep(this.database.db, (await this.step(plan, n)).id, answer);
  }

  giveUp({ planId }: StoredPlan): Promise<void> {
    return this.database.db.transaction().execute((tx) => giveUpPlan(tx, planId));
  }

  row({ rowId }: Planned) {
    return this.database.db
      .selectFrom('inbox')
      .select(['status', 'sentence', 'error', 'plan_id'])
      .where('id', '=', rowId)
      .executeTakeFirstOrThrow();
  }

  /** The plan that spent the fact; null: none; undefined: there is no such fact. */
  async spentBy({ fact }: Planned): Promise<string | null | undefined> {
    const { db } = this.database;
    return (await db.selectFrom('facts').select('spent_by').where('key', '=', fact.key).executeTakeFirst())?.spent_by;
  }
}

/** A step that an action takes on the customer's fact. */
export function step({ fact }: Planned, name: string, more: Partial<StepDraft> = {}): StepDraft {
  return {
    ...PLAIN_STEP,
    name,
    operation: `ghl.${name}.create`,
    queue: 'ghl',
    factKey: fact.key,
    rule: `an-action|${name}`,
    input: { contactId: 'c1' },
    summary: `an-action: ghl.${name}.create`,
    sentence: `created the ${name}`,
    ...more,
  };
}
