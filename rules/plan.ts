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

/** A step that writes to no record of ours and waits for nothing: what a draft starts from. */
export const PLAIN_STEP = {
  recordId: null,
  factKey: null,
  after: [],
  claims: [],
  mode: 'live',
  allowedBy: null,
  changes: [],
  reference: null,
} as const;

/** A decision to act, made of what differs from doing nothing. */
export function act(plan: Partial<PlanDraft>): Decision {
  return { outcome: 'act', plan: { ...NOTHING, ...plan } };
}
