import { newGhlId } from '../../ids.ts';
import { type Answer, bodyFields, type Call, type Operation, param } from '../../operation.ts';
import type { Location } from '../account-state.ts';
import { type FieldItem, mergeCustomFields } from '../custom-field-values.ts';
import { badRequest, recordNotFound, unprocessable } from '../errors.ts';
import { contactById, type Ghl, locationAt, sees } from '../ghl.ts';
import { opportunityStatuses, type Opportunity, type OpportunityStatus, type Pipeline } from '../opportunity-state.ts';
import { emitChanges, opportunityEvent } from './events.ts';
import { opportunityView } from './view.ts';

const read = { effect: 'read', scope: 'opportunities.readonly' } as const;
const write = { effect: 'write', scope: 'opportunities.write' } as const;
const one = '/opportunities/:id';

export type OpportunityInput = {
  pipelineId?: string;
  pipelineStageId?: string;
  name?: string;
  status?: string;
  monetaryValue?: number;
  assignedTo?: string | null;
  lostReasonId?: string;
  source?: string;
  customFields?: FieldItem[];
};

export function opportunityOperations(ghl: Ghl): Operation[] {
  return [
    {
      name: 'ghl.opportunity.create',
      method: 'POST',
      path: '/opportunities/',
      ...write,
      run: (call) => create(ghl, call),
    },
    {
      name: 'ghl.opportunity.get',
      method: 'GET',
      path: one,
      ...read,
      run: (call) => answer(ghl, 200, opportunityOf(ghl, call)),
    },
    { name: 'ghl.opportunity.update', method: 'PUT', path: one, ...write, run: (call) => update(ghl, call) },
    {
      name: 'ghl.opportunity.set-status',
      method: 'PUT',
      path: `${one}/status`,
      ...write,
      run: (call) => setStatus(ghl, call),
    },
    { name: 'ghl.opportunity.delete', method: 'DELETE', path: one, ...write, run: (call) => remove(ghl, call) },
  ];
}

function create(ghl: Ghl, call: Call): Answer {
  const input = bodyFields(call) as OpportunityInput & { locationId: string; contactId: string };
  const location = locationAt(ghl, call, input.locationId);
  const opportunity = createOpportunity(ghl, location, input, call);
  return answer(ghl, 201, opportunity);
}

/** A new opportunity of a contact; fires OpportunityCreate. One a contact and pipeline, unless the location allows more. */
export function createOpportunity(
  ghl: Ghl,
  location: Location,
  input: OpportunityInput & { contactId: string },
  call: Call,
): Opportunity {
  const contact = contactById(ghl, call, input.contactId);
  const pipeline = pipelineAt(ghl, location.id, input.pipelineId);
  if (!location.settings.allowDuplicateOpportunity && inPipeline(ghl, contact.id, pipeline.id))
    throw badRequest('Can not create duplicate opportunity for the contact.');
  const at = new Date(call.now).toISOString();
  const blank: Opportunity = {
    id: newGhlId(),
    locationId: location.id,
    contactId: contact.id,
    name: '',
    pipelineId: pipeline.id,
    pipelineStageId: pipeline.stages[0]?.id ?? '',
    status: 'open',
    monetaryValue: 0,
    assignedTo: null,
    source: '',
    lostReasonId: null,
    customFields: [],
    followers: [],
    createdAt: at,
    updatedAt: at,
    lastStatusChangeAt: at,
    lastStageChangeAt: at,
  };
  const opportunity = ghl.state.opportunities.put(patched(ghl, blank, input));
  ghl.emit('OpportunityCreate', location.id, opportunityEvent(opportunity));
  return opportunity;
}

/** The contact's opportunity in a pipeline, newest first. */
export function inPipeline(ghl: Ghl, contactId: string, pipelineId: string): Opportunity | undefined {
  return ghl.state.opportunities
    .by('contactId', contactId)
    .filter((each) => each.pipelineId === pipelineId)
    .at(-1);
}

function update(ghl: Ghl, call: Call): Answer {
  return answer(ghl, 200, changeOpportunity(ghl, opportunityOf(ghl, call), bodyFields(call), call));
}

