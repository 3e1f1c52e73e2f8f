import { actOn, partOf } from '../actions/act.ts';
import { newsOfItem } from '../facts/item-facts.ts';
import { act, type Decision } from '../plan.ts';
import type { CustomerState } from '../state.ts';

/** An opportunity was won, lost or moved to another stage: a rule may propose a status for the customer's referral. */
export function decideOpportunity(state: CustomerState): Decision {
  const opportunity = state.items.find(({ recordId }) => recordId === state.focus);
  if (!opportunity) return act({ sentences: ['the opportunity is not known any more; nothing was written'] });
  const { facts, highlights } = newsOfItem(state, opportunity);
  if (opportunity.gone) {
    const superseded = state.approvals
      .filter(({ proposal }) => proposal['cause'] === opportunity.recordId)
      .map(({ id }) => ({ approvalId: id, sentence: 'superseded: the opportunity that proposed it was deleted' }));
    const sentences = ['nothing to do: the opportunity no longer exists in GHL'];
    return act({ facts, highlights: [highlights], superseded, sentences });
  }
  const { contact } = state;
  if (!contact) return act({ sentences: ['nothing to do: the contact of the opportunity is not known'] });
  const acted = actOn(state, facts, { contact: { id: contact.contactId, data: contact.data }, item: opportunity });
  const said = [...acted.sentences, ...acted.superseded.map(({ sentence }) => sentence)];
  const nothing =
    facts.length > 0 ? 'no rule proposes anything for it' : 'neither its status nor its stage has changed';
  const isNothing = acted.steps.length + acted.approvals.length + said.length === 0;
  return act({
    ...partOf(acted),
    highlights: [highlights],
    sentences: isNothing ? [`nothing to do: ${nothing}`] : said,
  });
}
