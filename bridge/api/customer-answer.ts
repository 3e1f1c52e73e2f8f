import type { CustomerView, SeenRecord } from '../../store/customer-view.ts';
import type { FoundCustomer } from '../../store/customers.ts';
import type { DecisionLine } from '../../store/timeline.ts';
import type { TemporalState } from '../server.ts';
import { whyNotUndone } from './undo.ts';
import { workflowUrl } from './workflow-url.ts';

/** A customer as the API shows it: records as their vendors give them, with id and the time of the reading. */
export function customerOf(
  { contactId, connectionId }: FoundCustomer,
  view: CustomerView,
  decisions: readonly DecisionLine[],
  temporal: TemporalState,
) {
  const contact = view.records.find(({ kind, vendorId }) => kind === 'contact' && vendorId === contactId);
  const live = (kind: string) => view.records.filter((record) => record.kind === kind && record.goneAt === null);
  const shownLive = (kind: string) => live(kind).map(shown);
  const members = live('member').filter(({ linkedAt }) => linkedAt !== null);
  const primary = members.find(({ data }) => data?.['programId'] === view.defaultProgramId) ?? members[0];
  return {
    connectionId,
    contact: { ...(contact && shown(contact)), id: contactId, gone: contact?.goneAt != null },
    member: primary ? shown(primary) : null,
    members: members.map(shown),
    referrals: live('referral')
      .filter(({ linkedAt }) => linkedAt !== null)
      .map(shown),
    rewards: shownLive('reward'),
    tasks: shownLive('task'),
    notes: shownLive('note'),
    tags: Array.isArray(contact?.data?.['tags']) ? contact.data['tags'] : [],
    appointments: shownLive('appointment'),
    opportunities: shownLive('opportunity'),
    links: view.records
      .filter(({ kind }) => kind === 'member' || kind === 'referral')
      .map((record) => linkOf(record, view)),
    decisions: decisions.map((decision) => decisionOf(decision, temporal)),
  };
}

function shown({ vendorId, data, readAt, ours }: SeenRecord) {
  return { ...data, id: vendorId, readAt, ours };
}

/** How a member or referral stands to the contact, and why; of each synced field what both sides hold. */
function linkOf(record: SeenRecord, { fields }: CustomerView) {
  const { kind, vendorId, linkedAt, goneAt, linkedBy } = record;
  return {
    kind,
    id: vendorId,
    ...stateOf(record),
    since: linkedAt,
    by: linkedBy,
    goneAt,
    fields: fields.get(record.id) ?? [],
  };
}

function stateOf({ linkedAt, goneAt, waits, ended, sentence }: SeenRecord): { state: string; reason: string | null } {
  if (goneAt !== null) return { state: 'gone', reason: sentence };
  if (linkedAt !== null)
    return { state: ended === 'held' ? 'held' : 'linked', reason: ended === 'held' ? sentence : null };
  if (waits) return { state: 'waiting', reason: null };
  if (sentence?.toLowerCase().includes('unsyncable')) return { state: 'unsyncable', reason: sentence };
  return { state: ended === 'held' ? 'held' : 'unlinked', reason: sentence };
}

function decisionOf(decision: DecisionLine, temporal: TemporalState) {
  const { planId, eventIds, trigger, sentence, at, mode, workflowId, runId, steps } = decision;
  return {
    id: planId,
    eventIds,
    trigger,
    sentence,
    at,
    mode,
    workflowUrl: workflowUrl(temporal, workflowId, runId),
    writes: steps.flatMap(writesOf),
    undoable: whyNotUndone(decision) === undefined,
  };
}

/** A line for each field that a step writes; one alone where it makes, tags or deletes. */
function writesOf({ operation, sentence, status, changes }: DecisionLine['steps'][number]) {
  const written = changes.length > 0 ? changes : [{ field: null, before: null, after: null }];
  return written.map(({ field, before, after }) => ({ operation, field, before, after, status, sentence }));
}
