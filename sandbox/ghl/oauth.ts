import { type Answer, bodyFields, type Call, type Fields, type Operation, Refusal } from '../operation.ts';
import type { Grant, Location, Token } from './account-state.ts';
import { appId, clientId, clientSecret, companyId, versionId } from './constants.ts';
import { badRequest, forbidden, unprocessable } from './errors.ts';
import { type Ghl, locationAt } from './ghl.ts';
import { issueToken } from './grants.ts';
import { pageOf } from './paging.ts';

/** Level `company`, and of its tokens those by OAuth only (grants.ts). */
export function oauthOperations(ghl: Ghl): Operation[] {
  return [
    {
      name: 'ghl.oauth.token',
      method: 'POST',
      path: '/oauth/token',
      effect: 'write',
      level: 'anyone',
      run: (call) => token(ghl, call),
    },
    {
      name: 'ghl.oauth.location-token',
      method: 'POST',
      path: '/oauth/locationToken',
      effect: 'write',
      scope: 'oauth.write',
      level: 'company',
      run: (call) => locationToken(ghl, call),
    },
    {
      name: 'ghl.oauth.installed-locations',
      method: 'GET',
      path: '/oauth/installedLocations',
      effect: 'read',
      scope: 'oauth.readonly',
      level: 'company',
      run: (call) => installedLocations(ghl, call),
    },
  ];
}

type TokenInput = {
  client_id: string;
  client_secret: string;
  grant_type: 'authorization_code' | 'refresh_token' | 'client_credentials';
  code?: string;
  refresh_token?: string;
  user_type?: 'Company' | 'Location';
};

/** No Version header and no token are wanted. The texts of refusal are documented nowhere (reference/ghl.md 1.5). */
function token(ghl: Ghl, call: Call): Answer {
  const input = bodyFields(call) as TokenInput;
  if (input.client_id !== clientId || input.client_secret !== clientSecret) throw invalidClient();
  return { status: 200, body: tokenView(ghl, issueToken(ghl, grantFor(ghl, input), call.now)) };
}

function grantFor(ghl: Ghl, input: TokenInput): Grant {
  switch (input.grant_type) {
    case 'authorization_code':
      return codeGrant(ghl, input.code);
    case 'refresh_token':
      return refreshGrant(ghl, input.refresh_token);
    case 'client_credentials':
      throw invalidGrant('This app may not use client credentials.');
  }
}

/** A code works once. */
function codeGrant(ghl: Ghl, code: string | undefined): Grant {
  if (!code) throw unprocessable(['code should not be empty']);
  const grant = ghl.state.codes.get(code);
  if (!grant) throw invalidGrant('Invalid grant: authorization code is invalid');
  ghl.state.codes.delete(code);
  return grant;
}

/** A refresh token works once and gives its successor; there is no grace. */
function refreshGrant(ghl: Ghl, refreshToken: string | undefined): Grant {
  if (!refreshToken) throw unprocessable(['refresh_token should not be empty']);
  const before = ghl.state.tokens.by('refreshToken', refreshToken)[0];
  if (!before || before.refreshed) throw invalidGrant('Invalid grant: refresh token is invalid');
  if (before.locationId && !ghl.state.locations.get(before.locationId)) throw badRequest('Location is not active');
  ghl.state.tokens.put({ ...before, refreshed: true });
  return before;
}

/** For a location of the company where the app is installed. */
function locationToken(ghl: Ghl, call: Call): Answer {
  const { companyId: company, locationId } = bodyFields(call) as { companyId: string; locationId: string };
  if (company !== companyId) throw forbidden();
  const location = locationAt(ghl, call, locationId);
  if (!location.installedAt) throw badRequest('The app is not installed on this location.');
  const issued = issueToken(ghl, { userType: 'Location', companyId, locationId: location.id }, call.now);
  return { status: 200, body: { ...tokenView(ghl, issued), appId, versionId }, recordId: location.id };
}

/** Every location of the company, installed or not, unless `isInstalled` says which. */
function installedLocations(ghl: Ghl, call: Call): Answer {
  const { companyId: company, appId: app, query, isInstalled, locationId } = call.query;
  if (company !== companyId) throw forbidden();
  const found = ghl.state.locations
    .all()
    .filter(() => app === appId)
    .filter((each) => isInstalled === undefined || String(each.installedAt !== null) === isInstalled)
    .filter((each) => !locationId || each.id === locationId)
    .filter((each) => !query || each.name.toLowerCase().includes(query.toLowerCase()));
  const locations = pageOf(call, found, { limit: 20, most: 100 }).map(installedView);
  return { status: 200, body: { locations, count: found.length, installToFutureLocations: false } };
}

function installedView({ id, name, address, city, state, postalCode, installedAt }: Location): Fields {
  return {
    _id: id,
    name,
    address: [address, city, `${state} ${postalCode}`].filter(Boolean).join(', '),
    isInstalled: installedAt !== null,
    ...(installedAt !== null && { versionId, installedAt }),
  };
}

function tokenView(ghl: Ghl, { id, refreshToken, userType, locationId, companyId: company, expiresAt }: Token): Fields {
  const { missingScopes, tokenLifetimeS } = ghl.settings();
  const installed = ghl.state.locations.all().filter((each) => each.installedAt !== null);
  return {
    access_token: id,
    token_type: 'Bearer',
    expires_in: tokenLifetimeS,
    refresh_token: refreshToken,
    refreshTokenId: `${appId}${expiresAt.toString(16)}`,
    scope: scopes.filter((scope) => !missingScopes.includes(scope)).join(' '),
    userType,
    companyId: company,
    ...(locationId ? { locationId } : { approvedLocations: installed.map((each) => each.id) }),
    userId: ghl.state.users.all()[0]?.id ?? '',
    isBulkInstallation: userType === 'Company',
  };
}

const scopes = [
  'contacts.readonly',
  'contacts.write',
  'locations.readonly',
  'locations.write',
  'locations/tags.readonly',
  'locations/tags.write',
  'locations/tasks.readonly',
  'locations/customFields.readonly',
  'locations/customFields.write',
  'locations/customValues.readonly',
  'locations/customValues.write',
  'locations/templates.readonly',
  'recurring-tasks.readonly',
  'recurring-tasks.write',
  'calendars.readonly',
  'calendars.write',
  'calendars/events.readonly',
  'calendars/events.write',
  'calendars/groups.readonly',
  'calendars/groups.write',
  'calendars/resources.readonly',
  'calendars/resources.write',
  'opportunities.readonly',
  'opportunities.write',
  'users.readonly',
  'users.write',
  'oauth.readonly',
  'oauth.write',
];

function invalidClient(): Refusal {
  const message = 'Invalid client: client credentials are invalid';
  return new Refusal({ status: 401, body: { error: 'UnAuthorized!', error_description: message } });
}

function invalidGrant(message: string): Refusal {
  return new Refusal({
    status: 400,
    body: { error: 'invalid_grant', error_description: message, statusCode: 400, message },
  });
}
