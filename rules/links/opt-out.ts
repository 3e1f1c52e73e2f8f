import { normalizeEmail } from '../forms/normalize.ts';
import { PLAIN_STEP, type StepDraft } from '../plan.ts';
import type { AddressHighlights, Data, ItemState, Seen } from '../records.ts';
import type { CustomerState } from '../state.ts';

/** What Referral Rock's opt-out list says of an address, and what was taken note of. */
export interface AddressState extends ItemState {
  readonly seen: Seen<Data & AddressHighlights> | undefined;
}

/** The address of the customer's contact, as the opt-out list last had it; undefined if it was never looked up. */
export function addressOf(state: CustomerState): AddressState | undefined {
  const addresses = state.items.filter(({ kind, gone }) => kind === 'address' && !gone);
  const key = state.contact?.emailKey;
  const own = key ? addresses.find(({ vendorId }) => vendorId === key) : addresses.at(-1);
  return own as AddressState | undefined;
}

/** Takes note of an address when step `step` has been done. */
export function noteOfAddress(
  address: AddressState | undefined,
  value: AddressHighlights,
  step?: string,
): { recordId: string; value: AddressHighlights; step?: string }[] {
  return address ? [{ recordId: address.recordId, value, ...(step === undefined ? {} : { step }) }] : [];
}

/** Puts the contact's address on Referral Rock's opt-out list, or takes it off. No step for an address that is none. */
export function writeOptOut(state: CustomerState, to: 'unsubscribe' | 'resubscribe', factKey: string): StepDraft[] {
  const email = String(state.contact?.data['email'] ?? '').trim();
  if (normalizeEmail(email) === '') return [];
  const [name, done] = to === 'unsubscribe' ? (['opt_out', 'put on'] as const) : (['opt_in', 'taken off'] as const);
  return [
    {
      ...PLAIN_STEP,
      name,
      operation: `referral-rock.email.${to}`,
      queue: 'referral-rock',
      factKey,
      rule: `sync.optOuts|${to}`,
      input: { email },
      mode: state.rules.sync.optOuts === 'observe' ? 'observe' : 'live',
      summary: `${to} email`,
      sentence: `the address was ${done} Referral Rock's opt-out list`,
    },
  ];
}
