import { create, type Overlay, read, write } from './entry.ts';

const schemas = {
  /* As recorded; a location's token names `locationId`, a company's does not. */
  GetAccessCodeSuccessfulResponseDto: { properties: { refreshTokenId: { type: 'string' } } },
  GetLocationAccessTokenSuccessfulResponseDto: {
    properties: {
      refresh_token: { type: 'string' },
      userType: { type: 'string' },
      companyId: { type: 'string' },
    },
  },
};

export const oauth = {
  patch: { components: { schemas } },
  resources: {
    oauth: {
      getToken: create(
        'get-access-token',
        'Get an access token',
        'Exchanges an authorization code or a refresh token for tokens; each refresh token works once.',
        { anonymous: true, sure: ['access_token'] },
      ),
      getLocationToken: write(
        'get-location-access-token',
        "Get a location's token",
        "Makes a location's token from the agency's.",
        { sure: ['access_token'] },
      ),
      listInstalledLocations: read(
        'get-installed-location',
        'List installed locations',
        'Reads the locations of a company where an app is installed; agency token.',
        { paging: { style: 'skip-limit', records: 'locations', max: 100 } },
      ),
    },
  },
} satisfies Overlay;
