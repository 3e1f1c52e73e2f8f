import type { Fields } from '../../operation.ts';
import type { Ghl } from '../ghl.ts';
import type { Opportunity } from '../opportunity-state.ts';

/** One change fires several events: OpportunityUpdate for any, and one of its own for each of these (#27). */
const own: [event: string, property: keyof Opportunity][] = [
  ['OpportunityStageUpdate', 'pipelineStageId'],
  ['OpportunityStatusUpdate', 'status'],
  ['OpportunityAssignedToUpdate', 'assignedTo'],
  ['OpportunityMonetaryValueUpdate', 'monetaryValue'],
];

export function emitChanges(ghl: Ghl, before: Opportunity, after: Opportunity): void {
  const body = opportunityEvent(after);
  ghl.emit('OpportunityUpdate', after.locationId, body);
  for (const [event, property] of own) {
    if (before[property] !== after[property]) ghl.emit(event, after.locationId, body);
  }
}

/** No update time, followers, custom fields or lost reason. */
export function opportunityEvent(opportunity: Opportunity): Fields {
  const { id, assignedTo, contactId, monetaryValue, name, pipelineId, pipelineStageId, source, status, createdAt } =
    opportunity;
  return {
    id,
    assignedTo: assignedTo ?? undefined,
    contactId,
    monetaryValue,
    name,
    pipelineId,
    pipelineStageId,
    source,
    status,
    dateAdded: createdAt,
  };
}
