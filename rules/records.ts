/*
 * What the store knows of a customer's records: as last read, as last agreed on, as last taken note of. Plain data.
 */

/** The Referral Rock records that are the same person as a contact. */
export type LinkKind = 'referral' | 'member';

/**
 * The other records of a customer. `address`: an e-mail address, named by its key, with what Referral Rock's opt-out list says of
 * it; `program` and `location` are customers of their own, whose person is nobody.
 */
export type ItemKind = 'task' | 'note' | 'appointment' | 'opportunity' | 'reward' | 'address' | 'program' | 'location';

export type RecordKind = 'contact' | LinkKind | ItemKind;

export type Data = Readonly<Record<string, unknown>>;

/** What of a record was last taken note of: a change of it is a fact. */
export interface Seen<Value = Data> {
  readonly value: Value;
  readonly version: number;
}

/** The GHL contact of a customer, as last read. */
export interface ContactState {
  readonly recordId: string;
  readonly contactId: string;
  readonly data: Data;
  /** Made by us. */
  readonly ours: boolean;
  /** Undefined: never taken note of. */
  readonly seen: Seen<ContactHighlights> | undefined;
  /** The key of its e-mail: the `vendorId` of the address item that is about it. */
  readonly emailKey?: string | null;
}

/** What of a contact itself is taken note of. */
export interface ContactHighlights {
  /** Its tags but our own `rr-*`, in lower case, sorted. */
  readonly tags: readonly string[];
  /** Whether it is not to be e-mailed. */
  readonly emailDnd: boolean;
  /** It was deleted, and what follows from that was decided. */
  readonly deleted?: true;
}

/** What of an e-mail address is taken note of. */
export interface AddressHighlights {
  /** Whether it is on Referral Rock's opt-out list. */
  readonly unsubscribed: boolean;
  /** Whether that is because we put it there: only then it is ours to take off. */
  readonly unsubscribedByUs: boolean;
}

/** A task, note, appointment, opportunity, reward or address of the customer, as last read. */
export interface ItemState {
  readonly recordId: string;
  readonly kind: ItemKind;
  readonly vendorId: string;
  /** The contact, member or referral that it is of, by its vendor's id. */
  readonly parentId: string | null;
  readonly data: Data;
  readonly gone: boolean;
  /** Made by us. */
  readonly ours: boolean;
  readonly seen: Seen | undefined;
}

/** A contact that may be the person of an unlinked record; `owner` is the customer whose contact it already is. */
export interface CandidateState {
  readonly contactId: string;
  readonly data: Data;
  /** GHL refused to make another contact beside this one. */
  readonly blocks: boolean;
  readonly owner: { readonly kind: 'none' | 'this' } | { readonly kind: 'other'; readonly customerId: string };
}

/** What a side itself last returned for a field, what we were about to write to it, what it did not take. */
export interface SideBaseline {
  readonly value: unknown;
  readonly pending?: string;
  readonly refused?: string;
}

export interface FieldBaseline {
  readonly ghl?: SideBaseline;
  readonly rr?: SideBaseline;
}

/** What of a member or referral itself is taken note of. A member's status is `disabled`, or its own word in lower case. */
export interface LinkHighlights {
  readonly status: string;
  readonly note: string;
  readonly publicNote: string;
}

/** A line of ours in a referral's note, as it was last agreed on by both sides. */
export interface Line {
  /** `rb:7KQ2ZD3M`, unique for ever; it closes the line wherever that is moved. */
  readonly reference: string;
  readonly kind: 'task' | 'note' | 'appointment';
  /** Of a task its title; of a note or appointment what the line says after its dash, perhaps as a person has re-worded it. */
  readonly text: string;
  /** Of a task: `2026-12-01` in the location's zone, or null. */
  readonly dueDate: string | null;
  readonly done: boolean;
  /** The record of the task, note or appointment; null until it is made. */
  readonly itemId: string | null;
  /** What the item itself said when the line was last rendered from it: its change replaces a person's wording. */
  readonly source: string;
  /** A person typed it: it stands where they put it, not in the section. */
  readonly typed: boolean;
  /** How often it was found missing from the note: once it is rendered again, twice it counts as deleted. */
  readonly vanished: number;
  /** Deleted, on either side: it is not rendered, and its reference stays known. */
  readonly removed: boolean;
}

/** A member or referral of the customer, as last read. */
export interface LinkState {
  readonly recordId: string;
  readonly kind: LinkKind;
  readonly vendorId: string;
  readonly data: Data;
  readonly gone: boolean;
  /** Linked to the customer's contact, not only queued with it. */
  readonly linked: boolean;
  readonly baselines: Readonly<Record<string, FieldBaseline>>;
  /** Undefined: never taken note of. */
  readonly seen: Seen<LinkHighlights> | undefined;
  readonly candidates: readonly CandidateState[];
  /** Of a referral: the contact of the member who made it, if known. */
  readonly referringContactId: string | undefined;
  readonly lines: readonly Line[];
}

/** Something that happened, stored once by its key; actions fire on facts. */
export interface Fact {
  readonly key: string;
  readonly recordId: string;
  readonly kind: FactKind;
  readonly version: number;
  readonly data: Data;
  /** The key of the fact whose action of ours made this happen. */
  readonly cause?: string;
  /** How many facts led to it, one by the other; 0: nothing of ours. */
  readonly depth?: number;
}

/** What a rule may wait for; `data` of each is documented in rules/facts/facts.ts. */
export type FactKind =
  | 'referral.added'
  | 'referral.status'
  | 'referral.changed'
  | 'referral.deleted'
  | 'member.added'
  | 'member.disabled'
  | 'member.enabled'
  | 'member.deleted'
  | 'reward.added'
  | 'reward.changed'
  | 'reward.issued'
  | 'reward.deleted'
  | 'contact.tag.added'
  | 'contact.tag.removed'
  | 'contact.dnd.set'
  | 'contact.dnd.cleared'
  | 'contact.deleted'
  | 'email.unsubscribed'
  | 'task.added'
  | 'task.completed'
  | 'note.added'
  | 'appointment.added'
  | 'appointment.status'
  | 'opportunity.status'
  | 'opportunity.stage';
