import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { resumeMembers } from '../../store/member-limit.ts';
import { listConnections } from '../../store/routing.ts';
import { idOf, quotable, Refusal } from '../payload.ts';
import { parseBody } from './body.ts';
import type { ApiDeps } from './index.ts';

const Patch = z.strictObject({
  resumeMembers: z.literal(true, { error: 'wants true: it makes members again that Referral Rock had no room for' }),
});

/** `GET /connections`: who is joined with whom, and in which mode. `PATCH /connections/:id` `{resumeMembers: true}`. */
export function registerConnections(server: FastifyInstance, { database }: ApiDeps): void {
  server.get('/connections', async () => ({ connections: await listConnections(database) }));

  server.patch<{ Params: { id: string } }>('/connections/:id', async ({ params, body }) => {
    parseBody(Patch, body, 'connection');
    const isKnown = idOf(params.id) !== undefined && (await resumeMembers(database, params.id));
    if (!isKnown) throw new Refusal(404, 'connection', `There is no connection ${quotable(params.id)}.`);
    const connections = await listConnections(database);
    return connections.find(({ id }) => id === params.id);
  });
}