function setStatus(ghl: Ghl, call: Call): Answer {
  const { id } = changeOpportunity(ghl, opportunityOf(ghl, call), bodyFields(call), call);
  return { status: 200, body: { succeded: true }, recordId: id };
}

/** Carries out an update and fires what changed; nothing when all is as it was. */
export function changeOpportunity(ghl: Ghl, before: Opportunity, input: OpportunityInput, call: Call): Opportunity {
  const after = patched(ghl, before, input);
  return storeOpportunity(ghl, before, after, call);
}

export function storeOpportunity(ghl: Ghl, before: Opportunity, after: Opportunity, call: Call): Opportunity {
  if (JSON.stringify(before) === JSON.stringify(after)) return before;
  const at = new Date(call.now).toISOString();
  const opportunity = ghl.state.opportunities.put({
    ...after,
    updatedAt: at,
    ...(after.status !== before.status && { lastStatusChangeAt: at }),
    ...(after.pipelineStageId !== before.pipelineStageId && { lastStageChangeAt: at }),
  });
  emitChanges(ghl, before, opportunity);
  return opportunity;
}

function patched(ghl: Ghl, before: Opportunity, input: OpportunityInput): Opportunity {
  const pipeline = pipelineAt(ghl, before.locationId, input.pipelineId ?? before.pipelineId);
  const moved = pipeline.id !== before.pipelineId;
  const stageId = input.pipelineStageId ?? (moved ? pipeline.stages[0]?.id : before.pipelineStageId);
  if (!pipeline.stages.some((stage) => stage.id === stageId)) throw badRequest('The pipeline stage id is invalid.');
  const { name, monetaryValue, assignedTo, lostReasonId, source, customFields } = input;
  if (assignedTo && !ghl.state.users.get(assignedTo)) throw badRequest('The assignedTo user does not exist.');
  if (lostReasonId && !ghl.state.lostReasons.get(lostReasonId)) throw badRequest('The lost reason id is invalid.');
  return {
    ...before,
    pipelineId: pipeline.id,
    pipelineStageId: stageId ?? '',
    status: statusOf(input.status) ?? before.status,
    ...(name !== undefined && { name }),
    ...(monetaryValue !== undefined && { monetaryValue }),
    ...(assignedTo !== undefined && { assignedTo: assignedTo || null }),
    ...(lostReasonId !== undefined && { lostReasonId }),
    ...(source !== undefined && { source }),
    ...(customFields && { customFields: mergeCustomFields(ghl, before, customFields) }),
  };
}

/** The documents allow `all` here too; it is a word of the search. */
function statusOf(status: string | undefined): OpportunityStatus | undefined {
  if (status === undefined) return undefined;
  const known = opportunityStatuses.find((each) => each === status);
  if (!known) throw unprocessable([`status must be one of the following values: ${opportunityStatuses.join(', ')}`]);
  return known;
}

function pipelineAt(ghl: Ghl, locationId: string, id: string | undefined): Pipeline {
  const pipeline = ghl.state.pipelines.get(id ?? '');
  if (pipeline?.locationId !== locationId) throw badRequest('The pipeline id is invalid.');
  return pipeline;
}

function remove(ghl: Ghl, call: Call): Answer {
  const opportunity = opportunityOf(ghl, call);
  ghl.state.opportunities.delete(opportunity.id);
  ghl.emit('OpportunityDelete', opportunity.locationId, opportunityEvent(opportunity));
  return { status: 200, body: { succeded: true }, recordId: opportunity.id };
}

export function opportunityOf(ghl: Ghl, call: Call): Opportunity {
  return opportunityById(ghl, call, param(call, 'id'));
}

export function opportunityById(ghl: Ghl, call: Call, id: string): Opportunity {
  const opportunity = ghl.state.opportunities.get(id);
  if (!opportunity || !sees(call, opportunity)) throw recordNotFound('Opportunity', id);
  return opportunity;
}

function answer(ghl: Ghl, status: number, opportunity: Opportunity): Answer {
  return { status, body: { opportunity: opportunityView(ghl, opportunity) }, recordId: opportunity.id };
}
