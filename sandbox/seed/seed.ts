import { en, en_US, Faker } from '@faker-js/faker';
import { faker } from '@faker-js/faker/locale/en_US';
import type { Seed } from '../control.ts';
import type { GhlState } from '../ghl/state.ts';
import type { RockState } from '../referral-rock/state.ts';
import { plantAccounts, plantCustomFields } from './account.ts';
import { plantAgency } from './agency.ts';
import { plantAppointments } from './appointments.ts';
import { plantContacts } from './contacts.ts';
import { plantOpportunities } from './opportunities.ts';
import { plantMembers, plantReferrals } from './referral-rock.ts';

const counts = { contacts: 240, members: 44, referrals: 66 };

/** Fills new accounts without firing a webhook: the same people and ids each time, dates relative to `now` (epoch ms). */
export function plant(seed: Seed, ghl: GhlState, rock: RockState, now: number): void {
  plantAccounts(ghl, rock);
  plantAgency(ghl, now);
  if (seed === 'empty') return;
  faker.seed(20_260_923);
  plantCustomFields(ghl, now);
  const contacts = plantContacts(faker, ghl, counts.contacts, now);
  const members = plantMembers(faker, rock, contacts, counts.members, now);
  plantReferrals(faker, rock, members, contacts.slice(counts.members), counts.referrals, now);
  plantOpportunities(fakerOf(20_261_124), ghl, contacts, now);
  plantAppointments(fakerOf(20_261_125), ghl, contacts, now);
}

/** Chance of an area's own: what one area plants does not change the others. */
function fakerOf(seed: number): Faker {
  return new Faker({ locale: [en_US, en], seed });
}
