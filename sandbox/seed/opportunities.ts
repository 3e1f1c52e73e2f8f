import type { Faker } from '@faker-js/faker';
import { locationId } from '../ghl/constants.ts';
import { opportunityStatuses } from '../ghl/opportunity-state.ts';
import type { Contact, GhlState } from '../ghl/state.ts';
import { userIds } from './account.ts';
import { wellKnownIds as ids } from './ids.ts';

const jobs = ['Roof replacement', 'Gutter cleaning', 'Solar panels', 'Storm damage repair', 'Skylight'];

/** One in six contacts has a deal in the sales pipeline. */
export function plantOpportunities(faker: Faker, ghl: GhlState, contacts: readonly Contact[], now: number): void {
  for (const contact of contacts.filter((_, n) => n % 6 === 2)) {
    const createdAt = faker.date.between({ from: contact.dateAdded, to: now }).toISOString();
    const changedAt = faker.date.between({ from: createdAt, to: now }).toISOString();
    const status = faker.helpers.weightedArrayElement(
      opportunityStatuses.map((value) => ({ value, weight: value === 'open' ? 6 : 1 })),
    );
    ghl.opportunities.put({
      id: faker.string.alphanumeric(20),
      locationId,
      name: `${faker.helpers.arrayElement(jobs)} for ${contact.name ?? ''}`,
      pipelineId: ids.pipelineId,
      pipelineStageId: faker.helpers.arrayElement(Object.values(ids.stageIds)),
      status,
      contactId: contact.id,
      monetaryValue: faker.number.int({ min: 5, max: 240 }) * 100,
      assignedTo: contact.assignedTo ?? faker.helpers.arrayElement([null, ...userIds]),
      source: contact.source ?? '',
      lostReasonId: status === 'lost' ? ids.lostReasonId : null,
      customFields: [],
      followers: [],
      createdAt,
      updatedAt: changedAt,
      lastStatusChangeAt: status === 'open' ? createdAt : changedAt,
      lastStageChangeAt: changedAt,
    });
  }
}
