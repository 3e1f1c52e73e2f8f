import type { Firing } from './action-steps.ts';
import { whyNotMet } from './conditions.ts';
import type { ActionStep } from '../rule-set.ts';
import { scopeOf, type Subject } from './scope.ts';
import type { CustomerState, RunState } from '../state.ts';
import type { Fact } from '../records.ts';
import type { RunDraft, StepDraft } from '../plan.ts';
import { segmentOf, waitInWords, wakeAt } from './waits.ts';

/** The run that waits once these steps are done, or is at its end; none of an action without waits, or one that only watches. */
export function runAfter(
  { state, action, fact, subject, run }: Firing,
  drafts: readonly { step: StepDraft; draft: ActionStep }[],
): RunDraft[] {
  const segment = segmentOf(action, run?.segment ?? 0);
  // A segment that is told again, after the run has gone on, moves it no more.
  if (action.mode === 'observe' || (run && run.segment !== run.at)) return [];
  const stopsWith = drafts.filter(({ draft }) => draft.onError === 'stop').map(({ step }) => step.name);
  if (!segment.wait) {
    const sentence = `“${action.title}” has come to its end`;
    return run ? [{ kind: 'end', runId: run.id, status: 'done', stopsWith, sentence }] : [];
  }
  const waits = {
    at: segment.next,
    wakeAt: wakeAt(segment.wait, state.now, state.connection.timeZone),
    stopsWith,
    sentence: `“${action.title}” waits ${waitInWords(segment.wait)}`,
  };
  if (run) return [{ kind: 'go on', runId: run.id, from: run.at, ...waits }];
  return [{ kind: 'start', action, fact, referralRecordId: subject.referral?.recordId ?? null, ...waits }];
}

/** The waiting runs that these facts end: their record is deleted, or their action says so. */
export function stoppedBy(state: CustomerState, facts: readonly Fact[], subject: Subject): RunDraft[] {
  return (state.runs ?? []).flatMap((run) => {
    const by = facts.find((fact) => stops(state, run, fact, subject));
    return by ? [cancelled(run, `${by.kind}${by.data['to'] ? ` (${String(by.data['to'])})` : ''}`)] : [];
  });
}

/** Ends a run before its time. */
export function cancelled(run: RunState, why: string): RunDraft & { kind: 'end' } {
  const sentence = `“${run.action.title}” was ended: ${why}`;
  return { kind: 'end', runId: run.id, status: 'cancelled', stopsWith: [], sentence };
}

function stops(state: CustomerState, run: RunState, fact: Fact, subject: Subject): boolean {
  if (fact.key === run.fact.key) return false;
  const isOwn = fact.recordId === run.recordId || fact.recordId === run.referralRecordId;
  if (fact.kind === 'contact.deleted' || (isOwn && fact.kind.endsWith('.deleted'))) return true;
  const isOfKind = fact.kind.split('.')[0] === run.fact.kind.split('.')[0];
  return (run.action.stopWhen ?? []).some(
    (stop) =>
      stop.fact === fact.kind &&
      (isOwn || !isOfKind || fact.kind.startsWith('contact.')) &&
      whyNotMet(stop.if, scopeOf(state, fact, subject)) === undefined,
  );
}
