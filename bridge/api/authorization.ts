import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../payload.ts';

/** Who asks: the name that stands at what they decide. */
export interface Principal {
  readonly name: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set of every request under /api. */
    principal: Principal;
  }
}

const ADMIN: Principal = { name: 'admin' };

/** Lets requests with `Authorization: Bearer <adminToken>` through and answers 401 to all others; compares in constant time. Says who asks. */
export function createAuthorization(
  adminToken: string,
): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  const wanted = digest(adminToken);
  return async (request, reply) => {
    const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (given !== undefined && timingSafeEqual(digest(given), wanted)) {
      request.principal = ADMIN;
      return;
    }
    reply.header('www-authenticate', 'Bearer');
    throw new Refusal(401, 'token', 'This address wants the header `Authorization: Bearer <ROCKBRIDGE_ADMIN_TOKEN>`.');
  };
}

/** Digests are of one length, as the comparison wants. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
