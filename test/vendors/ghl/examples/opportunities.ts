import { ghl } from '../../../../vendors/operations.ts';
import { example, type World } from '../world.ts';

const anOpportunity = async (world: World) => ({ opportunityId: await world.opportunity() });

export const opportunityExamples = [
  example(ghl.opportunity.get, anOpportunity),
  example(ghl.opportunity.create, async ({ contact, locationId, info }) => ({
    pipelineId: info.ids.pipelineId,
    locationId,
    name: 'Roof',
    status: 'open' as const,
    contactId: await contact(),
    monetaryValue: 9_000,
  })),
  example(ghl.opportunity.update, async (world) => ({ ...(await anOpportunity(world)), monetaryValue: 9_500 })),
  example(ghl.opportunity.setStatus, async (world) => ({ ...(await anOpportunity(world)), status: 'won' as const })),
  example(ghl.opportunity.upsert, async (world) => ({
    id: await world.opportunity(),
    pipelineId: world.info.ids.pipelineId,
    locationId: world.locationId,
    followers: [],
    isRemoveAllFollowers: false,
    followersActionType: 'add' as const,
    name: 'Roof and gutters',
  })),
  example(ghl.opportunity.delete, anOpportunity),
  example(ghl.opportunity.search, ({ locationId }) => ({
    locationId,
    limit: 3,
    page: 1,
    searchAfter: [],
    additionalDetails: { notes: false, tasks: false, calendarEvents: false, unReadConversations: false },
  })),
  example(ghl.opportunity.list, ({ locationId }) => ({ location_id: locationId, limit: 3 })),
  example(ghl.opportunity.addFollowers, async (world) => ({
    ...(await anOpportunity(world)),
    followers: [String(world.info.users[0]?.id)],
  })),
  example(ghl.opportunity.removeFollowers, async (world) => ({
    ...(await anOpportunity(world)),
    followers: [String(world.info.users[0]?.id)],
  })),
  example(ghl.pipeline.list, ({ locationId }) => ({ locationId })),
  example(ghl.lostReason.list, ({ locationId }) => ({ locationId })),
];
