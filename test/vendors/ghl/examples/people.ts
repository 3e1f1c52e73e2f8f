import { ghl } from '../../../../vendors/operations.ts';
import { email, example, type World } from '../world.ts';

async function aUser({ call, info, locationId }: World): Promise<string> {
  const { id } = await call(ghl.user.create, newUser(info.companyId, locationId));
  return id;
}

const newUser = (companyId: string, locationId: string) => ({
  companyId,
  firstName: 'Ida',
  lastName: 'Lind',
  email: email(),
  password: 'not-a-real-one-1A',
  type: 'account',
  role: 'user',
  locationIds: [locationId],
});

export const peopleExamples = [
  example(ghl.user.list, ({ info, locationId }) => ({ companyId: info.companyId, locationId })),
  example(ghl.user.listByLocation, ({ locationId }) => ({ locationId })),
  example(
    ghl.user.filterByEmail,
    ({ info }) => ({ companyId: info.companyId, emails: String(info.users[0]?.email) }),
    'agency',
  ),
  example(ghl.user.get, ({ info }) => ({ userId: String(info.users[0]?.id) })),
  example(ghl.user.create, ({ info, locationId }) => newUser(info.companyId, locationId)),
  example(ghl.user.update, async (world) => ({ userId: await aUser(world), firstName: 'Ada' })),
  example(ghl.user.delete, async (world) => ({ userId: await aUser(world) })),
];
