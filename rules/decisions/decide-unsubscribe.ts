import { actOn } from '../actions/act.ts';
import { contactHighlights, isEmailDnd } from '../facts/contact-facts.ts';
import { factMaker, withWaiting } from '../facts/facts.ts';
import { type AddressState, noteOfAddress } from '../links/opt-out.ts';
import { act, type Decision, type PlanDraft, type StepDraft } from '../plan.ts';
import type { AddressHighlights, ContactState, Fact } from '../records.ts';
import type { CustomerState } from '../state.ts';
import { updateContact } from '../links/steps.ts';

/**
 * An address is on Referral Rock's opt-out list, or no longer: what a person did there is a fact, once; what we put there ourselves
 * is none.
 */
export function decideUnsubscribe(state: CustomerState): Decision {
  const address = state.items.find(({ recordId }) => recordId === state.focus) as AddressState | undefined;
  const unsubscribed = address?.data['unsubscribed'];
  if (!address || typeof unsubscribed !== 'boolean')
    return act({ sentences: ['nothing to do: what the opt-out list says of the address could not be read'] });
  const seen = address.seen?.value;
  const isOurs = unsubscribed && (seen?.unsubscribedByUs ?? false);
  const now: AddressHighlights = { unsubscribed, unsubscribedByUs: isOurs };
  if (isOurs) return act({ sentences: ['nothing to do: our own change came back'] });

  const { contact } = state;
  if (!contact) return act({ sentences: ['nothing to do: nobody in GHL is known to have this address'] });
  const fresh = (): Fact[] =>
    unsubscribed && !seen?.unsubscribed ? [factMaker(address, now)('email.unsubscribed', {})] : [];
  const { facts } = withWaiting(address, now, state.facts, fresh);
  const acted = actOn(state, facts, { contact: { id: contact.contactId, data: contact.data }, item: address });
  const last = facts.at(-1);
  const dnd = last && unsubscribed ? setDnd(state, contact, last.key) : [];
  const isNoted = JSON.stringify(seen) === JSON.stringify(now);
  const steps = [...acted.steps, ...dnd];
  return act({
    ends: acted.ends,
    facts: acted.facts,
    waiting: acted.waiting,
    steps,
    highlights: [...(isNoted ? [] : noteOfAddress(address, now)), ...noteOfDnd(contact, dnd)],
    approvals: acted.approvals,
    superseded: acted.superseded,
    sentences: [...acted.sentences, sentenceOf(now, facts, steps)],
  });
}

function sentenceOf({ unsubscribed }: AddressHighlights, facts: readonly Fact[], steps: readonly StepDraft[]): string {
  if (facts.length > 0)
    return steps.length > 0 ? '' : 'the person opted out in Referral Rock; the contact shows it already';
  return unsubscribed
    ? 'nothing to do: the opt-out of this address was taken note of before'
    : 'nothing to do: the address is not on the opt-out list';
}

/**
 * Stops GHL's e-mails to the contact, where the rules want that; its other channels stay as they are. The fact is not spent before
 * that is done: nothing else would do it.
 */
function setDnd({ rules }: CustomerState, contact: ContactState, factKey: string): StepDraft[] {
  const mode = rules.sync.optOuts;
  if (!rules.settings.unsubscribeSetsDnd || mode === 'off' || isEmailDnd(contact.data)) return [];
  const before = contact.data['dndSettings'] ?? null;
  const after = { ...asChannels(before), Email: { status: 'active' } };
  const change = { field: 'dndSettings', before, after, ...(mode === 'observe' ? { mode } : {}) };
  return updateContact(contact, [change]).map((step) => ({ ...step, factKey, rule: 'sync.optOuts|dnd' }));
}

const CHANNELS = ['Call', 'Email', 'SMS', 'WhatsApp', 'GMB', 'FB'];

/** The channels that an update takes, each with what it takes of it. */
function asChannels(settings: unknown): Record<string, object> {
  const known = Object.entries((settings ?? {}) as Record<string, Record<string, unknown> | null>);
  return Object.fromEntries(
    known
      .filter(([channel, one]) => CHANNELS.includes(channel) && typeof one?.['status'] === 'string')
      .map(([channel, one]) => {
        const texts = ['status', 'message', 'code'].filter((name) => typeof one?.[name] === 'string');
        return [channel, Object.fromEntries(texts.map((name) => [name, one?.[name]]))];
      }),
  );
}

/** Our own do-not-disturb is no fact: it is taken note of once it is written. */
function noteOfDnd(contact: ContactState, [step]: readonly StepDraft[]): PlanDraft['highlights'] {
  if (!step || step.mode !== 'live') return [];
  const value = { ...(contact.seen?.value ?? contactHighlights(contact)), emailDnd: true };
  return contact.seen ? [{ recordId: contact.recordId, value, step: step.name }] : [];
}
