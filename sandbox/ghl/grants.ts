import { randomBytes } from 'node:crypto';
import type { Operation, Reach } from '../operation.ts';
import type { Grant, Token } from './account-state.ts';
import { companyId, companyToken, locationId, privateToken } from './constants.ts';
import { forbidden, unauthorized } from './errors.ts';
import type { Ghl } from './ghl.ts';

/** What a bearer token opens, and whether it came by OAuth; undefined for one that is unknown or expired. */
export function grantOf(ghl: Ghl, bearer: string, now: number): (Reach & { oauth: boolean }) | undefined {
  if (bearer === privateToken) return { locationId, oauth: false };
  if (bearer === companyToken) return { companyId, oauth: false };
  const token = ghl.state.tokens.get(bearer);
  if (!token || token.expiresAt <= now) return undefined;
  return token.locationId ? { locationId: token.locationId, oauth: true } : { companyId: token.companyId, oauth: true };
}

/** The access of a bearer token to an operation, or GHL's refusal: 401 for the token, 403 for one of the wrong level. */
export function admitted(ghl: Ghl, bearer: string, operation: Operation, now: number): Reach {
  const grant = grantOf(ghl, bearer, now);
  if (!grant) throw unauthorized('Invalid token: access token is invalid');
  const { oauth, ...reach } = grant;
  const level = operation.level ?? 'location';
  if (level === 'both' || level === 'anyone') return reach;
  if ((level === 'location') !== (reach.locationId !== undefined)) throw forbidden();
  // The documents' Agency-Access-Only: a private token of the agency does not do.
  if (operation.path.startsWith('/oauth/') && !oauth) throw forbidden();
  return reach;
}

/** A fresh pair of tokens. They have the form of a JWT and say nothing. */
export function issueToken(
  ghl: Ghl,
  { userType, companyId: company, locationId: location }: Grant,
  now: number,
): Token {
  return ghl.state.tokens.put({
    id: newToken(),
    refreshToken: newToken(),
    refreshed: false,
    expiresAt: now + ghl.settings().tokenLifetimeS * 1000,
    userType,
    companyId: company,
    locationId: location,
  });
}

/** Ends the tokens of a location, or without one of the whole company. */
export function revokeTokens(ghl: Ghl, location: string | undefined): void {
  for (const token of ghl.state.tokens.all()) {
    if (location === undefined || token.locationId === location) ghl.state.tokens.delete(token.id);
  }
}

function newToken(): string {
  const part = (bytes: number): string => randomBytes(bytes).toString('base64url');
  return `eyJhbGciOiJSUzI1NiJ9.${part(48)}.${part(32)}`;
}
