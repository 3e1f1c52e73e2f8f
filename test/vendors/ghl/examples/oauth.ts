import { ghl } from '../../../../vendors/operations.ts';
import { example, tokenInput, type World } from '../world.ts';

async function companyOf({ authorize, info }: World): Promise<{ companyId: string }> {
  await authorize();
  return { companyId: info.companyId };
}

export const oauthExamples = [
  example(ghl.oauth.getToken, async ({ install, info }) => tokenInput(info, await install())),
  example(
    ghl.oauth.getLocationToken,
    async (world) => ({ ...(await companyOf(world)), locationId: world.locationId }),
    'app',
  ),
  example(
    ghl.oauth.listInstalledLocations,
    async (world) => ({ ...(await companyOf(world)), appId: String(world.info.clientId.split('-')[0]), limit: 2 }),
    'app',
  ),
];
