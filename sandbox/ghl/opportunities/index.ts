import type { Operation } from '../../operation.ts';
import type { Ghl } from '../ghl.ts';
import { opportunityOperations } from './opportunities.ts';
import { pipelineOperations } from './pipelines.ts';
import { opportunitySearchOperations } from './search.ts';
import { opportunityUpsertOperations } from './upsert.ts';

export function allOpportunityOperations(ghl: Ghl): Operation[] {
  return [
    ...opportunityOperations(ghl),
    ...opportunitySearchOperations(ghl),
    ...opportunityUpsertOperations(ghl),
    ...pipelineOperations(ghl),
  ];
}
