import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { resumeMembers } from '../../store/member-limit.ts';
import type { Database } from '../../store/database.ts';
import { type ConnectionLine, listConnections } from '../../store/routing.ts';
import { listWalks, type WalkLine } from '../../store/walks.ts';
import { idOf, quotable, Refusal } from '../payload.ts';
import { parseBody } from './body.ts';
import type { ApiDeps } from './index.ts';

const Patch = z.strictObject({
  resumeMembers: z.literal(true, { error: 'wants true: it makes members again that Referral Rock had no room for' }),
});

/** `GET /connections`: who is joined with whom, and in which mode. `PATCH /connections/:id` `{resumeMembers: true}`. */
export function registerConnections(server: FastifyInstance, { database }: ApiDeps): void {
  server.get('/connections', async () => ({ connections: await linesOf(database) }));

  server.patch<{ Params: { id: string } }>('/connections/:id', async ({ params, body }) => {
    parseBody(Patch, body, 'connection');
    const isKnown = idOf(params.id) !== undefined && (await resumeMembers(database, params.id));
    if (!isKnown) throw new Refusal(404, 'connection', `There is no connection ${quotable(params.id)}.`);
    const connections = await linesOf(database);
    return connections.find(({ id }) => id === params.id);
  });
}

/** With how far the walks over each have come. */
async function linesOf(database: Database): Promise<(ConnectionLine & { walk: WalkLine[] })[]> {
  const [connections, walks] = await Promise.all([listConnections(database), listWalks(database.db)]);
  return connections.map((connection) => ({ ...connection, walk: walks.get(connection.id) ?? [] }));
}
