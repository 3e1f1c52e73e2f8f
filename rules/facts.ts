import { peoplesText } from './kept-section.ts';
import { isBefore } from './link.ts';
import { normalizeText } from './normalize.ts';
import type { ConnectionState, Fact, FactKind, LinkHighlights, LinkState } from './state.ts';

/** What of a record is taken note of; our own kept section of the note is not part of it. */
export function highlightsOf(link: LinkState): LinkHighlights {
  return {
    status: normalizeText(link.data['status']).toLowerCase(),
    note: peoplesText(link.data['note']).trim(),
    publicNote: String(link.data['publicNote'] ?? '')
      .replaceAll('\r\n', '\n')
      .trim(),
  };
}

/** What happened to a record since it was last taken note of; nothing of what was created before the connection's `since`. */
export function newFacts(connection: ConnectionState, link: LinkState): Fact[] {
  if (isBefore(connection.since, link)) return [];
  const now = highlightsOf(link);
  const fact = (kind: FactKind, version: number, data: Fact['data']): Fact => ({
    key: `${link.recordId}|${kind}|${version}`,
    recordId: link.recordId,
    kind,
    version,
    data: { ...data, highlights: now },
  });
  if (!link.seen) return [fact(`${link.kind}.added`, 0, { status: now.status })];
  if (link.kind === 'member') return [];

  const { value: before, version } = link.seen;
  const changed = (['status', 'note', 'publicNote'] as const).filter((name) => before[name] !== now[name]);
  if (changed.length === 0) return [];
  const changes = Object.fromEntries(changed.map((name) => [name, { from: before[name], to: now[name] }]));
  const facts = [fact('referral.changed', version, changes)];
  if (before.status !== now.status)
    facts.unshift(fact('referral.status', version, { from: before.status, to: now.status }));
  return facts;
}

/** What a plan acts on, and what it takes note of by that. */
export interface News {
  readonly facts: readonly Fact[];
  readonly highlights: LinkHighlights;
  /** The record as the facts tell of it. */
  readonly told: LinkState;
}

/**
 * The facts that wait and the new ones. A fact of a plan that was given up keeps what it said, for some of its steps may be done:
 * what has changed since then is not taken note of yet, and becomes a fact of its own.
 */
export function newsOf(connection: ConnectionState, link: LinkState, waiting: readonly Fact[]): News {
  const carried = waiting.find(({ version }) => version === (link.seen?.version ?? 0));
  if (!carried)
    return { facts: [...waiting, ...newFacts(connection, link)], highlights: highlightsOf(link), told: link };
  const highlights = (carried.data['highlights'] as LinkHighlights | undefined) ?? highlightsOf(link);
  return { facts: waiting, highlights, told: { ...link, data: { ...link.data, ...highlights } } };
}
