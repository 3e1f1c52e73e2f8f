import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Backfill, beginBackfill, newestBackfill, openOfBackfill, turnBackfill } from '../../store/backfills.ts';
import { Refusal } from '../payload.ts';
import { parseBody } from './body.ts';
import type { ApiDeps } from './index.ts';
import { knownConnection } from './known-connection.ts';

const ACTIONS = ['start', 'pause', 'resume', 'cancel'] as const;
const Body = z.strictObject({
  action: z.enum(ACTIONS, { error: `wants one of ${ACTIONS.join(', ')}` }).default('start'),
});
const TO = { pause: 'paused', resume: 'running', cancel: 'cancelled' } as const;

type ById = { Params: { id: string } };

/** `/connections/:id/backfill`: brings what was there before into step; GET tells how far it is. */
export function registerBackfill(server: FastifyInstance, { database, jobs }: ApiDeps): void {
  const known = async (id: string): Promise<string> => (await knownConnection(database, id)).id;
  const shown = async (backfill: Backfill) => {
    const { id, connection_id, status, stage, progress, reason, created_at, ended_at } = backfill;
    return {
      id,
      connectionId: connection_id,
      status,
      stage,
      progress: { ...progress, open: await openOfBackfill(database, id) },
      ...(reason === null ? {} : { reason }),
      createdAt: created_at,
      endedAt: ended_at,
    };
  };

  server.post<ById>('/connections/:id/backfill', async ({ params, body, principal }, reply) => {
    const id = await known(params.id);
    const { action } = parseBody(Body, body, 'backfill');
    const backfill =
      action === 'start'
        ? await beginBackfill(database, id, principal.name)
        : await turnBackfill(database, id, TO[action]);
    if (!backfill) {
      const newest = await newestBackfill(database, id);
      const is = newest ? `it is ${newest.status}` : 'there is none';
      throw new Refusal(409, 'backfill', `The backfill cannot be told to ${action}: ${is}.`);
    }
    try {
      await jobs.backfill(id);
    } catch (cause) {
      const message = `Noted, but Temporal does not take it: send it again once /readyz is well.`;
      throw new Refusal(503, 'temporal', message, { cause });
    }
    return reply.code(202).send(await shown(backfill));
  });

  server.get<ById>('/connections/:id/backfill', async ({ params }) => {
    const backfill = await newestBackfill(database, await known(params.id));
    if (!backfill)
      throw new Refusal(404, 'backfill', 'There was no backfill of this connection yet: POST here starts one.');
    return shown(backfill);
  });
}
