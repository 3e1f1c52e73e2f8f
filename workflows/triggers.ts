/**
 * One line per trigger: the workflow that a vendor's event starts, and the kind of record that the event speaks of. `rockbridge`
 * events are our own rows: a decision, an undo, a finding; they name their record themselves.
 */
export const triggers = {
  contact: {
    workflow: 'contactChanged',
    record: 'contact',
    // `workflow`: the webhook action of a workflow that somebody built in GHL.
    events: { ghl: ['ContactCreate', 'ContactUpdate', 'ContactDelete', 'workflow'], 'referral-rock': [] },
  },
  tags: {
    workflow: 'tagsChanged',
    record: 'contact',
    events: { ghl: ['ContactTagUpdate'], 'referral-rock': [] },
  },
  dnd: {
    workflow: 'dndChanged',
    record: 'contact',
    events: { ghl: ['ContactDndUpdate'], 'referral-rock': [] },
  },
  task: {
    workflow: 'taskChanged',
    record: 'task',
    events: { ghl: ['TaskCreate', 'TaskComplete', 'TaskDelete'], 'referral-rock': [] },
  },
  note: {
    workflow: 'noteChanged',
    record: 'note',
    events: { ghl: ['NoteCreate', 'NoteUpdate', 'NoteDelete'], 'referral-rock': [] },
  },
  appointment: {
    workflow: 'appointmentChanged',
    record: 'appointment',
    events: { ghl: ['AppointmentCreate', 'AppointmentUpdate', 'AppointmentDelete'], 'referral-rock': [] },
  },
  opportunity: {
    workflow: 'opportunityChanged',
    record: 'opportunity',
    events: {
      ghl: [
        'OpportunityCreate',
        'OpportunityUpdate',
        'OpportunityDelete',
        'OpportunityStageUpdate',
        'OpportunityStatusUpdate',
      ],
      'referral-rock': [],
    },
  },
  referral: {
    workflow: 'referralChanged',
    record: 'referral',
    events: {
      ghl: [],
      'referral-rock': ['ReferralAdd', 'ReferralUpdate', 'ReferralStatusChange', 'ReferralDelete'],
    },
  },
  member: {
    workflow: 'memberChanged',
    record: 'member',
    events: { ghl: [], 'referral-rock': ['MemberAdd', 'MemberUpdate', 'MemberDelete'] },
  },
  reward: {
    workflow: 'rewardChanged',
    record: 'reward',
    events: { ghl: [], 'referral-rock': ['RewardAdd', 'RewardUpdate', 'RewardIssue', 'RewardDelete'] },
  },
  unsubscribe: {
    workflow: 'emailUnsubscribed',
    record: 'address',
    events: { ghl: [], 'referral-rock': ['EmailUnsubscribed'] },
  },
  program: {
    workflow: 'programChanged',
    record: 'program',
    events: { ghl: [], 'referral-rock': ['ProgramAdd', 'ProgramUpdate', 'ProgramDelete'] },
  },
  connection: {
    workflow: 'connection',
    record: 'location',
    events: { ghl: ['INSTALL', 'UNINSTALL'], 'referral-rock': [] },
  },
  approval: { workflow: 'approvalDecided', record: 'referral', events: { ghl: [], 'referral-rock': [] } },
  // A wait of an automation is over: the row is of the record that its fact is about.
  automation: { workflow: 'automationDue', record: 'contact', events: { ghl: [], 'referral-rock': [] } },
  undo: { workflow: 'undoAsked', record: 'contact', events: { ghl: [], 'referral-rock': [] } },
} as const satisfies Record<string, TriggerRecord>;

interface TriggerRecord {
  workflow: string;
  record: string;
  events: { ghl: readonly string[]; 'referral-rock': readonly string[] };
}

export type Trigger = keyof typeof triggers;

/** The trigger that handles a vendor's event, or undefined: the event is stored and says that nobody handles it. */
export function triggerOf(vendor: 'ghl' | 'referral-rock', event: string): Trigger | undefined {
  const found = Object.entries(triggers).find(([, { events }]) =>
    (events[vendor] as readonly string[]).includes(event),
  );
  return found?.[0] as Trigger | undefined;
}

/** The workflow of one operation that somebody calls by hand; its id is `call/<connectionId>/<callId>`. */
export const OPERATION_CALLED = 'operationCalled';

/** The workflow of one run of an automation that waits; its id is `automation/<action>/<hash of the fact>`. */
export const AUTOMATION = 'automation';

/** The workflow that an event starts, or undefined: nobody handles it. */
export function workflowOf(vendor: 'ghl' | 'referral-rock' | 'rockbridge', event: string): string | undefined {
  if (vendor === 'rockbridge') return event === 'manual' ? OPERATION_CALLED : undefined;
  const trigger = triggerOf(vendor, event);
  return trigger && triggers[trigger].workflow;
}

/** The task queue of the workflows and their local activities; the vendors' activities run on the queues `ghl` and `referral-rock`. */
export const WORKFLOW_QUEUE = 'rockbridge';

/** The one signal: a doorbell without payload. What is to be done stands in the inbox. */
export const RING = 'ring';

/** What a customer's workflow is started with; its id is `customer/<connectionId>/<customerId>`. */
export interface CustomerInput {
  connectionId: string;
  customerId: string;
  /** The trigger whose story begins; also the value of the search attribute RockbridgeTrigger. */
  trigger: string;
}
