import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../payload.ts';

/** Who asks: the name that stands at what they decide. */
export interface Principal {
  readonly name: string;
}

const ADMIN: Principal = { name: 'admin' };
const principals = new WeakMap<FastifyRequest, Principal>();

/** Lets requests with `Authorization: Bearer <adminToken>` through and answers 401 to all others; compares in constant time. */
export function createAuthorization(
  adminToken: string,
): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  const wanted = digest(adminToken);
  return async (request, reply) => {
    const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (given !== undefined && timingSafeEqual(digest(given), wanted)) return void principals.set(request, ADMIN);
    reply.header('www-authenticate', 'Bearer');
    throw new Refusal(401, 'token', 'This address wants the header `Authorization: Bearer <ROCKBRIDGE_ADMIN_TOKEN>`.');
  };
}

/** Who asks by a request that was let through. */
export function principalOf(request: FastifyRequest): Principal {
  const principal = principals.get(request);
  if (!principal) throw new Error('The request was not authorised.');
  return principal;
}

/** Digests are of one length, as the comparison wants. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
