import { sql } from 'kysely';
import type { Change } from '../rules/plan.ts';
import type { Db } from './database.ts';
import type { Mode, PlanStatus, StepStatus } from './schema.ts';
import { isUndone } from './undo.ts';

/** A decision about a customer; `writes` and sentences hold personal data. */
export interface DecisionLine {
  planId: string;
  /** The events that it was about, by our ids. */
  eventIds: string[];
  trigger: string;
  sentence: string | null;
  at: Date;
  mode: Mode;
  status: PlanStatus;
  workflowId: string;
  runId: string;
  steps: { operation: string; sentence: string; status: StepStatus; changes: Change[] }[];
  /** An undo of it was asked for. */
  undone: boolean;
}

/** The last decisions about the records that are this customer's today, newest first; without those given up before anything was done. */
export async function loadDecisions(db: Db, customerId: string, limit: number): Promise<DecisionLine[]> {
  const { rows } = await sql<DecisionLine>`
    select p.id as "planId", p.row_ids as "eventIds", p.trigger, coalesce(p.sentence, p.sentences->>0) as sentence, coalesce(p.closed_at, p.created_at) as at,
      p.mode, p.status, 'customer/' || p.connection_id || '/' || p.customer_id as "workflowId", p.run_id as "runId",
      coalesce(done.steps, '[]') as steps,
      ${isUndone} as undone
    from plans p join records r on r.id = p.focus
    left join lateral (
      select jsonb_agg(jsonb_build_object('operation', s.operation, 'sentence', s.sentence, 'status', s.status,
        'changes', s.changes) order by s.n) as steps
      from steps s where s.plan_id = p.id
    ) done on true
    where r.customer_id = ${customerId}
      -- What waited for a person is told of by the plan of the decision, once there is one.
      and (p.status = 'held' or p.pass_key not like '%/held-%')
      and (p.status <> 'given-up' or exists (select from steps s where s.plan_id = p.id and s.status = 'done'))
    order by p.created_at desc, p.id desc limit ${limit}`.execute(db);
  return rows;
}
