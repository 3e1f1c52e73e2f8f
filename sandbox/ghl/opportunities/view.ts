import type { Fields } from '../../operation.ts';
import { displayName } from '../contact-view.ts';
import type { Ghl } from '../ghl.ts';
import type { Opportunity } from '../opportunity-state.ts';

/** What a search may be asked to give of the opportunity's contact: ids. */
export type Extras = { tasks?: boolean | undefined; notes?: boolean | undefined; calendarEvents?: boolean | undefined };

/** Custom fields are `{id, fieldValue}` here, `{id, value}` on a contact. */
export function opportunityView(ghl: Ghl, opportunity: Opportunity, extras: Extras = {}): Fields {
  const { assignedTo, lostReasonId, customFields, contactId, ...fields } = opportunity;
  const contact = ghl.state.contacts.get(contactId);
  const ids = (records: readonly { id: string }[]): string[] => records.map(({ id }) => id);
  return {
    ...fields,
    contactId,
    assignedTo: assignedTo ?? undefined,
    lostReasonId: lostReasonId ?? undefined,
    lastActionDate: opportunity.updatedAt,
    indexVersion: '1',
    customFields: customFields.map(({ id, value }) => ({ id, fieldValue: value })),
    contact: contact && {
      id: contact.id,
      name: displayName(contact),
      companyName: contact.companyName,
      email: contact.email,
      phone: contact.phone,
      tags: contact.tags,
    },
    tasks: extras.tasks ? ids(ghl.state.tasks.by('contactId', contactId)) : [],
    notes: extras.notes ? ids(ghl.state.notes.by('contactId', contactId)) : [],
    calendarEvents: extras.calendarEvents ? ids(ghl.state.events.by('contactId', contactId)) : [],
  };
}
