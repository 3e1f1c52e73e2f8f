import type { ApprovalDraft, StepDraft } from '../../rules/plan.ts';
import { storeApprovals } from '../../store/approvals.ts';
import { type Planned, type Planning, step } from './planning.ts';

/** A plan that waits for a person, with the row that it came of. */
export interface Held extends Planned {
  planId: string;
  approvalId: string;
}

/** The proposal to approve a referral: a status is the only thing that it would write. */
export function proposal({ recordId }: Planned, more: Partial<ApprovalDraft> = {}): ApprovalDraft {
  return {
    kind: 'status',
    recordId,
    proposal: { status: 'approved', from: 'pending' },
    pays: ['Reward rule "Approved" pays $50.00 to the member.'],
    candidates: [],
    steps: ['status'],
    sentence: 'The opportunity of the referral was won: approve it?',
    ...more,
  };
}

/** The step that such an approval lets pass. */
export function statusStep(customer: Planned, more: Partial<StepDraft> = {}): StepDraft {
  return step(customer, 'status', {
    operation: 'referral-rock.referral.set-status',
    queue: 'referral-rock',
    recordId: customer.recordId,
    mode: 'hold',
    changes: [{ field: 'status', before: 'pending', after: 'approved' }],
    ...more,
  });
}

/** Stores a held plan with its approval, as a closing plan leaves them behind. */
export async function hold(
  planning: Planning,
  given?: Planned,
  more: { approval?: Partial<ApprovalDraft>; steps?: (customer: Planned) => StepDraft[] } = {},
): Promise<Held> {
  const customer = given ?? (await planning.customer());
  const { db } = planning.database;
  const { planId } = await planning.store(customer, {
    facts: [customer.fact],
    steps: more.steps?.(customer) ?? [statusStep(customer)],
  });
  await db.updateTable('plans').set({ status: 'held', ends: 'held' }).where('id', '=', planId).execute();
  await db.updateTable('inbox').set({ status: 'held', plan_id: planId }).where('id', '=', customer.rowId).execute();
  const plan = { planId, connectionId: 'default', trigger: 'opportunity' };
  const draft = proposal(customer, more.approval);
  await db.transaction().execute((tx) => storeApprovals(tx, plan, planId, [draft]));
  const { id: approvalId } = await db
    .selectFrom('approvals')
    .select('id')
    .where('record_id', '=', draft.recordId)
    .where('outcome', 'is', null)
    .executeTakeFirstOrThrow();
  return { ...customer, planId, approvalId };
}
