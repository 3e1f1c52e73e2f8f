import { defaultRules } from '../../rules/rule-sets/default-rules.ts';
import type { Action } from '../../rules/rule-set.ts';
import type {
  AddressHighlights,
  ContactHighlights,
  ContactState,
  Data,
  Fact,
  ItemState,
  LinkState,
} from '../../rules/records.ts';
import type { CustomerState } from '../../rules/state.ts';
import { contact, customer } from './customers.ts';

const calm: ContactHighlights = { tags: [], emailDnd: false };

/** Jane's contact with data and with what was last taken note of (null: it was never seen). */
export function contactWith(data: Data, seen: Partial<ContactHighlights> | null = {}, version = 1): ContactState {
  const noted = seen ? { value: { ...calm, ...seen }, version } : undefined;
  return { ...contact({ dateAdded: '2026-02-01T00:00:00Z', ...data }), seen: noted, emailKey: 'key1' };
}

/** What the opt-out list says of Jane's address, and what was taken note of. */
export function address(unsubscribed: boolean, seen?: Partial<AddressHighlights>): ItemState {
  const value = { unsubscribed: false, unsubscribedByUs: false, ...seen };
  return {
    recordId: 'address',
    kind: 'address',
    vendorId: 'key1',
    parentId: null,
    data: { unsubscribed },
    gone: false,
    ours: false,
    seen: seen && { value, version: 1 },
  };
}

/** The story of one trigger of a contact. */
export function story(
  trigger: 'contact' | 'tags' | 'dnd' | 'unsubscribe',
  own: ContactState,
  links: readonly LinkState[] = [],
  more: Partial<CustomerState> = {},
): CustomerState {
  const focus = trigger === 'unsubscribe' ? 'address' : 'contact';
  return customer(links, { focus, trigger, contact: own, ...more });
}

/** A rule that notes each fact of a kind on the contact. */
export function noteOn(when: Fact['kind']): Action {
  const input = {
    contactId: '{{ contact.id }}',
    body: when.startsWith('contact.tag') ? `${when} {{ fact.tag }}` : when,
  };
  const step = { name: 'noted', operation: 'ghl.note.create', input, sentence: 'noted it' };
  return { id: `note-${when.replaceAll('.', '-')}`, title: `Note ${when}`, mode: 'live', when, do: [step] };
}

/** The default rules with these changes. */
export function rulesWith(more: {
  sync?: Partial<typeof defaultRules.sync>;
  settings?: Partial<typeof defaultRules.settings>;
  actions?: readonly Action[];
}): typeof defaultRules {
  return {
    ...defaultRules,
    ...(more.actions ? { actions: [...defaultRules.actions, ...more.actions] } : {}),
    sync: { ...defaultRules.sync, ...more.sync },
    settings: { ...defaultRules.settings, ...more.settings },
  };
}
