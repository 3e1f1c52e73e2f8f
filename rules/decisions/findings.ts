import { highlightsOf } from '../facts/facts.ts';
import { isBefore } from '../links/link.ts';
import { normalizeText } from '../forms/normalize.ts';
import type { Finding } from '../plan.ts';
import type { LinkState } from '../records.ts';
import type { CustomerState } from '../state.ts';

/**
 * What a link's story finds for other records: a referral that came, went or changed its status changes the counts of the member
 * who made it; a link that is made (`isNew`) lets the rewards act that waited for a contact.
 */
export function findingsOf(state: CustomerState, link: LinkState, isNew: boolean): Finding[] {
  return [...memberOf(state, link), ...(isNew ? waitingRewards(state, link) : [])];
}

function memberOf(state: CustomerState, link: LinkState): Finding[] {
  const memberId = normalizeText(link.data['referringMemberId']);
  if (link.kind !== 'referral' || memberId === '') return [];
  // At its first match the counts of a record from before the start are what they were.
  const isNews = link.seen
    ? link.seen.value.status !== highlightsOf(link).status
    : !link.gone && !isBefore(state.connection.since, link);
  return isNews ? [{ trigger: 'member', kind: 'member', vendorId: memberId }] : [];
}

/** The rewards of a link that were taken note of by nobody: there was no contact to act on. */
export function waitingRewards({ items }: CustomerState, link: LinkState): Finding[] {
  return items
    .filter(({ kind, parentId, gone, seen }) => kind === 'reward' && parentId === link.vendorId && !gone && !seen)
    .map(({ vendorId }) => ({ trigger: 'reward', kind: 'reward', vendorId }));
}
