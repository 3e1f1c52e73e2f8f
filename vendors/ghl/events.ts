import { readFileSync } from 'node:fs';
import type { JsonSchema, TriggerRecord } from '../trigger.ts';

interface EventRow {
  /** The name of its document in documents/webhooks/, where there is one. */
  readonly document?: string;
  readonly event: string;
  readonly resource: string;
  readonly title: string;
  readonly summary: string;
  readonly payload?: () => JsonSchema;
  readonly unsure?: readonly string[];
}

const text = { type: 'string' };
const texts = (...names: string[]): JsonSchema => Object.fromEntries(names.map((name) => [name, text]));

/** What every marketplace delivery carries besides the fields of its event (reference/ghl.md 5.3). */
const envelope = texts('type', 'locationId', 'appId', 'versionId', 'timestamp', 'webhookId');

/** UserCreate's document has examples, but no schema. */
const user = (): JsonSchema =>
  withEnvelope({
    ...texts('id', 'companyId', 'firstName', 'lastName', 'email', 'phone', 'extension', 'role'),
    permissions: { type: 'object' },
    locations: { type: 'array', items: text },
  });

const fromSheet = 'Its payload has no document: the fields are those of the reference sheet.';

/** The fields of an event and of its envelope; a `Date` in HighLevel's schemas is a text in its examples. */
function withEnvelope(properties: JsonSchema): JsonSchema {
  return { type: 'object', properties: { ...envelope, ...properties }, required: ['type'] };
}

function documented(document: string): JsonSchema {
  const file = readFileSync(new URL(`documents/webhooks/${document}.json`, import.meta.url), 'utf8');
  const { schema } = JSON.parse(file, (_key, value: unknown) => (value === 'Date' ? 'string' : value)) as {
    schema: { properties: JsonSchema };
  };
  return withEnvelope(schema.properties);
}

function row(event: string, resource: string, title: string, summary: string, more: Partial<EventRow> = {}): EventRow {
  return { document: event, event, resource, title, summary, ...more };
}

const rows: readonly EventRow[] = [
  row('ContactCreate', 'contact', 'Contact created', 'A contact was made, by a person, a form, an import or the API.'),
  row(
    'ContactUpdate',
    'contact',
    'Contact updated',
    'Fields of a contact changed; the whole contact comes, not what changed.',
    {
      unsure: ['Which fields fire it.'],
    },
  ),
  row('ContactDelete', 'contact', 'Contact deleted', 'A contact was deleted; a merge of two has no event of its own.'),
  row(
    'ContactDndUpdate',
    'contact',
    'Contact’s do-not-disturb changed',
    'A contact was set not to be disturbed on a channel, or again to be.',
  ),
  row(
    'ContactTagUpdate',
    'contact',
    'Contact’s tags changed',
    'Tags were added to a contact or removed; all its tags come.',
  ),
  row('NoteCreate', 'note', 'Note created', 'A note was written on a contact.'),
  row('NoteUpdate', 'note', 'Note updated', 'A note on a contact was edited.'),
  row('NoteDelete', 'note', 'Note deleted', 'A note on a contact was deleted.'),
  row('TaskCreate', 'task', 'Task created', 'A task was made for a contact.', {
    unsure: ['Whether `contactId` and `body` come: real deliveries have lacked them.'],
  }),
  row('TaskComplete', 'task', 'Task completed', 'A task was completed; reopening or editing one has no event.'),
  row('TaskDelete', 'task', 'Task deleted', 'A task was deleted.'),
  row('AppointmentCreate', 'appointment', 'Appointment created', 'An appointment was booked.'),
  row('AppointmentUpdate', 'appointment', 'Appointment updated', 'An appointment was moved, or its status changed.'),
  row('AppointmentDelete', 'appointment', 'Appointment deleted', 'An appointment was deleted.'),
  row('OpportunityCreate', 'opportunity', 'Opportunity created', 'An opportunity was made in a pipeline.'),
  row('OpportunityUpdate', 'opportunity', 'Opportunity updated', 'Fields of an opportunity changed.'),
  row('OpportunityDelete', 'opportunity', 'Opportunity deleted', 'An opportunity was deleted.'),
  row(
    'OpportunityStageUpdate',
    'opportunity',
    'Opportunity moved',
    'An opportunity moved to another stage of its pipeline.',
  ),
  row(
    'OpportunityStatusUpdate',
    'opportunity',
    'Opportunity’s status changed',
    'An opportunity was won, lost, abandoned or opened again.',
  ),
  row(
    'OpportunityAssignedToUpdate',
    'opportunity',
    'Opportunity assigned',
    'An opportunity was given to another user.',
  ),
  row(
    'OpportunityMonetaryValueUpdate',
    'opportunity',
    'Opportunity’s value changed',
    'The monetary value of an opportunity changed.',
  ),
  row('UserCreate', 'user', 'User created', 'A user was added to the account.', { payload: user }),
  {
    event: 'UserUpdate',
    resource: 'user',
    title: 'User updated',
    summary: 'Fields of a user changed.',
    payload: user,
    unsure: [fromSheet],
  },
  {
    event: 'UserDelete',
    resource: 'user',
    title: 'User deleted',
    summary: 'A user was removed.',
    payload: user,
    unsure: [fromSheet],
  },
  row('LocationCreate', 'location', 'Location created', 'A location was made in the agency.'),
  row('LocationUpdate', 'location', 'Location updated', 'Fields of a location changed.'),
  row('INSTALL', 'app', 'App installed', 'The app was installed in a location or for a whole agency.', {
    document: 'AppInstall',
  }),
  row('UNINSTALL', 'app', 'App uninstalled', 'The app was removed: its tokens are dead.', { document: 'AppUninstall' }),
  {
    event: 'UPDATE',
    resource: 'app',
    title: 'App updated',
    summary: 'Another version of the app is installed.',
    payload: () => withEnvelope(texts('previousVersionId')),
    unsure: [fromSheet],
  },
];

/** A customer's own GHL workflow calls us: unsigned, flat, in words of its own (reference/ghl.md 6). */
const workflowAction: TriggerRecord = {
  id: 'ghl.workflow-action',
  vendor: 'ghl',
  event: 'workflow',
  resource: 'contact',
  title: 'GHL workflow’s webhook action',
  summary: 'A workflow that somebody built in GHL calls with a contact: a hint to read that contact again.',
  payload: () => ({
    type: 'object',
    properties: {
      ...texts('contact_id', 'first_name', 'last_name', 'email', 'phone'),
      tags: { type: ['string', 'array'] },
      location: { type: 'object' },
      workflow: { type: 'object' },
      customData: { type: 'object' },
    },
    required: ['contact_id'],
  }),
  unsure: ['Whether `tags` is a text or a list.'],
};

/** Every event that GHL posts, of the marketplace app and of a workflow. */
export const ghlEvents: readonly TriggerRecord[] = [...rows.map(toRecord), workflowAction];

function toRecord({ document, event, payload, ...told }: EventRow): TriggerRecord {
  const name = document ?? (event === 'UPDATE' ? 'AppUpdate' : event);
  return {
    id: `ghl.${name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()}`,
    vendor: 'ghl',
    event,
    ...told,
    payload: payload ?? (() => documented(name)),
    documentation: `https://marketplace.gohighlevel.com/docs/webhook/${name}`,
  };
}
