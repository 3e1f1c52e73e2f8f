import type { Collection, Store } from '../store.ts';
import type { Code, CustomValue, Location, Named, RecurringTask, Template, Token, User } from './account-state.ts';
import { type CalendarState, openCalendarState } from './calendar-state.ts';
import { openOpportunityState, type OpportunityState } from './opportunity-state.ts';

type Texts<K extends string> = { [P in K]?: string | undefined };

export type Actorship = { source: string; channel: string; sourceId: string; timestamp: string };
export type DndSettings = Record<string, { status: string; message?: string; code?: string }>;
export type CustomFieldValue = { id: string; value: unknown };

export const contactTextFields = [
  'firstName',
  'lastName',
  'name',
  'email',
  'phone',
  'address1',
  'city',
  'state',
  'postalCode',
  'country',
  'website',
  'timezone',
  'source',
  'dateOfBirth',
  'assignedTo',
  'companyName',
  'gender',
] as const;
export type ContactTextField = (typeof contactTextFields)[number];

export type Contact = Texts<ContactTextField> & {
  id: string;
  locationId: string;
  dnd: boolean;
  dndSettings: DndSettings;
  inboundDndSettings?: unknown;
  tags: string[];
  customFields: CustomFieldValue[];
  additionalEmails: { email: string }[];
  additionalPhones: { phone: string }[];
  followers?: string[];
  businessId?: string | null;
  campaignIds?: string[];
  workflowIds?: string[];
  dateAdded: string;
  dateUpdated: string;
  createdBy: Actorship;
  lastUpdatedBy: Actorship;
};

export type Task = {
  id: string;
  contactId: string;
  title: string;
  body?: string | undefined;
  assignedTo?: string | undefined;
  dueDate: string;
  completed: boolean;
  dateAdded: string;
  dateUpdated: string;
};

export type Note = {
  id: string;
  contactId: string;
  body: string;
  userId: string | null;
  title?: string | undefined;
  color?: string | undefined;
  pinned: boolean;
  dateAdded: string;
};

export type LocationTag = { id: string; name: string; locationId: string };

export type CustomField = {
  id: string;
  name: string;
  fieldKey: string;
  placeholder: string;
  dataType: string;
  position: number;
  picklistOptions: string[];
  model: 'contact' | 'opportunity';
  locationId: string;
  parentId: string;
  dateAdded: string;
  standard: boolean;
};

export type GhlSettings = {
  id: 'settings';
  webhookUrl?: string | undefined;
  /** [unsure] Whether a tag change fires ContactUpdate besides ContactTagUpdate. */
  contactUpdateOnTagChange: boolean;
  /** How far the search index is behind writes. */
  searchLagMs: number;
  allowDuplicateContact: boolean;
  /** Contact Deduplication Preferences, first field first. */
  dedupeOrder: ('email' | 'phone')[];
  /** Scopes that the token does not have. */
  missingScopes: string[];
  /** How long a new access token is good. */
  tokenLifetimeS: number;
};

export const ghlDefaults: GhlSettings = {
  id: 'settings',
  contactUpdateOnTagChange: false,
  searchLagMs: 0,
  allowDuplicateContact: false,
  dedupeOrder: ['email', 'phone'],
  missingScopes: [],
  tokenLifetimeS: 86_399,
};

/** Everything GoHighLevel remembers. */
export type GhlState = OpportunityState &
  CalendarState & {
    contacts: Collection<Contact>;
    tasks: Collection<Task>;
    notes: Collection<Note>;
    tags: Collection<LocationTag>;
    customFields: Collection<CustomField>;
    customValues: Collection<CustomValue>;
    recurringTasks: Collection<RecurringTask>;
    templates: Collection<Template>;
    campaigns: Collection<Named>;
    workflows: Collection<Named>;
    businesses: Collection<Named>;
    locations: Collection<Location>;
    users: Collection<User>;
    tokens: Collection<Token>;
    codes: Collection<Code>;
    settings: Collection<GhlSettings>;
  };

export function openGhlState(store: Store): GhlState {
  return {
    contacts: store.collection<Contact>('ghl.contacts', {
      email: (contact) => emailsOf(contact),
      phone: (contact) => phonesOf(contact),
    }),
    tasks: store.collection<Task>('ghl.tasks', { contactId: (task) => task.contactId }),
    notes: store.collection<Note>('ghl.notes', { contactId: (note) => note.contactId }),
    tags: store.collection<LocationTag>('ghl.tags', { name: (tag) => tag.name }),
    customFields: store.collection<CustomField>('ghl.customFields', { fieldKey: (field) => field.fieldKey }),
    customValues: store.collection('ghl.customValues'),
    recurringTasks: store.collection('ghl.recurringTasks'),
    templates: store.collection('ghl.templates'),
    campaigns: store.collection('ghl.campaigns'),
    workflows: store.collection('ghl.workflows'),
    businesses: store.collection('ghl.businesses'),
    locations: store.collection('ghl.locations'),
    users: store.collection('ghl.users'),
    tokens: store.collection<Token>('ghl.tokens', { refreshToken: (token) => token.refreshToken }),
    codes: store.collection('ghl.codes'),
    ...openOpportunityState(store),
    ...openCalendarState(store),
    settings: store.collection<GhlSettings>('ghl.settings'),
  };
}

function emailsOf(contact: Contact): string[] {
  const emails = [contact.email, ...contact.additionalEmails.map((each) => each.email)];
  return emails.flatMap((email) => email?.toLowerCase() ?? []);
}

function phonesOf(contact: Contact): string[] {
  const phones = [contact.phone, ...contact.additionalPhones.map((each) => each.phone)];
  return phones.flatMap((phone) => phone ?? []);
}
