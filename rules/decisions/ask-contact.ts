import type { LinkChoice } from '../links/link.ts';
import { nameOf, normalizeText } from '../forms/normalize.ts';
import { act, type Decision } from '../plan.ts';
import type { CandidateState, LinkState } from '../records.ts';
import type { CustomerState } from '../state.ts';

/** A record that may be several contacts, or none for sure: it is held, and where a person can choose, one is asked. */
export function askContact(
  state: CustomerState,
  link: LinkState,
  { sentence, ask = [] }: Extract<LinkChoice, { kind: 'held' }>,
): Decision {
  if (ask.length === 0) return act({ ends: 'held', sentences: [sentence] });
  const contactIds = ask.map(({ contactId }) => contactId).toSorted();
  const asked = state.approvals.some(
    ({ kind, recordId, proposal }) =>
      kind === 'ambiguous' &&
      recordId === link.recordId &&
      JSON.stringify(proposal['contactIds']) === JSON.stringify(contactIds),
  );
  if (asked) {
    return act({ sentences: [`nothing to do: a person has yet to say which contact the ${link.kind} is`] });
  }
  return act({
    ends: 'held',
    approvals: [
      {
        kind: 'ambiguous',
        recordId: link.recordId,
        proposal: { link: link.kind, [`${link.kind}Id`]: link.vendorId, contactIds },
        pays: [],
        candidates: ask.map((one) => ({ contactId: one.contactId, sentence: candidateSentence(one) })),
        steps: [],
        sentence: `which contact is the ${link.kind} of ${nameOf(link.data)}?`,
      },
    ],
    sentences: [sentence],
  });
}

/** What a person needs to tell two contacts apart. */
function candidateSentence({ contactId, data, owner }: CandidateState): string {
  const added = normalizeText(data['dateAdded']).slice(0, 10);
  const parts = [nameOf(data), normalizeText(data['email']), normalizeText(data['phone'])].filter(
    (part) => part !== '',
  );
  const known = owner.kind === 'other' ? ', has other records of Referral Rock' : '';
  return `contact ${contactId}: ${[...new Set(parts)].join(', ')}${added ? `, added ${added}` : ''}${known}`;
}
