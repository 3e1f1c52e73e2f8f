import { isFromBefore } from './contact-facts.ts';
import type { PlanDraft, StepDraft } from '../plan.ts';
import type { ContactHighlights } from '../records.ts';
import type { CustomerState } from '../state.ts';
import { asTag } from './tags.ts';

/**
 * Our own tagging is no fact: each step that tags the customer's contact takes note of it once it is done, on top of what the plan
 * itself takes note of. Of a contact from before the start no tag is a fact anyway.
 */
export function noteOfTagging(state: CustomerState, plan: PlanDraft): PlanDraft['highlights'] {
  const { contact } = state;
  if (!contact || isFromBefore(state, contact)) return [];
  const own = plan.highlights.findLast(({ recordId }) => recordId === contact.recordId);
  // One that was never seen has all its other tags as news.
  const unseen: ContactHighlights = { tags: [], emailDnd: false };
  const noted = (own?.value as ContactHighlights | undefined) ?? contact.seen?.value ?? unseen;
  const tags = new Set(noted.tags);
  return plan.steps.flatMap((step) => {
    const before = [...tags].toSorted().join();
    if (step.input['contactId'] === contact.contactId) retag(tags, step);
    const after = [...tags].toSorted();
    if (after.join() === before) return [];
    return [{ recordId: contact.recordId, value: { ...noted, tags: after }, step: step.name }];
  });
}

function retag(tags: Set<string>, { operation, input, mode }: StepDraft): void {
  const given = Array.isArray(input['tags']) ? input['tags'].map((tag) => asTag(String(tag))) : [];
  if (mode !== 'live') return;
  for (const tag of given.filter((one) => !one.startsWith('rr-'))) {
    if (operation === 'ghl.contact.add-tags') tags.add(tag);
    if (operation === 'ghl.contact.remove-tags') tags.delete(tag);
  }
}
