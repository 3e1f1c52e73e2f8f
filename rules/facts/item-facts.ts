import { DateTime } from 'luxon';
import { changesOf, DELETED, factMaker, withWaiting } from './facts.ts';
import { normalizeText } from '../forms/normalize.ts';
import type { Data, Fact, ItemState } from '../records.ts';
import type { ConnectionState, CustomerState } from '../state.ts';

/** What of an item is taken note of. */
export interface ItemHighlights {
  /** Of a task `open` or `completed`; of a note `there`; of a gone item `deleted`; else the record's own word in lower case. */
  readonly status: string;
  /** Of an opportunity the id of its stage; else ''. */
  readonly stage: string;
  /** Of a reward; else ''. */
  readonly amount: string;
  readonly description: string;
}

/** What an item has become, and what is taken note of by that. */
export interface ItemNews {
  readonly facts: readonly Fact[];
  readonly highlights: { readonly recordId: string; readonly value: ItemHighlights };
}

/**
 * The facts of a task, note, appointment, opportunity or reward that wait and the new ones. What was created before the
 * connection's `since`, and what we made ourselves, is no news by being there; what happens to it later is.
 */
export function newsOfItem(state: CustomerState, found: ItemState): ItemNews {
  // A deleted appointment is still found, and says so.
  const item = { ...found, gone: found.gone || found.data['deleted'] === true };
  const now = itemHighlights(item);
  const { facts, highlights } = withWaiting(item, now, state.facts, () => newItemFacts(state, item, now));
  return { facts, highlights: { recordId: item.recordId, value: highlights } };
}

function itemHighlights({ kind, data, gone, seen }: ItemState): ItemHighlights {
  const text = (name: string): string => normalizeText(data[name]);
  const last = seen?.value as Partial<ItemHighlights> | undefined;
  const empty = { status: '', stage: '', amount: '', description: '' };
  if (gone) return { ...empty, ...last, status: DELETED };
  switch (kind) {
    case 'task':
      return { ...empty, status: data['completed'] === true ? 'completed' : 'open' };
    case 'note':
      return { ...empty, status: 'there' };
    case 'appointment':
      // GHL spells it in two ways, one of them wrong.
      return { ...empty, status: (text('appointmentStatus') || text('appoinmentStatus')).toLowerCase() };
    case 'opportunity':
      return { ...empty, status: text('status').toLowerCase(), stage: text('pipelineStageId') };
    case 'reward':
      return {
        ...empty,
        status: text('status').toLowerCase(),
        amount: text('amount'),
        description: text('description'),
      };
    default:
      return empty;
  }
}

function newItemFacts(state: CustomerState, item: ItemState, now: ItemHighlights): Fact[] {
  const { connection } = state;
  const before = (item.seen?.value as Partial<ItemHighlights> | undefined) ?? madeAs(state, item);
  const was = { status: '', stage: '', amount: '', description: '', ...before };
  const isNew = (before === undefined || was.status === DELETED) && !item.gone;
  if (item.gone && (before === undefined || was.status === DELETED)) return [];
  const old = before === undefined && (item.ours || isOld(connection.since, item.data));
  const told: Told = { connection, item, was, now, isNew, fact: factMaker(item, now) };
  switch (item.kind) {
    case 'task':
      return old ? [] : taskFacts(told);
    case 'note':
      return isNew && !old ? [told.fact('note.added', {})] : [];
    case 'appointment':
      return old ? [] : appointmentFacts(told);
    case 'opportunity':
      return opportunityFacts(told, old);
    case 'reward':
      return old ? [] : rewardFacts(told);
    default:
      return [];
  }
}

/** A task that we made is known before it is first read: open, but where the line that it was made of was ticked. */
function madeAs({ links }: CustomerState, { kind, ours, recordId }: ItemState): Partial<ItemHighlights> | undefined {
  if (kind !== 'task' || !ours) return undefined;
  const line = links.flatMap(({ lines }) => lines).find(({ itemId }) => itemId === recordId);
  return { status: line?.done ? 'completed' : 'open' };
}

interface Told {
  readonly connection: ConnectionState;
  readonly item: ItemState;
  readonly was: ItemHighlights;
  readonly now: ItemHighlights;
  readonly isNew: boolean;
  readonly fact: ReturnType<typeof factMaker>;
}

function taskFacts({ was, now, isNew, fact }: Told): Fact[] {
  const isCompleted = now.status === 'completed' && was.status !== 'completed';
  return [
    ...(isNew ? [fact('task.added', { completed: isCompleted ? 'yes' : 'no' })] : []),
    ...(isCompleted ? [fact('task.completed', {})] : []),
  ];
}

function appointmentFacts({ was, now, isNew, fact }: Told): Fact[] {
  if (isNew) return [fact('appointment.added', { status: now.status })];
  if (now.status === was.status || now.status === DELETED) return [];
  return [fact('appointment.status', { from: was.status, to: now.status })];
}

/** Stage first: where both moved, the status is the later word about the referral. */
function opportunityFacts({ connection, item, was, now, fact }: Told, old: boolean): Fact[] {
  if (now.status === DELETED) return [];
  // An opportunity from before the start that was won since then is won since then.
  const isTold = (changedAt: string): boolean => !old || isSince(connection.since, item.data[changedAt]);
  const { stage, pipeline } = connection.names;
  const before = was.status === DELETED ? { status: '', stage: '' } : was;
  const nameOf = (id: string): string => stage[id] ?? '';
  const moved = {
    from: before.stage,
    to: now.stage,
    fromStage: nameOf(before.stage),
    stage: nameOf(now.stage),
    pipeline: pipeline[normalizeText(item.data['pipelineId'])] ?? '',
  };
  return [
    ...(now.stage !== before.stage && isTold('lastStageChangeAt') ? [fact('opportunity.stage', moved)] : []),
    ...(now.status !== before.status && isTold('lastStatusChangeAt')
      ? [fact('opportunity.status', { from: before.status, to: now.status })]
      : []),
  ];
}

function rewardFacts({ item, was, now, isNew, fact }: Told): Fact[] {
  const money = { amount: now.amount, currency: normalizeText(item.data['currencyCode']) };
  if (now.status === DELETED) return [fact('reward.deleted', money)];
  const changes = isNew ? {} : changesOf(was, now, ['amount', 'description']);
  return [
    ...(isNew ? [fact('reward.added', { status: now.status, description: now.description, ...money })] : []),
    ...(Object.keys(changes).length > 0 ? [fact('reward.changed', changes)] : []),
    ...(now.status === 'issued' && was.status !== 'issued' ? [fact('reward.issued', money)] : []),
  ];
}

/** Created before `since`; a record without a date counts as new. */
function isOld(since: string, data: Data): boolean {
  const created = timeOf(data['createDate'] ?? data['dateAdded'] ?? data['createdAt']);
  return created.isValid && created.toMillis() < Date.parse(since);
}

function isSince(since: string, time: unknown): boolean {
  const at = timeOf(time);
  return at.isValid && at.toMillis() >= Date.parse(since);
}

/** A time without a zone is read as UTC, whatever zone this machine is in. */
function timeOf(value: unknown): DateTime {
  return typeof value === 'number'
    ? DateTime.fromMillis(value, { zone: 'utc' })
    : DateTime.fromISO(String(value ?? ''), { zone: 'utc' });
}
