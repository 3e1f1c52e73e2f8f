import { actOn, partOf } from '../actions/act.ts';
import { newsOfItem } from '../facts/item-facts.ts';
import { act, type Decision, type Finding } from '../plan.ts';
import type { Fact, ItemState, LinkState } from '../records.ts';
import type { CustomerState } from '../state.ts';

/** A reward was made, changed, issued or deleted: actions fire on the contact of its recipient. */
export function decideReward(state: CustomerState): Decision {
  const reward = state.items.find(({ recordId }) => recordId === state.focus);
  if (!reward) return act({ sentences: ['the reward is not known any more; nothing was written'] });
  const parent = state.links.find(({ vendorId }) => vendorId === reward.parentId);
  const { contact } = state;
  if (!contact || (parent && !parent.linked)) {
    // It is not taken note of: all that it says is news once there is a contact.
    const whose = parent ? `${parent.kind} ${parent.vendorId}` : 'its recipient';
    return act({
      sentences: [`the reward waits: no contact is known for ${whose} yet; it acts as soon as there is one`],
    });
  }
  const { facts, highlights } = newsOfItem(state, reward);
  const acted = actOn(state, facts, { contact: { id: contact.contactId, data: contact.data }, item: reward });
  const nothing = acted.steps.length + acted.approvals.length + acted.sentences.length === 0;
  return act({
    ...partOf(acted),
    highlights: [highlights],
    findings: memberOf(state, reward, parent, facts),
    sentences: nothing ? [whyNothing(reward.gone, facts.length)] : acted.sentences,
  });
}

/** What was issued counts in the sum that its member's contact shows: no event of the member tells of it. */
function memberOf(
  { rules }: CustomerState,
  { seen }: ItemState,
  parent: LinkState | undefined,
  facts: readonly Fact[],
): Finding[] {
  const wasIssued = seen?.value['status'] === 'issued';
  const isNews = facts.some(({ kind }) => kind === 'reward.issued' || (wasIssued && kind.startsWith('reward.')));
  if (parent?.kind !== 'member' || !isNews || rules.sync.memberFields === 'off') return [];
  return [{ trigger: 'member', kind: 'member', vendorId: parent.vendorId }];
}

function whyNothing(gone: boolean, facts: number): string {
  if (gone) return 'nothing to do: the reward no longer exists in Referral Rock';
  return facts > 0 ? 'nothing to do: no rule acts on this' : 'nothing to do: nothing has changed about the reward';
}
