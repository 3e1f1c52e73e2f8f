import type { Collection, Store } from '../store.ts';
import type { CustomFieldValue } from './state.ts';

export const opportunityStatuses = ['open', 'won', 'lost', 'abandoned'] as const;
export type OpportunityStatus = (typeof opportunityStatuses)[number];

export type Stage = { id: string; name: string; position: number; showInFunnel: boolean; showInPieChart: boolean };

export type Pipeline = {
  id: string;
  name: string;
  stages: Stage[];
  showInFunnel: boolean;
  showInPieChart: boolean;
  locationId: string;
};

export type Opportunity = {
  id: string;
  locationId: string;
  name: string;
  pipelineId: string;
  pipelineStageId: string;
  status: OpportunityStatus;
  contactId: string;
  monetaryValue: number;
  assignedTo: string | null;
  source: string;
  lostReasonId: string | null;
  customFields: CustomFieldValue[];
  followers: string[];
  createdAt: string;
  updatedAt: string;
  lastStatusChangeAt: string;
  lastStageChangeAt: string;
};

export type LostReason = { id: string; name: string; locationId: string; createdAt: string; updatedAt: string };

export type OpportunityState = {
  pipelines: Collection<Pipeline>;
  opportunities: Collection<Opportunity>;
  lostReasons: Collection<LostReason>;
};

export function openOpportunityState(store: Store): OpportunityState {
  return {
    pipelines: store.collection('ghl.pipelines'),
    opportunities: store.collection<Opportunity>('ghl.opportunities', { contactId: (each) => each.contactId }),
    lostReasons: store.collection('ghl.lostReasons'),
  };
}
