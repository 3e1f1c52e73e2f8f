import { isEmailDnd } from '../facts/contact-facts.ts';
import { addressOf, noteOfAddress, writeOptOut } from '../links/opt-out.ts';
import type { Finding, PlanDraft, StepDraft } from '../plan.ts';
import type { ContactState, Fact } from '../records.ts';
import type { CustomerState } from '../state.ts';

/** What follows in Referral Rock from a contact's do-not-disturb. */
export interface DndDecision {
  readonly steps: readonly StepDraft[];
  readonly highlights: PlanDraft['highlights'];
  /** Facts that wait for the story which reads the opt-out list first. */
  readonly waiting: readonly Fact[];
  readonly findings: readonly Finding[];
  readonly sentences: readonly string[];
}

const NOTHING: DndDecision = { steps: [], highlights: [], waiting: [], findings: [], sentences: [] };

/**
 * A contact that shall not be e-mailed is put on Referral Rock's opt-out list, unless it stands there already: then somebody else
 * put it there. One that again may be is taken off only if we had put it on.
 */
export function decideDnd(state: CustomerState, contact: ContactState, facts: readonly Fact[]): DndDecision {
  const told = facts.filter(({ kind }) => kind === 'contact.dnd.set' || kind === 'contact.dnd.cleared');
  if (state.rules.sync.optOuts === 'off' || told.length === 0) return NOTHING;
  if (state.trigger !== 'dnd' && state.connection.mode === 'live') {
    const finding = { trigger: 'dnd', kind: 'contact', vendorId: contact.contactId } as const;
    return { ...NOTHING, waiting: told, findings: [finding] };
  }
  // What it is now counts; a change that was taken back before it was carried out needs nothing.
  const isDnd = isEmailDnd(contact.data);
  const last = told.findLast(({ kind }) => (kind === 'contact.dnd.set') === isDnd);
  if (!last) return NOTHING;
  return isDnd ? unsubscribe(state, last.key) : resubscribe(state, last.key);
}

function unsubscribe(state: CustomerState, factKey: string): DndDecision {
  const address = addressOf(state);
  if (address?.data['unsubscribed'] === true)
    return { ...NOTHING, sentences: ['nothing to do: the address is on Referral Rock’s opt-out list already'] };
  const steps = writeOptOut(state, 'unsubscribe', factKey);
  if (steps.length === 0)
    return { ...NOTHING, sentences: ['nothing to do: the contact has no e-mail address to put on the opt-out list'] };
  return { ...NOTHING, steps, highlights: noted(state, { unsubscribed: true, unsubscribedByUs: true }, 'opt_out') };
}

function resubscribe(state: CustomerState, factKey: string): DndDecision {
  const address = addressOf(state);
  if (!address?.seen?.value.unsubscribedByUs)
    return { ...NOTHING, sentences: ['nothing to do: the opt-out in Referral Rock, if there is one, is not ours'] };
  const free = { unsubscribed: false, unsubscribedByUs: false };
  if (address.data['unsubscribed'] === false) return { ...NOTHING, highlights: noted(state, free) };
  return { ...NOTHING, steps: writeOptOut(state, 'resubscribe', factKey), highlights: noted(state, free, 'opt_in') };
}

function noted(
  state: CustomerState,
  value: Parameters<typeof noteOfAddress>[1],
  step?: string,
): PlanDraft['highlights'] {
  return state.rules.sync.optOuts === 'observe' ? [] : noteOfAddress(addressOf(state), value, step);
}
