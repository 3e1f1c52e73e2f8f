import { peoplesText } from '../lines/kept-section.ts';
import { isBefore } from '../links/link.ts';
import { normalizeText } from '../forms/normalize.ts';
import type { Data, Fact, FactKind, LinkHighlights, LinkState, Seen } from '../records.ts';
import type { ConnectionState } from '../state.ts';

/*
 * What each fact tells, in its `data`. All of them also hold `highlights`: what their record was seen to be.
 *
 * referral.added         status; again: 'yes' of a referral that had been taken for deleted, or gets another contact
 * referral.status        from, to: in lower case
 * referral.changed       status, note, publicNote: {from, to} of those that changed
 * referral.deleted       status: its last one
 * member.added           status: `disabled`, or its own word in lower case; again, as above
 * member.disabled        reason: Referral Rock's word for it, or ''
 * member.enabled         status
 * member.deleted         status: its last one
 * reward.added           status, amount, currency, description
 * reward.changed         amount, description: {from, to} of those that changed
 * reward.issued          amount, currency
 * reward.deleted         amount, currency: its last ones
 * contact.tag.added      tag: in lower case
 * contact.tag.removed    tag
 * contact.dnd.set        -
 * contact.dnd.cleared    -
 * contact.deleted        -
 * email.unsubscribed     -
 * task.added             completed: 'yes' or 'no'
 * task.completed         -
 * note.added             -
 * appointment.added      status
 * appointment.status     from, to
 * opportunity.status     from ('' at first sight), to: `open`, `won`, `lost`, `abandoned`
 * opportunity.stage      from, to: ids; fromStage, stage: their names; pipeline: its name
 */

/** What a record that no longer exists was last taken note of as. */
export const DELETED = 'deleted';

/** What of a link is taken note of; our own kept section of the note is not part of it. */
export function highlightsOf(link: LinkState): LinkHighlights {
  if (link.gone) return { ...(link.seen?.value ?? { note: '', publicNote: '' }), status: DELETED };
  return {
    status: isDisabled(link) ? 'disabled' : normalizeText(link.data['status']).toLowerCase(),
    note: peoplesText(link.data['note']).trim(),
    publicNote: String(link.data['publicNote'] ?? '')
      .replaceAll('\r\n', '\n')
      .trim(),
  };
}

function isDisabled({ kind, data }: LinkState): boolean {
  return (
    kind === 'member' && (data['disabledFlag'] === true || normalizeText(data['status']).toLowerCase() === 'disabled')
  );
}

type Noted = { readonly recordId: string; readonly seen: Seen<unknown> | undefined; readonly gone?: boolean };

/** Makes a record's facts; `apart` tells two of one kind and version from one another. */
export function factMaker(record: Noted, highlights: object): (kind: FactKind, data: Data, apart?: string) => Fact {
  const version = record.seen?.version ?? 0;
  return (kind, data, apart) => ({
    key: `${record.recordId}|${kind}|${version}${apart === undefined ? '' : `|${apart}`}`,
    recordId: record.recordId,
    kind,
    version,
    data: { ...data, highlights },
  });
}

/** What happened to a link since it was last taken note of; nothing of what was created before the connection's `since`. */
export function newFacts(connection: ConnectionState, link: LinkState): Fact[] {
  if (isBefore(connection.since, link)) return [];
  const now = highlightsOf(link);
  const fact = factMaker(link, now);
  const before = link.seen?.value;
  if (link.gone) {
    const wasThere = before !== undefined && before.status !== DELETED;
    return wasThere ? [fact(`${link.kind}.deleted`, { status: before.status })] : [];
  }
  if (!before) return [fact(`${link.kind}.added`, { status: now.status })];
  if (before.status === DELETED) return [fact(`${link.kind}.added`, { status: now.status, again: 'yes' })];
  return link.kind === 'member' ? memberFacts(link, before, now, fact) : referralFacts(before, now, fact);
}

type Maker = ReturnType<typeof factMaker>;

function memberFacts(link: LinkState, before: LinkHighlights, now: LinkHighlights, fact: Maker): Fact[] {
  const [was, is] = [before.status === 'disabled', now.status === 'disabled'];
  if (was === is) return [];
  return is
    ? [fact('member.disabled', { reason: normalizeText(link.data['disabledReason']) })]
    : [fact('member.enabled', { status: now.status })];
}

function referralFacts(before: LinkHighlights, now: LinkHighlights, fact: Maker): Fact[] {
  const changes = changesOf(before, now, ['status', 'note', 'publicNote']);
  if (Object.keys(changes).length === 0) return [];
  const facts = [fact('referral.changed', changes)];
  if (changes['status']) facts.unshift(fact('referral.status', changes['status']));
  return facts;
}

/** Of these names the values that differ, as `{from, to}`. */
export function changesOf<Value extends object>(
  before: Value,
  now: Value,
  names: readonly (keyof Value & string)[],
): Record<string, { from: unknown; to: unknown }> {
  const changed = names.filter((name) => before[name] !== now[name]);
  return Object.fromEntries(changed.map((name) => [name, { from: before[name], to: now[name] }]));
}

/** What a plan acts on, and what it takes note of by that. */
export interface News {
  readonly facts: readonly Fact[];
  readonly highlights: LinkHighlights;
  /** The record as the facts tell of it. */
  readonly told: LinkState;
}

/** The facts of a link that wait and the new ones; `joins`: the contact that it is linked to from now on, if it was not before. */
export function newsOf(connection: ConnectionState, link: LinkState, waiting: readonly Fact[], joins?: string): News {
  const { facts, highlights, carried } = withWaiting(link, highlightsOf(link), waiting, () => [
    ...(joins === undefined ? [] : addedAnew(connection, link, waiting, joins)),
    ...newFacts(connection, link),
  ]);
  return { facts, highlights, told: carried && !link.gone ? asTold(link, highlights) : link };
}

/** A record that is known already is new to another contact: that one has nothing of it yet. */
function addedAnew(connection: ConnectionState, link: LinkState, waiting: readonly Fact[], contactId: string): Fact[] {
  const { recordId, seen } = link;
  const kind = `${link.kind}.added` as const;
  const isTold = waiting.some((fact) => fact.recordId === recordId && fact.kind === kind);
  if (!seen || seen.value.status === DELETED || isTold || isBefore(connection.since, link)) return [];
  const now = highlightsOf(link);
  return [factMaker(link, now)(kind, { status: now.status, again: 'yes' }, contactId)];
}

function asTold(link: LinkState, highlights: LinkHighlights): LinkState {
  const data = { ...link.data, ...highlights };
  return { ...link, data: link.kind === 'member' ? { ...data, disabledFlag: highlights.status === 'disabled' } : data };
}

/**
 * The facts of a record that wait and the new ones. A fact of a plan that was given up keeps what it said, for some of its steps
 * may be done: what has changed since then is not taken note of yet, and becomes a fact of its own. That a record is gone is told at
 * once: no other event of it will come.
 */
export function withWaiting<Value extends object>(
  record: Noted,
  now: Value,
  waiting: readonly Fact[],
  fresh: () => Fact[],
): { facts: readonly Fact[]; highlights: Value; carried: boolean } {
  const own = waiting.filter(({ recordId }) => recordId === record.recordId);
  const carried = record.gone ? undefined : own.find(({ version }) => version === (record.seen?.version ?? 0));
  if (!carried) return { facts: [...own, ...fresh()], highlights: now, carried: false };
  return { facts: own, highlights: (carried.data['highlights'] as Value | undefined) ?? now, carried: true };
}
