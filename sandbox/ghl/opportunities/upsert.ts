import { type Answer, bodyFields, type Call, type Operation } from '../../operation.ts';
import { badRequest } from '../errors.ts';
import { type Ghl, locationAt } from '../ghl.ts';
import type { Opportunity } from '../opportunity-state.ts';
import { withFollowers, withoutFollowers } from '../followers.ts';
import {
  changeOpportunity,
  createOpportunity,
  inPipeline,
  opportunityById,
  opportunityOf,
  type OpportunityInput,
  storeOpportunity,
} from './opportunities.ts';
import { opportunityView } from './view.ts';

const write = { effect: 'write', scope: 'opportunities.write' } as const;
const followers = '/opportunities/:id/followers';

export function opportunityUpsertOperations(ghl: Ghl): Operation[] {
  return [
    {
      name: 'ghl.opportunity.upsert',
      method: 'POST',
      path: '/opportunities/upsert',
      ...write,
      run: (call) => upsert(ghl, call),
    },
    { name: 'ghl.opportunity.add-followers', method: 'POST', path: followers, ...write, run: (call) => add(ghl, call) },
    {
      name: 'ghl.opportunity.remove-followers',
      method: 'DELETE',
      path: followers,
      ...write,
      run: (call) => remove(ghl, call),
    },
  ];
}

type UpsertInput = OpportunityInput & {
  locationId: string;
  pipelineId: string;
  id?: string;
  contactId?: string;
  followers: string[];
  isRemoveAllFollowers: boolean;
  followersActionType: 'add' | 'remove';
};

/**
 * By its id, else the contact's in the pipeline, else a new one. The documents of June 2026 have lost `contactId` and call
 * `followers` "contactId"; both are understood.
 */
function upsert(ghl: Ghl, call: Call): Answer {
  const {
    id,
    contactId,
    locationId,
    followers: named,
    isRemoveAllFollowers,
    followersActionType,
    ...input
  } = bodyFields(call) as UpsertInput;
  const location = locationAt(ghl, call, locationId);
  const contact = contactId ?? named.find((each) => ghl.state.contacts.get(each));
  const known = id ? opportunityById(ghl, call, id) : contact ? inPipeline(ghl, contact, input.pipelineId) : undefined;
  if (!known && !contact) throw badRequest('contactId is required to create an opportunity.');
  const opportunity = known
    ? changeOpportunity(ghl, known, input, call)
    : createOpportunity(ghl, location, { ...input, contactId: contact ?? '' }, call);
  const users = named.filter((each) => ghl.state.users.get(each));
  const kept = isRemoveAllFollowers ? [] : opportunity.followers;
  const after = followersActionType === 'add' ? withFollowers(kept, users) : withoutFollowers(kept, users);
  const stored = storeOpportunity(ghl, opportunity, { ...opportunity, followers: after.followers }, call);
  return { status: 200, body: { opportunity: opportunityView(ghl, stored), new: !known }, recordId: stored.id };
}

function add(ghl: Ghl, call: Call): Answer {
  const before = opportunityOf(ghl, call);
  const { followers: named } = bodyFields(call) as { followers: string[] };
  const { followers: all, changed } = withFollowers(before.followers, named);
  put(ghl, before, all, call);
  return { status: 201, body: { followers: all, followersAdded: changed }, recordId: before.id };
}

function remove(ghl: Ghl, call: Call): Answer {
  const before = opportunityOf(ghl, call);
  const { followers: named } = bodyFields(call) as { followers: string[] };
  const gone = call.query['isRemoveAllFollowers'] === 'true' ? before.followers : named;
  const { followers: all, changed } = withoutFollowers(before.followers, gone);
  put(ghl, before, all, call);
  return { status: 200, body: { followers: all, followersRemoved: changed }, recordId: before.id };
}

function put(ghl: Ghl, before: Opportunity, all: string[], call: Call): void {
  storeOpportunity(ghl, before, { ...before, followers: all }, call);
}
