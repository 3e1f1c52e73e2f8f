import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { readyAutomations } from '../../rules/ready/index.ts';
import { cancelRun, listRuns } from '../../store/runs.ts';
import { idOf, quotable, Refusal } from '../payload.ts';
import type { ApiDeps } from './index.ts';
import { limitOf, parseQuery, word } from './query.ts';

const STATUSES = ['waiting', 'due', 'parked', 'done', 'cancelled', 'failed'] as const;

const Query = z.strictObject({
  status: z.enum(STATUSES, { error: `wants one of ${STATUSES.join(', ')}` }).optional(),
  connection: word.optional(),
  action: word.optional(),
  limit: limitOf(50),
});

/** `/automations/ready`: automations to take as they are. `/automations/runs`: the runs of automations that wait, or have waited; one can be ended. */
export function registerAutomations(server: FastifyInstance, { database: { db } }: ApiDeps): void {
  server.get('/automations/runs', async ({ query: given }) => {
    const { status, connection, action, limit } = parseQuery(Query, given);
    return { runs: await listRuns(db, { status, connectionId: connection, actionId: action }, limit) };
  });

  server.get('/automations/ready', () => ({ actions: readyAutomations }));

  server.post<{ Params: { id: string } }>('/automations/runs/:id/cancel', async ({ params: { id }, principal }) => {
    const isRun = z.uuid().safeParse(id).success && idOf(id) !== undefined;
    const run = isRun && (await cancelRun(db, id, principal.name));
    if (!run) throw new Refusal(404, 'run', `There is no run ${quotable(id)} that goes on.`);
    return { status: 'cancelled' };
  });
}
