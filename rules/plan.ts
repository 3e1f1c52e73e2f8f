import type { Decision, PlanDraft } from './state.ts';

/** A plan that does nothing: what a decision starts from. */
export const NOTHING: PlanDraft = {
  ends: 'done',
  link: null,
  facts: [],
  waiting: [],
  steps: [],
  merges: [],
  highlights: [],
  lines: [],
  findings: [],
  runs: [],
  approvals: [],
  superseded: [],
  sentences: [],
};

/** A decision to act, made of what differs from doing nothing. */
export function act(plan: Partial<PlanDraft>): Decision {
  return { outcome: 'act', plan: { ...NOTHING, ...plan } };
}
