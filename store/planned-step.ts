import type { Selectable } from 'kysely';
import type { Queue, StepDraft } from '../rules/plan.ts';
import type { Steps } from './schema.ts';

/**
 * A stored step as it was planned; `others` are those of its plan that it may wait for. Its claims are kept as keys only: whoever
 * plans it again names them anew.
 */
export function toDraft(step: Selectable<Steps>, others: readonly Selectable<Steps>[]): StepDraft {
  return {
    name: step.name,
    operation: step.operation,
    queue: step.queue as Queue,
    recordId: step.record_id,
    factKey: step.fact_key,
    rule: step.rule,
    input: step.input,
    after: others.filter(({ n }) => step.depends_on.includes(n)).map(({ name }) => name),
    claims: [],
    mode: step.status === 'held' ? 'hold' : 'live',
    allowedBy: step.allowed_by,
    changes: step.changes,
    reference: step.reference,
    summary: step.summary,
    sentence: step.sentence,
  };
}
