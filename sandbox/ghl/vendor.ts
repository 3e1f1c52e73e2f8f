import type { FastifyRequest } from 'fastify';
import type { Answer, Operation, Reach } from '../operation.ts';
import { Refusal } from '../operation.ts';
import type { Quota, Quotas } from '../quota.ts';
import { type VendorRules, withTraceId } from '../vendor-server.ts';
import { allCalendarOperations } from './calendars/index.ts';
import { contactBulkOperations } from './contact-bulk.ts';
import { contactMembershipOperations } from './contact-memberships.ts';
import { contactOperations } from './contacts.ts';
import { contactSearchOperation } from './contact-search.ts';
import { customFieldOperations } from './custom-fields.ts';
import { locationId } from './constants.ts';
import { customValueOperations } from './custom-values.ts';
import { badRequest, unauthorized } from './errors.ts';
import type { Ghl } from './ghl.ts';
import { admitted, grantOf } from './grants.ts';
import { locationOperations } from './locations.ts';
import { noteOperations } from './notes.ts';
import { tagOperations } from './tags.ts';
import { oauthOperations } from './oauth.ts';
import { allOpportunityOperations } from './opportunities/index.ts';
import { recurringTaskOperations } from './recurring-tasks.ts';
import type { RequestCheck } from './request-check.ts';
import { taskOperations } from './tasks.ts';
import { templateOperations } from './templates.ts';
import { userOperations } from './users.ts';

const versions = new Set(['2021-04-15', '2021-07-28', '2023-02-21']);

/** GoHighLevel's whole surface: a new area is one more list of operations here. */
export function ghlOperations(ghl: Ghl): Operation[] {
  return [
    contactSearchOperation(ghl),
    ...contactOperations(ghl),
    ...contactMembershipOperations(ghl),
    ...contactBulkOperations(ghl),
    ...taskOperations(ghl),
    ...noteOperations(ghl),
    ...tagOperations(ghl),
    ...customFieldOperations(ghl),
    ...customValueOperations(ghl),
    ...recurringTaskOperations(ghl),
    ...templateOperations(ghl),
    ...allOpportunityOperations(ghl),
    ...allCalendarOperations(ghl),
    ...locationOperations(ghl),
    ...userOperations(ghl),
    ...oauthOperations(ghl),
  ];
}

export function ghlVendor(ghl: Ghl, quotas: Quotas, check: RequestCheck): VendorRules {
  const operations = ghlOperations(ghl);
  return {
    name: 'ghl',
    relaxedPaths: false,
    operations,
    admit: (request, operation, now) => admit(ghl, quotas, request, operation, now),
    check,
    headers: (request, now) => rateLimitHeaders(quotaOf(ghl, quotas, request, now), now),
    dress: withTraceId,
    unknownRoute: (request) => unknownRoute(operations, request),
    badJson: () => ({
      status: 400,
      body: { statusCode: 400, message: 'Unexpected token in JSON', error: 'Bad Request' },
    }),
  };
}

function admit(ghl: Ghl, quotas: Quotas, request: FastifyRequest, operation: Operation, now: number): Reach {
  const reach = operation.level === 'anyone' ? {} : checkCredentials(ghl, request, operation, now);
  // No Retry-After: none was ever observed (reference/ghl.md 4).
  if (!quotaOf(ghl, quotas, request, now).take(now)) {
    throw new Refusal({ status: 429, body: { statusCode: 429, message: 'Too Many Requests' } });
  }
  return reach;
}

function checkCredentials(ghl: Ghl, request: FastifyRequest, operation: Operation, now: number): Reach {
  const [scheme, token] = (request.headers.authorization ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'bearer' || !token || !/^(pit-|eyJ)/.test(token)) throw unauthorized('Invalid JWT');
  const reach = admitted(ghl, token, operation, now);
  const version = request.headers['version'];
  if (version === undefined) throw unauthorized('version header was not found.');
  if (version === 'v3')
    throw badRequest('API version v3 exists, but the sandbox does not simulate it; send 2021-07-28');
  if (typeof version !== 'string' || !versions.has(version)) throw unauthorized('version header is invalid');
  if (operation.scope && ghl.settings().missingScopes.includes(operation.scope)) {
    throw unauthorized('The token is not authorized for this scope.');
  }
  return reach;
}

/** Each location and the company have limits of their own (reference/ghl.md 4); what has no token counts with the well-known location. */
function quotaOf(ghl: Ghl, quotas: Quotas, request: FastifyRequest, now: number): Quota {
  const grant = grantOf(ghl, (request.headers.authorization ?? '').split(' ')[1] ?? '', now);
  return quotas.of(grant?.locationId ?? grant?.companyId ?? locationId);
}

function rateLimitHeaders(quota: Quota, now: number): Record<string, string> {
  return {
    'x-ratelimit-limit-daily': String(quota.limits.daily),
    'x-ratelimit-daily-remaining': String(quota.remainingToday()),
    'x-ratelimit-daily-reset': String(quota.dayEndsIn(now)),
    'x-ratelimit-interval-milliseconds': String(quota.limits.intervalMs),
    'x-ratelimit-max': String(quota.limits.max),
    'x-ratelimit-remaining': String(quota.remaining()),
  };
}

/** A mis-cased path is a 401, any other unknown one a 404 with an empty body (reference/ghl.md 2.1). */
function unknownRoute(operations: readonly Operation[], request: FastifyRequest): Answer {
  const path = (request.url.split('?')[0] ?? '').toLowerCase();
  const misCased = operations.some(({ path: template }) => {
    const pattern = template.toLowerCase().replace(/:[a-z]+/g, '[^/]+');
    return new RegExp(`^${pattern}$`).test(path);
  });
  if (!misCased || path === request.url.split('?')[0]) return { status: 404 };
  return { status: 401, body: { statusCode: 401, message: 'Unauthorized', error: 'Unauthorized' } };
}
