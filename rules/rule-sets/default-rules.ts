import { defaultActions } from '../actions/default-actions.ts';
import { fieldMap } from '../links/fields.ts';
import type { Rules } from '../rule-set.ts';

/** The rules of a connection that nobody has changed. */
export const defaultRules: Rules = {
  name: 'default',
  sync: {
    fields: 'live',
    tags: 'live',
    tasks: 'live',
    notes: 'live',
    appointments: 'live',
    memberFields: 'live',
    optOuts: 'live',
    contactDeletes: 'live',
  },
  settings: {
    notes: 'all',
    taskDueHour: 17,
    sectionLength: 4_000,
    unsubscribeSetsDnd: false,
    propagateEmpty: false,
  },
  fields: fieldMap,
  values: {
    /** An opportunity's status -> the status proposed for the referral. */
    opportunityStatus: { won: 'approved', lost: 'denied' },
    /** The name of an opportunity's stage -> the status proposed for the referral. */
    opportunityStage: { qualified: 'qualified' },
  },
  actions: defaultActions,
};
