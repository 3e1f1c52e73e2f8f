import { actOnRun, partOf } from '../actions/act.ts';
import { whyNotMet } from '../actions/conditions.ts';
import { keepLines } from '../lines/lines.ts';
import { act, type Decision } from '../plan.ts';
import { cancelled } from '../actions/runs.ts';
import { scopeOf, type Subject } from '../actions/scope.ts';
import type { CustomerState, RunState } from '../state.ts';

/** The wait of an automation's run is over: its next steps are planned, unless what it is about has changed. */
export function decideAutomation(state: CustomerState): Decision {
  const { run } = state;
  if (!run) return act({ sentences: ['nothing to do: the run of this automation is not known any more'] });
  if (run.status === 'done' || run.status === 'cancelled')
    return act({ sentences: [`nothing to do: the run of “${run.action.title}” has ended`] });
  const subject = subjectOf(state, run);
  const why = typeof subject === 'string' ? subject : whyEnds(state, run, subject);
  if (why !== undefined || typeof subject === 'string') {
    const end = cancelled(run, why ?? '');
    return act({ runs: [end], sentences: [end.sentence] });
  }
  const acted = actOnRun(state, run, subject);
  if (acted.ends === 'held') {
    const sentence = acted.sentences.join('; ');
    return act({
      ends: 'held',
      runs: [{ kind: 'end', runId: run.id, status: 'parked', stopsWith: [], sentence }],
      sentences: acted.sentences,
    });
  }
  const kept = keepLines(state, acted);
  const isLost = run.segment === run.at && acted.runs.length === 0;
  return act({
    ...partOf(acted),
    ...(isLost ? { runs: [cancelled(run, acted.sentences.join('; '))] } : {}),
    steps: [...acted.steps, ...kept.steps],
    lines: kept.lines,
    sentences: [...acted.sentences, ...acted.runs.map(({ sentence }) => sentence), ...kept.sentences],
  });
}

/** What the run is about, as it is now; a text: why there is nothing to act on any more. */
function subjectOf({ contact, links, items }: CustomerState, run: RunState): Subject | string {
  if (!contact) return 'the contact no longer exists in GHL';
  const link = links.find(({ recordId }) => recordId === run.recordId);
  const item = items.find(({ recordId }) => recordId === run.recordId);
  const referral = links.find(({ recordId }) => recordId === run.referralRecordId);
  const isDeletion = run.fact.kind.endsWith('.deleted');
  const gone = [link, item, referral].find((record) => record?.gone);
  if (gone && !isDeletion) return `the ${gone.kind} was deleted`;
  if (!link && !item && run.recordId !== contact.recordId) return 'what it is about is not this contact’s any more';
  return { contact: { id: contact.contactId, data: contact.data }, link, item, referral };
}

function whyEnds(state: CustomerState, run: RunState, subject: Subject): string | undefined {
  const now = state.rules.actions.find(({ id }) => id === run.action.id);
  if (!now) return 'the rules have no such automation any more';
  if (now.mode !== 'live') return `it is switched to ${now.mode}`;
  return whyNotMet(run.action.while, scopeOf(state, run.fact, subject));
}
